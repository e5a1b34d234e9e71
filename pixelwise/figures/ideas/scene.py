"""The little scene that the drawings of ideas show."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from matplotlib.colors import to_hex

from pixelwise.data.canvas import Canvas
from pixelwise.data.classes import Sample
from pixelwise.data.things import CAR, PAVEMENT, PERSON, ROAD, SKY, STREET, car, person, tree
from pixelwise.figures.board import Board, Point

Box = tuple[int, int, int, int]
_SIZE = (192, 288)


@cache
def scene() -> Sample:
    """Two cars, one before the other, and two persons on a road by a meadow; (192, 288) pixels."""
    rng = np.random.default_rng(8)
    canvas = Canvas(_SIZE, rng)
    canvas.gradient((96, 158, 220), (208, 226, 238), 0.5, SKY)
    canvas.polygon([(0, 0.48), (1.5, 0.44), (1.5, 1), (0, 1)], (116, 164, 86), PAVEMENT)
    canvas.polygon([(0.5, 0.46), (0.66, 0.46), (1.5, 1), (-0.2, 1)], (104, 104, 110), ROAD)
    tree(canvas, (1.32, 0.6), 0.3, rng)
    tree(canvas, (0.1, 0.56), 0.22, rng)
    car(canvas, (0.5, 0.72), 0.5, rng)
    person(canvas, (1.02, 0.78), 0.62, rng)
    car(canvas, (0.68, 0.9), 0.66, rng)
    person(canvas, (1.26, 0.92), 0.72, rng)
    image = canvas.finished((1, 1, 1), 0.0, rng)
    return Sample(image, canvas.label(), STREET, canvas.instances())


@dataclass(frozen=True)
class Thing:
    """One car or person of the scene.

    Attributes:
        label: its class.
        box: left, top, right and bottom in pixels, the last two beyond it.
        pixels: how many pixels of it are seen.
    """

    label: int
    box: Box
    pixels: int


@cache
def things() -> tuple[Thing, ...]:
    """The cars and persons of the scene, in the order of their instance numbers."""
    sample = scene()
    assert sample.instances is not None
    found = []
    for number in range(1, int(sample.instances.max()) + 1):
        rows, columns = np.nonzero(sample.instances == number)
        left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        label = int(sample.label[rows[0], columns[0]])
        found.append(Thing(label, (int(left), int(top), int(right), int(bottom)), len(rows)))
    return tuple(found)


def class_map() -> np.ndarray:
    """The scene's cars and persons in their classes' colours, all else pale; (H, W, 3) uint8."""
    sample = scene()
    colors = sample.classes.palette[sample.label]
    known = np.isin(sample.label, (CAR, PERSON))
    return np.where(known[..., None], colors, pale())


def pale() -> np.ndarray:
    """The scene almost faded to white, (H, W, 3) uint8: a background for colours."""
    gray = scene().image.mean(axis=-1, keepdims=True)
    return np.repeat(205 + 0.18 * gray, 3, axis=-1).clip(0, 255).astype(np.uint8)


def class_color(label: int) -> str:
    """The colour of a class, as matplotlib writes colours."""
    red, green, blue = scene().classes.palette[label] / 255
    return to_hex((red, green, blue))


def frame(
    board: Board, box: Box, corner: Point, width: float, color: str, line: float = 1.8
) -> None:
    """Draw a box of the scene, in pixels, on a picture of it that is `width` inches wide."""
    scale = width / scene().image.shape[1]
    left, top, right, bottom = (edge * scale for edge in box)
    place, size = (corner[0] + left, corner[1] + top), (right - left, bottom - top)
    board.box(place, size, edge="white", line=line + 1.2)
    board.box(place, size, edge=color, line=line)
