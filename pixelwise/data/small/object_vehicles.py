"""Vehicles of Pascal VOC, in metres; see `soft_solids` for their coordinates."""

import itertools

import numpy as np

from pixelwise.data.small.soft_bodies import Vector
from pixelwise.data.small.soft_canvas import Rgb
from pixelwise.data.small.soft_solids import (
    Bar,
    Face,
    Solid,
    bar,
    box,
    disc,
    extruded,
    face,
    rectangle,
    tyre,
    wheel,
    with_details,
)

_PAINTS: tuple[Rgb, ...] = (
    (168, 34, 38),
    (44, 82, 150),
    (222, 222, 224),
    (58, 60, 66),
    (226, 176, 44),
    (66, 118, 92),
    (150, 156, 164),
    (196, 96, 44),
    (90, 148, 190),
    (120, 40, 70),
)
_GLASS: Rgb = (62, 76, 92)
_GLASS_LOW: Rgb = (116, 134, 148)
_RUBBER: Rgb = (30, 30, 32)
_STEEL: Rgb = (150, 152, 156)


def random_paint(rng: np.random.Generator) -> np.ndarray:
    """The colour of a vehicle."""
    return np.array(_PAINTS[rng.integers(len(_PAINTS))], float) * rng.uniform(0.85, 1.1)


def _pane(points: list[tuple[float, float, float]]) -> Face:
    """A window that mirrors the sky."""
    return face(points, _GLASS, lower=_GLASS_LOW, glossy=0.5)


def _window(corner: Vector, opposite: Vector) -> Face:
    """A rectangular window between opposite corners."""
    return rectangle(corner, opposite, _GLASS, lower=_GLASS_LOW, glossy=0.5)


def car(rng: np.random.Generator) -> Solid:
    """A saloon, an estate car or a van, about 4 m long."""
    color = random_paint(rng)
    dark, glass = 0.7 * color, np.array(_GLASS)
    tall = rng.choice((1.42, 1.5, 1.8))
    rear = rng.choice((-1.5, -2.0, -2.02)) if tall < 1.8 else -2.03
    hood = 1.0 if tall < 1.8 else 1.5
    belt = 0.92 if tall < 1.8 else 1.1
    hull = [
        (-2.1, 0.28),
        (-2.12, 0.7),
        (-2.05, belt),
        (hood, belt),
        (1.95, belt - 0.14),
        (2.12, 0.62),
        (2.1, 0.28),
    ]
    body = extruded(hull, 0.86, [color, color, color, color, 0.96 * color, dark], color, dark)
    roof = [(rear, belt), (rear + 0.45, tall), (hood - 0.65, tall), (hood, belt)]
    widths = (0.82, 0.66, 0.66, 0.82)
    cabin = extruded(roof, widths, [glass, color, glass], 0.95 * color)
    for side in (0, 1):
        z = 1 - 2 * side
        body[side] = with_details(body[side], _car_side(z))
        cabin[side] = with_details(cabin[side], _side_windows(roof, z))
    body[6] = with_details(body[6], _car_front(rng))
    body[2] = with_details(body[2], _car_back())
    wheels = [
        piece for x in (-1.32, 1.32) for z in (-0.87, 0.87) for piece in wheel(x, z, 0.33, 0.2)
    ]
    return [*body, *cabin, *wheels]


def _car_side(z: float) -> list[Face]:
    """Wheels in their arches, and the gap around a door."""
    details = [disc((x, 0.36, 0.86 * z), 0.41, (22, 22, 24)) for x in (-1.32, 1.32)]
    details += [tyre(x, 0.86 * z, 0.33) for x in (-1.32, 1.32)]
    z *= 0.86
    return [*details, rectangle((-0.05, 0.4, z), (-0.02, 0.9, z), (40, 40, 44))]


def _side_windows(roof: list[tuple[float, float]], z: float) -> list[Face]:
    (back, low), (back_top, high), (front_top, _high), (front, _low) = roof
    low, high = low + 0.05, high - 0.07

    def pane(below: tuple[float, float], above: tuple[float, float]) -> Face:
        (a, b), (c, d) = below, above
        inner, outer = 0.66 * z, 0.82 * z
        return _pane([(a, low, outer), (b, low, outer), (d, high, inner), (c, high, inner)])

    return [
        pane((back + 0.15, -0.1), (back_top + 0.04, -0.1)),
        pane((0.0, front - 0.15), (0.0, front_top - 0.02)),
    ]


