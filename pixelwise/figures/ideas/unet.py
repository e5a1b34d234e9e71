"""Two drawings of U-Net: the U itself, and what an input without padding is larger for."""

import numpy as np
from matplotlib.figure import Figure

from pixelwise.figures.board import Board
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import OKABE_ITO

_BLUE, _ORANGE, _GREEN, _RED, _SKY = OKABE_ITO[:5]
_PAPER = "#FBE3B5"
# Of each level: the height of its maps, and the width of a map of its channels; in inches.
_HEIGHTS = (0.86, 0.62, 0.44, 0.3, 0.2)
_CHANNELS = (0.1, 0.15, 0.22, 0.32, 0.46)
_LEVELS = (0.78, 1.72, 2.5, 3.14, 3.66)  # the heights at which the maps are centred
_LEFT = (1.3, 1.72, 2.16, 2.62)  # where the maps of the way down begin
_MIDDLE = 4.0


def shape(_: Translator) -> Figure:
    """The U: maps that shrink, maps that grow back, and the skips between them."""
    board = Board(8.0, 4.4)
    board.text((_LEFT[0] + 0.1, 0.16), _("down"), (1.6, 0.25), size=10.5, bold=True)
    board.text((8.0 - _LEFT[0] - 0.1, 0.16), _("up"), (1.6, 0.25), size=10.5, bold=True)
    cells, mask = _nuclei()
    size = 0.8, 0.8
    board.image(cells, (0.16, _LEVELS[0] - 0.4), size)
    board.image(mask, (8.0 - 0.16 - size[0], _LEVELS[0] - 0.4), size)
    board.text((0.56, _LEVELS[0] + 0.45), _("image"), (1.0, 0.2), anchor="top")
    board.text((7.44, _LEVELS[0] + 0.45), _("logits"), (1.0, 0.2), anchor="top")
    board.arrow((1.0, _LEVELS[0]), (_LEFT[0] - 0.05, _LEVELS[0]), color=_ORANGE)

    for index, (level, left) in enumerate(zip(_LEVELS[:-1], _LEFT, strict=True)):
        width, height = _CHANNELS[index], _HEIGHTS[index]
        top = level - height / 2
        board.box((left, top), (width, height), _SKY, edge=_BLUE)
        # On the way up: the skip, the enlarged map beside it, and what the block makes of both.
        end = 8.0 - left
        board.box((end - width, top), (width, height), _PAPER, edge=_ORANGE)
        joined = end - width - 0.2 - 2 * width
        board.box((joined, top), (width, height), _SKY, edge=_BLUE)
        board.box((joined + width, top), (width, height), "#BFE6D8", edge=_GREEN)
        board.arrow((joined + 2 * width + 0.03, level), (end - width - 0.02, level), color=_ORANGE)
        board.arrow((left + width + 0.06, level), (joined - 0.05, level), color=_BLUE)
        name = "1" if index == 0 else f"1/{2**index}"
        place = left - 0.07, level + (0.0 if index else 0.2)  # below the arrow from the image
        board.text(place, name, (0.4, 0.2), align="right", size=8.5)
        if index:
            above = _LEVELS[index - 1] + _HEIGHTS[index - 1] / 2
            start = _LEFT[index - 1] + _CHANNELS[index - 1] / 2
            board.arrow((start, above + 0.03), (left + width / 2, top - 0.03), color=_RED)
            risen = 8.0 - _LEFT[index - 1] - _CHANNELS[index - 1] * 2.5 - 0.2
            target = risen + _CHANNELS[index - 1] / 2
            board.arrow((end - width / 2, top - 0.03), (target + 0.05, above + 0.03), color=_GREEN)
    board.arrow((8.0 - _LEFT[0] + 0.05, _LEVELS[0]), (7.0, _LEVELS[0]))

    width, height = _CHANNELS[-1], _HEIGHTS[-1]
    board.box((_MIDDLE - width / 2, _LEVELS[-1] - height / 2), (width, height), _SKY, edge=_BLUE)
    last = _LEFT[-1] + _CHANNELS[3] / 2, _LEVELS[3] + _HEIGHTS[3] / 2 + 0.03
    board.arrow(last, (_MIDDLE - width / 2 - 0.05, _LEVELS[-1]), color=_RED)
    target = 8.0 - _LEFT[-1] - _CHANNELS[3] * 2.5 - 0.2 + _CHANNELS[3] / 2 + 0.05
    corner = _MIDDLE + width / 2 + 0.05, _LEVELS[-1]
    board.arrow(corner, (target, _LEVELS[3] + _HEIGHTS[3] / 2 + 0.03), color=_GREEN)

    board.text((3.6, _LEVELS[0] - 0.07), _("skip: where exactly?"), (2.6, 0.22), anchor="bottom")
    board.text((_MIDDLE, 3.86), _("bottom: what is it?"), (2.4, 0.22), anchor="top")
    keys = (
        (_ORANGE, _("two convolutions"), 1.8),
        (_RED, _("max pooling, two convolutions"), 2.6),
        (_GREEN, _("transposed convolution"), 2.2),
        (_BLUE, _("put beside"), 1.2),
    )
    left = 0.15
    for color, text, room in keys:
        board.arrow((left, 4.24), (left + 0.32, 4.24), color=color)
        board.text((left + 0.4, 4.24), text, (room - 0.45, 0.22), align="left", size=9)
        left += room
    return board.figure


