"""Round bodies: animals and people put together from ellipsoids, seen from any side.

A body has its own coordinates: x is forward, y up, z to its right hand, so that it looks to the
right in the picture when it is seen from its right side.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

Vector = Sequence[float] | np.ndarray
"""A few numbers: a point, a direction, lengths."""

Points = Sequence[Vector] | np.ndarray
"""A row of points."""

_FAR = -1e3
"""Where nothing is: behind everything."""

_CREASE = 0.025
"""Over which depth, in units of the body, parts flow into one another."""


@dataclass(frozen=True)
class Part:
    """An ellipsoid.

    Attributes:
        center: (3,) in the body's coordinates.
        axes: (3, 3), the columns are the half axes as vectors.
        kind: what it is part of, a number that the colours go by.
    """

    center: np.ndarray
    axes: np.ndarray
    kind: int


@dataclass(frozen=True)
class View:
    """From where a body is seen, and where in the picture it is.

    Attributes:
        origin: (x, y) in picture pixels, where the body's origin is.
        scale: pixels per unit of the body.
        turn: by how much the body is turned towards the viewer, in radians: 0 looks to the right,
            pi / 2 at the viewer, pi to the left.
        tilt: from how far above it is seen, in radians.
        roll: by how much the picture of it is turned, in radians, left side down.
    """

    origin: tuple[float, float]
    scale: float
    turn: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0

    @cached_property
    def rotation(self) -> np.ndarray:
        """(3, 3): from the body's coordinates to the picture's: right, up, towards the viewer."""
        return _about(2, self.roll) @ _about(0, self.tilt) @ _about(1, -self.turn)

    def place(self, point: Vector) -> np.ndarray:
        """(2,): where in the picture a point of the body is."""
        right, up, _near = self.rotation @ np.asarray(point, float)
        return np.array((self.origin[0] + self.scale * right, self.origin[1] - self.scale * up))


@dataclass(frozen=True)
class Relief:
    """The visible surface of a body in a window of the fine grid.

    Attributes:
        window: rows and columns.
        inside: (h, w) bool, where there is body.
        kind: (h, w) uint8, the `Part.kind` that is seen.
        place: (h, w, 3) float32, the point that is seen, in the body's coordinates.
        normal: (h, w, 3) float32, the direction that the surface faces: right, up, near.
        scale: fine pixels per unit of the body.
    """

    window: tuple[slice, slice]
    inside: np.ndarray
    kind: np.ndarray
    place: np.ndarray
    normal: np.ndarray
    scale: float


def _about(axis: int, angle: float) -> np.ndarray:
    """(3, 3): the rotation about one axis, counterclockwise seen from its tip."""
    first, second = ((1, 2), (2, 0), (0, 1))[axis]
    rotation = np.eye(3)
    rotation[first, first] = rotation[second, second] = np.cos(angle)
    rotation[second, first], rotation[first, second] = np.sin(angle), -np.sin(angle)
    return rotation


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> np.ndarray:
    """(3, 3): a turn of a part of the body: yaw to its right, pitch up, roll to its right side."""
    return _about(1, -yaw) @ _about(2, pitch) @ _about(0, roll)


def ball(center: Vector, radius: float, kind: int) -> Part:
    """A sphere."""
    return Part(np.asarray(center, float), np.eye(3) * radius, kind)


def egg(center: Vector, radii: Vector, kind: int, rotation: np.ndarray | None = None) -> Part:
    """An ellipsoid with half axes along x, y and z, then turned by `rotation`."""
    axes = np.diag(np.asarray(radii, float))
    return Part(np.asarray(center, float), axes if rotation is None else rotation @ axes, kind)


def limb(points: Points, radii: Vector, kind: int, flat: Vector = (1, 1, 1)) -> list[Part]:
    """A row of overlapping balls along a bent line: a leg, a neck, a tail.

    Args:
        points: the corners of the line.
        radii: the thickness at each corner.
        kind: see `Part`.
        flat: factors that make the balls narrower along x, y and z.
    """
    parts = []
    corners = np.asarray(points, float)
    last = len(corners) - 2
    for start, (here, there) in enumerate(itertools.pairwise(corners)):
        first, second = radii[start], radii[start + 1]
        length = float(np.linalg.norm(there - here))
        direction = (there - here) / max(length, 1e-9)
        # Longer along the line, so that few of them make it smooth.
        longer = (np.eye(3) + 0.6 * np.outer(direction, direction)) * np.asarray(flat, float)
        spacing = 0.7 * min(first, second) + 0.2 * max(first, second)
        steps = min(max(math.ceil(length / spacing), 1), 7)
        for step in range(steps + 1 if start == last else steps):
            t = step / steps
            radius = (1 - t) * first + t * second
            parts.append(Part(here + t * (there - here), radius * longer, kind))
    return parts


def moved(
    parts: Sequence[Part], offset: Vector, rotation: np.ndarray | None = None, scale: float = 1.0
) -> list[Part]:
    """The parts scaled, turned about the origin, then shifted."""
    turn = (np.eye(3) if rotation is None else rotation) * scale
    shift = np.asarray(offset, float)
    return [
        replace(part, center=turn @ part.center + shift, axes=turn @ part.axes) for part in parts
    ]


def mirrored(parts: Sequence[Part]) -> list[Part]:
    """The same parts on the other side of the body."""
    flip = np.diag((1.0, 1.0, -1.0))
    return [replace(part, center=flip @ part.center, axes=flip @ part.axes) for part in parts]


def extent(parts: Sequence[Part], view: View) -> np.ndarray:
    """(2, 2): left and top, right and bottom of the parts in the picture, in pixels."""
    rotation = view.rotation
    centers = np.stack([part.center for part in parts]) @ rotation.T
    axes = rotation @ np.stack([part.axes for part in parts])
    reach = np.sqrt((axes**2).sum(axis=2))[:, :2]
    middles = np.array(view.origin) + view.scale * centers[:, :2] * (1, -1)
    lows, highs = middles - view.scale * reach, middles + view.scale * reach
    return np.stack([lows.min(axis=0), highs.max(axis=0)])


def relief(parts: Sequence[Part], view: View, shape: tuple[int, int], finer: int) -> Relief | None:
    """What is seen of a body.

    Args:
        parts: the body.
        view: from where, and where in the picture.
        shape: (H, W) of the fine grid.
        finer: fine pixels per picture pixel.

    Returns:
        None where nothing of the body is in the picture.
    """
    rotation = view.rotation
    scale = view.scale * finer
    centers = np.stack([part.center for part in parts]) @ rotation.T
    axes = rotation @ np.stack([part.axes for part in parts])
    lows, highs = _boxes(centers, axes, view, finer, shape)
    seen = np.flatnonzero((lows < highs).all(axis=1))
    if not len(seen):
        return None
    first, last = lows[seen].min(axis=0), highs[seen].max(axis=0)
    window = (slice(first[0], last[0]), slice(first[1], last[1]))
    # Right and up of the window's columns and rows, in units of the body.
    columns = np.arange(first[1], last[1], dtype=np.float32) + np.float32(0.5)
    rows = np.arange(first[0], last[0], dtype=np.float32) + np.float32(0.5)
    right = (columns - np.float32(finer * view.origin[0])) / np.float32(scale)
    up = (np.float32(finer * view.origin[1]) - rows) / np.float32(scale)
    depth = np.full((len(rows), len(columns)), _FAR, np.float32)
    kind = np.zeros(depth.shape, np.uint8)
    # The points p of an ellipsoid fulfil (p - center)ᵀ form (p - center) = 1.
    forms = np.linalg.inv(axes @ axes.transpose(0, 2, 1) + 1e-9 * np.eye(3)).tolist()
    thinnest = np.linalg.norm(axes, axis=1).min(axis=1).tolist()
    for index in seen.tolist():
        (top, left), (bottom, end) = lows[index] - first, highs[index] - first
        x, y, z = centers[index].tolist()
        inside, front = _front(right[left:end] - x, up[top:bottom] - y, forms[index])
        front += z
        # Parts flow into one another, the smaller ones less.
        crease = min(_CREASE, 0.45 * thinnest[index])
        here = (slice(top, bottom), slice(left, end))
        nearer = _join(depth[here], front, inside, crease)
        kind[here][nearer] = parts[index].kind
    inside = depth > _FAR / 2
    if not inside.any():
        return None
    flat = np.broadcast_arrays(right[None], up[:, None], np.where(inside, depth, 0))
    place = np.stack(flat, axis=2) @ rotation.astype(np.float32)
    return Relief(window, inside, kind, place, _normals(depth, inside, scale), scale)


def _boxes(
    centers: np.ndarray, axes: np.ndarray, view: View, finer: int, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) first and (n, 2) last row and column of each ellipsoid on the fine grid."""
    scale = view.scale * finer
    reach = np.sqrt((axes**2).sum(axis=2))[:, (1, 0)]
    columns = view.origin[0] * finer + scale * centers[:, 0]
    rows = view.origin[1] * finer - scale * centers[:, 1]
    middles = np.stack([rows, columns], axis=1)
    around = scale * reach + finer
    lows = np.floor(middles - around).astype(int)
    highs = np.ceil(middles + around).astype(int) + 1
    return lows.clip(0, shape), highs.clip(0, shape)