def _car_front(rng: np.random.Generator) -> list[Face]:
    lamp: Rgb = (248, 244, 226) if rng.random() < 0.7 else (214, 220, 226)
    x = 2.1
    return [
        rectangle((x, 0.36, -0.42), (x, 0.52, 0.42), (30, 30, 34)),
        rectangle((x, 0.46, -0.8), (x, 0.6, -0.5), lamp, glossy=0.8),
        rectangle((x, 0.46, 0.5), (x, 0.6, 0.8), lamp, glossy=0.8),
        rectangle((x, 0.3, -0.25), (x, 0.4, 0.25), (232, 232, 226), glossy=0.3),
    ]


def _car_back() -> list[Face]:
    x = -2.12
    return [
        rectangle((x, 0.66, -0.82), (x, 0.84, -0.55), (190, 26, 30), glossy=0.5),
        rectangle((x, 0.66, 0.55), (x, 0.84, 0.82), (190, 26, 30), glossy=0.5),
        rectangle((x, 0.5, -0.26), (x, 0.62, 0.26), (232, 232, 226), glossy=0.3),
    ]


def bus(rng: np.random.Generator) -> Solid:
    """A city bus, about 10 m long."""
    color = random_paint(rng)
    second = np.array((236, 234, 228)) if rng.random() < 0.5 else random_paint(rng)
    half, long, tall = 1.25, rng.uniform(4.0, 5.5), rng.uniform(2.9, 3.2)
    axles = (-0.55 * long, 0.6 * long)
    hull = [(-long, 0.35), (-long, tall), (long - 0.1, tall), (long, 2.2), (long, 0.35)]
    body = extruded(hull, half, [color, second, color, color], color, 0.85 * color)
    for side, z in ((0, half), (1, -half)):
        details = [rectangle((-long, 0.95, z), (long, 1.25, z), second)]
        windows = np.arange(-long + 0.3, long - 1.0, 1.25)
        details += [_window((x, 1.35, z), (x + 1.1, 2.4, z)) for x in windows]
        details.append(_window((long - 0.95, 0.5, z), (long - 0.1, 2.4, z)))
        for x in axles:
            details += [disc((x, 0.5, z), 0.6, (26, 26, 28)), tyre(x, z, 0.5)]
        body[side] = with_details(body[side], details)
    body[2] = with_details(body[2], [_window((-long, 1.4, -0.95), (-long, 2.4, 0.95))])
    body[4] = with_details(body[4], [_destination(long)])
    lamps = [
        rectangle((long, 0.6, z), (long, 0.85, z + 0.35), (250, 246, 228), glossy=0.9)
        for z in (-1.1, 0.75)
    ]
    body[5] = with_details(body[5], [_window((long, 1.2, -1.1), (long, 2.2, 1.1)), *lamps])
    wheels = [piece for x in axles for z in (-1.26, 1.26) for piece in wheel(x, z, 0.5, 0.3)]
    return [*body, *wheels]


def _destination(long: float) -> Face:
    """The dark board above a bus's windscreen, and the lit line on it."""

    def board(half: float, low: float, high: float, color: Rgb, glossy: float) -> Face:
        below, above = long - 0.1 * (low - 2.2), long - 0.1 * (high - 2.2)
        points = [
            (below, low, -half),
            (below, low, half),
            (above, high, half),
            (above, high, -half),
        ]
        return face(points, color, glossy=glossy)

    return with_details(
        board(0.8, 2.3, 2.7, (30, 30, 30), 0), [board(0.55, 2.42, 2.58, (250, 190, 60), 1.0)]
    )


def train(rng: np.random.Generator) -> Solid:
    """The front of a train and its carriages: 3 pieces of 12 m, the first one's nose at x = 0."""
    color, second = random_paint(rng), random_paint(rng)
    half, tall = 1.45, 3.7
    slope = rng.choice((0.3, 2.2))
    pieces: list[Face | Bar] = []
    for index in range(3):
        front, back = -12.6 * index, -12.6 * index - 12
        if index == 0:
            hull = [
                (back, 0.9),
                (back, tall),
                (front - slope - 0.8, tall),
                (front - slope, 3.2),
                (front, 1.9),
                (front, 0.5),
                (front - 0.5, 0.5),
            ]
            colors = [color, 0.6 * second, 0.9 * color, color, color, 0.5 * color]
        else:
            hull = [(back, 0.9), (back, tall), (front, tall), (front, 0.9)]
            colors = [0.4 * color, 0.6 * second, 0.4 * color]
        body = extruded(hull, half, colors, color, 0.9 * color)
        windows_end = front - slope - 1.5 if index == 0 else front - 0.6
        for side, z in ((0, half), (1, -half)):
            body[side] = with_details(body[side], _carriage_side(back, windows_end, z, second))
        if index == 0:
            body[5] = with_details(body[5], [_windscreen(front, slope)])
            body[6] = with_details(body[6], _train_lamps(front, second))
        pieces += body
        pieces += box((back + 0.6, 0.1, -1.1), (front - 1.0, 0.9, 1.1), (44, 44, 48))
    return pieces


