"""Nuclei under the fluorescence microscope: bright on dark, and never evenly so."""

from dataclasses import dataclass

import numpy as np

from pixelwise.data.small.cell_shapes import Division, Nucleus, divided, scattered
from pixelwise.data.small.soft_noise import clouds, softened


@dataclass(frozen=True)
class Culture:
    """A kind of cells, as a slide holds them.

    Attributes:
        count: the least and the greatest number of nuclei.
        diameter: the smallest and the greatest in pixels.
        clustered: the share of nuclei that touch another one.
        longer: length divided by width, from and to.
        dimmest: brightness of the dimmest nuclei, relative to the brightest.
        spots: how strong bright spots in the nuclei are.
    """

    count: tuple[int, int]
    diameter: tuple[float, float]
    clustered: float
    longer: tuple[float, float]
    dimmest: float
    spots: float


TINY = Culture((38, 60), (4, 8), 0.65, (1.0, 1.5), 0.3, 0.2)
ROUND = Culture((18, 30), (7, 15), 0.7, (1.0, 1.35), 0.25, 0.6)
OVAL = Culture((14, 24), (9, 16), 0.35, (1.3, 2.1), 0.2, 0.3)
LARGE = Culture((5, 10), (17, 30), 0.5, (1.1, 1.6), 0.25, 0.25)
MIXED = Culture((20, 36), (4, 28), 0.5, (1.0, 1.7), 0.2, 0.4)


def fluorescence(
    shape: tuple[int, int], culture: Culture, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """An image of nuclei that glow.

    Args:
        shape: (H, W) in pixels.
        culture: the kind of cells.
        rng: the source of everything random.

    Returns:
        (H, W, 3) uint8, grey, and (H, W) integers: 0 background, 1 ... n the nuclei.
    """
    division = divided(_nuclei(shape, culture, rng), shape, rng.uniform(0.9, 1.9))
    glow = _glow(division, culture, rng)
    # Light from above and below the plane in focus.
    haze = rng.uniform(0.15, 0.45) * softened(glow, 5) + _out_of_focus(shape, rng)
    seen = softened(glow + _debris(shape, rng), rng.uniform(0.5, 0.85)) + haze
    light = _uneven_light(shape, rng)
    background = rng.uniform(0.03, 0.1) + rng.uniform(0.05, 0.3) * light**2
    exposed = rng.uniform(0.75, 1.15) * light * seen + background
    # Photons arrive at random: the variance grows with the brightness.
    deviation = rng.uniform(0.5, 1.0) * np.sqrt(0.0004 + 0.0022 * exposed)
    exposed += deviation * rng.standard_normal(shape, dtype=np.float32)
    grey = (exposed * rng.uniform(150, 235)).clip(0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2), division.numbers()


def _nuclei(shape: tuple[int, int], culture: Culture, rng: np.random.Generator) -> list[Nucleus]:
    low, high = culture.diameter
    area = shape[0] * shape[1] / 128**2
    count = round(int(rng.integers(culture.count[0], culture.count[1] + 1)) * area)
    # More small ones than large ones.
    diameters = low * (high / low) ** rng.beta(1.1, 1.5, count)
    return scattered(shape, diameters, culture.clustered, culture.longer, 0.05, rng)


def _glow(division: Division, culture: Culture, rng: np.random.Generator) -> np.ndarray:
    """(H, W) float32: the light of the nuclei alone."""
    shape = division.depth.shape
    # In every image some nuclei are much dimmer than others.
    brightness = culture.dimmest ** rng.beta(0.9, 1.1, division.count)
    of_pixel = np.append(brightness, 0)[division.nearest].astype(np.float32)
    domed = 0.6 + 0.4 * np.tanh(division.depth.clip(0) / rng.uniform(1.5, 4))
    texture = 1 + 0.16 * clouds(shape, 4, rng, octaves=2)
    spots = culture.spots * (clouds(shape, 2.2, rng) - 0.9).clip(0, 1)
    nucleoli = rng.uniform(0.2, 0.8) * (clouds(shape, 4.5, rng) - 1.1).clip(0, 0.6)
    return of_pixel * division.coverage() * domed * (texture + spots - nucleoli).clip(0.25, 2)


def _out_of_focus(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Wide dim glows of what floats far from the plane in focus."""
    glow = np.zeros(shape, np.float32)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    for _glow in range(int(rng.integers(0, 5))):
        middle = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        squared = (y - middle[0]) ** 2 + (x - middle[1]) ** 2
        glow += rng.uniform(0.08, 0.3) * np.exp(-squared / (2 * rng.uniform(7, 16) ** 2))
    return glow


def _debris(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """What shines but is no nucleus: specks of one or two pixels, and threads."""
    debris = np.zeros(shape, np.float32)
    specks = int(rng.integers(2, 22))
    rows, columns = rng.integers(shape[0], size=specks), rng.integers(shape[1], size=specks)
    debris[rows, columns] = rng.uniform(0.3, 1.6, specks)
    for _thread in range(int(rng.integers(0, 3))):
        place = np.array([rng.uniform(0, shape[0]), rng.uniform(0, shape[1])])
        turn, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.9)
        for _step in range(int(rng.integers(10, 40))):
            turn += rng.normal(0, 0.25)
            place += (np.sin(turn), np.cos(turn))
            row, column = place.astype(int)
            if 0 <= row < shape[0] and 0 <= column < shape[1]:
                debris[row, column] = strength
    return debris


def _uneven_light(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """How strongly each place is lit: brightest somewhere, much less in the far corners."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    middle = shape[0] * rng.uniform(0, 1), shape[1] * rng.uniform(0, 1)
    squared = ((y - middle[0]) / shape[0]) ** 2 + ((x - middle[1]) / shape[1]) ** 2
    return np.exp(-rng.uniform(0.3, 1.3) * squared) * (1 + 0.06 * clouds(shape, 40, rng))
