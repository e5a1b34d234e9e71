"""Painting houses: facades of floors and windows, and roofs."""

import math

import numpy as np

from pixelwise.data.small.road_houses import House
from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color, mixed, scaled
from pixelwise.data.small.road_noise import dice
from pixelwise.data.small.road_plane import (
    Plane,
    lit_plane,
    paint_plane,
    plane_between,
    weathered,
)
from pixelwise.data.small.road_stage import Place, Stage

_SIGNS: tuple[Color, ...] = (
    (176, 40, 40),
    (36, 70, 140),
    (30, 110, 70),
    (226, 178, 50),
    (60, 56, 62),
    (230, 228, 222),
    (120, 50, 110),
)
_DOORS: tuple[Color, ...] = (
    (92, 60, 42),
    (50, 74, 66),
    (110, 36, 36),
    (60, 60, 66),
    (176, 176, 170),
)
_GLASS: tuple[Color, ...] = (
    (48, 56, 66),
    (64, 76, 90),
    (88, 104, 122),
    (128, 148, 168),
    (186, 184, 176),
    (40, 44, 48),
)
_LIT_GLASS: Color = (252, 216, 142)

# What a pixel of a facade is, as a row of the table of its colours; glass comes last.
_WALL, _TRIM, _SILL, _PLINTH, _DOOR, _BAND, _SHOP = range(7)
_PANES = 7


def paint_house(stage: Stage, house: House, shaded_below: float) -> None:
    """Roof, front, and the end that faces us.

    Args:
        stage: the scene.
        house: the house.
        shaded_below: up to which height the other side of the street keeps the sun away.
    """
    front, back = house.side * house.offset, house.side * (house.offset + house.depth)
    if house.roof:
        _roof(stage, house, front, back)
    if house.end:
        _face(stage, house, (front, house.near), (back, house.near), shop=False, shaded_below=0.0)
    _face(
        stage,
        house,
        (front, house.near),
        (front, house.far),
        shop=house.shop,
        shaded_below=shaded_below,
    )


def _roof(stage: Stage, house: House, front: float, back: float) -> None:
    """The slope above the front, and the gable above the end that faces us."""
    view, eaves, top = stage.view, house.eaves, house.eaves + house.roof
    ridge = (front + back) / 2
    near, far = max(house.near, 1.2), max(house.far, 1.5)
    overhang = front - 0.4 * house.side
    edge = [view.project(overhang, eaves - 0.1, z) for z in (near, far)]
    slope = [*edge, view.project(ridge, top, far), view.project(ridge, top, near)]
    # From below one sees the lower side of what juts out.
    below = [*edge, view.project(front, eaves - 0.1, far), view.project(front, eaves - 0.1, near)]
    tilt = house.roof / math.hypot(house.roof, house.depth / 2)
    facing = (-house.side * tilt, math.sqrt(1 - tilt**2), 0.0)
    ink = stage.ink(house.roof_color, near, facing)
    if house.near > 1.2 and house.end:
        gable = [
            view.project(front, eaves, near),
            view.project(back, eaves, near),
            view.project(ridge, top, near),
        ]
        stage.picture.polygon(gable, stage.ink(scaled(house.wall, 0.95), near), Kind.BUILDING)
    stage.picture.polygon(slope, ink, Kind.BUILDING)
    stage.picture.polygon(below, stage.ink(scaled(house.trim, 0.45), near), Kind.BUILDING)
    for share in (0.15, 0.33, 0.5, 0.68, 0.85):
        u, y = overhang + share * (ridge - overhang), eaves + share * house.roof
        row = [view.project(u, y, z) for z in (near, far)]
        stage.picture.hairline(row, stage.ink(scaled(house.roof_color, 0.86), near, facing))
    _chimney(stage, house, ridge, top)


def _chimney(stage: Stage, house: House, ridge: float, top: float) -> None:
    z = house.near + (house.far - house.near) * (0.3 + 0.4 * (house.seed % 7) / 7)
    if z < 3:
        return
    left, low = stage.view.project(ridge - 0.35, top - 0.6, z)
    right, high = stage.view.project(ridge + 0.35, top + 0.9, z)
    ink = stage.ink((128, 84, 70), z)
    stage.picture.polygon(
        [(left, low), (right, low), (right, high), (left, high)], ink, Kind.BUILDING
    )