def _carriage_side(back: float, end: float, z: float, second: Rgb) -> list[Face]:
    windows = np.arange(back + 0.6, end - 0.9, 1.5)
    return [
        rectangle((back, 1.3, z), (end + 0.6, 1.7, z), second),
        *(_window((x, 2.0, z), (x + 1.1, 3.0, z)) for x in windows),
    ]


def _windscreen(front: float, slope: float) -> Face:
    low, high = front - 0.12 * slope, front - 0.9 * slope
    return _pane([(low, 2.05, -1.1), (low, 2.05, 1.1), (high, 3.1, 1.0), (high, 3.1, -1.0)])


def _train_lamps(front: float, second: Rgb) -> list[Face]:
    return [
        rectangle((front, 1.1, -1.45), (front, 1.5, 1.45), second),
        rectangle((front, 0.75, -1.2), (front, 1.0, -0.8), (255, 250, 224), glossy=1.0),
        rectangle((front, 0.75, 0.8), (front, 1.0, 1.2), (255, 250, 224), glossy=1.0),
    ]


def _ring(x: float, radius: float, width: float, color: Rgb) -> Bar:
    turn = np.linspace(0, 2 * np.pi, 26)
    points = np.stack([x + radius * np.cos(turn), radius * (1 + np.sin(turn)), 0 * turn], axis=1)
    return Bar(points, width, color)


def bicycle(rng: np.random.Generator) -> Solid:
    """A bicycle: two rings and a few thin tubes."""
    color, radius = 0.9 * random_paint(rng), 0.34
    back, front = (-0.52, radius, 0.0), (0.54, radius, 0.0)
    crank, seat, head = (-0.06, 0.3, 0.0), (-0.24, 0.86, 0.0), (0.36, 0.84, 0.0)
    saddle, stem = (-0.29, 0.98, 0.0), (0.31, 1.02, 0.0)
    tube = 0.034
    return [
        _ring(back[0], radius - 0.02, 0.045, _RUBBER),
        _ring(front[0], radius - 0.02, 0.045, _RUBBER),
        bar([back, crank, seat, back], tube, color),
        bar([seat, head, crank], tube, color),
        bar([front, (0.4, 0.7, 0), head, stem], tube, color),
        bar([crank, seat, saddle], 0.03, color),
        bar([(-0.44, 0.99, 0), (-0.2, 0.98, 0)], 0.075, (40, 34, 32)),
        bar([(0.34, 1.03, -0.27), (0.31, 1.03, 0), (0.34, 1.03, 0.27)], 0.032, _STEEL),
        bar([(0.34, 1.03, 0.27), (0.24, 1.02, 0.27)], 0.04, _RUBBER),
        bar([(0.06, 0.17, 0.1), crank, (-0.18, 0.43, -0.1)], 0.03, _STEEL),
        disc((crank[0], crank[1], 0.03), 0.09, (120, 122, 126)),
    ]


def motorbike(rng: np.random.Generator) -> Solid:
    """A motorbike: thick wheels, an engine and a tank."""
    color = random_paint(rng)
    radius = 0.32

    def plate(outline: list[tuple[float, float]], half: float, paint: Rgb) -> list[Face]:
        sides = [0.85 * np.asarray(paint)] * len(outline)
        return extruded(outline, half, sides, paint, 0.7 * np.asarray(paint))

    wheels = [
        piece
        for x in (-0.72, 0.72)
        for z in (-0.06, 0.06)
        for piece in (_ring(x, radius - 0.05, 0.13, _RUBBER), disc((x, radius, z), 0.12, _STEEL))
    ]
    return [
        *wheels,
        bar([(-0.72, radius, 0.1), (-0.1, 0.36, 0.1), (0.2, 0.34, 0.1)], 0.08, _STEEL),
        *plate([(-0.25, 0.28), (0.3, 0.28), (0.36, 0.6), (-0.2, 0.62)], 0.17, (74, 76, 82)),
        *plate(
            [(-0.15, 0.62), (0.34, 0.66), (0.36, 0.86), (0.1, 0.92), (-0.15, 0.78)], 0.16, color
        ),
        *plate([(-0.75, 0.76), (-0.15, 0.7), (-0.13, 0.8), (-0.75, 0.9)], 0.13, (36, 34, 36)),
        *plate([(-0.98, 0.62), (-0.5, 0.6), (-0.45, 0.72), (-0.98, 0.76)], 0.1, color),
        bar([(0.72, radius, 0.09), (0.46, 0.86, 0.09), (0.42, 1.0, 0.09)], 0.06, _STEEL),
        bar([(0.72, radius, -0.09), (0.46, 0.86, -0.09), (0.42, 1.0, -0.09)], 0.06, _STEEL),
        bar([(0.34, 1.06, -0.36), (0.42, 1.02, 0), (0.34, 1.06, 0.36)], 0.045, _RUBBER),
        disc((0.54, 0.86, 0.0), 0.1, (236, 234, 214)),
    ]


