"""A sample as three small pictures: the image, its mask in colours, and one over the other."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from pixelwise.data.classes import Classes, Sample

_OPACITY = 0.5
_LINE = 0.8  # the opacity of the white lines between regions


@dataclass(frozen=True)
class Panels:
    """A sample at the size that it is drawn in; all are (h, w, 3) uint8.

    Attributes:
        image: the image.
        mask: the label in the colours of its classes.
        overlay: the mask over the image, white lines between regions; void has no colour.
        places: for each class that has room for a number, the (row, column) of its middle.
    """

    image: np.ndarray
    mask: np.ndarray
    overlay: np.ndarray
    places: dict[int, tuple[float, float]]


def panels(sample: Sample, box: tuple[int, int], room: int) -> Panels:
    """The pictures of a sample, as large as fits into a box.

    Args:
        sample: what to draw.
        box: (height, width) in pixels.
        room: a class has room for a number where a square of this many pixels lies in it.
    """
    height, width = sample.label.shape
    scale = min(box[0] / height, box[1] / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    smooth = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.NEAREST
    image = np.array(Image.fromarray(sample.image).resize(size, smooth))
    label = np.array(Image.fromarray(sample.label).resize(size, Image.Resampling.NEAREST))
    mask = color_table(sample.classes)[label]
    places = {}
    for number in range(len(sample.classes)):
        place = widest_place(label == number, room)
        if place is not None:
            places[number] = place
    return Panels(image, mask, _overlay(image, mask, label, sample.classes.ignore_index), places)


def color_table(classes: Classes) -> np.ndarray:
    """(256, 3) uint8: the colour of each label; black for what is no label."""
    colors = np.zeros((256, 3), dtype=np.uint8)
    colors[: len(classes)] = classes.palette
    colors[classes.ignore_index] = classes.void_color
    return colors


def _overlay(
    image: np.ndarray, mask: np.ndarray, label: np.ndarray, ignore_index: int
) -> np.ndarray:
    void = label == ignore_index
    blend = np.where(void[..., None], image, (1 - _OPACITY) * image + _OPACITY * mask)
    border = np.zeros(label.shape, dtype=bool)
    # Not where void ends: a strip of void between two objects is to have one line, not two.
    border[:, 1:] |= (label[:, 1:] != label[:, :-1]) & ~void[:, :-1]
    border[1:] |= (label[1:] != label[:-1]) & ~void[:-1]
    blend[border] = (1 - _LINE) * blend[border] + _LINE * 255
    return blend.round().astype(np.uint8)


def widest_place(region: np.ndarray, room: int) -> tuple[float, float] | None:
    """The middle of the largest square in a region.

    Args:
        region: (H, W) bool.
        room: the least side of the square in pixels.

    Returns:
        (row, column), from the upper left corner of the array; None where no such square is.
    """
    # What is left when the border is peeled off again and again is the middle of squares.
    rest = np.pad(region, 1)
    side = -1
    while rest.any():
        middles = rest
        side += 2
        rows = rest[:-2] & rest[1:-1] & rest[2:]
        rest = np.pad(rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:], 1)
    if side < room:
        return None
    found = np.argwhere(middles)
    row, column = found[np.abs(found - found.mean(axis=0)).sum(axis=1).argmin()]
    # The padding is one pixel; the middle of a pixel is half a pixel from its corner.
    return float(row) - 0.5, float(column) - 0.5
