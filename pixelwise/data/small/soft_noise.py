"""Random fields without hard edges: clouds, fur, uneven light."""

import numpy as np
from PIL import Image


def generator(set_number: int, image_number: int) -> np.random.Generator:
    """The source of everything random in one image of one set."""
    return np.random.default_rng((set_number, image_number))


def clouds(
    shape: tuple[int, int],
    cell: float | tuple[float, float],
    rng: np.random.Generator,
    octaves: int = 1,
) -> np.ndarray:
    """Smooth noise: random numbers on a coarse grid, and smoothly between its points.

    Args:
        shape: (H, W) of the field.
        cell: the distance of the grid points in pixels, or one distance down and one across.
        rng: the source of the numbers.
        octaves: how many such fields are added, each twice as fine and half as strong as the one
            before.

    Returns:
        (H, W) float32, about 0 on average, mostly between -2 and 2.
    """
    down, across = cell if isinstance(cell, tuple) else (cell, cell)
    total = np.zeros(shape, np.float32)
    strength = 1.0
    for _octave in range(octaves):
        # One point more on each side, so that a field smaller than a cell varies, too.
        rows, columns = int(shape[0] / down) + 3, int(shape[1] / across) + 3
        grid = Image.fromarray(rng.standard_normal((rows, columns), dtype=np.float32))
        part = (1.0, 1.0, 1.0 + shape[1] / across, 1.0 + shape[0] / down)
        smooth = grid.resize(shape[::-1], Image.Resampling.BICUBIC, box=part)
        total += strength * np.asarray(smooth)
        strength /= 2
        down, across = max(down / 2, 1.0), max(across / 2, 1.0)
    return total / np.float32(0.75 * np.sqrt(sum(0.25**octave for octave in range(octaves))))


def softened(field: np.ndarray, sigma: float) -> np.ndarray:
    """A field blurred by a Gaussian.

    Args:
        field: (H, W) or (H, W, C) floats.
        sigma: the Gaussian's standard deviation in pixels.

    Returns:
        float32 of the same shape.
    """
    reach = max(1, round(3 * sigma))
    steps = np.arange(-reach, reach + 1)
    weights = np.exp(-(steps**2) / (2 * sigma**2))
    weights = (weights / weights.sum()).astype(np.float32)
    result = field.astype(np.float32)
    for axis in (0, 1):
        padding = [(reach, reach) if axis == other else (0, 0) for other in range(field.ndim)]
        padded = np.pad(result, padding, mode="edge")
        length = field.shape[axis]
        result = np.zeros(field.shape, np.float32)
        for step, weight in enumerate(weights):
            window = slice(step, step + length)
            result += weight * (padded[window] if axis == 0 else padded[:, window])
    return result
