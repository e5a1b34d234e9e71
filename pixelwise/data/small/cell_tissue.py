"""Nuclei in stained tissue: purple on pink."""

import numpy as np

from pixelwise.data.small.cell_shapes import divided, scattered
from pixelwise.data.small.soft_noise import clouds, softened

# How much of red, green and blue light each stain takes away (its optical density), from
# A. C. Ruifrok, D. A. Johnston: Quantification of histochemical staining by color deconvolution.
# Analytical and Quantitative Cytology and Histology 23, 2001.
_HEMATOXYLIN = np.array((0.65, 0.70, 0.29), np.float32)
_EOSIN = np.array((0.07, 0.99, 0.11), np.float32)


def stained_tissue(
    shape: tuple[int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """An image of stained tissue.

    Args:
        shape: (H, W) in pixels.
        rng: the source of everything random.

    Returns:
        (H, W, 3) uint8 and (H, W) integers: 0 background, 1 ... n the nuclei.
    """
    small = rng.uniform(5, 11)
    diameters = small * rng.uniform(1, 2.2, int(rng.integers(14, 30) * 9 / small))
    nuclei = scattered(shape, diameters, 0.45, (1.1, 2.4), 0.07, rng)
    division = divided(nuclei, shape, rng.uniform(0.6, 1.4))

    strength = np.append(rng.uniform(0.55, 1.5, division.count), 0)[division.nearest]
    chromatin = 1 + 0.22 * clouds(shape, 2.5, rng, octaves=2)
    # The skin of a nucleus takes up more stain than its inside.
    skin = 1 + 0.35 * np.exp(-division.depth.clip(0) / 1.2)
    blue = strength * division.coverage() * chromatin * skin
    blue += _smears(shape, rng)
    pink = _fibres(shape, rng)
    density = softened(blue, 0.6)[:, :, None] * _HEMATOXYLIN * rng.uniform(0.75, 1.05)
    density += (pink * (1 - 0.4 * division.coverage()))[:, :, None] * _EOSIN
    image = rng.uniform(228, 248) * np.exp(-density)
    image += 3.5 * rng.standard_normal(image.shape, dtype=np.float32)
    return image.clip(0, 255).astype(np.uint8), division.numbers()


def _fibres(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """How much pink stain each place of the tissue holds; none in its holes."""
    tissue = 0.42 + 0.1 * clouds(shape, 16, rng, octaves=3)
    # Long noise, bent by other noise, looks like fibres.
    fibre = clouds(shape, (2.5, 18), rng) + 0.5 * clouds(shape, (1.5, 8), rng)
    shift = (6 * clouds(shape, 30, rng)).astype(int)
    rows = (np.arange(shape[0])[:, None] + shift).clip(0, shape[0] - 1)
    bent = np.take_along_axis(fibre, rows, axis=0)
    hole = (2.5 * (clouds(shape, 30, rng) - rng.uniform(0.8, 2.0))).clip(0, 1)
    return rng.uniform(0.6, 1.25) * (tissue + 0.07 * bent) * (1 - 0.9 * hole)


def _smears(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Stain outside of nuclei: pale clouds and a few dark grains."""
    pale = rng.uniform(0.06, 0.22) * (1 + clouds(shape, 12, rng, octaves=2)).clip(0)
    grains = (clouds(shape, 1.6, rng) - 2.2).clip(0, 0.6)
    return pale + grains
