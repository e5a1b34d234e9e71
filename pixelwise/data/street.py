"""A made-up street: a picture whose segmentation is exact, because both are painted together."""

from dataclasses import dataclass

import numpy as np

from pixelwise.data.canvas import Canvas, Color, Point
from pixelwise.data.classes import Classes, Sample
from pixelwise.i18n import N_

STREET = Classes(
    "street",
    (
        N_("sky"),
        N_("building"),
        N_("road"),
        N_("pavement"),
        N_("tree"),
        N_("car"),
        N_("person"),
        N_("pole"),
    ),
    np.array(
        [
            (86, 180, 233),
            (230, 159, 0),
            (96, 96, 96),
            (204, 121, 167),
            (0, 158, 115),
            (0, 114, 178),
            (213, 94, 0),
            (240, 228, 66),
        ]
    ),
)
SKY, BUILDING, ROAD, PAVEMENT, TREE, CAR, PERSON, POLE = range(8)

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
_PAINTS: tuple[Color, ...] = (
    (170, 30, 36),
    (40, 78, 150),
    (216, 216, 220),
    (52, 54, 60),
    (226, 178, 40),
    (60, 120, 90),
)
_CLOTHES: tuple[Color, ...] = (
    (200, 60, 50),
    (60, 90, 160),
    (230, 190, 60),
    (120, 60, 130),
    (40, 130, 110),
    (235, 235, 235),
)
_SKIES: tuple[tuple[Color, Color], ...] = (
    ((92, 150, 214), (206, 222, 234)),
    ((70, 130, 210), (190, 216, 240)),
    ((150, 164, 178), (214, 218, 220)),
    ((112, 122, 176), (246, 204, 166)),
)
_SKINS: tuple[Color, ...] = ((236, 196, 164), (198, 144, 108), (128, 84, 60))


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
        canvas.polygon(strip(*kerb, 0, nearest), (188, 184, 178), PAVEMENT)
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
    for far, near in zip(edges[:-1], edges[1:], strict=True):
        tall = rng.uniform(0.9, 2.3)
        color = np.array(_FACADES[rng.integers(len(_FACADES))]) * (0.82 if side < 0 else 1.0)

        def at(depth: float, height: float) -> Point:
            x, y = view.ground(wall, depth)
            return x, y - height * depth

        def quad(a: float, b: float, low: float, high: float) -> list[Point]:
            return [at(a, low), at(b, low), at(b, high), at(a, high)]  # noqa: B023

        canvas.polygon(quad(far, near, 0, tall), _rgb(color), BUILDING, grain=0.05)
        canvas.polygon(quad(far, near, 0, 0.12), _rgb(color * 0.7), BUILDING)
        canvas.polygon(quad(far, near, tall - 0.07, tall), _rgb(color * 0.75), BUILDING)
        if near < 0.05:
            continue
        columns = 1 / np.linspace(1 / far, 1 / near, 2 * int(rng.integers(2, 5)) + 2)[1:-1]
        for low in np.arange(0.28, tall - 0.3, 0.42):
            for a, b in zip(columns[::2], columns[1::2], strict=True):
                lit = rng.random() < 0.15
                glass = np.array((236, 214, 150) if lit else (70, 86, 106)) * rng.uniform(0.8, 1.15)
                canvas.polygon(quad(a, b, low, low + 0.26), _rgb(glass), BUILDING)


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
    painters = {"tree": _tree, "pole": _pole, "car": _car, "person": _person}
    for depth, kind, offset in sorted(todo):
        painters[kind](canvas, view.ground(offset, depth), depth, rng)


def _tree(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    x, y = foot
    height = rng.uniform(1.3, 1.8) * scale
    canvas.tint((x, y), (0.35 * scale, 0.05 * scale), 0.65)
    trunk = 0.04 * scale
    canvas.box((x - trunk, y - 0.9 * height), (x + trunk, y), (92, 66, 46), TREE)
    green = np.array((64, 112, 52)) * rng.uniform(0.8, 1.25)
    # Leaves: dark lumps below, lighter ones above, where the light falls.
    for step in range(26):
        angle, radius = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random()) * 0.36 * scale
        lump = x + radius * np.cos(angle), y - height + 0.95 * radius * np.sin(angle)
        size = rng.uniform(0.1, 0.19) * scale
        canvas.ellipse(lump, (size, size), _rgb(green * (0.7 + step / 60)), TREE, grain=0.16)


