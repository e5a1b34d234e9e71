"""Poles, lamps, signs, traffic lights, and other things that stand in a street."""

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color, scaled
from pixelwise.data.small.road_stage import Billboard, Place, Stage

_STEEL: tuple[Color, ...] = (
    (92, 96, 98),
    (134, 138, 140),
    (64, 74, 70),
    (168, 170, 168),
    (104, 84, 64),
)
_RED: Color = (186, 36, 38)
_WHITE: Color = (232, 232, 228)
_BLUE: Color = (34, 76, 156)


def lamp_post(stage: Stage, place: Place, side: int) -> None:
    """A street lamp on a tall pole whose arm reaches over the road; `side` is where it stands."""
    board = Billboard(stage, place)
    steel = stage.one_of(_STEEL)
    height = stage.between(6.5, 8.5)
    reach = -side * stage.between(1.0, 2.0)
    board.stroke([(0, 0), (0, height - 0.5)], 0.14, steel, Kind.POLE)
    board.stroke(
        [(0, height - 0.7), (0.25 * reach, height - 0.1), (reach, height)], 0.1, steel, Kind.POLE
    )
    if stage.light.lamps:
        board.glow((reach, height - 0.06), 0.22, (255, 226, 160), Kind.POLE)
    else:
        board.oval((reach, height), (0.38, 0.11), scaled(steel, 0.9), Kind.POLE)
    board.box(-0.13, 0, 0.13, 0.9, scaled(steel, 0.9), Kind.POLE)


def park_lamp(stage: Stage, place: Place) -> None:
    """A low lamp with a globe."""
    board = Billboard(stage, place)
    board.stroke([(0, 0), (0, 3.4)], 0.12, (52, 58, 56), Kind.POLE)
    glass = (255, 232, 176) if stage.light.lamps else (226, 228, 226)
    board.glow((0, 3.55), 0.22, glass, Kind.POLE)


def telegraph_pole(stage: Stage, place: Place) -> None:
    """A wooden pole with two cross-arms."""
    board = Billboard(stage, place)
    wood = (98, 80, 64)
    board.stroke([(0, 0), (0, 7.6)], 0.2, wood, Kind.POLE)
    for up in (6.7, 7.2):
        board.stroke([(-0.8, up), (0.8, up)], 0.11, wood, Kind.POLE)


def traffic_sign(stage: Stage, place: Place) -> None:
    """A pole with one or two plates."""
    board = Billboard(stage, place)
    board.stroke([(0, 0), (0, 2.5)], 0.075, (150, 152, 154), Kind.POLE)
    shapes = (
        _speed_limit,
        _give_way,
        _warning,
        _blue_disc,
        _blue_square,
        _priority,
        _seen_from_behind,
    )
    weights = (5, 3, 3, 3, 3, 2, 2)
    chosen = stage.rng.choice(len(shapes), p=[w / sum(weights) for w in weights])
    shapes[int(chosen)](board, 2.55)
    if stage.chance(0.3):
        board.box(-0.3, 1.9, 0.3, 2.16, _WHITE, Kind.SIGN)


def _speed_limit(board: Billboard, up: float) -> None:
    board.disc((0, up), 0.36, _RED, Kind.SIGN)
    board.disc((0, up), 0.26, _WHITE, Kind.SIGN)
    for left in (-0.13, 0.03):
        board.box(left, up - 0.11, left + 0.1, up + 0.11, (40, 40, 42), Kind.SIGN)


def _give_way(board: Billboard, up: float) -> None:
    for size, color in ((1.0, _RED), (0.58, _WHITE)):
        corners = [
            (-0.44 * size, up + 0.26 * size),
            (0.44 * size, up + 0.26 * size),
            (0, up - 0.5 * size),
        ]
        board.polygon(corners, color, Kind.SIGN)


