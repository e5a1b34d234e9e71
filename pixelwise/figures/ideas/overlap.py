"""Intersection over union, counted in pixels."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from pixelwise.figures.board import Board, Point
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import INK, OKABE_ITO

_BLUE, _ORANGE, _GREEN, _RED = (OKABE_ITO[index] for index in (0, 1, 2, 3))
_PIXEL = 0.12  # inches
_NOTHING = "#EEEEEE"


def draw(_: Translator) -> Figure:
    """The two shapes on a pixel grid, what each colour means, and the fraction."""
    truth, prediction = _shapes()
    hit, false_alarm, miss = truth & prediction, prediction & ~truth, truth & ~prediction
    board = Board(7.9, 3.15)
    corner = 0.15, 0.45
    regions = ((hit, _GREEN), (false_alarm, _ORANGE), (miss, _RED))
    _pixels(board, regions, corner, _PIXEL)
    _outline(board, truth, corner, "-")
    _outline(board, prediction, corner, "--")
    width = truth.shape[1] * _PIXEL
    for text, dashes, left in ((_("truth"), "-", 0.15), (_("prediction"), "--", 0.15 + width / 2)):
        board.axes.plot([left + 0.03, left + 0.35], [0.26, 0.26], color=INK, ls=dashes, lw=1.8)
        board.text((left + 0.43, 0.26), text, (1.2, 0.2), align="left")
    for name, where in (("TP", hit), ("FP", false_alarm), ("FN", miss)):
        rows, columns = np.nonzero(where)
        x, y = columns.mean() + 0.5, rows.mean() + 0.5
        shift = {"TP": 0.0, "FP": 1.2, "FN": -1.8}[name]  # the crescents' fat side
        place = corner[0] + (x + shift) * _PIXEL, corner[1] + y * _PIXEL
        board.text(place, name, (0.5, 0.3), size=11, color="white", bold=True)

    left = 0.15 + width + 0.35
    meanings = (
        ("TP", hit, _GREEN, _("true, and predicted")),
        ("FP", false_alarm, _ORANGE, _("predicted, but not true")),
        ("FN", miss, _RED, _("true, but not predicted")),
    )
    for row, (name, where, color, meaning) in enumerate(meanings):
        level = 0.58 + 0.38 * row
        board.box((left, level - 0.1), (0.2, 0.2), color, edge=color)
        board.text(
            (left + 0.3, level), f"{name} = {where.sum()}", (0.9, 0.3), align="left", bold=True
        )
        board.text((left + 1.15, level), meaning, (2.7, 0.36), align="left")
    _fraction(board, (left, 2.2), hit, false_alarm, miss)
    return board.figure


def _shapes() -> tuple[np.ndarray, np.ndarray]:
    """A true and a predicted shape that overlap, (20, 28) bool each."""
    y, x = np.mgrid[:20, :28]
    truth = ((x - 10) / 8.2) ** 2 + ((y - 9.2) / 7.6) ** 2 <= 1
    prediction = ((x - 15.5) / 9) ** 2 + ((y - 10) / 7) ** 2 <= 1
    return truth, prediction


def _pixels(
    board: Board, regions: Sequence[tuple[np.ndarray, str]], corner: Point, size: float
) -> None:
    """Coloured regions as squares of `size` inches, with gaps that show the grid."""
    height, width = regions[0][0].shape
    picture = np.tile(np.array(to_rgb(_NOTHING)), (height, width, 1))
    for where, color in regions:
        picture[where] = to_rgb(color)
    inches = width * size, height * size
    board.image(picture, corner, inches, interpolation="nearest")
    for column in range(1, width):
        x = corner[0] + column * size
        board.axes.plot([x, x], [corner[1], corner[1] + inches[1]], color="white", lw=0.6)
    for row in range(1, height):
        y = corner[1] + row * size
        board.axes.plot([corner[0], corner[0] + inches[0]], [y, y], color="white", lw=0.6)


def _outline(board: Board, shape: np.ndarray, corner: Point, dashes: str) -> None:
    """A line around the shape, along the edges of its pixels."""
    padded = np.pad(shape, 1)
    lines = []
    for row, column in np.argwhere(padded[:, 1:] != padded[:, :-1]):
        lines.append(((column, row - 1), (column, row)))
    for row, column in np.argwhere(padded[1:] != padded[:-1]):
        lines.append(((column - 1, row), (column, row)))
    for (x0, y0), (x1, y1) in lines:
        xs = [corner[0] + x * _PIXEL for x in (x0, x1)]
        ys = [corner[1] + y * _PIXEL for y in (y0, y1)]
        board.axes.plot(xs, ys, color=INK, ls=dashes, lw=1.8, solid_capstyle="butt")


def _fraction(
    board: Board, place: Point, hit: np.ndarray, false_alarm: np.ndarray, miss: np.ndarray
) -> None:
    """IoU as pictures, as counts and as a number; `place` is the left end of its middle line."""
    x, level = place
    size = 0.026
    width, height = hit.shape[1] * size, hit.shape[0] * size
    board.text((x, level), "IoU  =", (0.8, 0.3), size=11, align="left", bold=True)
    x += 0.75
    union = ((hit, _GREEN), (false_alarm, _ORANGE), (miss, _RED))
    _small(board, ((hit, _GREEN),), (x, level - height - 0.08), size)
    _small(board, union, (x, level + 0.08), size)
    board.axes.plot([x, x + width], [level, level], color=INK, lw=1.2)
    x += width + 0.14
    board.text((x, level), "=", (0.2, 0.3), size=11, align="left", bold=True)
    x += 0.28
    counts = 1.3
    board.text((x + counts / 2, level - 0.16), "TP", (counts, 0.3), size=11)
    board.text((x + counts / 2, level + 0.17), "TP + FP + FN", (counts, 0.3), size=11)
    board.axes.plot([x, x + counts], [level, level], color=INK, lw=1.2)
    iou = hit.sum() / (hit.sum() + false_alarm.sum() + miss.sum())
    x += counts + 0.14
    board.text((x, level), f"=  {iou:.2f}", (0.8, 0.3), size=11, align="left", bold=True)


def _small(
    board: Board, regions: Sequence[tuple[np.ndarray, str]], corner: Point, size: float
) -> None:
    """Coloured regions on white, without a grid."""
    picture = np.ones((*regions[0][0].shape, 3))
    for where, color in regions:
        picture[where] = to_rgb(color)
    height, width = regions[0][0].shape
    board.image(picture, corner, (width * size, height * size))
