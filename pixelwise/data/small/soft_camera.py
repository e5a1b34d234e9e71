"""A camera on level ground: where a point of the world is in the picture, and the other way."""

from dataclasses import dataclass

import numpy as np

from pixelwise.data.small.soft_bodies import Points, View
from pixelwise.data.small.soft_canvas import FINER, Canvas


@dataclass(frozen=True)
class Camera:
    """A camera that looks straight ahead.

    The world's coordinates: x to the right, y up from the ground, z away from the camera, in
    metres (or in any other unit, the same for all).

    Attributes:
        middle: column of the picture, in pixels, that z points at.
        horizon: row of the picture, in pixels, where the ground ends.
        focal: the focal length: how many pixels a thing of one metre takes one metre away.
        height: of the camera above the ground.
    """

    middle: float
    horizon: float
    focal: float
    height: float

    def project(self, points: Points) -> np.ndarray:
        """(n, 3) points of the world as (n, 2) places in the picture, x and y in pixels."""
        x, y, z = np.asarray(points, float).T
        depth = np.maximum(z, 0.05)
        return np.stack(
            [
                self.middle + self.focal * x / depth,
                self.horizon + self.focal * (self.height - y) / depth,
            ],
            axis=1,
        )

    def scale(self, z: float) -> float:
        """Pixels per metre at a distance."""
        return self.focal / z

    def distance(self, row: float) -> float:
        """How far away the ground is that is seen in a row of the picture, below the horizon."""
        return self.focal * self.height / max(row - self.horizon, 1e-3)

    def view(
        self,
        x: float,
        z: float,
        turn: float,
        size: float = 1.0,
        y: float = 0.0,
        middle: float = 0.5,
    ) -> View:
        """How a body at a place of the world is seen.

        Args:
            x: of its origin.
            z: of its origin.
            turn: see `View`.
            size: metres per unit of the body.
            y: height of its origin above the ground.
            middle: height of its middle above its origin, in units of the body.
        """
        place = self.project([(x, y, z)])[0]
        tilt = float(np.arctan2(self.height - y - middle * size, z))
        return View((place[0], place[1]), self.scale(z) * size, turn, tilt)

    def ground(self, canvas: Canvas) -> tuple[slice, np.ndarray, np.ndarray]:
        """The part of the fine grid where the ground is seen, and what of it.

        Returns:
            The rows of the fine grid, and (h, w) float32 x and z of each of their pixels.
        """
        first = int(np.clip(np.ceil(self.horizon * FINER + 0.5), 0, canvas.shape[0]))
        rows = np.arange(first, canvas.shape[0], dtype=np.float32)[:, None] + 0.5
        columns = np.arange(canvas.shape[1], dtype=np.float32)[None] + 0.5
        z = self.focal * self.height / np.maximum(rows / FINER - self.horizon, 0.25)
        x = (columns / FINER - self.middle) / self.focal * z
        return slice(first, None), x, np.broadcast_to(z, x.shape)
