"""People: walking, standing, riding bicycles and motorcycles."""

import math

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color, scaled
from pixelwise.data.small.road_stage import Billboard, Place, Stage
from pixelwise.data.small.road_view import Point

_CLOTHES: tuple[Color, ...] = (
    (188, 44, 44),
    (48, 78, 146),
    (32, 34, 42),
    (96, 98, 102),
    (140, 140, 140),
    (224, 222, 214),
    (214, 172, 52),
    (62, 100, 64),
    (92, 118, 70),
    (122, 68, 116),
    (176, 118, 70),
    (86, 140, 176),
    (206, 120, 136),
    (64, 58, 54),
)
_TROUSERS: tuple[Color, ...] = (
    (40, 44, 62),
    (58, 72, 104),
    (32, 32, 34),
    (112, 104, 92),
    (88, 90, 94),
    (150, 140, 120),
)
_SKINS: tuple[Color, ...] = ((232, 190, 160), (206, 156, 120), (150, 102, 74), (104, 70, 52))
_HAIR: tuple[Color, ...] = (
    (44, 34, 28),
    (92, 64, 42),
    (30, 28, 28),
    (176, 142, 88),
    (150, 146, 142),
)


def person(stage: Stage, place: Place, height: float) -> None:
    """Somebody who walks or stands, seen from the front, from behind or from the side."""
    board = Billboard(stage, place, height)
    shirt, trousers = stage.one_of(_CLOTHES), stage.one_of(_TROUSERS)
    skin, hair = stage.one_of(_SKINS), stage.one_of(_HAIR)
    aside = stage.chance(0.55)
    facing = 1 if stage.chance(0.5) else -1
    stride = stage.between(0.03, 0.17) if aside else stage.between(0.02, 0.06)
    swing = stride if aside else 0.03
    far_arm, near_arm = (_hand(facing, swing), _hand(-facing, swing)) if aside else (None, None)
    if far_arm:
        _limb(board, [(0.0, 0.79), far_arm], (0.032, 0.026), scaled(shirt, 0.72), Kind.PERSON)
    for leg in (-1, 1):
        color = scaled(trousers, 0.8 if leg < 0 else 1.0)
        hip = 0.015 * leg if aside else 0.045 * leg
        knee = (hip + 0.5 * stride * leg + (0.03 * facing if aside else 0), 0.26)
        foot = (hip + stride * leg, 0.02)
        _limb(board, [(hip, 0.5), knee, foot], (0.052, 0.032), color, Kind.PERSON)
        toe = (foot[0] + (0.03 * facing if aside else 0), 0.015)
        board.oval(toe, (0.042 if aside else 0.03, 0.018), (38, 34, 32), Kind.PERSON)
    shoulder, waist = (0.075, 0.065) if aside else (0.118, 0.085)
    coat = stage.between(0.34, 0.46)
    board.polygon(
        [
            (-waist, coat),
            (waist, coat),
            (shoulder, 0.76),
            (0.7 * shoulder, 0.83),
            (-0.7 * shoulder, 0.83),
            (-shoulder, 0.76),
        ],
        shirt,
        Kind.PERSON,
    )
    # The side that is away from the light is darker.
    board.polygon(
        [(-waist, coat), (-0.2 * waist, coat), (-0.3 * shoulder, 0.83), (-shoulder, 0.76)],
        scaled(shirt, 0.84),
        Kind.PERSON,
    )
    if near_arm:
        _limb(board, [(0.0, 0.79), near_arm], (0.034, 0.026), scaled(shirt, 0.9), Kind.PERSON)
    else:
        for arm in (-1, 1):
            hand = (arm * (0.135 + swing), 0.46)
            _limb(
                board, [(arm * 0.105, 0.79), hand], (0.034, 0.026), scaled(shirt, 0.92), Kind.PERSON
            )
            board.disc(hand, 0.022, skin, Kind.PERSON)
    if aside and stage.chance(0.4):
        board.oval((-0.085 * facing, 0.67), (0.05, 0.1), stage.one_of(_CLOTHES), Kind.PERSON)
    board.box(-0.025, 0.8, 0.025, 0.87, scaled(skin, 0.85), Kind.PERSON)
    _head(board, (0.0, 0.92), 0.068, skin, hair, facing if aside else 0)


def _hand(facing: int, swing: float) -> Point:
    return facing * (0.02 + swing), 0.47


