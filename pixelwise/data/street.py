"""A made-up street: a picture whose segmentation is exact, because both are painted together."""

import itertools
from dataclasses import dataclass

import numpy as np

from pixelwise.data.canvas import Canvas, Color, Point, rgb
from pixelwise.data.classes import Sample
from pixelwise.data.things import (
    BUILDING,
    PAVEMENT,
    ROAD,
    SKY,
    STREET,
    car,
    person,
    pole,
    tree,
)

# Half the width of the road and of road with pavement, in units of the depth (see View).
_ROAD_HALF = 1.05
_STREET_HALF = 1.75

_FACADES: tuple[Color, ...] = (
    (178, 96, 72),
    (196, 170, 130),
    (150, 150, 158),
    (206, 196, 178),
    (128, 92, 80),
    (168, 134, 100),
)
_SKIES: tuple[tuple[Color, Color], ...] = (
    ((92, 150, 214), (206, 222, 234)),
    ((70, 130, 210), (190, 216, 240)),
    ((150, 164, 178), (214, 218, 220)),
    ((112, 122, 176), (246, 204, 166)),
)


@dataclass(frozen=True)
class View:
    """The view along the street: everything shrinks towards one point on the horizon.

    A place on the ground has a depth, its distance below the horizon in the picture, and an
    offset from the middle of the road. Sizes at that place are proportional to the depth.
    """

    vanishing: Point

    @property
    def horizon(self) -> float:
        """Height of the horizon in the picture."""
        return self.vanishing[1]

    def ground(self, offset: float, depth: float) -> Point:
        """Where a place on the ground is in the picture."""
        return self.vanishing[0] + offset * depth, self.horizon + depth


def street(seed: int = 0, size: tuple[int, int] = (160, 240)) -> Sample:
    """A synthetic street scene; the same seed and size give the same scene.

    Every class occurs. Cars, persons and poles stand at several distances, nearer ones before
    farther ones, and are numbered as instances.

    Args:
        seed: which scene.
        size: (height, width) in pixels, at least (64, 64).

    Returns:
        A sample with a (height, width, 3) image, a (height, width) label without void, and
        instances of the same shape.

    Raises:
        ValueError: `size` is too small for the far objects to be seen.
    """
    if min(size) < 64:
        raise ValueError(f"size must be at least (64, 64), not {size}")
    rng = np.random.default_rng(seed)
    canvas = Canvas(size, rng)
    view = View((canvas.aspect * rng.uniform(0.42, 0.58), rng.uniform(0.4, 0.46)))
    _sky(canvas, view, rng)
    _ground(canvas, view)
    for side in (-1, 1):
        _row_of_houses(canvas, view, side, rng)
    _things(canvas, view, rng)
    light = rng.uniform(0.85, 1.1) * np.array([1, 1, rng.uniform(0.88, 1.06)])
    return Sample(
        canvas.finished((light[0], light[1], light[2]), 5.0, rng),
        canvas.label(),
        STREET,
        canvas.instances(),
    )


def _sky(canvas: Canvas, view: View, rng: np.random.Generator) -> None:
    top, bottom = _SKIES[rng.integers(len(_SKIES))]
    canvas.gradient(top, bottom, view.horizon + 0.02, SKY)


def _ground(canvas: Canvas, view: View) -> None:
    nearest = 1.05 - view.horizon

    def strip(left: float, right: float, far: float, near: float) -> list[Point]:
        return [
            view.ground(left, far),
            view.ground(right, far),
            view.ground(right, near),
            view.ground(left, near),
        ]

    canvas.polygon(strip(-9, 9, 0, nearest), (158, 150, 142), PAVEMENT, grain=0.06)
    canvas.polygon(strip(-_ROAD_HALF, _ROAD_HALF, 0, nearest), (92, 92, 96), ROAD, grain=0.07)
    for side in (-1, 1):
        kerb = sorted((side * _ROAD_HALF, side * (_ROAD_HALF + 0.06)))
        canvas.polygon(strip(kerb[0], kerb[1], 0, nearest), (188, 184, 178), PAVEMENT)
    # Lane marks are equally long on the ground: their ends are equally spaced in 1 / depth.
    ends = 1 / np.arange(1 / nearest, 40, 0.9)
    for near, far in zip(ends[::2], ends[1::2], strict=False):
        canvas.polygon(strip(-0.035, 0.035, far, near), (222, 220, 208), ROAD)