def _pole(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    x, y = foot
    instance = canvas.new_object()
    top, half = y - 2.0 * scale, 0.016 * scale
    gray: Color = (84, 88, 92)
    canvas.box((x - half, top), (x + half, y), gray, POLE, instance=instance)
    if rng.random() < 0.6:  # a lamp over the road, else a sign
        reach = 0.32 * scale * (1 if x < canvas.aspect / 2 else -1)
        left, right = sorted((x, x + reach))
        canvas.box((left, top), (right, top + 2 * half), gray, POLE, instance=instance)
        lamp = (x + reach, top + 0.03 * scale)
        canvas.ellipse(lamp, (0.07 * scale, 0.03 * scale), (250, 240, 200), POLE, instance=instance)
    else:
        plate = (x, top + 0.14 * scale)
        for radius, color in ((0.14, (190, 40, 40)), (0.1, (236, 236, 236))):
            round_ = (radius * scale, radius * scale)
            canvas.ellipse(plate, round_, _rgb(np.array(color)), POLE, instance=instance)


def _person(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    x, y = foot
    instance = canvas.new_object()
    height = rng.uniform(0.72, 0.86) * scale
    canvas.tint((x, y), (0.2 * height, 0.04 * height), 0.6)
    shirt = _CLOTHES[rng.integers(len(_CLOTHES))]
    skin = _SKINS[rng.integers(len(_SKINS))]
    trousers = _rgb(np.array((50, 54, 74)) * rng.uniform(0.7, 1.6))
    stride = rng.uniform(0.03, 0.1)

    def part(points: list[Point], color: Color) -> None:
        placed = [(x + height * u, y - height * v) for u, v in points]
        canvas.polygon(placed, color, PERSON, instance=instance, grain=0.06)

    for leg in (-1, 1):
        end = leg * stride
        part([(0.07 * leg, 0.5), (end + 0.035, 0), (end - 0.035, 0), (-0.02 * leg, 0.5)], trousers)
    part(
        [(-0.09, 0.47), (0.09, 0.47), (0.12, 0.8), (0.06, 0.84), (-0.06, 0.84), (-0.12, 0.8)], shirt
    )
    for arm in (-1, 1):
        part([(0.1 * arm, 0.8), (0.14 * arm, 0.78), (0.16 * arm, 0.48), (0.12 * arm, 0.48)], shirt)
    head = (x, y - 0.92 * height)
    round_ = (0.06 * height, 0.08 * height)
    canvas.ellipse(head, round_, skin, PERSON, instance=instance)
    hair = (x, y - 0.965 * height)
    canvas.ellipse(hair, (0.062 * height, 0.045 * height), (58, 44, 36), PERSON, instance=instance)


def _car(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    x, y = foot
    instance = canvas.new_object()
    width = 0.68 * scale
    canvas.tint((x, y - 0.02 * width), (0.56 * width, 0.08 * width), 0.45)
    paint = np.array(_PAINTS[rng.integers(len(_PAINTS))])
    # The left lane comes towards us.
    lamp: Color = (250, 244, 214) if x < canvas.aspect / 2 else (214, 36, 36)

    def part(points: list[Point], color: Color) -> None:
        placed = [(x + width * u, y - width * v) for u, v in points]
        canvas.polygon(placed, color, CAR, instance=instance, grain=0.03)

    def mirrored(half: list[Point]) -> list[Point]:
        return half + [(-u, v) for u, v in reversed(half)]

    for side in (-1, 1):
        part(
            [(0.3 * side, 0.15), (0.46 * side, 0.15), (0.46 * side, 0), (0.3 * side, 0)],
            (26, 26, 28),
        )
    part(mirrored([(0.46, 0.08), (0.5, 0.2), (0.48, 0.42), (0.4, 0.46)]), _rgb(paint))
    part(mirrored([(0.42, 0.44), (0.34, 0.72), (0.28, 0.76)]), _rgb(paint * 0.92))
    part(mirrored([(0.36, 0.46), (0.3, 0.69)]), (74, 96, 116))
    part(mirrored([(0.46, 0.08), (0.48, 0.16)]), _rgb(paint * 0.55))
    for side in (-1, 1):
        part(
            [(0.34 * side, 0.3), (0.47 * side, 0.3), (0.46 * side, 0.38), (0.36 * side, 0.38)], lamp
        )
    part(mirrored([(0.13, 0.19), (0.13, 0.25)]), (236, 236, 228))


def _rgb(color: np.ndarray) -> Color:
    red, green, blue = (float(value) for value in color)
    return red, green, blue
