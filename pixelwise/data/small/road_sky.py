"""What is farthest away: sky and clouds, hills, woods and the outline of a town."""

import numpy as np

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color, Ink, mixed
from pixelwise.data.small.road_noise import TILE, cloudy
from pixelwise.data.small.road_picture import FINER
from pixelwise.data.small.road_stage import Stage


def paint_sky(stage: Stage) -> None:
    """Sky and clouds, down to a little below the farthest ground."""
    view, light, rng = stage.view, stage.light, stage.rng
    # The sky is soft: it is computed on a coarser grid, then enlarged.
    rows, columns = min(view.height, view.first_row + 8) // FINER, view.width // FINER
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
    # Clouds lie in a plane above us: the nearer to the horizon, the smaller they look.
    away = 1 / (1.08 - down)
    across = (np.arange(columns, dtype=np.float32) - columns / 2)[None, :]
    shift = rng.integers(TILE, size=2)
    place = (
        ((44 * away).astype(np.int32) + shift[1]) & (TILE - 1),
        ((60 * FINER / view.height) * across * away).astype(np.int32) + shift[0] & (TILE - 1),
    )
    noise = cloudy()[place]
    cover = (1.4 * (noise - 1.4 + 2.4 * light.clouds)).clip(0, 1) * (0.9 - 0.5 * down**2)
    shade = 1 - 0.14 * noise.clip(0, 2) * cover
    sky = np.empty((rows, columns, 3), dtype=np.float32)
    for channel in range(3):
        top, low = light.sky_top[channel], light.sky_low[channel]
        clear = np.float32(top) + down**0.8 * np.float32(low - top)
        sky[..., channel] = clear + cover * (light.cloud[channel] * shade - clear)
    fine = sky.clip(0, 255).astype(np.uint8).repeat(FINER, axis=0).repeat(FINER, axis=1)
    stage.picture.patch((0, 0), fine, None, Kind.SKY)


def paint_distance(stage: Stage, town: bool) -> None:
    """Hills, the roofs of a town, and woods, each nearer and less hazy than the one before."""
    light = stage.light
    if stage.chance(0.6):
        hills = mixed(light.sky_low, (92, 116, 128), stage.between(0.25, 0.45))
        _ridge(stage, hills, stage.between(0.02, 0.07), Kind.VEGETATION, rough=0.2)
    if town or stage.chance(0.3):
        _roofs(stage, stage.between(0.03, 0.09))
    if not town or stage.chance(0.6):
        woods = mixed(_shaded(stage, (62, 84, 54)), light.sky_low, stage.between(0.25, 0.5))
        _ridge(stage, woods, stage.between(0.02, 0.055), Kind.VEGETATION, rough=1.0)


def _shaded(stage: Stage, color: Color) -> Color:
    red, green, blue = stage.light.on((0.0, 0.6, -0.8))
    return color[0] * red, color[1] * green, color[2] * blue


def _ink(color: Color) -> Ink:
    red, green, blue = (round(min(255, max(0, c))) for c in color)
    return red, green, blue


def _ridge(stage: Stage, color: Color, height: float, kind: Kind, rough: float) -> None:
    """A wavy outline; `height` as a share of the picture, `rough` for the crowns of trees."""
    view = stage.view
    line = cloudy()[int(stage.rng.integers(TILE))]
    detail = cloudy()[int(stage.rng.integers(TILE))]
    columns = np.arange(0, view.width + 3, 3)
    slow = line[(columns * 0.35).astype(int) & (TILE - 1)]
    fast = detail[(columns * 1.7).astype(int) & (TILE - 1)]
    tops = view.first_row - view.height * height * (1 + 0.35 * slow + 0.16 * rough * fast)
    outline = [
        (float(x), float(y)) for x, y in zip(columns, np.minimum(tops, view.first_row), strict=True)
    ]
    corners = [(float(view.width + 3), view.first_row + 8.0), (0.0, view.first_row + 8.0)]
    stage.picture.polygon(outline + corners, _ink(color), kind)


def _roofs(stage: Stage, height: float) -> None:
    """Distant houses, now and then with a church."""
    view, light = stage.view, stage.light
    low = view.first_row + 6.0
    x = 0.0
    while x < view.width:
        wide = stage.between(0.02, 0.07) * view.height
        top = view.first_row - view.height * height * stage.between(0.4, 1.2)
        wall = stage.one_of(((196, 176, 150), (150, 120, 104), (168, 168, 166), (136, 128, 124)))
        ink = _ink(mixed(_shaded(stage, wall), light.sky_low, stage.between(0.35, 0.6)))
        box = [(x, low), (x, top), (x + wide, top), (x + wide, low)]
        stage.picture.polygon(box, ink, Kind.BUILDING)
        if stage.chance(0.6):
            roof = _ink(mixed(_shaded(stage, (110, 74, 64)), light.sky_low, 0.45))
            peak = (x + wide / 2, top - 0.5 * wide)
            stage.picture.polygon([(x, top), (x + wide, top), peak], roof, Kind.BUILDING)
        x += wide
    if stage.chance(0.4):
        _church(stage, stage.between(0.3, 0.7) * view.width, 2.6 * height)


def _church(stage: Stage, x: float, height: float) -> None:
    view = stage.view
    ink = _ink(mixed(_shaded(stage, (132, 112, 100)), stage.light.sky_low, 0.4))
    roof = _ink(mixed(_shaded(stage, (76, 96, 92)), stage.light.sky_low, 0.4))
    half, low = 0.016 * view.height, view.first_row + 6.0
    top = view.first_row - height * view.height * 0.6
    tip = view.first_row - height * view.height
    stage.picture.polygon(
        [(x - half, low), (x - half, top), (x + half, top), (x + half, low)], ink, Kind.BUILDING
    )
    stage.picture.polygon([(x - half, top), (x + half, top), (x, tip)], roof, Kind.BUILDING)
