"""Animals of Pascal VOC other than pets, and aeroplanes: they, too, are bodies of round parts."""

from collections.abc import Callable
from enum import IntEnum

import numpy as np

from pixelwise.data.small.animal_breeds import Breed
from pixelwise.data.small.animal_build import Build, Kind
from pixelwise.data.small.animal_coats import Coat, Rgb, below, blaze, on, patches
from pixelwise.data.small.soft_bodies import Part, Relief, ball, egg, limb, mirrored, turned
from pixelwise.data.small.soft_noise import clouds

_SHEEP = Build(
    "hoofed",
    0.56,
    0.23,
    0.24,
    leg=0.2,
    bone=0.036,
    neck=0.06,
    head=0.12,
    muzzle=0.9,
    wide=0.34,
    ear_length=0.7,
    tail=0.15,
    tail_width=0.05,
    curl=-1.5,
    rise=0.5,
)
_COW = Build(
    "hoofed",
    0.84,
    0.235,
    0.23,
    leg=0.4,
    bone=0.048,
    neck=0.16,
    head=0.15,
    muzzle=1.2,
    wide=0.42,
    ear_length=0.7,
    tail=0.55,
    tail_width=0.018,
    curl=-1.2,
    rise=0.4,
    horns=0.4,
)
_HORSE = Build(
    "hoofed",
    0.68,
    0.2,
    0.19,
    leg=0.46,
    bone=0.045,
    neck=0.34,
    head=0.12,
    muzzle=2.2,
    wide=0.36,
    ear_length=0.3,
    tail=0.5,
    tail_width=0.06,
    curl=-1.0,
    rise=0.85,
    mane=0.05,
)

_HIDES: tuple[Rgb, ...] = (
    (52, 44, 42),
    (126, 80, 52),
    (170, 112, 66),
    (206, 178, 136),
    (214, 210, 204),
    (92, 60, 46),
)
_WHITE: Rgb = (240, 236, 228)


def sheep(rng: np.random.Generator) -> Breed:
    """A sheep with a light or a dark face."""
    wool = np.array((230, 222, 204)) * rng.uniform(0.85, 1.05)
    dark = on(Kind.HEAD, Kind.MUZZLE, Kind.EAR, Kind.LEG, Kind.PAW)
    face: Rgb = (52, 46, 44) if rng.random() < 0.5 else (206, 190, 172)
    return Breed("sheep", _SHEEP, Coat(_color(wool), ((dark, face),), fur=0.9))


def cow(rng: np.random.Generator) -> Breed:
    """A cow, mostly one with patches."""
    hide = _HIDES[rng.integers(3)]
    pink = (on(Kind.MUZZLE), (212, 168, 152))
    patched = (patches(0.35, rng.uniform(0.25, 0.6)), _WHITE)
    layers = (patched, pink) if rng.random() < 0.7 else ((below(), (200, 170, 140)), pink)
    return Breed("cow", _COW, Coat(hide, layers, fur=0.15))


def horse(rng: np.random.Generator) -> Breed:
    """A horse; some have a blaze and white feet."""
    hide = _HIDES[rng.integers(len(_HIDES))]
    mane = tuple(0.5 * value for value in hide) if rng.random() < 0.7 else _WHITE
    layers = [(on(Kind.TAIL, Kind.TAIL_TIP, soft=1), _color(np.array(mane)))]
    if rng.random() < 0.5:
        layers += [(on(Kind.PAW, soft=2), _WHITE), (blaze(), _WHITE)]
    return Breed("horse", _HORSE, Coat(hide, tuple(layers), fur=0.1))


def _color(values: np.ndarray) -> Rgb:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


class _Plumage(IntEnum):
    BACK = 0
    BELLY = 1
    HEAD = 2
    WING = 3
    TAIL = 4
    BEAK = 5
    EYE = 6


