"""The shapes of cats and dogs: a build, and the poses that it takes.

The unit is about the length of the animal's body. Its feet are at y = 0, its middle at x = 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from pixelwise.data.small.soft_bodies import Part, ball, egg, limb, mirrored, moved, turned


class Kind(IntEnum):
    """What a part of an animal is; coats are coloured by it."""

    BODY = 0
    CHEST = 1
    HEAD = 2
    MUZZLE = 3
    EAR = 4
    INNER_EAR = 5
    LEG = 6
    PAW = 7
    TAIL = 8
    TAIL_TIP = 9
    NOSE = 10
    EYE = 11
    PUPIL = 12
    TONGUE = 13
    COLLAR = 14
    HORN = 15


@dataclass(frozen=True)
class Build:
    """The measures of a breed, in units of about its body's length.

    Attributes:
        shape: what its head and feet are like: ``cat``, ``dog`` or ``hoofed``.
        length: from hip to shoulder.
        chest: radius of the chest.
        belly: radius of the belly.
        leg: length of the legs below the chest.
        bone: thickness of the legs.
        neck: length of the neck.
        head: radius of the skull.
        muzzle: length of the muzzle, in skull radii.
        wide: width of the muzzle, in skull radii.
        ear: ``upright``, ``folded`` or ``hanging``; those of hoofed animals point sideways.
        ear_length: in skull radii.
        tail: its length.
        tail_width: its radius.
        curl: how far the tail is curled upwards, in radians.
        rise: how steeply the neck of one who stands rises, in radians.
        horns: their length, in skull radii; 0 for none.
        mane: its thickness along the neck; 0 for none.
    """

    shape: str
    length: float = 0.5
    chest: float = 0.15
    belly: float = 0.14
    leg: float = 0.22
    bone: float = 0.045
    neck: float = 0.14
    head: float = 0.15
    muzzle: float = 0.3
    wide: float = 0.5
    ear: str = "upright"
    ear_length: float = 0.8
    tail: float = 0.5
    tail_width: float = 0.03
    curl: float = 1.2
    rise: float = 0.9
    horns: float = 0.0
    mane: float = 0.0


@dataclass(frozen=True)
class Pose:
    """How an animal holds itself.

    Attributes:
        name: ``standing``, ``sitting`` or ``lying``.
        look: by how much its head is turned to its right, in radians.
        nod: by how much its head is raised, in radians.
        step: how far its legs are apart in walking, in units of its body.
        wag: where its tail points sideways, in radians.
        tongue: whether it shows its tongue.
        collar: whether it wears a collar.
    """

    name: str
    look: float = 0.0
    nod: float = 0.0
    step: float = 0.05
    wag: float = 0.0
    tongue: bool = False
    collar: bool = False


def animal(build: Build, pose: Pose) -> list[Part]:
    """All parts of a cat or dog in a pose."""
    return _POSES[pose.name](build, pose)


def _standing(build: Build, pose: Pose) -> list[Part]:
    height = build.leg + build.chest
    hip = np.array((-build.length / 2, height, 0))
    shoulder = np.array((build.length / 2, height + 0.01, 0))
    waist = (hip + shoulder) / 2 + (-0.04, 0.015, 0)
    parts = limb(
        [hip, waist, shoulder], [0.95 * build.belly, 0.92 * build.belly, build.chest], Kind.BODY
    )
    parts.append(ball(shoulder + np.array((0.03, -0.03, 0)), 0.95 * build.chest, Kind.CHEST))
    for side, shift in ((1, pose.step), (-1, -pose.step)):
        parts += _front_leg(build, shoulder[0], height, shift, side)
        parts += _hind_leg(build, hip[0], height, -shift, side)
    parts += _tail(build, hip + np.array((-0.8 * build.belly, 0.3 * build.belly, 0)), pose)
    return parts + _neck_and_head(build, pose, shoulder, build.rise)


def _sitting(build: Build, pose: Pose) -> list[Part]:
    bottom = 1.1 * build.belly
    hip = np.array((-0.42 * build.length, bottom, 0))
    shoulder = np.array((0.16 * build.length, 0.6 * build.length + build.leg, 0))
    back = (hip + shoulder) / 2 + (-0.03, 0.02, 0)
    parts = limb(
        [hip, back, shoulder],
        [1.15 * build.belly, 1.05 * build.belly, 0.86 * build.chest],
        Kind.BODY,
    )
    parts.append(
        egg(
            shoulder + np.array((0.04, -0.09, 0)),
            np.array((0.8, 1.1, 0.85)) * build.chest,
            Kind.CHEST,
        )
    )
    thigh = egg(
        (hip[0] + 0.12, 0.9 * bottom, 0.85 * build.belly),
        (0.17 * build.length / 0.5, 0.95 * bottom, 0.6 * build.belly),
        Kind.BODY,
        turned(pitch=0.3),
    )
    foot = limb(
        [(hip[0] + 0.16, 0.04, build.belly), (hip[0] + 0.34, 0.03, 1.05 * build.belly)],
        [1.1 * build.bone, 0.95 * build.bone],
        Kind.PAW,
    )
    parts += [thigh, *foot, *mirrored([thigh, *foot])]
    for side in (1, -1):
        top = shoulder + np.array((0.05, -0.1, 0.5 * build.chest * side))
        ground = np.array((shoulder[0] + 0.1, 0.05, 0.5 * build.chest * side))
        parts += limb([top, ground], [1.35 * build.bone, build.bone], Kind.LEG)
        parts += _paw(build, ground[0], ground[2])
    around = 1 if pose.wag >= 0 else -1
    ring = [
        (hip[0] - 0.9 * build.belly, 0.06, 0.02 * around),
        (hip[0] - 0.8 * build.belly, 0.04, 0.9 * build.belly * around),
        (hip[0] + 0.4 * build.tail, 0.04, (1.2 * build.belly + 0.12 * build.tail) * around),
    ]
    parts += _tapered_tail(build, np.array(ring))
    return parts + _neck_and_head(build, pose, shoulder, 1.15)


def _lying(build: Build, pose: Pose) -> list[Part]:
    hip = np.array((-build.length / 2, 0.95 * build.belly, 0))
    shoulder = np.array((0.42 * build.length, 1.1 * build.chest, 0))
    parts = limb(
        [hip, (hip + shoulder) / 2 + (0, 0.02, 0), shoulder],
        [1.05 * build.belly, build.belly, build.chest],
        Kind.BODY,
    )
    parts.append(ball(shoulder + np.array((0.05, -0.01, 0)), 0.85 * build.chest, Kind.CHEST))
    thigh = egg(
        (hip[0] + 0.06, 0.8 * build.belly, 0.8 * build.belly),
        (0.17, 0.85 * build.belly, 0.55 * build.belly),
        Kind.BODY,
        turned(pitch=-0.25),
    )
    hind = limb(
        [(hip[0] + 0.12, 0.045, build.belly), (hip[0] + 0.32, 0.035, 1.2 * build.belly)],
        [1.1 * build.bone, 0.9 * build.bone],
        Kind.PAW,
    )
    parts += [thigh, *hind, *mirrored([thigh, *hind])]
    for side in (1, -1):
        apart = 0.62 * build.chest * side
        start = (shoulder[0] + 0.02, 0.09, apart)
        end = (shoulder[0] + 0.2 + 0.5 * build.leg, 0.045, 0.85 * apart + 0.3 * pose.step)
        parts += limb([start, end], [1.35 * build.bone, build.bone], Kind.LEG)
        parts += _paw(build, end[0], end[2])
    ground = np.array((hip[0] - 0.9 * build.belly, 0.05, 0))
    turn = pose.wag
    line = [ground]
    for _segment in range(4):
        turn += 0.45 * np.sign(pose.wag + 1e-9)
        line.append(line[-1] + 0.25 * build.tail * np.array((-np.cos(turn), 0, np.sin(turn))))
    parts += _tapered_tail(build, np.array(line))
    return parts + _neck_and_head(build, pose, shoulder, 1.0)


_POSES: dict[str, Callable[[Build, Pose], list[Part]]] = {
    "standing": _standing,
    "sitting": _sitting,
    "lying": _lying,
}


def _front_leg(build: Build, x: float, height: float, shift: float, side: int) -> list[Part]:
    apart = 0.55 * build.chest * side
    points = [
        (x, height - 0.05, apart),
        (x + 0.4 * shift, 0.5 * build.leg, apart),
        (x + shift, 0.05, apart),
    ]
    thick = [1.7 * build.bone, 1.05 * build.bone, 0.9 * build.bone]
    return limb(points, thick, Kind.LEG) + _paw(build, x + shift, apart)


def _hind_leg(build: Build, x: float, height: float, shift: float, side: int) -> list[Part]:
    apart = 0.55 * build.belly * side
    thigh = egg((x + 0.01, height - 0.07, apart), (0.11, 0.15, 0.6 * build.belly), Kind.BODY)
    hock = 0.55 * build.leg
    points = [
        (x + 0.03, height - 0.12, apart),
        (x - 0.07 + 0.6 * shift, hock, apart),
        (x - 0.03 + shift, 0.05, apart),
    ]
    thick = [1.7 * build.bone, 1.0 * build.bone, 0.9 * build.bone]
    return [thigh, *limb(points, thick, Kind.LEG), *_paw(build, x - 0.02 + shift, apart)]


def _paw(build: Build, x: float, z: float) -> list[Part]:
    bone = build.bone
    return [egg((x + 0.5 * bone, 0.7 * bone, z), (1.5 * bone, 0.75 * bone, 1.15 * bone), Kind.PAW)]


def _tail(build: Build, root: np.ndarray, pose: Pose) -> list[Part]:
    """A tail from the root backwards, bent upwards by `Build.curl` from end to end."""
    line = [root]
    rise = -0.5 + 0.3 * build.curl
    for _segment in range(6):
        step = np.array(
            (-np.cos(rise) * np.cos(pose.wag), np.sin(rise), np.cos(rise) * np.sin(pose.wag))
        )
        line.append(line[-1] + build.tail / 6 * step)
        rise += build.curl / 6 * 1.6
    return _tapered_tail(build, np.array(line))


def _tapered_tail(build: Build, line: np.ndarray) -> list[Part]:
    widths = build.tail_width * np.linspace(1.2, 0.75, len(line))
    body = limb(line[:-1], widths[:-1], Kind.TAIL)
    return body + limb(line[-2:], widths[-2:], Kind.TAIL_TIP)


def _neck_and_head(build: Build, pose: Pose, shoulder: np.ndarray, rise: float) -> list[Part]:
    """The neck, rising from the shoulder at an angle of `rise` radians, and the head on it."""
    along = np.array((np.cos(rise), np.sin(rise), 0))
    place = shoulder + (build.neck + 0.6 * build.head) * along + (0.02, 0.02, 0)
    parts = limb(
        [shoulder + 0.04 * along, place - 0.6 * build.head * along],
        [0.8 * build.chest, 0.72 * build.head],
        Kind.BODY,
    )
    if build.mane:
        behind = build.head * np.array((-np.sin(rise), np.cos(rise), 0))
        crest = [place + behind, (place + shoulder) / 2 + 0.85 * behind, shoulder + 0.6 * behind]
        parts += limb(crest, [build.mane] * 3, Kind.TAIL, (1, 1, 0.6))
    if pose.collar:
        middle = shoulder + 0.62 * (place - shoulder)
        radius = 0.92 * (0.35 * build.chest + 0.65 * build.head)
        band = egg(middle, (0.022, radius, radius), Kind.COLLAR, turned(pitch=rise))
        parts.append(band)
    skull = _HEADS[build.shape](build, pose)
    return parts + moved(skull, place, turned(pose.look, pose.nod), build.head)


def _cat_head(build: Build, pose: Pose) -> list[Part]:
    """A cat's head; the unit is the radius of the skull, its middle the origin."""
    side = [
        egg((0.2, -0.28, 0.42), (0.55, 0.46, 0.48), Kind.HEAD),
        egg((0.78 + 0.4 * build.muzzle, -0.36, 0.19), (0.26, 0.21, 0.25), Kind.MUZZLE),
        egg((0.74, 0.1, 0.42), (0.19, 0.19, 0.2), Kind.EYE),
        egg((0.87, 0.1, 0.45), (0.075, 0.16, 0.09), Kind.PUPIL),
        *_upright_ear(build, 0.55),
    ]
    middle = [
        egg((0, 0, 0), (0.95, 0.88, 1.0), Kind.HEAD),
        egg((0.8, -0.08, 0), (0.1 + 0.45 * build.muzzle, 0.26, 0.2), Kind.HEAD),
        ball((0.72 + 0.3 * build.muzzle, -0.56, 0), 0.2, Kind.MUZZLE),
        egg((0.98 + 0.42 * build.muzzle, -0.2, 0), (0.09, 0.08, 0.13), Kind.NOSE),
    ]
    return middle + side + mirrored(side)


