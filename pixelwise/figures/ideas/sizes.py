"""Maps that shrink and grow back, and the detail that is lost on the way."""

import numpy as np
from matplotlib.figure import Figure

from pixelwise.figures.board import Board
from pixelwise.figures.ideas.scene import class_map, scene
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import FAINT, OKABE_ITO

_FULL = 1.72, 1.72 * 2 / 3  # inches
_GAP = 0.13
_MIDDLE = 1.08  # the height at which all maps are centred
_BASE = 4  # the largest map has a fourth of the scene's resolution: its pixels can be seen


def draw(_: Translator) -> Figure:
    """The way in and the way out above; what only enlarging gives and what is wanted below."""
    board = Board(8.0, 4.4)
    factors = (1, 2, 4, 8, 8, 4, 2, 1)
    total = sum(_FULL[0] / factor for factor in factors) + _GAP * (len(factors) - 1)
    left = (8.0 - total) / 2
    halves = []
    for index, factor in enumerate(factors):
        encoder = index < len(factors) // 2
        size = _FULL[0] / factor, _FULL[1] / factor
        picture = _mean(scene().image, _BASE * factor) if encoder else _label(_BASE * factor)
        corner = left, _MIDDLE - size[1] / 2
        board.image(picture, corner, size, interpolation="nearest")
        name = "1" if factor == 1 else f"1/{factor}"
        board.text((left + size[0] / 2, corner[1] - 0.05), name, (0.5, 0.2), anchor="bottom")
        halves.append((left, left + size[0]))
        left += size[0] + _GAP
    for start, end, name, question in (
        (halves[0][0], halves[3][1], _("encoder"), _("sizes shrink: what is it?")),
        (halves[4][0], halves[7][1], _("decoder"), _("sizes grow back: where is it exactly?")),
    ):
        middle = (start + end) / 2
        board.arrow((start, 1.84), (end, 1.84), color=FAINT)
        board.text((middle, 1.93), name, (3.0, 0.22), anchor="top", size=10.5, bold=True)
        board.text((middle, 2.15), question, (3.6, 0.22), anchor="top")

    top = 2.68
    coarse, wanted = (1.5, top), (8.0 - 1.5 - _FULL[0], top)
    enlarged = np.kron(_label(_BASE * 8), np.ones((8, 8, 1), dtype=np.uint8))
    board.image(enlarged, coarse, _FULL, interpolation="nearest")
    board.image(class_map(), wanted, _FULL)
    board.arrow((coarse[0] + _FULL[0] + 0.2, top + 0.57), (wanted[0] - 0.2, top + 0.57))
    board.text((4.0, top + 0.35), _("upsampling"), (1.5, 0.36), bold=True, color=OKABE_ITO[0])
    for corner, text in (
        (coarse, _("the coarse map, only enlarged")),
        (wanted, _("what we want: sharp borders")),
    ):
        below = corner[0] + _FULL[0] / 2, top + _FULL[1] + 0.07
        board.text(below, text, (2.8, 0.4), anchor="top")
    return board.figure


def _mean(image: np.ndarray, factor: int) -> np.ndarray:
    """The image `factor` times smaller, each pixel a mean."""
    height, width = image.shape[0] // factor, image.shape[1] // factor
    blocks = image.reshape(height, factor, width, factor, 3)
    return blocks.mean(axis=(1, 3)).astype(np.uint8)


def _label(factor: int) -> np.ndarray:
    """The class map `factor` times smaller, each pixel the one in the middle."""
    return class_map()[factor // 2 :: factor, factor // 2 :: factor]
