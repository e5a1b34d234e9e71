"""From a painted scene to a photograph: light, lens and sensor."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from pixelwise.data.small.soft_canvas import Canvas


@dataclass(frozen=True)
class Exposure:
    """How a picture is taken.

    Attributes:
        light: factors for red, green and blue: the colour and strength of the light.
        contrast: 1 leaves it, less is dull, more is harsh.
        blur: how far out of focus all of it is, in pixels.
        noise: standard deviation of the sensor's noise, in grey levels.
        vignette: how much darker the corners are, from 0 to 1.
    """

    light: tuple[float, float, float]
    contrast: float
    blur: float
    noise: float
    vignette: float


def random_exposure(rng: np.random.Generator, indoors: bool) -> Exposure:
    """Some light: daylight outdoors, warmer, dimmer and noisier indoors."""
    warm = rng.uniform(-0.02, 0.16) if indoors else rng.uniform(-0.07, 0.08)
    bright = rng.uniform(0.8, 1.15) if indoors else rng.uniform(0.85, 1.14)
    return Exposure(
        light=(bright * (1 + warm), bright, bright * (1 - warm)),
        contrast=rng.uniform(0.85, 1.12),
        blur=float(rng.choice((0.0, 0.0, 0.4, 0.7))),
        noise=rng.uniform(2, 5) if indoors else rng.uniform(1, 3.5),
        vignette=rng.uniform(0, 0.3),
    )


def photograph(canvas: Canvas, exposure: Exposure, rng: np.random.Generator) -> np.ndarray:
    """The scene as a camera sees it, (H, W, 3) uint8."""
    image = canvas.picture() * np.array(exposure.light, np.float32)
    height, width = image.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None]
    image *= (1 - np.float32(exposure.vignette) * (x * x + y * y) / 2)[:, :, None]
    image = 118 + np.float32(exposure.contrast) * (image - 118)
    if exposure.blur:
        image = np.asarray(
            Image.fromarray(image.clip(0, 255).astype(np.uint8)).filter(
                ImageFilter.GaussianBlur(exposure.blur)
            ),
            np.float32,
        )
    # Part of the noise is common to all three colours.
    shape = (height, width, 1)
    grey = rng.standard_normal(shape, dtype=np.float32)
    colored = rng.standard_normal(image.shape, dtype=np.float32)
    image = image + np.float32(exposure.noise) * (0.8 * grey + 0.5 * colored)
    return image.clip(0, 255).astype(np.uint8)
