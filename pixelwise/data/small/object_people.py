"""People: bodies in everyday clothes, in metres; their feet are at y = 0."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from pixelwise.data.small.soft_bodies import Part, Relief, ball, egg, limb, mirrored, moved, turned
from pixelwise.data.small.soft_canvas import Rgb
from pixelwise.data.small.soft_noise import clouds


class _Kind(IntEnum):
    SKIN = 0
    HAIR = 1
    SHIRT = 2
    TROUSERS = 3
    SHOES = 4
    EYE = 5
    PUPIL = 6
    LIPS = 7


@dataclass(frozen=True)
class Posture:
    """The angles of a body's joints, in radians; 0 hangs straight down, positive is forward.

    Attributes:
        thighs: of the right and the left thigh.
        knees: by how much each knee is bent.
        arms: of the right and the left upper arm.
        elbows: by how much each elbow is bent.
        lean: of the trunk, forward.
        spread: of the arms, sideways.
    """

    thighs: tuple[float, float] = (0.0, 0.0)
    knees: tuple[float, float] = (0.0, 0.0)
    arms: tuple[float, float] = (0.0, 0.0)
    elbows: tuple[float, float] = (0.2, 0.2)
    lean: float = 0.0
    spread: float = 0.12


def standing(rng: np.random.Generator) -> Posture:
    """Standing about."""
    arms = rng.uniform(-0.1, 0.3, 2)
    elbows = rng.choice((0.2, 0.4, 1.6), 2)
    return Posture(
        thighs=(0.04, -0.04), arms=_pair(arms), elbows=_pair(elbows), spread=rng.uniform(0.08, 0.25)
    )


def walking(rng: np.random.Generator) -> Posture:
    """In the middle of a step."""
    step = rng.uniform(0.25, 0.55)
    return Posture((step, -step), (0.1, rng.uniform(0.3, 0.8)), (-step, step), (0.4, 0.5), 0.06)


def waving(rng: np.random.Generator) -> Posture:
    """One arm raised."""
    return Posture(
        (0.05, -0.05), arms=(rng.uniform(2.2, 2.9), 0.05), elbows=(0.5, 0.3), spread=0.35
    )


def sitting(rng: np.random.Generator) -> Posture:
    """On a seat."""
    return Posture((1.5, 1.45), (1.5, rng.uniform(1.2, 1.6)), (0.5, 0.4), (0.9, 1.1), -0.08)


def riding(rng: np.random.Generator) -> Posture:
    """On a bicycle."""
    turn = rng.uniform(-0.25, 0.25)
    return Posture(
        (0.95 + turn, 0.75 - turn),
        (1.0 + 1.2 * turn, 1.0 - turn),
        (0.95, 0.95),
        (0.25, 0.25),
        rng.uniform(0.3, 0.5),
    )


def _pair(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[1])


@dataclass(frozen=True)
class Person:
    """Somebody: the parts of the body, and the function that colours them."""

    parts: list[Part]
    colors: Callable[[Relief], np.ndarray]


def person(posture: Posture, hips: float, rng: np.random.Generator) -> Person:
    """Somebody in a posture.

    Args:
        posture: the angles of the joints.
        hips: the height of the hips above the ground; about 0.92 for who stands.
        rng: chooses clothes and hair.
    """
    short_sleeves = rng.random() < 0.5
    skirt = rng.random() < 0.2 and max(np.abs(posture.thighs)) < 0.2
    parts = _trunk(hips) + _head(hips, long_hair=rng.random() < 0.4)
    for side, arm, elbow in zip((1, -1), posture.arms, posture.elbows, strict=True):
        parts += _arm(hips, side, arm, elbow, posture.spread, short_sleeves)
    pivot = np.array((0, hips, 0))
    parts = moved(moved(parts, -pivot), pivot, turned(pitch=-posture.lean))
    for side, thigh, knee in zip((1, -1), posture.thighs, posture.knees, strict=True):
        parts += _leg(hips, side, thigh, knee, bare=skirt)
    if skirt:
        parts += limb(
            [(0, hips + 0.1, 0), (0, hips - 0.3, 0)], [0.17, 0.23], _Kind.SHIRT, (0.85, 1, 1)
        )
    return Person(parts, _clothes(rng))


def _trunk(hips: float) -> list[Part]:
    return [
        *limb(
            [(0, hips + 0.12, 0), (0.01, hips + 0.38, 0)],
            [0.145, 0.155],
            _Kind.SHIRT,
            (0.78, 1, 1.1),
        ),
        egg((0, hips + 0.44, 0), (0.1, 0.12, 0.2), _Kind.SHIRT),
        egg((0, hips - 0.02, 0), (0.125, 0.13, 0.17), _Kind.TROUSERS),
        *limb([(0, hips + 0.5, 0), (0.03, hips + 0.62, 0)], [0.06, 0.055], _Kind.SKIN),
    ]


def _head(hips: float, long_hair: bool) -> list[Part]:
    side = [
        egg((0.1, 0.015, 0.04), (0.016, 0.013, 0.02), _Kind.EYE),
        ball((0.113, 0.015, 0.041), 0.009, _Kind.PUPIL),
        ball((0.0, 0.0, 0.095), 0.028, _Kind.SKIN),
    ]
    parts = [
        egg((0, 0, 0), (0.105, 0.13, 0.088), _Kind.SKIN),
        egg((0.05, -0.07, 0), (0.06, 0.06, 0.06), _Kind.SKIN),
        ball((0.117, -0.02, 0), 0.017, _Kind.SKIN),
        egg((0.103, -0.07, 0), (0.012, 0.01, 0.032), _Kind.LIPS),
        egg((-0.022, 0.045, 0), (0.108, 0.108, 0.1), _Kind.HAIR),
        egg((-0.04, -0.01, 0), (0.09, 0.11, 0.096), _Kind.HAIR),
        *side,
        *mirrored(side),
    ]
    if long_hair:
        parts += limb([(-0.05, 0.0, 0), (-0.09, -0.26, 0)], [0.1, 0.08], _Kind.HAIR, (0.7, 1, 1.1))
    return moved(parts, (0.03, hips + 0.71, 0))


def _arm(
    hips: float, side: int, angle: float, bend: float, spread: float, short_sleeves: bool
) -> list[Part]:
    shoulder = np.array((0, hips + 0.5, 0.19 * side))
    out = np.array((0, 0, np.sin(spread) * side))
    elbow = shoulder + 0.28 * (_down(angle) * np.cos(spread) + out)
    hand = elbow + 0.25 * (_down(angle + bend) * np.cos(spread) + 0.5 * out)
    lower = _Kind.SKIN if short_sleeves else _Kind.SHIRT
    return [
        *limb([shoulder, elbow], [0.062, 0.046], _Kind.SHIRT),
        *limb([elbow, hand], [0.044, 0.034], lower),
        ball(hand + 0.06 * _down(angle + bend), 0.046, _Kind.SKIN),
    ]


def _leg(hips: float, side: int, angle: float, bend: float, bare: bool) -> list[Part]:
    hip = np.array((0, hips - 0.03, 0.085 * side))
    knee = hip + 0.43 * _down(angle)
    ankle = knee + 0.42 * _down(angle - bend)
    toes = turned(pitch=angle - bend) @ np.array((1.0, 0, 0))
    kind = _Kind.SKIN if bare else _Kind.TROUSERS
    return [
        *limb([hip, knee], [0.092, 0.066], kind),
        *limb([knee, ankle], [0.064, 0.046], kind),
        egg(
            ankle + 0.06 * toes - (0, 0.02, 0),
            (0.13, 0.045, 0.05),
            _Kind.SHOES,
            turned(pitch=angle - bend),
        ),
    ]


def _down(angle: float) -> np.ndarray:
    return np.array((np.sin(angle), -np.cos(angle), 0))


_SKINS: tuple[Rgb, ...] = (
    (240, 200, 170),
    (226, 178, 142),
    (196, 140, 104),
    (134, 90, 64),
    (98, 66, 50),
)
_HAIRS: tuple[Rgb, ...] = (
    (50, 40, 36),
    (92, 62, 42),
    (150, 104, 60),
    (206, 170, 110),
    (150, 148, 146),
    (120, 56, 36),
)
_SHIRTS: tuple[Rgb, ...] = (
    (200, 58, 52),
    (58, 94, 164),
    (232, 190, 62),
    (124, 62, 134),
    (42, 132, 112),
    (236, 236, 234),
    (52, 54, 60),
    (226, 140, 60),
    (150, 186, 210),
    (120, 130, 90),
)
_TROUSERS: tuple[Rgb, ...] = (
    (52, 62, 94),
    (44, 44, 48),
    (124, 110, 88),
    (84, 96, 120),
    (96, 70, 56),
    (190, 178, 154),
)


def _clothes(rng: np.random.Generator) -> Callable[[Relief], np.ndarray]:
    table = np.zeros((len(_Kind), 3), np.float32)
    for kind, choices in (
        (_Kind.SKIN, _SKINS),
        (_Kind.HAIR, _HAIRS),
        (_Kind.SHIRT, _SHIRTS),
        (_Kind.TROUSERS, _TROUSERS),
    ):
        table[kind] = choices[rng.integers(len(choices))]
    table[_Kind.SHOES] = rng.choice((40, 90, 210)) * np.array((1, 0.95, 0.9))
    table[_Kind.EYE], table[_Kind.PUPIL] = (236, 232, 228), (40, 30, 26)
    table[_Kind.LIPS] = table[_Kind.SKIN] * (0.85, 0.6, 0.6)
    striped = rng.random() < 0.3
    second = np.array(_SHIRTS[rng.integers(len(_SHIRTS))], np.float32)

    def colors(seen: Relief) -> np.ndarray:
        color = table[seen.kind]
        if striped:
            band = (seen.place[:, :, 1] % 0.11 < 0.05) & (seen.kind == _Kind.SHIRT)
            color[band] = second
        folds = clouds(seen.kind.shape, 0.09 * seen.scale, rng, octaves=2)
        cloth = np.isin(seen.kind, (_Kind.SHIRT, _Kind.TROUSERS, _Kind.HAIR))
        return color * np.where(cloth, 1 + 0.1 * folds, 1 + 0.02 * folds)[:, :, None]

    return colors