def _dog_head(build: Build, pose: Pose) -> list[Part]:
    """A dog's head; the unit is the radius of the skull, its middle the origin."""
    tip = 0.62 + build.muzzle
    wide = build.wide
    side = [
        egg((0.68, 0.22, 0.4), (0.15, 0.14, 0.15), Kind.EYE),
        egg((0.79, 0.23, 0.43), (0.07, 0.09, 0.08), Kind.PUPIL),
        egg((0.3, -0.25, 0.4), (0.45, 0.4, 0.4), Kind.HEAD),
        egg((tip - 0.12, -0.36, 0.17 * wide / 0.5), (0.3, 0.24, 0.2), Kind.MUZZLE),
        *_EARS[build.ear](build),
    ]
    middle = [
        egg((0, 0.02, 0), (0.92, 0.86, 0.9), Kind.HEAD),
        *limb([(0.45, -0.12, 0), (tip, -0.22, 0)], [0.95 * wide, 0.62 * wide], Kind.MUZZLE),
        *limb([(0.4, -0.42, 0), (tip - 0.15, -0.52, 0)], [0.6 * wide, 0.4 * wide], Kind.MUZZLE),
        egg((tip + 0.5 * wide, -0.08, 0), (0.14, 0.13, 0.19), Kind.NOSE),
    ]
    if pose.tongue:
        middle += limb(
            [(tip - 0.1, -0.55, 0), (tip + 0.12, -0.85, 0)], [0.2, 0.17], Kind.TONGUE, (0.5, 1, 1)
        )
    return middle + side + mirrored(side)


