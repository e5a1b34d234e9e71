"""Trees and bushes: clumps of leaves, dark below, bright where the sun is."""

from functools import cache, lru_cache

import numpy as np

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color, Tint, scaled
from pixelwise.data.small.road_noise import TILE, foliage
from pixelwise.data.small.road_stage import Billboard, Place, Stage

_LEAVES: tuple[Color, ...] = (
    (96, 130, 58),
    (112, 142, 66),
    (80, 114, 60),
    (130, 146, 74),
    (104, 126, 82),
    (86, 122, 54),
    (176, 144, 58),
    (188, 114, 52),
    (142, 76, 62),
)
_NEEDLES: tuple[Color, ...] = ((62, 92, 64), (70, 100, 80), (52, 80, 56))
_BARK: tuple[Color, ...] = ((84, 68, 54), (108, 98, 86), (66, 56, 48))

# The brightness of leaves is looked up in a table.
_STEPS, _BRIGHTEST = 256, 1.6


def tree_color(stage: Stage, autumn: bool) -> Color:
    """The colour of leaves: one of the greens, in autumn also yellow and red."""
    count = len(_LEAVES) if autumn else len(_LEAVES) - 3
    color = _LEAVES[int(stage.rng.integers(count))]
    return scaled(color, stage.between(0.82, 1.16))


def tree(stage: Stage, place: Place, height: float, color: Color) -> None:
    """A tree with a round or tall crown."""
    board = Billboard(stage, place, height)
    trunk = stage.between(0.018, 0.03)
    base = stage.between(0.22, 0.36)
    bark = stage.one_of(_BARK)
    lean = stage.between(-0.02, 0.02)
    board.polygon(
        [
            (-1.3 * trunk, 0),
            (1.3 * trunk, 0),
            (0.7 * trunk + lean, 0.6),
            (-0.7 * trunk + lean, 0.6),
        ],
        bark,
        Kind.VEGETATION,
    )
    board.polygon(
        [(0.2 * trunk, 0), (1.3 * trunk, 0), (0.7 * trunk + lean, 0.6), (lean, 0.6)],
        scaled(bark, 0.8),
        Kind.VEGETATION,
    )
    wide = stage.between(0.2, 0.36)
    _crown(board, (lean, (base + 1) / 2), (wide, (1 - base) / 2), color)


def poplar(stage: Stage, place: Place, height: float, color: Color) -> None:
    """A tall narrow tree."""
    board = Billboard(stage, place, height)
    board.box(-0.015, 0, 0.015, 0.3, stage.one_of(_BARK), Kind.VEGETATION)
    _crown(board, (0.0, 0.54), (stage.between(0.1, 0.13), 0.46), color, rough=0.55)


def conifer(stage: Stage, place: Place, height: float) -> None:
    """A fir: tiers of branches, narrower towards the top."""
    board = Billboard(stage, place, height)
    green = scaled(stage.one_of(_NEEDLES), stage.between(0.85, 1.2))
    board.box(-0.02, 0, 0.02, 0.2, stage.one_of(_BARK), Kind.VEGETATION)
    half = stage.between(0.17, 0.25)
    for low in np.linspace(0.1, 0.82, 8).tolist():
        wide = half * (1.02 - low)
        jag = stage.between(-0.02, 0.02)
        outline = [
            (-wide, low + jag),
            (0.0, low - 0.02),
            (wide, low - jag),
            (0.0, min(1.0, low + 0.3)),
        ]
        board.polygon(outline, scaled(green, 0.8 + 0.4 * low), Kind.VEGETATION)
        board.polygon(
            [
                (0.0, low - 0.02),
                outline[2 if _sun_side(stage) > 0 else 0],
                (0.0, min(1.0, low + 0.3)),
            ],
            scaled(green, 1.0 + 0.4 * low),
            Kind.VEGETATION,
        )


def bush(stage: Stage, place: Place, height: float, color: Color) -> None:
    """A bush that begins at the ground."""
    board = Billboard(stage, place, height)
    _crown(board, (0.0, 0.48), (stage.between(0.5, 0.95), 0.5), color)


def _sun_side(stage: Stage) -> float:
    return stage.light.towards_sun[0]


def _crown(
    board: Billboard,
    center: tuple[float, float],
    radii: tuple[float, float],
    color: Color,
    rough: float = 1.0,
) -> None:
    """Leaves within a ragged ellipse, lit from above and from the side of the sun."""
    picture, rng = board.stage.picture, board.stage.rng
    x, y = board.at(*center)
    across, high = (max(1.5, radius * board.scale) for radius in radii)
    left, top = max(0, int(x - 1.2 * across)), max(0, int(y - 1.2 * high))
    right = min(picture.width, int(x + 1.2 * across) + 2)
    bottom = min(picture.height, int(y + 1.2 * high) + 2)
    if right <= left or bottom <= top:
        return
    # Places in units of the radii, and the part of the tile of leaves that is seen.
    u = (np.arange(left, right, dtype=np.float32) + np.float32(0.5 - x)) / np.float32(across)
    v = (np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 - y)) / np.float32(high)
    cells = min(62.0, 1.6 * min(across, high) + 10)
    start = rng.integers(TILE, size=2)
    columns = (u * np.float32(cells * across / min(across, high))).astype(np.int32) + start[0]
    rows = (v * np.float32(cells * high / min(across, high))).astype(np.int32) + start[1]
    place = (rows & (TILE - 1))[:, None], (columns & (TILE - 1))[None, :]
    inside = (u * u)[None, :] + (v * v)[:, None] < 1 + np.float32(rough) * _ragged()[place]
    sun = _sun_side(board.stage)
    bright = _leaves_in_light(sun)[place]
    bright += (0.24 * sun * u)[None, :] + (1.02 - 0.264 * v)[:, None]
    steps = (bright * np.float32(_STEPS / _BRIGHTEST)).clip(0.4 * _STEPS / _BRIGHTEST, _STEPS - 1)
    shown = _shades(board.tint, color)[steps.astype(np.uint8)]
    picture.patch((left, top), shown, inside, Kind.VEGETATION)


def _shades(tint: Tint, color: Color) -> np.ndarray:
    """The colours of leaves from the darkest to the brightest, (_STEPS, 3) uint8."""
    bright = np.linspace(0, _BRIGHTEST, _STEPS)[:, None]
    # What is bright is also a little more yellow: the sun shines through leaves.
    warm = 1 + np.array((0.06, 0.02, -0.14)) * bright
    lit = np.array(color) * np.array(tint.factor) * bright * warm
    hazy = tint.clear * lit + (1 - tint.clear) * np.array(tint.haze)
    return hazy.clip(0, 255).astype(np.uint8)


@cache
def _ragged() -> np.ndarray:
    """How much the square of the radius of a crown differs from its mean, as a tile."""
    clumps, relief, _right, _down = foliage()
    ragged = np.float32(0.24) * clumps + np.float32(0.07) * relief
    # Leaves do not float beside a crown.
    return np.minimum(ragged, np.float32(0.36))


@lru_cache(maxsize=4)
def _leaves_in_light(sun: float) -> np.ndarray:
    """How much brighter than the crown its leaves are, as a tile; `sun` is its direction."""
    _clumps, relief, right, down = foliage()
    return np.float32(0.104) * down - np.float32(0.13 * sun) * right + np.float32(0.1) * relief
