"""What the tasks of computer vision ask of a picture."""

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from pixelwise.data.things import CAR, PERSON
from pixelwise.figures.board import Board
from pixelwise.figures.ideas.scene import class_color, class_map, frame, pale, scene, things
from pixelwise.figures.publish import Translator
from pixelwise.figures.style import OKABE_ITO

_PICTURE = 1.5, 1.0  # inches
_STEP = 1.58
_TOP = 0.5
_OBJECT_COLORS = tuple(OKABE_ITO[index] for index in (4, 5, 1, 2))


def draw(_: Translator) -> Figure:
    """One column a task: its name, the picture with the answer, and the question."""
    board = Board(8.0, _TOP + _PICTURE[1] + 0.55)
    image = scene().image
    largest = max(things(), key=lambda thing: thing.pixels)
    columns = (
        (_("classification"), _("What is in the picture?"), image, ()),
        (_("localisation"), _("Where is the main object?"), image, (largest,)),
        (_("detection"), _("Where is each object?"), image, things()),
        (_("semantic segmentation"), _("Which class is each pixel?"), class_map(), ()),
        (_("instance segmentation"), _("Which object is each pixel?"), _instance_map(), ()),
    )
    for index, (title, question, pixels, framed) in enumerate(columns):
        corner = 0.09 + index * _STEP, _TOP
        middle = corner[0] + _PICTURE[0] / 2
        board.text((middle, _TOP - 0.07), title, (1.52, 0.4), anchor="bottom", bold=True)
        board.image(pixels, corner, _PICTURE)
        for thing in framed:
            frame(board, thing.box, corner, _PICTURE[0], class_color(thing.label))
        below = middle, _TOP + _PICTURE[1] + 0.08
        board.text(below, question, (1.5, 0.42), size=9, anchor="top")
    for row, (label, name) in enumerate(((CAR, _("car")), (PERSON, _("person")))):
        _plate(board, name, _TOP + 0.08 + 0.25 * row, class_color(label))
    return board.figure


def _instance_map() -> np.ndarray:
    """Every object in a colour of its own, (H, W, 3) uint8."""
    picture = pale()
    instances = scene().instances
    for number in range(1, len(things()) + 1):
        color = np.array(to_rgb(_OBJECT_COLORS[number - 1])) * 255
        picture[instances == number] = color
    return picture


def _plate(board: Board, name: str, top: float, color: str) -> None:
    """A class name on its colour, in the sky of the first picture."""
    width, height = 0.95, 0.22
    left = 0.09 + (_PICTURE[0] - width) / 2
    board.box((left, top), (width, height), color, edge="white", rounded=0.05)
    middle = left + width / 2, top + height / 2
    board.text(middle, name, (width - 0.08, height), size=9, color="white", bold=True)
