"""The strip along the borders of regions, where annotators do not decide."""

import numpy as np


def border_mask(regions: np.ndarray, width: int) -> np.ndarray:
    """The pixels whose neighbourhood holds another region.

    Args:
        regions: (H, W) integers, one number a region.
        width: the width of the strip in pixels, at least 2; the strip lies across the border.

    Returns:
        (H, W) bool.
    """
    height, wide = regions.shape
    near = np.zeros((height, wide), dtype=bool)
    # A pixel sees `before` neighbours on its left and `after` on its right: `width` pixels along
    # a straight border see another region.
    before, after = width // 2, (width + 1) // 2
    padded = np.pad(regions, (before, after), mode="edge")
    for dy in range(before + after + 1):
        for dx in range(before + after + 1):
            if (dy - before) ** 2 + (dx - before) ** 2 <= after**2:
                near |= padded[dy : dy + height, dx : dx + wide] != regions
    return near


def with_void_borders(
    label: np.ndarray, regions: np.ndarray, width: int, ignore_index: int = 255
) -> np.ndarray:
    """A copy of `label` with a strip of `ignore_index`, `width` pixels wide, between `regions`."""
    return np.where(border_mask(regions, width), np.uint8(ignore_index), label)