def _front(x: np.ndarray, y: np.ndarray, form: list[list[float]]) -> tuple[np.ndarray, np.ndarray]:
    """Where an ellipsoid about the origin is seen, and how near its surface is there.

    With x and y given, the surface's equation (see `relief`) is quadratic in z:
    z² + 2 h z + r = 0, where h is linear and r quadratic in x and y. Its nearer solution is
    sqrt(h² - r) - h.

    Args:
        x: (w,), to the right of the origin.
        y: (h,), above it.
        form: the 3 by 3 matrix of the ellipsoid.
    """
    (a, b, c), (_b, d, e), (_c, _e, f) = form
    across, down = c / f, e / f
    square = (across * across - a / f) * x * x + 1 / f
    root = ((down * down - d / f) * y * y)[:, None] + square
    root += ((2 * (across * down - b / f)) * y)[:, None] * x
    inside = root > 0
    front = np.sqrt(np.maximum(root, 0, out=root), out=root)
    front -= (down * y)[:, None] + across * x
    return inside, front


def _join(depth: np.ndarray, front: np.ndarray, inside: np.ndarray, crease: float) -> np.ndarray:
    """Raise `depth` to the nearer of two surfaces, rounded where they meet.

    This is the smooth maximum of I. Quilez, https://iquilezles.org/articles/smin/

    Returns:
        (h, w) bool: where the new surface is the nearer one.
    """
    ahead = front - depth
    weight = ahead / (2 * crease)
    weight += 0.5
    np.minimum(np.maximum(weight, 0, out=weight), 1, out=weight)
    depth += inside * weight * (ahead + crease * (1 - weight))
    return inside & (ahead > 0)


def _normals(depth: np.ndarray, inside: np.ndarray, scale: float) -> np.ndarray:
    """(h, w, 3) float32 unit vectors, from the slope of the depth."""
    # Outside, the surface goes on as deep as the body's far end, so that edges fall off steeply.
    floor = depth[inside].min() - np.float32(0.02)
    filled = np.where(inside, depth, floor)
    down, right = np.gradient(filled)
    slope = np.stack([-right * scale, down * scale, np.ones_like(filled)], axis=2)
    return slope / np.sqrt((slope**2).sum(axis=2, keepdims=True))
