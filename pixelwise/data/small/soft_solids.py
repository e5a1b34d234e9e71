"""Things with flat faces and thin bars: furniture and vehicles, in a camera's perspective.

A thing has its own coordinates in metres, like a body (see `soft_bodies`): x is forward, y up, z to
its right hand; its origin is on the ground.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from pixelwise.data.small.soft_bodies import Points, Vector, turned
from pixelwise.data.small.soft_camera import Camera
from pixelwise.data.small.soft_canvas import Canvas, Rgb

# From right, up, near (see `View`) to the camera's right, up, away.
_AWAY = np.diag((1.0, 1.0, -1.0))
# Faces that are lower or narrower than this in the picture, in pixels, show no details.
_NO_DETAILS = 5.0


@dataclass(frozen=True)
class Face:
    """A flat polygon.

    Attributes:
        points: (n, 3), its corners.
        color: of the paint.
        lower: the colour at its lower end, where it differs.
        details: faces that lie upon it, such as windows.
        glossy: how much light it sends back by itself, from 0 (dull) to 1 (a lamp).
        block: the middle of the convex block that it is a side of; such a face is not painted
            when it is turned away from the camera.
    """

    points: np.ndarray
    color: Rgb
    lower: Rgb | None = None
    details: tuple["Face", ...] = ()
    glossy: float = 0.0
    block: np.ndarray | None = None


@dataclass(frozen=True)
class Bar:
    """A thin round bar along a bent line.

    Attributes:
        points: (n, 3), the corners of the line.
        width: in metres.
        color: of the paint.
    """

    points: np.ndarray
    width: float
    color: Rgb


Solid = Sequence[Face | Bar]


@dataclass(frozen=True)
class Spot:
    """Where a thing stands: x and z in the world, its turn (see `View`), and its height."""

    x: float
    z: float
    turn: float = 0.0
    y: float = 0.0

    def world(self, points: np.ndarray) -> np.ndarray:
        """(n, 3) points of the thing in the world's coordinates."""
        return points @ self._rotation + np.array((self.x, self.y, self.z))

    @cached_property
    def _rotation(self) -> np.ndarray:
        return (_AWAY @ turned(yaw=self.turn)).T


def face(
    points: Points,
    color: Rgb,
    lower: Rgb | None = None,
    details: tuple[Face, ...] = (),
    glossy: float = 0.0,
    block: np.ndarray | None = None,
) -> Face:
    """A `Face` from a list of its corners."""
    return Face(np.array(points, float), color, lower, details, glossy, block)


def rectangle(
    corner: Vector,
    opposite: Vector,
    color: Rgb,
    lower: Rgb | None = None,
    details: tuple[Face, ...] = (),
    glossy: float = 0.0,
    block: np.ndarray | None = None,
) -> Face:
    """A `Face` with sides along the axes, between opposite corners that share a coordinate."""
    (a, b, c), (d, e, f) = corner, opposite
    if b == e:
        points = [(a, b, c), (d, b, c), (d, b, f), (a, b, f)]
    else:
        points = [(a, b, c), (d, b, f), (d, e, f), (a, e, c)]
    return face(points, color, lower, details, glossy, block)


def bar(points: Points, width: float, color: Rgb) -> Bar:
    """A `Bar` from a list of its corners."""
    return Bar(np.array(points, float), width, color)


def box(low: Vector, high: Vector, color: Rgb, lower: Rgb | None = None) -> Solid:
    """A box between two opposite corners, without a bottom.

    Args:
        low: the corner with the smaller coordinates.
        high: the corner with the greater ones.
        color: of the paint.
        lower: the colour at the bottom of its sides, where it differs.
    """
    (a, b, c), (d, e, f) = low, high
    middle = (np.asarray(low, float) + np.asarray(high, float)) / 2
    return [
        rectangle((a, b, c), (d, e, c), color, lower, block=middle),
        rectangle((a, b, f), (d, e, f), color, lower, block=middle),
        rectangle((a, b, c), (a, e, f), color, lower, block=middle),
        rectangle((d, b, c), (d, e, f), color, lower, block=middle),
        rectangle((a, e, c), (d, e, f), color, block=middle),
    ]


def extruded(
    profile: Points,
    half: float | Vector,
    colors: Sequence[Rgb],
    side: Rgb,
    lower: Rgb | None = None,
) -> list[Face]:
    """A convex block with a given outline in side view.

    Args:
        profile: (n, 2) x and y, the outline seen from the right.
        half: half its width; one for all corners of the outline or one for each.
        colors: one for each edge of the outline, from a corner to the next one.
        side: the colour of both sides.
        lower: the colour at the bottom of both sides, where it differs.

    Returns:
        The right side, the left side, then a face for each edge.
    """
    flat = np.asarray(profile, float)
    wide = np.broadcast_to(np.asarray(half, float), len(flat))[:, None]
    right, left = np.hstack([flat, wide]), np.hstack([flat, -wide])
    middle = np.append(flat.mean(axis=0), 0)
    sides = [Face(points, side, lower, block=middle) for points in (right, left)]
    for index, color in enumerate(colors):
        after = (index + 1) % len(flat)
        corners = np.stack([right[index], right[after], left[after], left[index]])
        sides.append(Face(corners, color, block=middle))
    return sides