def _warning(board: Billboard, up: float) -> None:
    for size, color in ((1.0, _RED), (0.58, _WHITE)):
        corners = [
            (-0.44 * size, up - 0.26 * size),
            (0.44 * size, up - 0.26 * size),
            (0, up + 0.5 * size),
        ]
        board.polygon(corners, color, Kind.SIGN)
    board.box(-0.05, up - 0.12, 0.05, up + 0.12, (40, 40, 42), Kind.SIGN)


def _blue_disc(board: Billboard, up: float) -> None:
    board.disc((0, up), 0.36, _BLUE, Kind.SIGN)
    board.polygon(
        [(-0.06, up - 0.2), (0.06, up - 0.2), (0.06, up + 0.2), (-0.06, up + 0.2)],
        _WHITE,
        Kind.SIGN,
    )


def _blue_square(board: Billboard, up: float) -> None:
    board.box(-0.34, up - 0.34, 0.34, up + 0.34, _BLUE, Kind.SIGN)
    board.polygon([(-0.2, up - 0.2), (0.2, up - 0.2), (0, up + 0.2)], _WHITE, Kind.SIGN)


def _priority(board: Billboard, up: float) -> None:
    for size, color in ((0.45, _WHITE), (0.33, (232, 190, 48))):
        board.polygon([(0, up - size), (size, up), (0, up + size), (-size, up)], color, Kind.SIGN)


def _seen_from_behind(board: Billboard, up: float) -> None:
    """The plate belongs to those who come towards us."""
    board.disc((0, up), 0.36, (138, 140, 142), Kind.SIGN)
    board.box(-0.3, up - 0.04, 0.3, up + 0.04, (112, 114, 116), Kind.SIGN)


def direction_board(stage: Stage, place: Place) -> None:
    """A large board with place names on two poles."""
    board = Billboard(stage, place)
    wide, low, high = stage.between(1.1, 1.7), 2.2, stage.between(3.6, 4.2)
    for side in (-0.7, 0.7):
        board.stroke([(side * wide, 0), (side * wide, low)], 0.1, (140, 142, 144), Kind.POLE)
    ground = stage.one_of(((228, 196, 60), _BLUE, (32, 104, 74), _WHITE))
    ink = (36, 36, 40) if sum(ground) > 420 else _WHITE
    board.box(-wide, low, wide, high, scaled(ink, 0.95), Kind.SIGN)
    board.box(-wide + 0.07, low + 0.07, wide - 0.07, high - 0.07, ground, Kind.SIGN)
    for row in (0.3, 0.68):
        up = low + row * (high - low)
        board.box(
            -0.75 * wide, up - 0.13, stage.between(0.0, 0.7) * wide, up + 0.13, ink, Kind.SIGN
        )


def traffic_light(stage: Stage, place: Place, state: int, side: int) -> None:
    """A pole with a box of three lamps; `state` is which of them is on, from the top."""
    board = Billboard(stage, place)
    board.stroke([(0, 0), (0, 3.1)], 0.12, (72, 76, 78), Kind.POLE)
    heads = [(0.0, 2.2)]
    if stage.chance(0.5):
        reach = -side * stage.between(2.2, 3.6)
        board.stroke([(0, 3.0), (0, 5.6), (reach, 5.9)], 0.12, (72, 76, 78), Kind.POLE)
        heads.append((reach, 5.2))
    lamps = (
        ((236, 44, 36), (84, 26, 24)),
        ((246, 176, 40), (86, 64, 22)),
        ((52, 222, 120), (22, 70, 44)),
    )
    for right, low in heads:
        board.box(right - 0.2, low, right + 0.2, low + 1.05, (30, 32, 34), Kind.TRAFFIC_LIGHT)
        for lamp, (on, off) in enumerate(lamps):
            spot = (right, low + 0.87 - 0.34 * lamp)
            if lamp == state:
                board.glow(spot, 0.15, on, Kind.TRAFFIC_LIGHT)
            else:
                board.disc(spot, 0.13, off, Kind.TRAFFIC_LIGHT)


