"""Furniture and household things of Pascal VOC, in metres; see `soft_solids`."""

import numpy as np

from pixelwise.data.small.soft_canvas import Rgb
from pixelwise.data.small.soft_solids import Face, Solid, bar, box, face, lathe, rectangle

_WOODS: tuple[Rgb, ...] = (
    (164, 112, 68),
    (116, 76, 48),
    (204, 166, 118),
    (78, 56, 44),
    (226, 222, 214),
    (54, 52, 54),
)
_FABRICS: tuple[Rgb, ...] = (
    (150, 54, 52),
    (64, 90, 128),
    (200, 186, 164),
    (108, 116, 82),
    (96, 84, 92),
    (190, 140, 80),
    (60, 60, 66),
    (120, 70, 50),
    (178, 182, 188),
    (86, 130, 126),
)

_GLASSES: tuple[Rgb, ...] = (
    (40, 92, 54),
    (110, 66, 34),
    (176, 204, 214),
    (50, 60, 74),
    (196, 60, 50),
    (220, 210, 170),
    (90, 140, 190),
)


def random_wood(rng: np.random.Generator) -> np.ndarray:
    """The colour of wood, or of a painted board."""
    return np.array(_WOODS[rng.integers(len(_WOODS))], float) * rng.uniform(0.9, 1.1)


def random_fabric(rng: np.random.Generator) -> np.ndarray:
    """The colour of a cover."""
    return np.array(_FABRICS[rng.integers(len(_FABRICS))], float) * rng.uniform(0.85, 1.15)


def chair(rng: np.random.Generator) -> Solid:
    """A chair with four thin legs; its front is at +x."""
    wood = random_wood(rng)
    seat = random_fabric(rng) if rng.random() < 0.5 else wood
    half, high, back = 0.22, 0.46, rng.uniform(0.88, 1.02)
    legs = [
        bar([(1.1 * x, 0, 1.1 * z), (x, high, z)], 0.04, 0.8 * wood)
        for x in (-0.2, 0.2)
        for z in (-0.19, 0.19)
    ]
    posts = [bar([(-0.21, high, z), (-0.26, back, z)], 0.045, 0.85 * wood) for z in (-0.19, 0.19)]
    if rng.random() < 0.5:
        rest = box((-0.27, high + 0.15, -half), (-0.23, back, half), seat, 0.85 * seat)
    else:
        rest = [
            bar([(-0.25, y, -0.19), (-0.25, y, 0.19)], 0.06, wood)
            for y in np.linspace(high + 0.14, back - 0.03, 3)
        ]
    return [
        *legs,
        *posts,
        *box((-half, high - 0.04, -half), (half, high + 0.02, half), seat, 0.8 * seat),
        *rest,
    ]


def office_chair(rng: np.random.Generator) -> Solid:
    """A chair on one column with five feet."""
    cover = random_fabric(rng)
    turns = np.arange(5) * 2 * np.pi / 5
    feet = [
        bar([(0, 0.1, 0), (0.3 * np.cos(turn), 0.04, 0.3 * np.sin(turn))], 0.05, (40, 40, 44))
        for turn in turns
    ]
    return [
        *feet,
        bar([(0, 0.1, 0), (0, 0.45, 0)], 0.06, (90, 92, 96)),
        *box((-0.24, 0.45, -0.24), (0.24, 0.54, 0.24), cover, 0.7 * cover),
        bar([(-0.24, 0.5, 0), (-0.28, 0.7, 0)], 0.06, (40, 40, 44)),
        *box((-0.3, 0.62, -0.22), (-0.23, 1.1, 0.22), cover, 0.85 * cover),
    ]


def dining_table(rng: np.random.Generator, long: float, wide: float) -> Solid:
    """A table; its length is along z."""
    wood = random_wood(rng)
    x, z = wide / 2, long / 2
    legs = [
        bar([(a, 0, b), (a, 0.7, b)], 0.07, 0.75 * wood)
        for a in (-x + 0.08, x - 0.08)
        for b in (-z + 0.08, z - 0.08)
    ]
    top = box((-x, 0.7, -z), (x, 0.75, z), wood, 0.85 * wood)
    if rng.random() < 0.4:
        cover = random_fabric(rng) if rng.random() < 0.5 else np.array((236, 232, 224), float)
        top = box((-x - 0.02, 0.55, -z - 0.02), (x + 0.02, 0.76, z + 0.02), cover, 0.85 * cover)
    return [*legs, *top]


def sofa(rng: np.random.Generator, seats: int) -> Solid:
    """A sofa or an armchair; its front is at +x, its length along z."""
    cover = random_fabric(rng)
    dark = 0.72 * cover
    half = 0.36 * seats
    back = rng.uniform(0.78, 0.95)
    pieces = [
        *box((-0.42, 0.08, -half - 0.16), (0.4, 0.3, half + 0.16), 0.9 * cover, dark),
        *box((-0.46, 0.2, -half - 0.14), (-0.22, back, half + 0.14), cover, dark),
    ]
    for side in (-1, 1):
        z0, z1 = sorted((side * half, side * (half + 0.2)))
        pieces += box((-0.44, 0.1, z0), (0.42, 0.62, z1), 1.05 * cover, dark)
    for index in range(seats):
        z0 = -half + 0.72 * index + 0.015
        z1 = z0 + 0.69
        pieces += box((-0.26, 0.3, z0), (0.42, 0.47, z1), 1.08 * cover, 0.85 * cover)
        pieces += box((-0.32, 0.45, z0), (-0.12, back - 0.06, z1), 1.04 * cover, 0.85 * cover)
    return pieces