def _row_of_houses(canvas: Canvas, view: View, side: int, rng: np.random.Generator) -> None:
    """The facades on one side of the street, from the horizon to beyond the picture."""
    wall = side * _STREET_HALF
    edges = [0.012]
    while edges[-1] < 0.9:
        edges.append(edges[-1] * rng.uniform(1.5, 2.1))
    for far, near in itertools.pairwise(edges):
        tall = rng.uniform(0.9, 2.3)
        color = np.array(_FACADES[rng.integers(len(_FACADES))]) * (0.82 if side < 0 else 1.0)

        def at(depth: float, height: float) -> Point:
            x, y = view.ground(wall, depth)
            return x, y - height * depth

        def quad(a: float, b: float, low: float, high: float) -> list[Point]:
            return [at(a, low), at(b, low), at(b, high), at(a, high)]

        canvas.polygon(quad(far, near, 0, tall), rgb(color), BUILDING, grain=0.05)
        canvas.polygon(quad(far, near, 0, 0.12), rgb(color * 0.7), BUILDING)
        canvas.polygon(quad(far, near, tall - 0.07, tall), rgb(color * 0.75), BUILDING)
        if near < 0.05:
            continue
        columns = 1 / np.linspace(1 / far, 1 / near, 2 * int(rng.integers(2, 5)) + 2)[1:-1]
        for low in np.arange(0.28, tall - 0.3, 0.42):
            for a, b in zip(columns[::2], columns[1::2], strict=True):
                lit = rng.random() < 0.15
                glass = np.array((236, 214, 150) if lit else (70, 86, 106)) * rng.uniform(0.8, 1.15)
                canvas.polygon(quad(a, b, low, low + 0.26), rgb(glass), BUILDING)


def _things(canvas: Canvas, view: View, rng: np.random.Generator) -> None:
    """Trees, poles, persons and cars, painted from far to near."""
    nearest = 1 - view.horizon
    pavement = (_ROAD_HALF + _STREET_HALF) / 2
    todo: list[tuple[float, str, float]] = []
    for side in (-1, 1):
        for depth in nearest * np.array([0.09, 0.2, 0.42]) * rng.uniform(0.8, 1.3):
            todo.append((depth, "tree", side * (pavement + 0.3)))
        for depth in nearest * np.array([0.13, 0.32, 0.7]) * rng.uniform(0.8, 1.2):
            todo.append((depth, "pole", side * (_ROAD_HALF + 0.12)))
    for low, high in ((0.1, 0.2), (0.2, 0.4), (0.35, 0.6), (0.55, 0.85)):
        side = rng.choice((-1, 1))
        todo.append((nearest * rng.uniform(low, high), "car", side * rng.uniform(0.42, 0.62)))
    for low, high in ((0.12, 0.2), (0.2, 0.35), (0.3, 0.5), (0.45, 0.7), (0.7, 0.95)):
        side = rng.choice((-1, 1))
        offset = side * (pavement + rng.uniform(-0.2, 0.1))
        todo.append((nearest * rng.uniform(low, high), "person", offset))
    todo.append((nearest * rng.uniform(0.25, 0.5), "person", rng.uniform(-0.2, 0.2)))
    painters = {"tree": tree, "pole": pole, "car": car, "person": person}
    for depth, kind, offset in sorted(todo):
        painters[kind](canvas, view.ground(offset, depth), depth, rng)