def _face(
    stage: Stage, house: House, start: Place, end: Place, shop: bool, shaded_below: float
) -> None:
    """One of the walls, with its windows."""
    plane = plane_between(stage.view, start, end, house.eaves)
    if plane is None:
        return
    parts = _parts(plane, house, shop)
    brightness = weathered(plane, 0.045, house.seed)
    if house.brick:
        course = (plane.up / np.float32(0.3)) % 1 < 0.25
        brightness = brightness * np.where(course & (parts == _WALL), np.float32(0.9), 1)
    colors = lit_plane(stage, plane, _palette(stage, house)[parts], brightness, shaded_below)
    if stage.light.lamps:
        glowing = parts == _PANES + len(_GLASS)
        colors[glowing] = stage.light.glow(_LIT_GLASS, float(plane.z.mean()))
        if shop:
            colors[parts == _SHOP] = stage.light.glow((232, 206, 160), float(plane.z.mean()))
    paint_plane(stage, plane, colors, Kind.BUILDING)


def _palette(stage: Stage, house: House) -> np.ndarray:
    """The colours of the parts of a facade, (parts, 3) float32."""
    seed = house.seed
    colors = [
        house.wall,
        house.trim,
        scaled(house.wall, 0.6),
        mixed(scaled(house.wall, 0.7), (110, 108, 106), 0.5),
        _DOORS[seed % len(_DOORS)],
        _SIGNS[seed % len(_SIGNS)],
        (70, 80, 88),
        # Glass shows a little of the sky.
        *(mixed(glass, stage.light.sky_top, 0.18) for glass in _GLASS),
        _GLASS[1],
    ]
    return np.array(colors, dtype=np.float32)


def _parts(plane: Plane, house: House, shop: bool) -> np.ndarray:
    """What every pixel of a wall is, (H, W) uint8."""
    count = max(1, round(plane.length / house.bay))
    bays = plane.along / np.float32(plane.length / count)
    bay = np.minimum(bays.astype(np.int32), count - 1)
    across = np.abs(bays - bay - np.float32(0.5))[None, :]
    above = plane.up - np.float32(house.ground)
    floors = np.floor(above / np.float32(house.floor)).astype(np.int32)
    # From the middle of a floor, a little above its real middle.
    upward = above / np.float32(house.floor) - floors - np.float32(0.52)
    wide, tall = house.window[0] / 2, house.window[1] / 2
    upper = (floors >= 0) & (floors < house.floors - 1)
    parts = np.zeros(plane.up.shape, dtype=np.uint8)
    parts[upper & (across < wide + 0.06) & (np.abs(upward) < tall + 0.05)] = _TRIM
    parts[upper & (across < wide + 0.06) & (upward + tall < 0) & (upward + tall > -0.08)] = _SILL
    pane = upper & (across < wide) & (np.abs(upward) < tall)
    parts = np.where(pane, _panes(house, bay, floors), parts)
    parts[(across < 0.018) & pane & (house.bay > 2.4)] = _TRIM
    _ground_floor(parts, plane, house, bay, across, shop)
    parts[plane.up > house.eaves - 0.28] = _TRIM
    return parts


def _panes(house: House, bay: np.ndarray, floors: np.ndarray) -> np.ndarray:
    """Which colour of glass each window has: some are open, some have curtains, some are lit."""
    rolled = dice()[(floors + house.seed) & 63, ((bay + 7 * house.seed) & 63)[None, :]]
    lit = rolled < 77
    chosen: np.ndarray = _PANES + np.where(lit, len(_GLASS), rolled % len(_GLASS))
    return chosen.astype(np.uint8)


def _ground_floor(
    parts: np.ndarray, plane: Plane, house: House, bay: np.ndarray, across: np.ndarray, shop: bool
) -> None:
    """Shop windows below a sign, or windows and a door on a plinth."""
    up = plane.up
    low = up < house.ground - 0.15
    door = ((bay + house.seed) % 4 == 0)[None, :]
    if shop:
        band = low & (up > house.ground - 0.95)
        parts[low & (across < 0.44) & (up > 0.5) & ~band] = _SHOP
        parts[band] = _BAND
        parts[low & door & (across < 0.2) & (up < 2.3)] = _DOOR
    else:
        middle, tall = 0.54 * house.ground, house.window[1] * house.ground * 0.42
        wide = house.window[0] / 2
        frame = low & (across < wide + 0.06) & (np.abs(up - middle) < tall + 0.14) & ~door
        parts[frame] = _TRIM
        pane = low & (across < wide) & (np.abs(up - middle) < tall) & ~door
        parts[pane] = _PANES + (house.seed % 3)
        parts[low & door & (across < 0.24) & (up < 2.2)] = _DOOR
        parts[(up < 0.5) & ~(door & (across < 0.24))] = _PLINTH