def _head(
    board: Billboard, center: Point, radius: float, skin: Color, hair: Color, facing: int
) -> None:
    """A head; `facing` is 0 where it looks away from us, else the side that it looks to."""
    x, y = center
    board.oval((x, y + 0.12 * radius), (0.86 * radius, 1.12 * radius), hair, Kind.PERSON)
    if facing:
        board.oval(
            (x + 0.22 * facing * radius, y - 0.15 * radius),
            (0.62 * radius, 0.82 * radius),
            skin,
            Kind.PERSON,
        )
    elif board.stage.chance(0.5):
        board.oval((x, y - 0.18 * radius), (0.7 * radius, 0.82 * radius), skin, Kind.PERSON)


def _limb(
    board: Billboard, joints: list[Point], widths: tuple[float, float], color: Color, kind: Kind
) -> None:
    """An arm or a leg that gets thinner from joint to joint; `widths` are radii at both ends."""
    thinner = (widths[1] - widths[0]) / (len(joints) - 1)
    radii = [widths[0] + number * thinner for number in range(len(joints))]
    for (x1, y1), (x2, y2), r1, r2 in zip(joints, joints[1:], radii, radii[1:], strict=False):
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        across = (y2 - y1) / length, -(x2 - x1) / length
        board.polygon(
            [
                (x1 + across[0] * r1, y1 + across[1] * r1),
                (x2 + across[0] * r2, y2 + across[1] * r2),
                (x2 - across[0] * r2, y2 - across[1] * r2),
                (x1 - across[0] * r1, y1 - across[1] * r1),
            ],
            color,
            kind,
        )
        board.disc((x2, y2), r2, color, kind)


def cyclist(stage: Stage, place: Place, across: bool) -> None:
    """A bicycle and its rider, from the side if they go `across`, else from behind."""
    board = Billboard(stage, place)
    frame = stage.one_of(_CLOTHES)
    facing = 1 if stage.chance(0.5) else -1
    if across:
        _bicycle_aside(board, frame, facing)
        _rider_aside(board, facing)
    else:
        _bicycle_behind(board, frame)
        _rider_behind(board, saddle=0.92)


def parked_bicycle(stage: Stage, place: Place) -> None:
    """A bicycle that leans on something."""
    board = Billboard(stage, place)
    _bicycle_aside(board, stage.one_of(_CLOTHES), 1 if stage.chance(0.5) else -1)


def motorcyclist(stage: Stage, place: Place) -> None:
    """A motorcycle and its rider from behind, or coming towards us."""
    board = Billboard(stage, place)
    paint, oncoming = stage.one_of(_CLOTHES), stage.chance(0.4)
    board.box(-0.1, 0.0, 0.1, 0.62, (28, 28, 30), Kind.MOTORCYCLE)
    board.polygon([(-0.2, 0.5), (0.2, 0.5), (0.24, 0.86), (-0.24, 0.86)], paint, Kind.MOTORCYCLE)
    for side in (-1, 1):
        board.box(side * 0.3 - 0.12, 0.34, side * 0.3 + 0.12, 0.6, (52, 52, 56), Kind.MOTORCYCLE)
        board.stroke([(0.1 * side, 0.9), (0.42 * side, 1.02)], 0.05, (40, 40, 44), Kind.MOTORCYCLE)
    _rider_behind(board, saddle=0.84, helmet=stage.one_of(_CLOTHES))
    lamp = (255, 246, 220) if oncoming else (220, 40, 36)
    board.glow((0.0, 0.76), 0.09 if oncoming else 0.07, lamp, Kind.MOTORCYCLE)


def _bicycle_aside(board: Billboard, frame: Color, facing: int) -> None:
    """Wheels, frame, saddle and handlebar; a wheel is called bicycle with all one sees through."""
    kind = Kind.BICYCLE
    rear, front = (-0.52 * facing, 0.34), (0.52 * facing, 0.34)
    pedals, saddle, bar = (-0.06 * facing, 0.3), (-0.2 * facing, 0.86), (0.38 * facing, 0.88)
    for hub in (rear, front):
        ring = [
            (hub[0] + 0.34 * math.cos(k * math.pi / 8), hub[1] + 0.34 * math.sin(k * math.pi / 8))
            for k in range(17)
        ]
        board.stage.picture.claim([board.at(*spot) for spot in ring], kind)
        board.stroke(ring, 0.05, (36, 36, 38), kind)
    outline = [rear, saddle, bar, front]
    board.stage.picture.claim([board.at(*spot) for spot in (*outline, pedals)], kind)
    for line in ([rear, pedals, saddle, rear], [pedals, bar, saddle], [bar, front]):
        board.stroke(line, 0.045, frame, kind)
    top, grip = (bar[0] - 0.03 * facing, 1.0), (bar[0] + 0.1 * facing, 1.02)
    board.stroke([bar, top, grip], 0.045, (50, 50, 54), kind)
    board.stroke(
        [(saddle[0] - 0.1, saddle[1] + 0.06), (saddle[0] + 0.1, saddle[1] + 0.06)],
        0.06,
        (34, 30, 30),
        kind,
    )


