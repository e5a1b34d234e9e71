"""Three families of methods, each as a row of four steps."""

import numpy as np
from matplotlib.figure import Figure

from pixelwise.figures.board import Board, Point
from pixelwise.figures.ideas.scene import class_color, class_map, frame, pale, scene, things
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import OKABE_ITO

_PICTURE = 1.32, 0.88  # inches
_BETWEEN = 0.33
_LEFT = 1.42
_ROW = 1.5
_BLUE, _GREEN, _SKY, _YELLOW = (OKABE_ITO[index] for index in (0, 2, 4, 6))


def draw(_: Translator) -> Figure:
    """One row a family: its name and four pictures with an arrow between each two."""
    rows = (
        (
            _regions,
            _("region-based"),
            (
                _("image"),
                _("regions that may hold an object"),
                _("a class for each region"),
                _("pixels take the class of their region"),
            ),
        ),
        (
            _convolutions,
            _("fully convolutional"),
            (
                _("image of any size"),
                _("convolutions only"),
                _("coarse map of classes"),
                _("enlarged to full size"),
            ),
        ),
        (
            _weak,
            _("weakly supervised"),
            (
                _("boxes instead of masks"),
                _("first guess of the masks"),
                _("training on the guess"),
                _("better masks, and again"),
            ),
        ),
    )
    board = Board(8.0, 0.15 + _ROW * len(rows))
    for row, (draw_pictures, title, captions) in enumerate(rows):
        top = 0.2 + row * _ROW
        corners = [(_LEFT + step * (_PICTURE[0] + _BETWEEN), top) for step in range(4)]
        board.text((0.08, top + 0.44), title, (1.26, 0.8), align="left", bold=True)
        for (left, _top), caption in zip(corners, captions, strict=True):
            below = left + _PICTURE[0] / 2, top + _PICTURE[1] + 0.06
            board.text(below, caption, (1.6, 0.45), size=9, anchor="top")
        for left, _top in corners[1:]:
            level = top + _PICTURE[1] / 2
            board.arrow((left - _BETWEEN + 0.05, level), (left - 0.05, level))
        draw_pictures(board, corners)
        if row:
            level = top - 0.12
            board.axes.plot([0.08, 7.92], [level, level], color="#DDDDDD", linewidth=0.8)
    return board.figure


def _regions(board: Board, corners: list[Point]) -> None:
    image = scene().image
    board.image(image, corners[0], _PICTURE)
    board.image(image, corners[1], _PICTURE)
    rng = np.random.default_rng(5)
    for thing in things():
        for spread in (8, 24):  # proposals are many, and most of them miss
            moved = np.array(thing.box) + rng.integers(-spread, spread + 1, 4)
            left, top, right, bottom = (int(edge) for edge in moved.clip(2, (286, 190, 286, 190)))
            frame(board, (left, top, right, bottom), corners[1], _PICTURE[0], _YELLOW, line=0.9)
    for index, thing in enumerate(things()):
        left, top, right, bottom = thing.box
        scale = min(0.6 / (right - left), 0.4 / (bottom - top))
        width, height = scale * (right - left), scale * (bottom - top)
        middle = corners[2][0] + 0.33 + 0.66 * (index % 2), corners[2][1] + 0.21
        place = middle[0] - width / 2, middle[1] + 0.46 * (index // 2) - height / 2
        board.image(image[top:bottom, left:right], place, (width, height))
        board.box(place, (width, height), edge=class_color(thing.label), line=2.4)
    board.image(class_map(), corners[3], _PICTURE)


def _convolutions(board: Board, corners: list[Point]) -> None:
    board.image(scene().image, corners[0], _PICTURE)
    left, middle = corners[1][0] + 0.1, corners[1][1] + _PICTURE[1] / 2
    for height, depth in ((0.84, 0.12), (0.62, 0.18), (0.44, 0.26), (0.3, 0.36)):
        board.box((left, middle - height / 2), (depth, height), _SKY, edge=_BLUE)
        left += depth + 0.07
    coarse = class_map()[8::16, 8::16]
    board.image(coarse, corners[2], _PICTURE, interpolation="nearest")
    board.image(class_map(), corners[3], _PICTURE)


def _weak(board: Board, corners: list[Point]) -> None:
    board.image(scene().image, corners[0], _PICTURE)
    guess = pale()
    for thing in things():
        left, top, right, bottom = thing.box
        guess[top:bottom, left:right] = scene().classes.palette[thing.label]
        frame(board, thing.box, corners[0], _PICTURE[0], class_color(thing.label))
    board.image(guess, corners[1], _PICTURE)
    x, middle = corners[2][0] + 0.2, corners[2][1] + _PICTURE[1] / 2
    for height in (0.7, 0.45, 0.45, 0.7):
        board.box((x, middle - height / 2), (0.16, height), _GREEN, edge="#00553E")
        x += 0.25
    board.image(class_map(), corners[3], _PICTURE)
    back, net = corners[3][0] + 0.35, corners[2][0] + _PICTURE[0] / 2
    board.arrow((back, corners[3][1] - 0.02), (net, corners[2][1] + 0.04), bend=0.18)