_BIRDS: tuple[dict[_Plumage, Rgb], ...] = (
    {
        _Plumage.BACK: (120, 96, 72),
        _Plumage.BELLY: (206, 96, 54),
        _Plumage.HEAD: (186, 90, 54),
        _Plumage.WING: (104, 82, 62),
        _Plumage.TAIL: (92, 72, 58),
        _Plumage.BEAK: (60, 52, 46),
    },
    {
        _Plumage.BACK: (70, 116, 170),
        _Plumage.BELLY: (236, 206, 90),
        _Plumage.HEAD: (60, 96, 150),
        _Plumage.WING: (64, 104, 152),
        _Plumage.TAIL: (60, 92, 140),
        _Plumage.BEAK: (50, 48, 48),
    },
    {
        _Plumage.BACK: (46, 44, 48),
        _Plumage.BELLY: (52, 50, 54),
        _Plumage.HEAD: (40, 38, 42),
        _Plumage.WING: (34, 32, 36),
        _Plumage.TAIL: (34, 32, 36),
        _Plumage.BEAK: (230, 160, 40),
    },
    {
        _Plumage.BACK: (236, 236, 238),
        _Plumage.BELLY: (246, 246, 244),
        _Plumage.HEAD: (244, 244, 242),
        _Plumage.WING: (160, 166, 176),
        _Plumage.TAIL: (226, 228, 230),
        _Plumage.BEAK: (232, 170, 50),
    },
    {
        _Plumage.BACK: (128, 112, 96),
        _Plumage.BELLY: (176, 160, 142),
        _Plumage.HEAD: (40, 110, 70),
        _Plumage.WING: (120, 104, 90),
        _Plumage.TAIL: (70, 64, 60),
        _Plumage.BEAK: (222, 180, 60),
    },
)


def bird_colors(rng: np.random.Generator) -> Callable[[Relief], np.ndarray]:
    """The plumage of some bird."""
    chosen = _BIRDS[rng.integers(len(_BIRDS))]
    table = np.zeros((len(_Plumage), 3), np.float32)
    for kind, color in chosen.items():
        table[kind] = color
    table[_Plumage.EYE] = (16, 14, 14)

    def colors(seen: Relief) -> np.ndarray:
        feathers = clouds(seen.kind.shape, (0.03 * seen.scale, 0.07 * seen.scale), rng, octaves=2)
        color = table[seen.kind] * (1 + 0.09 * feathers)[:, :, None]
        # The long feathers of a wing lie side by side.
        barred = (seen.kind == _Plumage.WING) & (seen.place[:, :, 1] * 3 % 0.2 < 0.05)
        color[barred] *= 0.7
        return color

    return colors


def perched_bird(neck: float) -> list[Part]:
    """A bird with folded wings; the unit is its length, the middle of its body the origin.

    Args:
        neck: how long its neck is; 0 for most birds, 0.5 for a heron.
    """
    head = np.array((0.36 + 0.3 * neck, 0.25 + neck, 0))
    side = [
        egg((-0.12, 0.03, 0.15), (0.4, 0.15, 0.09), _Plumage.WING, turned(pitch=0.2)),
        ball(head + np.array((0.1, 0.04, 0.11)), 0.028, _Plumage.EYE),
    ]
    return [
        egg((0, 0, 0), (0.4, 0.23, 0.22), _Plumage.BACK, turned(pitch=0.35)),
        egg((0.1, -0.04, 0), (0.3, 0.2, 0.2), _Plumage.BELLY, turned(pitch=0.45)),
        *limb([(0.22, 0.12, 0), head], [0.15, 0.11 - 0.05 * neck], _Plumage.HEAD),
        ball(head, 0.155, _Plumage.HEAD),
        *limb(
            [head + np.array((0.12, 0, 0)), head + np.array((0.32 + 0.3 * neck, -0.03, 0))],
            [0.055, 0.018],
            _Plumage.BEAK,
        ),
        *limb([(-0.3, -0.08, 0), (-0.72, -0.2, 0)], [0.1, 0.09], _Plumage.TAIL, (1, 0.35, 1)),
        *side,
        *mirrored(side),
    ]


