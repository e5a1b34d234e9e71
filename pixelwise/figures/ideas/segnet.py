"""Two drawings for the way from the autoencoder to SegNet."""

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from pixelwise.figures.board import Board
from pixelwise.figures.ideas.scene import class_map, scene
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import OKABE_ITO

_BLUE, _ORANGE, _GREEN = OKABE_ITO[:3]
_SKY = OKABE_ITO[4]
_SAND = "#FBE3B5"
_BROWN = "#8A5A00"
_PICTURE = 1.5, 1.0  # inches
_STAGES = (0.92, 0.72, 0.54, 0.38)  # the heights of the encoder's maps
_STEP = 0.29  # inches from map to map


def autoencoder(_: Translator) -> Figure:
    """An image goes through a narrow code and comes out blurred."""
    board = Board(8.0, 1.95)
    level = 0.78
    board.image(scene().image, (0.15, level - 0.5), _PICTURE)
    board.text((0.9, level + 0.56), _("image"), (1.5, 0.22), anchor="top")
    board.arrow((1.72, level), (1.98, level))

    left = 2.06
    for height in _STAGES:
        board.box((left, level - height / 2), (0.17, height), _SKY, edge=_BLUE)
        left += _STEP
    board.text((2.58, level + 0.56), _("encoder"), (1.4, 0.22), anchor="top", bold=True)
    board.arrow((left + 0.06, level), (3.84, level))

    middle = 4.0
    for number, color in enumerate((_ORANGE, _SAND, _ORANGE, _ORANGE, _SAND)):
        corner = middle - 0.09, level - 0.4 + 0.16 * number
        board.box(corner, (0.18, 0.16), color, edge=_BROWN)
    board.text((middle, level + 0.56), _("code"), (1.0, 0.22), anchor="top", bold=True)
    board.text(
        (middle, level + 0.8),
        _("fewer numbers than the image"),
        (2.6, 0.3),
        anchor="top",
        color=_BROWN,
    )

    left = 4.62
    board.arrow((4.16, level), (left - 0.08, level))
    for height in reversed(_STAGES):
        board.box((left, level - height / 2), (0.17, height), _SKY, edge=_BLUE)
        left += _STEP
    board.text((5.14, level + 0.56), _("decoder"), (1.4, 0.22), anchor="top", bold=True)
    board.arrow((5.76, level), (6.26, level))
    board.image(_blurred(scene().image), (6.35, level - 0.5), _PICTURE)
    board.text((7.1, level + 0.56), _("the image, rebuilt"), (1.7, 0.4), anchor="top")
    return board.figure


def mirror(_: Translator) -> Figure:
    """Encoder and decoder as mirror images, joined by the places of the maxima."""
    board = Board(8.0, 4.15)
    level = 1.42
    board.image(scene().image, (0.15, level - 0.5), _PICTURE)
    board.image(class_map(), (8.0 - 0.15 - _PICTURE[0], level - 0.5), _PICTURE)
    board.text((0.9, level + 0.56), _("image"), (1.5, 0.22), anchor="top")
    board.text((7.1, level + 0.56), _("a name per pixel"), (1.6, 0.4), anchor="top")
    board.arrow((1.7, level), (1.92, level))
    board.arrow((6.08, level), (6.3, level))

    heights = (1.0, 0.8, 0.62, 0.46, 0.32)
    lefts = [2.02 + 0.36 * number for number in range(len(heights))]
    for number, (left, height) in enumerate(zip(lefts, heights, strict=True)):
        right = 8.0 - left - 0.2
        board.box((left, level - height / 2), (0.2, height), _SKY, edge=_BLUE)
        board.box((right, level - height / 2), (0.2, height), _SAND, edge=_ORANGE)
        # The farther out a stage, the higher its arrow.
        top = 0.42 + 0.11 * number
        start, end = left + 0.1, right + 0.1
        board.axes.plot([start, start, end], [level - height / 2, top, top], color=_GREEN, lw=1.2)
        board.arrow((end, top), (end, level - height / 2), color=_GREEN)
    board.arrow((lefts[-1] + 0.26, level), (8.0 - lefts[-1] - 0.26, level))
    board.text(
        (4.0, 0.36),
        _("where the maxima stood: two bits for each cell"),
        (4.2, 0.25),
        anchor="bottom",
        color=_GREEN,
        bold=True,
    )
    board.text((2.84, level + 0.56), _("encoder"), (1.7, 0.22), anchor="top", bold=True)
    board.text((5.16, level + 0.56), _("decoder"), (1.7, 0.22), anchor="top", bold=True)

    top = 2.95
    cell = np.array([[1, 3], [7, 2]])
    _cell(board, (1.1, top), cell.astype(str), (1, 0), _SKY)
    board.arrow((1.95, top + 0.35), (2.4, top + 0.35))
    board.box((2.5, top + 0.175), (0.35, 0.35), _SKY, edge=_BLUE)
    board.text((2.675, top + 0.35), "7", (0.3, 0.3), size=11)
    board.text((2.2, top + 0.76), _("pooling"), (1.9, 0.22), anchor="top")
    board.arrow((2.98, top + 0.35), (5.02, top + 0.35), color="#BBBBBB")
    board.text((4.0, top + 0.33), _("deeper stages"), (1.9, 0.25), anchor="bottom")
    board.box((5.12, top + 0.175), (0.35, 0.35), _SAND, edge=_ORANGE)
    board.text((5.295, top + 0.35), "4", (0.3, 0.3), size=11)
    board.arrow((5.57, top + 0.35), (6.02, top + 0.35))
    _cell(board, (6.15, top), np.array([["0", "0"], ["4", "0"]]), (1, 0), _SAND)
    board.text((5.65, top + 0.76), _("unpooling"), (1.9, 0.22), anchor="top")
    board.axes.plot([1.275, 1.275, 6.325], [top + 0.7, 3.98, 3.98], color=_GREEN, lw=1.2)
    board.arrow((6.325, 3.98), (6.325, top + 0.71), color=_GREEN)
    board.text((4.0, 3.95), _("lower left"), (2.0, 0.22), anchor="bottom", color=_GREEN)
    return board.figure


def _cell(
    board: Board,
    corner: tuple[float, float],
    numbers: np.ndarray,
    place: tuple[int, int],
    color: str,
) -> None:
    """A cell of 2×2 numbers; the one at `place` is coloured."""
    for row in range(2):
        for column in range(2):
            left, top = corner[0] + 0.35 * column, corner[1] + 0.35 * row
            face = color if (row, column) == place else "white"
            board.box((left, top), (0.35, 0.35), face)
            board.text((left + 0.175, top + 0.175), str(numbers[row, column]), (0.3, 0.3), size=11)


def _blurred(image: np.ndarray) -> np.ndarray:
    """The image without its details."""
    whole = Image.fromarray(image)
    height, width = image.shape[:2]
    small = whole.resize((width // 14, height // 14), Image.Resampling.BOX)
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))