def bollard(stage: Stage, place: Place) -> None:
    """A short post at the kerb."""
    board = Billboard(stage, place)
    color = stage.one_of(((66, 70, 72), (150, 148, 142), (180, 60, 50)))
    board.box(-0.08, 0, 0.08, 0.95, color, Kind.POLE)
    board.box(-0.08, 0.72, 0.08, 0.82, _WHITE, Kind.POLE)


def marker_post(stage: Stage, place: Place) -> None:
    """A white post with a black band beside a country road."""
    board = Billboard(stage, place)
    board.box(-0.07, 0, 0.07, 1.0, _WHITE, Kind.POLE)
    board.box(-0.07, 0.68, 0.07, 0.88, (40, 40, 42), Kind.POLE)


def bin_(stage: Stage, place: Place) -> None:
    """A dustbin on wheels."""
    board = Billboard(stage, place)
    color = stage.one_of(((62, 66, 68), (44, 78, 58), (54, 70, 112), (172, 148, 52), (96, 74, 58)))
    board.polygon([(-0.26, 0.06), (0.26, 0.06), (0.31, 1.0), (-0.31, 1.0)], color, Kind.STATIC)
    board.box(-0.33, 1.0, 0.33, 1.1, scaled(color, 0.75), Kind.STATIC)
    board.polygon(
        [(0.06, 0.06), (0.26, 0.06), (0.31, 1.0), (0.1, 1.0)], scaled(color, 0.85), Kind.STATIC
    )


def cabinet(stage: Stage, place: Place) -> None:
    """A grey box that holds cables."""
    board = Billboard(stage, place)
    color = stage.one_of(((152, 154, 150), (126, 132, 124), (176, 174, 166)))
    board.box(-0.6, 0, 0.6, 1.25, color, Kind.STATIC)
    board.box(-0.02, 0.1, 0.02, 1.2, scaled(color, 0.8), Kind.STATIC)
    board.box(-0.6, 1.18, 0.6, 1.25, scaled(color, 0.85), Kind.STATIC)


def bench(stage: Stage, place: Place) -> None:
    """A bench of boards."""
    board = Billboard(stage, place)
    wood = (120, 90, 64)
    for side in (-0.75, 0.75):
        board.box(side - 0.05, 0, side + 0.05, 0.45, (60, 60, 62), Kind.STATIC)
    board.box(-0.95, 0.4, 0.95, 0.5, wood, Kind.STATIC)
    board.box(-0.95, 0.58, 0.95, 0.9, scaled(wood, 0.9), Kind.STATIC)


def advertising_column(stage: Stage, place: Place) -> None:
    """A thick round column with posters."""
    board = Billboard(stage, place)
    posters = ((196, 70, 56), (228, 208, 150), (70, 116, 150), (226, 224, 216), (92, 140, 96))
    board.box(-0.62, 0, 0.62, 2.9, (142, 140, 134), Kind.STATIC)
    for left, right in ((-0.6, -0.2), (-0.18, 0.28), (0.3, 0.6)):
        for low, high in ((0.5, 1.5), (1.56, 2.6)):
            board.box(left, low, right, high, stage.one_of(posters), Kind.STATIC)
    board.oval((0, 2.95), (0.72, 0.2), (84, 90, 88), Kind.STATIC)


def pram(stage: Stage, place: Place) -> None:
    """A pram: something that somebody pushes along."""
    board = Billboard(stage, place)
    color = stage.one_of(((60, 72, 98), (120, 46, 60), (70, 70, 72)))
    for side in (-0.26, 0.3):
        board.disc((side, 0.15), 0.15, (36, 36, 38), Kind.DYNAMIC)
    board.polygon(
        [(-0.4, 0.35), (0.4, 0.35), (0.48, 0.8), (0.1, 1.05), (-0.42, 0.7)], color, Kind.DYNAMIC
    )
    board.stroke([(-0.38, 0.6), (-0.62, 1.02)], 0.05, (70, 70, 72), Kind.DYNAMIC)