def flying_bird(beat: float) -> list[Part]:
    """A bird with spread wings.

    Args:
        beat: how high the wings are, from -1 (down) to 1 (up).
    """
    wing = limb(
        [(0.06, 0.06, 0.1), (0.08, 0.1 + 0.28 * beat, 0.55), (-0.12, 0.1 + 0.2 * beat, 1.15)],
        [0.2, 0.18, 0.07],
        _Plumage.WING,
        (1, 0.2, 1),
    )
    return [
        egg((0, 0, 0), (0.42, 0.15, 0.16), _Plumage.BACK),
        egg((0.03, -0.04, 0), (0.36, 0.13, 0.14), _Plumage.BELLY),
        egg((0.42, 0.05, 0), (0.16, 0.12, 0.12), _Plumage.HEAD),
        *limb([(0.52, 0.04, 0), (0.72, 0.0, 0)], [0.05, 0.015], _Plumage.BEAK),
        *limb([(-0.35, 0.0, 0), (-0.7, 0.0, 0)], [0.09, 0.15], _Plumage.TAIL, (1, 0.2, 1)),
        *wing,
        *mirrored(wing),
    ]


class _Hull(IntEnum):
    FUSELAGE = 0
    WING = 1
    FIN = 2
    ENGINE = 3
    COCKPIT = 4


def aeroplane(sweep: float) -> list[Part]:
    """An aeroplane; the unit is its length, the middle of its fuselage the origin.

    Args:
        sweep: how far the wings reach back: 0 for a small straight-winged one, 1 for a jet.
    """
    fuselage = limb(
        [(-0.44, 0.025, 0), (-0.22, 0.0, 0), (0.3, 0.0, 0), (0.42, -0.008, 0)],
        [0.022, 0.053, 0.056, 0.036],
        _Hull.FUSELAGE,
    )
    wing = limb(
        [(0.1, -0.03, 0.02), (0.06 - 0.22 * sweep, 0.0, 0.48)],
        [0.1, 0.05 - 0.02 * sweep],
        _Hull.WING,
        (1, 0.16, 1),
    )
    tail = limb(
        [(-0.38, 0.03, 0.0), (-0.4 - 0.07 * sweep, 0.035, 0.18)],
        [0.055, 0.03],
        _Hull.WING,
        (1, 0.2, 1),
    )
    engine = [egg((0.06, -0.075, 0.17), (0.07, 0.032, 0.032), _Hull.ENGINE)] if sweep else []
    fin = limb(
        [(-0.36, 0.03, 0), (-0.43 - 0.04 * sweep, 0.19, 0)], [0.075, 0.045], _Hull.FIN, (1, 1, 0.16)
    )
    side = [*wing, *tail, *engine]
    cockpit = egg((0.41, 0.022, 0), (0.035, 0.02, 0.036), _Hull.COCKPIT)
    return [*fuselage, *fin, cockpit, *side, *mirrored(side)]


def aeroplane_colors(rng: np.random.Generator) -> Callable[[Relief], np.ndarray]:
    """Mostly white or grey, with a coloured fin and often a stripe and a row of windows."""
    body = np.array(
        ((238, 238, 240), (206, 210, 216), (230, 220, 190), (120, 130, 120))[rng.integers(4)],
        np.float32,
    )
    accent = rng.uniform(20, 220, 3).astype(np.float32)
    table = np.stack([body, 0.85 * body, accent, 0.75 * body, np.array((40, 48, 58))])
    table = table.astype(np.float32)
    stripe = rng.random() < 0.6

    def colors(seen: Relief) -> np.ndarray:
        color = table[seen.kind]
        forward, up, _right = np.moveaxis(seen.place, 2, 0)
        fuselage = seen.kind == _Hull.FUSELAGE
        if stripe:
            color[fuselage & (up < -0.012)] = accent
        in_row = (np.abs(up - 0.014) < 0.008) & (forward % 0.034 < 0.017) & (forward < 0.36)
        color[fuselage & in_row & (forward > -0.3)] = (60, 68, 80)
        return color

    return colors
