"""The two rows of a training: learning from one set, measuring on another."""

import numpy as np
from matplotlib.figure import Figure

from pixelwise.data.things import ROAD
from pixelwise.figures.board import Board, Point
from pixelwise.figures.ideas.scene import scene
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import FAINT, OKABE_ITO

_PICTURE = 1.32, 0.88  # inches
_IMAGE, _NETWORK, _ANSWER, _MEASURE, _LABEL = 0.12, 1.8, 3.2, 4.98, 6.56  # left ends
_NETWORK_WIDTH, _MEASURE_SIZE = 1.06, (1.14, 0.5)
_BLUE, _ORANGE, _GREEN, _RED, _SKY = OKABE_ITO[:5]
_PAPER = np.array((238, 238, 238))
_PAINT = np.array((0, 158, 115))


def draw(_: Translator) -> Figure:
    """Above a step of training with its way back, below the measurement after an epoch."""
    board = Board(8.0, 4.2)
    road = scene().label == ROAD
    mirrored = np.ascontiguousarray(road[:, ::-1])
    first, second = 0.45, 2.78
    titles = (
        (first, _("training: every step, on a batch")),
        (second, _("validation: after every epoch, on images that are never trained on")),
    )
    for top, title in titles:
        board.text((_IMAGE, top - 0.2), title, (7.7, 0.25), size=10.5, align="left", bold=True)
    _row(board, first, scene().image, _soft(road), road, _ORANGE)
    _row(board, second, scene().image[:, ::-1], _coarse(mirrored, 12) > 0.5, mirrored, _BLUE)
    captions = (
        (first, (_("images"), _("network"), _("logits"), _("labels"))),
        (second, (_("images"), _("same weights"), _("prediction"), _("labels"))),
    )
    for top, texts in captions:
        middles = (_IMAGE + 0.66, _NETWORK + 0.53, _ANSWER + 0.66, _LABEL + 0.66)
        for middle, text in zip(middles, texts, strict=True):
            board.text((middle, top + _PICTURE[1] + 0.05), text, (1.5, 0.2), anchor="top")
    for top, text in ((first, _("loss")), (second, _("mean IoU"))):
        place = _MEASURE + _MEASURE_SIZE[0] / 2, top + _PICTURE[1] / 2
        board.text(place, text, (1.0, 0.4), size=10.5, bold=True)

    # The way back: from the loss to the weights of the network.
    level = first + 1.52
    start, end = _MEASURE + _MEASURE_SIZE[0] / 2, _NETWORK + _NETWORK_WIDTH / 2
    bottom = first + (_PICTURE[1] + _MEASURE_SIZE[1]) / 2
    board.axes.plot([start, start, end], [bottom, level, level], color=_RED, linewidth=1.4)
    board.arrow((end, level), (end, first + _PICTURE[1] + 0.26), color=_RED)
    text = _("gradients: the optimizer changes the weights a little")
    board.text(((start + end) / 2, level + 0.06), text, (4.6, 0.25), anchor="top", color=_RED)
    return board.figure


def _row(
    board: Board, top: float, image: np.ndarray, answer: np.ndarray, road: np.ndarray, color: str
) -> None:
    """Images through the network to an answer, which meets the labels in the measure."""
    level = top + _PICTURE[1] / 2
    board.image(image, (_IMAGE, top), _PICTURE)
    left = _NETWORK
    for height in (0.84, 0.56, 0.36, 0.36, 0.56, 0.84):
        board.box((left, level - height / 2), (0.12, height), _SKY, edge=_BLUE)
        left += 0.188
    board.image(_painted(answer), (_ANSWER, top), _PICTURE)
    corner: Point = _MEASURE, level - _MEASURE_SIZE[1] / 2
    board.box(corner, _MEASURE_SIZE, "white", edge=color, line=1.6, rounded=0.1)
    board.image(_painted(road), (_LABEL, top), _PICTURE)
    for start, end in (
        (_IMAGE + _PICTURE[0], _NETWORK),
        (_NETWORK + _NETWORK_WIDTH, _ANSWER),
        (_ANSWER + _PICTURE[0], _MEASURE),
        (_LABEL, _MEASURE + _MEASURE_SIZE[0]),
    ):
        gap = 0.06 if end > start else -0.06
        board.arrow((start + gap, level), (end - gap, level), color=FAINT)


def _soft(region: np.ndarray) -> np.ndarray:
    """The region as an unsure network sees it: (H, W) floats from 0 to 1."""
    shares = _coarse(region, 16)
    noise = np.random.default_rng(3).uniform(-0.2, 0.2, (12, 18)).repeat(16, 0).repeat(16, 1)
    return (0.2 + 0.6 * shares + noise).clip(0, 1)


def _coarse(region: np.ndarray, cell: int) -> np.ndarray:
    """The share of the region in each cell of `cell` × `cell` pixels, (H, W) floats."""
    height, width = region.shape[0] // cell, region.shape[1] // cell
    shares = region.reshape(height, cell, width, cell).mean(axis=(1, 3))
    return shares.repeat(cell, axis=0).repeat(cell, axis=1)


def _painted(share: np.ndarray) -> np.ndarray:
    """Paper where the share is 0, paint where it is 1; (H, W, 3) uint8."""
    amount = share.astype(np.float64)[..., None]
    return ((1 - amount) * _PAPER + amount * _PAINT).round().astype(np.uint8)