def tv_monitor(rng: np.random.Generator, wide: float) -> Solid:
    """A flat screen on a foot; it faces +x, its lower edge is at y = 0."""
    high, z, low = 0.58 * wide, wide / 2, 0.1 * wide
    shell: Rgb = (34, 34, 38) if rng.random() < 0.7 else (176, 178, 182)
    case = box((-0.02 * wide, low, -z), (0.02 * wide, low + high, z), shell)
    return [
        *box((-0.1 * wide, 0, -0.2 * wide), (0.12 * wide, 0.02 * wide, 0.2 * wide), shell),
        bar([(-0.03 * wide, 0, 0), (-0.03 * wide, low + 0.1 * high, 0)], 0.08 * wide, shell),
        *case,
        _screen(rng, 0.021 * wide, low + 0.05 * wide, low + 0.53 * wide, 0.45 * wide),
    ]


def _screen(rng: np.random.Generator, x: float, low: float, high: float, half: float) -> Face:
    """A screen that is dark, or shows hills below a sky, or a page with lines."""
    shown = rng.integers(3)
    if shown == 0:
        return rectangle((x, low, -half), (x, high, half), (26, 30, 36), (54, 60, 68), glossy=0.4)
    if shown == 1:
        top, bottom = rng.uniform(120, 240, 3), rng.uniform(150, 250, 3)
        middle, peak = rng.uniform(-0.6, 0.6) * half, low + rng.uniform(0.4, 0.9) * (high - low)
        corners = [
            (x, low, -half),
            (x, low, half),
            (x, peak - 0.3 * (peak - low), half),
            (x, peak, middle),
            (x, low + 0.2 * (high - low), -half),
        ]
        details = [face(corners, rng.uniform(20, 160, 3), rng.uniform(20, 120, 3), glossy=1.0)]
    else:
        top = bottom = np.array((240.0, 242.0, 246.0))
        ink = rng.uniform(40, 160, 3)
        details = [
            rectangle((x, y, -0.85 * half), (x, y + 0.05 * (high - low), end * half), ink, glossy=1)
            for y, end in zip(
                low + np.array((0.15, 0.3, 0.45, 0.6, 0.8)) * (high - low),
                rng.uniform(-0.2, 0.85, 5),
                strict=True,
            )
        ]
    return rectangle((x, low, -half), (x, high, half), top, bottom, tuple(details), glossy=0.95)


def cabinet(rng: np.random.Generator, long: float, high: float) -> Solid:
    """A low cupboard with two doors; it faces +x, its length is along z."""
    wood = random_wood(rng)
    z = long / 2
    doors = [
        rectangle((0.231, 0.06, a), (0.231, high - 0.04, b), 0.9 * wood, lower=0.8 * wood)
        for a, b in ((-z + 0.03, -0.01), (0.01, z - 0.03))
    ]
    return [*box((-0.22, 0, -z), (0.23, high, z), wood, 0.85 * wood), *doors]


def flower_pot(rng: np.random.Generator, radius: float, high: float) -> Solid:
    """A round pot that is narrower at its foot."""
    clay = np.array(((178, 96, 62), (222, 218, 210), (70, 92, 130), (60, 60, 62))[rng.integers(4)])
    rings = [
        (0.7 * radius, 0.0),
        (0.95 * radius, 0.8 * high),
        (1.08 * radius, 0.8 * high),
        (1.08 * radius, high),
    ]
    turn = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    soil = face([(radius * np.cos(a), high - 0.01, radius * np.sin(a)) for a in turn], (58, 44, 34))
    return [*lathe(rings, [clay, 0.8 * clay, clay]), soil]


def bottle(rng: np.random.Generator, tall: float) -> Solid:
    """A bottle of glass or plastic, with a paper label and a cap."""
    glass = np.array(_GLASSES[rng.integers(len(_GLASSES))], float)
    paper, cap = rng.uniform(40, 235, 3), rng.uniform(30, 230, 3)
    radius = tall * rng.uniform(0.12, 0.17)
    neck = rng.uniform(0.32, 0.45) * radius
    low, high = np.sort(rng.uniform(0.1, 0.5, 2))
    shoulder = rng.uniform(0.52, 0.62)
    rings = [
        (0.92 * radius, 0.0),
        (radius, 0.03),
        (radius, low),
        (radius, high),
        (radius, shoulder),
        (0.8 * radius, shoulder + 0.07),
        (neck, shoulder + 0.17),
        (neck, 0.9),
        (1.2 * neck, 0.9),
        (1.2 * neck, 0.99),
        (0.0, 1.0),
    ]
    colors = [0.8 * glass, glass, paper, glass, glass, 1.1 * glass, glass, cap, cap, cap]
    return lathe([(width, height * tall) for width, height in rings], colors)