def sailing_boat(rng: np.random.Generator) -> Solid:
    """A boat with a mast and two sails, about 6 m long."""
    sail = np.array((244, 240, 230)) if rng.random() < 0.7 else random_paint(rng)
    tall = rng.uniform(6.5, 8.5)
    lean = rng.uniform(-0.6, 0.6)
    return [
        *_hull(3.0, 1.0, 0.9, random_paint(rng)),
        bar([(0.4, 0.8, 0), (0.4, tall, lean)], 0.12, (120, 96, 70)),
        face([(0.3, 1.5, 0), (-2.4, 1.5, lean), (0.35, tall - 0.2, lean)], sail, lower=0.92 * sail),
        face([(0.55, 1.2, 0), (2.9, 1.1, lean / 2), (0.45, tall - 1.2, lean)], 0.95 * sail),
    ]


def motor_boat(rng: np.random.Generator) -> Solid:
    """A boat with a cabin, about 6 m long."""
    color = np.array((236, 236, 232)) if rng.random() < 0.6 else random_paint(rng)
    cabin = extruded(
        [(-1.4, 0.9), (-1.2, 1.9), (0.4, 1.9), (1.1, 0.9)],
        0.75,
        [0.9 * color, color, np.array(_GLASS)],
        color,
    )
    for side, z in ((0, 0.75), (1, -0.75)):
        windows = [_window((x, 1.25, z), (x + 0.65, 1.7, z)) for x in (-1.1, -0.3)]
        cabin[side] = with_details(cabin[side], windows)
    return [*_hull(3.0, 1.15, 1.0, random_paint(rng)), *cabin]


def rowing_boat(rng: np.random.Generator) -> Solid:
    """An open boat of wood, about 4 m long."""
    wood = np.array((150, 102, 64)) * rng.uniform(0.8, 1.3)
    return [
        *_hull(2.0, 0.75, 0.5, wood),
        bar([(-0.6, 0.5, 0.5), (-0.2, 0.2, 1.6)], 0.07, (206, 180, 140)),
        bar([(-0.6, 0.5, -0.5), (-0.2, 0.2, -1.6)], 0.07, (206, 180, 140)),
        face(
            [(-0.4, 0.48, -0.6), (-0.4, 0.48, 0.6), (-0.1, 0.48, 0.6), (-0.1, 0.48, -0.6)],
            0.8 * wood,
        ),
    ]


def _hull(long: float, half: float, tall: float, color: np.ndarray) -> list[Face]:
    """A hull that is pointed in front and floats at y = 0."""
    stations = [(-long, 0.75), (-0.3 * long, 1.0), (0.45 * long, 0.85), (1.0 * long, 0.02)]
    faces = []
    for (x0, w0), (x1, w1) in itertools.pairwise(stations):
        rise0, rise1 = (0.25 * tall * max(0.0, x / long) ** 2 for x in (x0, x1))
        for side in (1, -1):
            faces.append(
                face(
                    [
                        (0.9 * x0, 0, 0.75 * half * w0 * side),
                        (0.9 * x1, 0, 0.75 * half * w1 * side),
                        (x1, tall + rise1, half * w1 * side),
                        (x0, tall + rise0, half * w0 * side),
                    ],
                    1.05 * color,
                    lower=0.75 * color,
                )
            )
        faces.append(
            face(
                [
                    (x0, tall + rise0 - 0.05, half * w0),
                    (x1, tall + rise1 - 0.05, half * w1),
                    (x1, tall + rise1 - 0.05, -half * w1),
                    (x0, tall + rise0 - 0.05, -half * w0),
                ],
                (196, 164, 122),
            )
        )
    stern = [
        (-0.9 * long, 0, -0.56 * half),
        (-0.9 * long, 0, 0.56 * half),
        (-long, tall, 0.75 * half),
        (-long, tall, -0.75 * half),
    ]
    return [*faces, face(stern, 0.9 * color, lower=0.7 * color)]