def _bicycle_behind(board: Billboard, frame: Color) -> None:
    kind = Kind.BICYCLE
    board.box(-0.045, 0.0, 0.045, 0.66, (34, 34, 36), kind)
    board.stroke([(0.0, 0.6), (0.0, 0.94)], 0.06, frame, kind)
    board.stroke([(-0.3, 1.04), (0.3, 1.04)], 0.05, (60, 60, 64), kind)
    board.glow((0.0, 0.62), 0.045, (200, 34, 34), kind)


def _rider_aside(board: Billboard, facing: int) -> None:
    """Somebody on a bicycle, bent forward."""
    stage, kind = board.stage, Kind.RIDER
    shirt, trousers, skin = stage.one_of(_CLOTHES), stage.one_of(_TROUSERS), stage.one_of(_SKINS)
    hip, shoulder = (-0.17 * facing, 0.98), (0.1 * facing, 1.45)
    for knee, foot, factor in (
        ((0.2 * facing, 0.82), (0.06 * facing, 0.44), 0.75),
        ((0.12 * facing, 0.68), (-0.1 * facing, 0.22), 1.0),
    ):
        _limb(board, [hip, knee, foot], (0.09, 0.055), scaled(trousers, factor), kind)
        board.oval((foot[0] + 0.05 * facing, foot[1]), (0.1, 0.04), (36, 32, 32), kind)
    _limb(board, [hip, shoulder], (0.13, 0.13), shirt, kind)
    hand = (0.42 * facing, 1.03)
    elbow = (0.26 * facing, 1.12)
    _limb(board, [shoulder, elbow, hand], (0.06, 0.045), scaled(shirt, 0.85), kind)
    head = (0.2 * facing, 1.66)
    board.oval(head, (0.1, 0.125), skin, kind)
    hat = stage.one_of(_HAIR if stage.chance(0.5) else _CLOTHES)
    board.oval((head[0] - 0.02 * facing, head[1] + 0.05), (0.12, 0.095), hat, kind)


def _rider_behind(board: Billboard, saddle: float, helmet: Color | None = None) -> None:
    """Somebody on two wheels, from behind."""
    stage, kind = board.stage, Kind.RIDER
    shirt, trousers = stage.one_of(_CLOTHES), stage.one_of(_TROUSERS)
    for side, foot in ((-1, 0.22), (1, 0.42)):
        _limb(
            board,
            [
                (0.1 * side, saddle + 0.04),
                (0.17 * side, 0.5 * (saddle + foot)),
                (0.13 * side, foot),
            ],
            (0.095, 0.06),
            scaled(trousers, 0.85 + 0.1 * side),
            kind,
        )
    top = saddle + 0.6
    torso = [
        (-0.16, saddle),
        (0.16, saddle),
        (0.23, top - 0.1),
        (0.14, top),
        (-0.14, top),
        (-0.23, top - 0.1),
    ]
    board.polygon(torso, shirt, kind)
    board.polygon(
        [torso[0], (-0.04, saddle), (-0.06, top), torso[4], torso[5]], scaled(shirt, 0.84), kind
    )
    for side in (-1, 1):
        _limb(
            board,
            [(0.2 * side, top - 0.08), (0.31 * side, top - 0.3), (0.28 * side, saddle + 0.16)],
            (0.06, 0.045),
            scaled(shirt, 0.9),
            kind,
        )
    head = (0.0, top + 0.15)
    if helmet is None:
        board.oval(head, (0.1, 0.13), stage.one_of(_HAIR), kind)
        if stage.chance(0.5):
            board.oval((0.0, head[1] + 0.05), (0.12, 0.1), stage.one_of(_CLOTHES), kind)
    else:
        board.oval(head, (0.15, 0.16), helmet, kind)