def _hoofed_head(build: Build, pose: Pose) -> list[Part]:
    """The long head of a cow, a horse or a sheep; the unit is the radius of the skull."""
    tip, wide = 0.5 + build.muzzle, build.wide
    side = [
        egg((0.42, 0.3, 0.62), (0.16, 0.14, 0.1), Kind.PUPIL),
        *limb(
            [(-0.15, 0.5, 0.6), (-0.2, 0.62, 0.6 + build.ear_length)],
            [0.26, 0.1],
            Kind.EAR,
            (0.5, 1, 1),
        ),
    ]
    if build.horns:
        side += limb(
            [(0.0, 0.75, 0.35), (0.1, 0.85, 0.5 + build.horns), (0.3, 1.2, 0.5 + build.horns)],
            [0.14, 0.12, 0.06],
            Kind.HORN,
        )
    middle = [
        egg((0, 0.05, 0), (0.85, 0.8, 0.7), Kind.HEAD),
        *limb([(0.35, 0.0, 0), (tip, -0.35, 0)], [0.66, 1.1 * wide], Kind.HEAD),
        egg((tip + 0.1, -0.4, 0), (0.42, 0.4, 1.15 * wide), Kind.MUZZLE),
    ]
    return middle + side + mirrored(side)


_HEADS: dict[str, Callable[[Build, Pose], list[Part]]] = {
    "cat": _cat_head,
    "dog": _dog_head,
    "hoofed": _hoofed_head,
}


