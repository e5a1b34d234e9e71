"""Two drawings of the fully convolutional network: dense prediction, and the skips."""

import numpy as np
from matplotlib.figure import Figure

from pixelwise.figures.board import Board, Point
from pixelwise.figures.ideas.scene import class_map, scene
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import FAINT, OKABE_ITO

_BLUE, _ORANGE, _GREEN = OKABE_ITO[:3]
_SKY = OKABE_ITO[4]
_PICTURE = 1.44, 0.96  # inches
_STAGES = (0.96, 0.72, 0.5, 0.32)  # the heights of the encoder's maps


def dense(_: Translator) -> Figure:
    """Above a classifier that names the picture, below the same network naming every cell."""
    board = Board(8.0, 3.9)
    rows = (
        (0.42, _("classifier: fully connected layers, one name")),
        (2.38, _("fully convolutional: the same weights at every cell")),
    )
    for top, title in rows:
        board.text((0.15, top - 0.2), title, (7.6, 0.25), size=10.5, align="left", bold=True)
        board.image(scene().image, (0.15, top), _PICTURE)
        level = top + _PICTURE[1] / 2
        _arrow(board, 1.66, 1.96, level)
        left = 2.02
        for height in _STAGES:
            board.box((left, level - height / 2), (0.16, height), _SKY, edge=_BLUE)
            left += 0.24
        board.text((2.42, top + 1.0), _("convolutions"), (1.5, 0.22), anchor="top")
        _arrow(board, 3.0, 3.3, level)

    level = rows[0][0] + _PICTURE[1] / 2
    for left in (3.42, 3.82, 4.22):
        board.box((left, level - 0.45), (0.14, 0.9), _ORANGE, edge="#8A5A00")
    board.text((3.9, rows[0][0] + 1.0), _("fully connected layers"), (2.0, 0.22), anchor="top")
    _arrow(board, 4.5, 4.8, level)
    board.text((5.3, level), _("car"), (0.9, 0.3), size=13, bold=True)

    top = rows[1][0]
    level = top + _PICTURE[1] / 2
    for left in (3.42, 3.82, 4.22):
        for row in range(4):
            board.box((left, level - 0.32 + 0.16 * row), (0.14, 0.16), _ORANGE, edge="#8A5A00")
    board.text((3.9, top + 1.0), _("convolutions in their place"), (1.45, 0.42), anchor="top")
    _arrow(board, 4.5, 4.8, level)
    coarse = class_map()[12::24, 12::24]
    board.image(coarse, (4.86, top + 0.2), (0.84, 0.56), interpolation="nearest")
    board.text((5.28, top + 1.0), _("a name per cell"), (1.2, 0.42), anchor="top")
    _arrow(board, 5.78, 6.34, level)
    board.text((6.05, level - 0.08), _("upsampling"), (0.66, 0.4), anchor="bottom", size=8.5)
    board.image(np.kron(coarse, np.ones((24, 24, 1), np.uint8)), (6.4, top), _PICTURE)
    board.text((7.12, top + 1.0), _("a name per pixel"), (1.4, 0.42), anchor="top")
    return board.figure


def skips(_: Translator) -> Figure:
    """FCN-32s, FCN-16s and FCN-8s: which maps are scored, and where the scores are added."""
    board = Board(8.0, 4.0)
    columns = (2.35, 4.05, 5.6)  # the left ends of the scores at 1/32, 1/16 and 1/8
    names = (("pool3", "1/8", 0.78), ("pool4", "1/16", 0.52), ("fc7", "1/32", 0.32))
    levels = (0.85, 2.0, 3.15)
    board.text((0.85, 0.25), _("encoder"), (1.5, 0.25), bold=True)
    for (name, size, width), level in zip(names, levels, strict=True):
        height = width * 2 / 3
        board.box((0.85 - width / 2, level - height / 2), (width, height), _SKY, edge=_BLUE)
        board.text((0.85, level + 0.34), f"{name}, {size}", (1.5, 0.22), anchor="top")
    for upper, lower in ((0, 1), (1, 2)):
        board.arrow((0.4, levels[upper] + 0.42), (0.4, levels[lower] - 0.3))

    # The stairs of added scores, from the lower left to the upper right.
    steps = list(zip(reversed(levels), columns, (0.32, 0.52, 0.78), strict=True))
    for index, (level, left, width) in enumerate(steps):
        _skip(board, level, 1.32, left - (0.5 if index else 0.06), _("1×1 scores"))
        if index:
            board.ellipse((left - 0.3, level), (0.17, 0.17), "white", edge=_ORANGE)
            board.text((left - 0.3, level), "+", (0.3, 0.3), size=13, bold=True, color=_ORANGE)
            previous = steps[index - 1]
            start: Point = previous[1] + 0.42, previous[0] - 0.2
            board.arrow(start, (left - 0.36, level + 0.22), color=_GREEN)
            text = _("2×, then added")
            place = (start[0] + left) / 2 + 0.1, (previous[0] + level) / 2 + 0.12
            board.text(place, text, (1.5, 0.22), align="left", color=_GREEN, size=8.5)
        height = width * 2 / 3
        board.box((left, level - height / 2), (width, height), "#FBE3B5", edge=_ORANGE)

    ends = (("FCN-32s", "32×"), ("FCN-16s", "16×"), ("FCN-8s", "8×"))
    for (level, left, width), (name, factor) in zip(steps, ends, strict=True):
        board.arrow((left + width + 0.06, level), (7.1, level), color=_GREEN)
        board.text(((left + width + 7.1) / 2, level - 0.04), factor, (0.6, 0.2), anchor="bottom")
        board.text((7.15, level), name, (0.8, 0.3), align="left", bold=True, size=10.5)
    return board.figure


def _skip(board: Board, level: float, start: float, end: float, text: str) -> None:
    """The scoring of one map of the encoder."""
    board.arrow((start, level), (end, level), color=_ORANGE)
    room = (0.95, 0.2)
    board.text((start, level - 0.05), text, room, align="left", anchor="bottom", size=8.5)


def _arrow(board: Board, start: float, end: float, level: float) -> None:
    board.arrow((start, level), (end, level), color=FAINT)