def lathe(
    rings: Sequence[tuple[float, float]], colors: Sequence[Rgb], sides: int = 10
) -> list[Face]:
    """A round thing, as turned on a lathe: a bottle, a pot.

    Args:
        rings: radius and height of each ring, from the bottom up.
        colors: of the bands between them, one fewer than the rings.
        sides: into how many flat faces a band is divided.
    """
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    circle = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1)
    faces = []
    for (low, high), color in zip(itertools.pairwise(rings), colors, strict=True):
        bottom, top = (radius * circle + (0, y, 0) for radius, y in (low, high))
        middle = np.array((0, (low[1] + high[1]) / 2, 0))
        for side in range(sides):
            corners = (bottom[side], bottom[side + 1], top[side + 1], top[side])
            faces.append(Face(np.stack(corners), color, block=middle))
    return faces


def with_details(piece: Face, details: Iterable[Face]) -> Face:
    """The face with more upon it."""
    return replace(piece, details=(*piece.details, *details))


def disc(center: Vector, radius: float, color: Rgb, details: Sequence[Face] = ()) -> Face:
    """A round face that faces sideways, such as a wheel."""
    turn = np.linspace(0, 2 * np.pi, 18, endpoint=False)
    x, y, z = center
    points = np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn), z + 0 * turn], axis=1)
    return Face(points, color, details=tuple(details))


def tyre(x: float, z: float, radius: float) -> Face:
    """The outer side of a car's wheel."""
    hub = disc((x, radius, z), 0.58 * radius, (176, 178, 182))
    return disc((x, radius, z), radius, (34, 34, 36), [hub])


def wheel(x: float, z: float, radius: float, wide: float) -> Solid:
    """A car's wheel; `z` is its outer side, `wide` how far it reaches inwards."""
    inner = z - np.sign(z) * wide
    return [
        disc((x, radius, inner), radius, (20, 20, 22)),
        disc((x, radius, (z + inner) / 2), radius, (24, 24, 26)),
        tyre(x, z, radius),
    ]


def paint(canvas: Canvas, camera: Camera, solid: Solid, spot: Spot) -> None:
    """Paint a thing where it stands, its far faces first."""
    eye = np.array((0, camera.height, 0))
    placed = [(spot.world(piece.points), piece) for piece in solid]
    distances = [float(np.linalg.norm(points.mean(axis=0) - eye)) for points, _piece in placed]
    for index in np.argsort(distances)[::-1]:
        points, piece = placed[index]
        if isinstance(piece, Bar):
            width = piece.width * camera.scale(float(points[:, 2].mean()))
            canvas.line(camera.project(points), width, piece.color)
        elif not _turned_away(piece, points, spot, eye):
            _paint_face(canvas, camera, piece, spot)


def _turned_away(piece: Face, points: np.ndarray, spot: Spot, eye: np.ndarray) -> bool:
    if piece.block is None:
        return False
    middle, normal = points.mean(axis=0), _normal(points)
    outward = middle - spot.world(piece.block)
    return float(normal @ outward) * float(normal @ (eye - middle)) < 0


def _paint_face(canvas: Canvas, camera: Camera, piece: Face, spot: Spot) -> None:
    points = spot.world(piece.points)
    light = _brightness(canvas, camera, points)
    light += piece.glossy * (1 - light)
    color = np.asarray(piece.color, float) * light
    lower = None if piece.lower is None else np.asarray(piece.lower, float) * light
    outline = camera.project(points)
    canvas.polygon(outline, color, lower)
    if np.ptp(outline, axis=0).min() > _NO_DETAILS:
        for detail in piece.details:
            _paint_face(canvas, camera, detail, spot)


def _normal(points: np.ndarray) -> np.ndarray:
    """(3,): a vector at right angles to a face."""
    (a, b, c), (d, e, f) = points[1] - points[0], points[2] - points[1]
    return np.array((b * f - c * e, c * d - a * f, a * e - b * d))


def _brightness(canvas: Canvas, camera: Camera, points: np.ndarray) -> float:
    """How much light falls on the side of a face that is seen."""
    normal = _normal(points)
    normal /= max(float(np.sqrt(normal @ normal)), 1e-9)
    if normal @ (np.array((0, camera.height, 0)) - points[0]) < 0:
        normal = -normal
    right, up, away = (float(axis) for axis in normal)
    to_right, to_up, near = (float(axis) for axis in canvas.light)
    facing = right * to_right + up * to_up - away * near
    return 0.56 + 0.44 * max(facing, 0.0) + 0.08 * up