def tile(_: Translator) -> Figure:
    """An input and its smaller output, and two tiles whose answers meet while inputs overlap."""
    board = Board(8.0, 3.5)
    cells, _mask = _nuclei(288)
    full, inner = 2.28, 2.28 * 388 / 572
    border = (full - inner) / 2
    top = 0.5
    board.text((0.3, 0.24), _("one tile"), (3.6, 0.25), size=10.5, align="left", bold=True)
    board.image(cells[:240, :240], (0.3, top), (full, full))
    board.box((0.3 + border, top + border), (inner, inner), edge=_ORANGE, line=2.2)
    board.box((0.3, top), (full, full), edge=_BLUE, line=2.2)
    below = top + full + 0.06
    board.text((0.3 + full / 2, below), _("sees 572 × 572"), (2.4, 0.22), anchor="top", color=_BLUE)
    text = _("answers 388 × 388")
    board.text((0.3 + full / 2, below + 0.24), text, (2.4, 0.22), anchor="top", color="#8A5A00")

    # Two tiles on a wide image; drawn so that the answers lie edge to edge.
    title = _("two tiles side by side")
    board.text((3.3, 0.24), title, (4.6, 0.25), size=10.5, align="left", bold=True)
    scale = 0.82
    left, size, answer = 3.3, full * scale * 1.2, inner * scale * 1.2
    edge = (size - answer) / 2
    wide = np.concatenate([cells, cells[:, ::-1]], axis=1)[:240, 40:446]
    width = size + answer
    board.image(wide, (left, top), (width, size))
    for index, color in ((0, _BLUE), (1, _RED)):
        start = left + index * answer
        board.box((start, top), (size, size), edge=color, line=1.8, dashed=True)
        board.box((start + edge, top + edge), (answer, answer), edge=color, line=2.2)
    caption = _("the inputs overlap, the answers meet")
    board.text((left + width / 2, below), caption, (width, 0.45), anchor="top")
    board.text((0.3 + border / 2, top + full / 2), "92", (0.4, 0.2), size=8.5, color="white")
    return board.figure


def _nuclei(size: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """Bright nuclei on dark ground and their mask, (size, size, 3) uint8 both."""
    rng = np.random.default_rng(4)
    y, x = np.indices((size, size))
    inside = np.zeros((size, size), bool)
    light = np.zeros((size, size))
    for _number in range(size * size // 900):
        row, column = rng.uniform(0, size, 2)
        long, short = rng.uniform(7, 15), rng.uniform(5, 9)
        angle = rng.uniform(0, np.pi)
        along = (x - column) * np.cos(angle) + (y - row) * np.sin(angle)
        across = -(x - column) * np.sin(angle) + (y - row) * np.cos(angle)
        distance = (along / long) ** 2 + (across / short) ** 2
        if (inside & (distance < 1.3)).any():
            continue  # no two of them touch
        inside |= distance < 1
        light = np.maximum(light, rng.uniform(0.6, 1) * np.clip(1.3 - distance, 0, 1) ** 0.5)
    gray = 26 + 200 * light + rng.normal(0, 6, light.shape)
    image = np.repeat(gray.clip(0, 255).astype(np.uint8)[..., None], 3, axis=-1)
    mask = np.where(inside[..., None], (230, 159, 0), (70, 70, 70)).astype(np.uint8)
    return image, mask
