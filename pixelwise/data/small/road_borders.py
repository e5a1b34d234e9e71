"""What stands along a road: fences, railings, walls, hedges and guard rails."""

import numpy as np

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color
from pixelwise.data.small.road_noise import TILE, grainy
from pixelwise.data.small.road_plane import (
    Plane,
    lit_plane,
    paint_plane,
    plane_between,
    weathered,
)
from pixelwise.data.small.road_stage import Place, Stage

_STONE: tuple[Color, ...] = ((150, 140, 126), (164, 112, 88), (176, 172, 164), (122, 118, 112))
_WOOD: tuple[Color, ...] = ((136, 104, 74), (214, 210, 200), (104, 84, 66), (92, 112, 90))
_METAL: tuple[Color, ...] = ((64, 70, 74), (150, 154, 158), (46, 62, 54), (104, 108, 112))


def garden_wall(stage: Stage, start: Place, end: Place, height: float, seed: int) -> None:
    """A wall of stones or bricks with a coping."""
    plane = plane_between(stage.view, start, end, height)
    if plane is None:
        return
    color = _STONE[seed % len(_STONE)]
    row = np.floor(plane.up / np.float32(0.28))
    stone = (plane.along / np.float32(0.6))[None, :] + 0.5 * (row % 2)
    joint = ((plane.up / np.float32(0.28)) - row < 0.16) | (stone - np.floor(stone) < 0.1)
    brightness = weathered(plane, 0.09, seed) * np.where(joint, np.float32(0.84), 1)
    brightness = np.where(plane.up > height - 0.12, np.float32(1.14), brightness)
    _paint(stage, plane, color, brightness, Kind.WALL)


def hedge(stage: Stage, start: Place, end: Place, height: float, seed: int) -> None:
    """A clipped hedge, whose top is uneven."""
    plane = plane_between(stage.view, start, end, height + 0.25)
    if plane is None:
        return
    columns = (plane.along * 9).astype(np.int32) + 31 * seed & (TILE - 1)
    top = height + 0.1 * grainy()[seed % TILE, columns]
    inside = plane.inside & (plane.up < top[None, :])
    leaves = grainy()[(plane.up * 9).astype(np.int32) & (TILE - 1), columns[None, :]]
    brightness = (0.72 + 0.4 * plane.up / np.float32(height) + 0.16 * leaves).astype(np.float32)
    color = ((66, 96, 48), (88, 110, 52), (52, 78, 46), (104, 88, 56))[seed % 4]
    shown = lit_plane(stage, plane, _flat(plane, color), brightness, 0.0)
    stage.picture.patch(plane.corner, shown, inside, Kind.VEGETATION)


def picket_fence(stage: Stage, start: Place, end: Place, height: float, seed: int) -> None:
    """A wooden fence; one sees through its gaps, but all of it is fence."""
    plane = plane_between(stage.view, start, end, height)
    if plane is None:
        return
    board = (plane.along / np.float32(0.22) % 1 < 0.62)[None, :]
    rail = (np.abs(plane.up - 0.25 * height) < 0.06) | (np.abs(plane.up - 0.75 * height) < 0.06)
    _paint_bars(stage, plane, _WOOD[seed % len(_WOOD)], board | rail)


def railing(stage: Stage, start: Place, end: Place, height: float, seed: int) -> None:
    """A metal railing with thin bars."""
    plane = plane_between(stage.view, start, end, height)
    if plane is None:
        return
    bar = (plane.along / np.float32(0.24) % 1 < 0.26)[None, :]
    post = (plane.along / np.float32(2.0) % 1 < 0.06)[None, :]
    rail = (plane.up > height - 0.1) | (np.abs(plane.up - 0.15) < 0.06)
    _paint_bars(stage, plane, _METAL[seed % len(_METAL)], bar | post | rail)


def wire_fence(stage: Stage, start: Place, end: Place, height: float, seed: int) -> None:
    """A fence of wire mesh between posts."""
    plane = plane_between(stage.view, start, end, height)
    if plane is None:
        return
    along = plane.along[None, :] / np.float32(0.3)
    up = plane.up / np.float32(0.3)
    mesh = ((along + up) % 1 < 0.3) | ((along - up) % 1 < 0.3)
    post = (plane.along / np.float32(2.5) % 1 < 0.05)[None, :] | (plane.up > height - 0.08)
    _paint_bars(stage, plane, _METAL[(seed + 1) % len(_METAL)], mesh | post)


def guard_rail(stage: Stage, start: Place, end: Place, height: float, seed: int) -> None:
    """A band of steel on posts."""
    plane = plane_between(stage.view, start, end, 0.75)
    if plane is None:
        return
    band = plane.up > 0.4
    post = (plane.along / np.float32(2.0) % 1 < 0.08)[None, :]
    brightness = np.where(np.abs(plane.up - 0.58) < 0.06, np.float32(0.78), 1.05)
    shown = lit_plane(stage, plane, _flat(plane, (158, 162, 166)), brightness, 0.0)
    seen = plane.inside & (band | post)
    stage.picture.patch(plane.corner, shown, seen, Kind.GUARD_RAIL)


def _paint(stage: Stage, plane: Plane, color: Color, brightness: np.ndarray, kind: Kind) -> None:
    shown = lit_plane(stage, plane, _flat(plane, color), brightness.astype(np.float32), 0.0)
    paint_plane(stage, plane, shown, kind)


def _paint_bars(stage: Stage, plane: Plane, color: Color, bars: np.ndarray) -> None:
    """Paint the bars, and call all of the plane a fence."""
    brightness = np.full(plane.up.shape, 1, dtype=np.float32)
    shown = lit_plane(stage, plane, _flat(plane, color), brightness, 0.0)
    stage.picture.patch(plane.corner, shown, plane.inside & bars, Kind.FENCE)
    stage.picture.claim_patch(plane.corner, plane.inside, Kind.FENCE)


def _flat(plane: Plane, color: Color) -> np.ndarray:
    colors = np.empty((*plane.up.shape, 3), dtype=np.float32)
    colors[:] = color
    return colors
