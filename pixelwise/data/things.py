"""What stands in a street, each thing painted by one function.

Every function takes the place of the thing's foot in the picture and the scale there: a thing is
about as many picture heights tall as `scale` times a number near 1 (see Canvas for the units).
"""

import numpy as np

from pixelwise.data.canvas import Canvas, Color, Point, rgb
from pixelwise.data.classes import Classes
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
_SKINS: tuple[Color, ...] = ((236, 196, 164), (198, 144, 108), (128, 84, 60))


def tree(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    """A tree: a trunk and a crown of many lumps of leaves."""
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
        canvas.ellipse(lump, (size, size), rgb(green * (0.7 + step / 60)), TREE, grain=0.16)


def pole(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    """A street lamp or a traffic sign on a thin pole."""
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
            canvas.ellipse(plate, round_, rgb(np.array(color)), POLE, instance=instance)


def person(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    """A standing or walking person."""
    x, y = foot
    instance = canvas.new_object()
    height = rng.uniform(0.72, 0.86) * scale
    canvas.tint((x, y), (0.2 * height, 0.04 * height), 0.6)
    shirt = _CLOTHES[rng.integers(len(_CLOTHES))]
    skin = _SKINS[rng.integers(len(_SKINS))]
    trousers = rgb(np.array((50, 54, 74)) * rng.uniform(0.7, 1.6))
    stride = rng.uniform(0.03, 0.1)

    def part(points: list[Point], color: Color) -> None:
        placed = [(x + height * u, y - height * v) for u, v in points]
        canvas.polygon(placed, color, PERSON, instance=instance, grain=0.06)

    for leg in (-1, 1):
        inner, outer = leg * (stride - 0.035), leg * (stride + 0.035)
        part([(0.08 * leg, 0.5), (outer, 0), (inner, 0), (-0.01 * leg, 0.5)], trousers)
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


def car(canvas: Canvas, foot: Point, scale: float, rng: np.random.Generator) -> None:
    """A car, seen from the front in the left half of the picture, else from behind."""
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
    part(mirrored([(0.46, 0.08), (0.5, 0.2), (0.48, 0.42), (0.4, 0.46)]), rgb(paint))
    part(mirrored([(0.42, 0.44), (0.34, 0.72), (0.28, 0.76)]), rgb(paint * 0.92))
    part(mirrored([(0.36, 0.46), (0.3, 0.69)]), (74, 96, 116))
    part(mirrored([(0.46, 0.08), (0.48, 0.16)]), rgb(paint * 0.55))
    for side in (-1, 1):
        part(
            [(0.34 * side, 0.3), (0.47 * side, 0.3), (0.46 * side, 0.38), (0.36 * side, 0.38)], lamp
        )
    part(mirrored([(0.13, 0.19), (0.13, 0.25)]), (236, 236, 228))
