"""Upright planes, such as facades: which part of the picture they fill, and with what place."""

from dataclasses import dataclass

import numpy as np

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Vector
from pixelwise.data.small.road_noise import TILE, cloudy
from pixelwise.data.small.road_stage import Place, Stage
from pixelwise.data.small.road_view import NEAREST, View


@dataclass(frozen=True)
class Plane:
    """The part of a picture in which an upright plane above a line on the ground is seen.

    Attributes:
        corner: column and row of the upper left pixel of this part.
        along: (W,) the distance from the first end of the line, in metres.
        up: (H, W) the height above the ground, in metres.
        inside: (H, W) bool, where the plane is.
        z: (W,) the distance from the camera.
        length: of the line.
        facing: the direction in which the plane looks: the side that we see.
    """

    corner: tuple[int, int]
    along: np.ndarray
    up: np.ndarray
    inside: np.ndarray
    z: np.ndarray
    length: float
    facing: Vector


def plane_between(view: View, start: Place, end: Place, height: float) -> Plane | None:
    """The plane of some height above the straight line between two places.

    Returns:
        None where nothing of it is in the picture.
    """
    (x1, z1), (x2, z2) = ((view.across(*place), place[1]) for place in (start, end))
    columns = _columns(view, (x1, z1), (x2, z2))
    if columns is None:
        return None
    left, right = columns
    # The ray of a column meets the plane at the share t of the line: x1 + t dx = slope * z(t).
    slopes = (np.arange(left, right) + 0.5 - view.width / 2) / view.focal
    dx, dz = x2 - x1, z2 - z1
    across = dx - slopes * dz
    t = ((slopes * z1 - x1) / np.where(np.abs(across) < 1e-9, 1e-9, across)).clip(0, 1)
    z = np.maximum(z1 + t * dz, NEAREST).astype(np.float32)
    t = t.astype(np.float32)
    foot = (1 - t) * view.rise(z1) + t * view.rise(z2)
    ground = view.horizon + view.focal * (view.eye - foot) / z
    top = int(max(0, np.floor((ground - view.focal * height / z).min())))
    bottom = int(min(view.height, np.ceil(ground.max()) + 1))
    if bottom <= top:
        return None
    rows = np.arange(top, bottom, dtype=np.float32) + np.float32(0.5)
    up = (ground[None, :] - rows[:, None]) * (z / np.float32(view.focal))[None, :]
    length = float(np.hypot(dx, dz))
    return Plane(
        corner=(left, top),
        along=t * np.float32(length),
        up=up,
        inside=(up >= 0) & (up <= height),
        z=z,
        length=length,
        facing=_towards_camera((x1, z1), (dx, dz), length),
    )


def _columns(view: View, start: Place, end: Place) -> tuple[int, int] | None:
    """The columns between the ends of a line, as far as it is in front of the camera.

    Here a place is (metres to the right of the camera's axis, distance).
    """
    if start[1] > end[1]:
        start, end = end, start
    if end[1] <= NEAREST:
        return None
    if start[1] < NEAREST:
        share = (NEAREST - start[1]) / (end[1] - start[1])
        start = (start[0] + share * (end[0] - start[0]), NEAREST)
    left, right = sorted(view.width / 2 + view.focal * x / z for x, z in (start, end))
    first, last = max(0, round(left)), min(view.width, round(right))
    return (first, last) if last > first else None


def _towards_camera(start: Place, line: Place, length: float) -> Vector:
    """The normal of a plane, on the side of the camera at (0, 0)."""
    normal = (line[1] / length, -line[0] / length)
    if start[0] * normal[0] + start[1] * normal[1] > 0:
        normal = (-normal[0], -normal[1])
    return normal[0], 0.0, normal[1]


def lit_plane(
    stage: Stage, plane: Plane, colors: np.ndarray, brightness: np.ndarray, shaded_below: float
) -> np.ndarray:
    """Colours of a plane under the light and haze of the scene.

    Args:
        stage: the scene.
        plane: the plane.
        colors: (H, W, 3) float32.
        brightness: (H, W) float32, multiplies the colours.
        shaded_below: up to which height something opposite keeps the sun away, in metres.

    Returns:
        (H, W, 3) uint8.
    """
    light = stage.light
    in_sun, in_shade = (light.on(plane.facing, lit) for lit in (True, False))
    # Near the ground less light arrives. Between sun and shade there is a soft edge.
    bright = brightness * (0.84 + 0.16 * (plane.up * np.float32(0.7)).clip(0, 1))
    lost = (1 - np.exp(-light.haze * plane.z)).astype(np.float32)[None, :]
    if shaded_below > 0 and in_sun != in_shade:
        sunny = ((plane.up - np.float32(shaded_below)) * 3).clip(0, 1)
    else:
        sunny = np.ones((1, 1), dtype=np.float32)
    shown = np.empty(colors.shape, dtype=np.uint8)
    for channel in range(3):
        shade, sun = np.float32(in_shade[channel]), np.float32(in_sun[channel])
        color = colors[..., channel] * (bright * (shade + (sun - shade) * sunny))
        color += lost * (light.sky_low[channel] - color)
        shown[..., channel] = color.clip(0, 255)
    return shown


def weathered(plane: Plane, amount: float, seed: int) -> np.ndarray:
    """The uneven brightness of an old wall, (H, W) float32 around 1."""
    columns = (plane.along * np.float32(6)).astype(np.int32) + 97 * seed & (TILE - 1)
    rows = (plane.up * np.float32(5)).astype(np.int32) + 61 * seed & (TILE - 1)
    noise: np.ndarray = 1 + np.float32(amount) * cloudy()[rows, columns[None, :]]
    return noise


def paint_plane(stage: Stage, plane: Plane, colors: np.ndarray, kind: Kind) -> None:
    """Paste the colours of a plane, (H, W, 3) uint8."""
    stage.picture.patch(plane.corner, colors, plane.inside, kind)
