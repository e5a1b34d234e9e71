"""The pinhole camera above a road that bends and rises: where a place is in the picture."""

from dataclasses import dataclass

import numpy as np

Point = tuple[float, float]

# Nothing is seen that is nearer to the camera than this, in metres.
NEAREST = 1.0
_FARTHEST = 190.0


@dataclass(frozen=True)
class View:
    """A camera that looks along a road.

    A place has an offset `u` from the centre line of the road (to the right), a height `y` above
    the ground and a distance `z` along the camera's axis, all in metres. Rows and columns are
    those of the fine grid that a `Picture` paints on.

    Attributes:
        height: rows of the picture.
        width: columns of the picture.
        focal: the focal length in pixels.
        horizon: the row of what is as high as the camera where the ground is level.
        eye: how high the camera is above the ground.
        lateral: the camera's own offset from the centre line.
        heading: the slope of the centre line against the camera's axis.
        bend: the curvature of the road in 1/m, positive to the right.
        slope: the change of the gradient in 1/m: positive in a dip, negative on a hilltop.
    """

    height: int
    width: int
    focal: float
    horizon: float
    eye: float
    lateral: float
    heading: float
    bend: float
    slope: float

    @property
    def farthest(self) -> float:
        """How far away the last ground is that can be seen: a hilltop hides what follows."""
        if self.slope < 0:
            return min(float(np.sqrt(-2 * self.eye / self.slope)), _FARTHEST)
        return _FARTHEST

    @property
    def first_row(self) -> int:
        """The row of the farthest ground."""
        row = np.ceil(self.project(0, 0, self.farthest)[1])
        return int(np.clip(row, 1, self.height - 1))

    def across(self, u: float, z: float) -> float:
        """How far to the right of the camera's axis a place is, in metres."""
        return u - self.lateral + self.heading * z + self.bend * z * z / 2

    def rise(self, z: float) -> float:
        """How high the ground is there, seen from the ground below the camera, in metres."""
        return self.slope * z * z / 2

    def project(self, u: float, y: float, z: float) -> Point:
        """Column and row of a place."""
        if z < NEAREST:
            z = NEAREST
        scale = self.focal / z
        half = z * z / 2
        across = u - self.lateral + self.heading * z + self.bend * half
        down = self.eye - self.slope * half - y
        return self.width / 2 + scale * across, self.horizon + scale * down

    def scale(self, z: float) -> float:
        """Pixels to a metre at a distance."""
        return self.focal / max(z, NEAREST)

    def depths(self, rows: np.ndarray) -> np.ndarray:
        """The distances of the ground in these rows, (R,) float32, at most `farthest`.

        The ground at distance z is q = eye / z - slope * z / 2 below the horizon, in units of the
        focal length. Solved for z, in the form that also holds for a level road.
        """
        q = (rows + 0.5 - self.horizon) / self.focal
        root = np.sqrt(np.maximum(q * q + 2 * self.slope * self.eye, 0))
        below = np.maximum(q + root, 2 * self.eye / self.farthest)
        return np.maximum(2 * self.eye / below, NEAREST).astype(np.float32)

    def offsets(self, depths: np.ndarray) -> np.ndarray:
        """The offset from the centre line of every pixel of these rows, (R, W) float32."""
        slopes = ((np.arange(self.width) + 0.5 - self.width / 2) / self.focal).astype(np.float32)
        centre = -self.lateral + self.heading * depths + self.bend * depths * depths / 2
        return slopes[None, :] * depths[:, None] - centre[:, None].astype(np.float32)
