"""Random textures that can be tiled."""

from functools import cache

import numpy as np

TILE = 512


@cache
def cloudy() -> np.ndarray:
    """Noise with structure at every scale, (TILE, TILE) float32, mean 0, deviation 1."""
    rng = np.random.default_rng(20)
    total = np.zeros((TILE, TILE), dtype=np.float32)
    for power in range(2, 8):
        cells = 2**power
        total += _stretched(rng.standard_normal((cells, cells)).astype(np.float32)) / cells**0.8
    return _standardised(total)


@cache
def grainy() -> np.ndarray:
    """Noise from pixel to pixel with a little structure, (TILE, TILE) float32."""
    rng = np.random.default_rng(21)
    fine = rng.standard_normal((TILE, TILE)).astype(np.float32)
    return _standardised(fine + _stretched(rng.standard_normal((128, 128)).astype(np.float32)))


@cache
def foliage() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Clumps of leaves.

    Returns:
        Four tiles (TILE, TILE) float32 with mean 0 and deviation 1: how far whole clumps stand
        out, how far single leaves do, and the slopes of these to the right and downwards.
    """
    rng = np.random.default_rng(22)
    relief = np.zeros((TILE, TILE), dtype=np.float32)
    for cells, weight in ((32, 1.0), (64, 0.8)):
        relief += weight * _stretched(rng.standard_normal((cells, cells)).astype(np.float32))
    clumps = relief.copy()
    for cells, weight in ((128, 0.55), (256, 0.3)):
        relief += weight * _stretched(rng.standard_normal((cells, cells)).astype(np.float32))
    right = np.roll(relief, -1, axis=1) - np.roll(relief, 1, axis=1)
    down = np.roll(relief, -1, axis=0) - np.roll(relief, 1, axis=0)
    return _standardised(clumps), _standardised(relief), _standardised(right), _standardised(down)


@cache
def dice() -> np.ndarray:
    """Random numbers from 0 to 255, (64, 64) uint8: for choices that are looked up."""
    return np.random.default_rng(23).integers(256, size=(64, 64), dtype=np.uint8)


def grain_of_size(size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Some part of the grainy noise, (*size) float32; `size` is at most that of a tile."""
    row, column = (int(start) for start in rng.integers(TILE, size=2))
    rows, columns = (np.arange(n) for n in size)
    return grainy()[((row + rows) & (TILE - 1))[:, None], (column + columns) & (TILE - 1)]


def _stretched(cells: np.ndarray) -> np.ndarray:
    """A square of random numbers, smoothly interpolated to the size of a tile, without a seam."""
    place = np.arange(TILE) * len(cells) / TILE
    before = place.astype(int)
    after = (before + 1) % len(cells)
    part = (place - before).astype(np.float32)
    part = part * part * (3 - 2 * part)
    rows = cells[before] * (1 - part)[:, None] + cells[after] * part[:, None]
    stretched: np.ndarray = rows[:, before] * (1 - part) + rows[:, after] * part
    return stretched


def _standardised(tile: np.ndarray) -> np.ndarray:
    tile = (tile - tile.mean()) / tile.std()
    tile.setflags(write=False)
    return tile