def _upright_ear(build: Build, apart: float = 0.5) -> list[Part]:
    tip = (-0.1, 0.62 + build.ear_length, apart + 0.3)
    base = (-0.05, 0.55, apart)
    outer = limb([base, tip], [0.42, 0.12], Kind.EAR, (0.4, 1, 1))
    inner = limb(
        [(0.08, 0.62, apart + 0.02), (0.0, 0.45 + build.ear_length, apart + 0.25)],
        [0.28, 0.1],
        Kind.INNER_EAR,
        (0.4, 1, 1),
    )
    return outer + inner


def _folded_ear(build: Build) -> list[Part]:
    up = 0.6 + 0.5 * build.ear_length
    points = [(-0.05, 0.55, 0.6), (0.05, up, 0.82), (0.4, up - 0.25, 0.95)]
    return limb(points, [0.36, 0.28, 0.1], Kind.EAR, (0.5, 1, 0.8))


def _hanging_ear(build: Build) -> list[Part]:
    long = build.ear_length
    points = [(-0.15, 0.55, 0.7), (0.0, 0.1, 1.0), (0.08, 0.35 - long, 1.02)]
    return limb(points, [0.25, 0.4, 0.24], Kind.EAR, (1, 1, 0.45))


_EARS: dict[str, Callable[[Build], list[Part]]] = {
    "upright": _upright_ear,
    "folded": _folded_ear,
    "hanging": _hanging_ear,
}
