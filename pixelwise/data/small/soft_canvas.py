"""A picture and who owns each of its pixels, painted together, far things first."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pixelwise.data.small.soft_bodies import Part, Points, Relief, Vector, View, relief
from pixelwise.data.small.soft_noise import clouds

FINER = 2
"""Painting happens on a grid this many times finer than the picture."""

BACKGROUND = 0

Rgb = Vector
"""Red, green and blue from 0 to 255."""


class Canvas:
    """An image, and for each pixel the object that it shows.

    Coordinates are picture pixels: x from 0 (left) to `width`, y from 0 (top) to `height`; the
    middle of the first pixel is at (0.5, 0.5).

    Attributes:
        height, width: of the picture.
        shape: rows and columns of the fine grid.
        fine: the image on the fine grid, (2 * height, 2 * width, 3) float32 from 0 to 255.
        light: (3,) unit vector towards the light: right, up, towards the viewer.
    """

    def __init__(self, size: tuple[int, int], light: Rgb, rng: np.random.Generator) -> None:
        self.height, self.width = size
        self.shape = (self.height * FINER, self.width * FINER)
        self.fine = np.zeros((*self.shape, 3), np.float32)
        self.light = np.asarray(light, np.float32) / np.float32(np.linalg.norm(light))
        self._owner = np.zeros(self.shape, np.uint8)
        self._classes = [BACKGROUND]
        self._painting = 0
        self._grain = rng.standard_normal(self.shape, dtype=np.float32)

    @contextmanager
    def object(self, class_number: int) -> Iterator[None]:
        """What is painted inside the ``with`` block is one object of this class."""
        self._classes.append(class_number)
        self._painting = len(self._classes) - 1
        yield
        self._painting = 0

    def polygon(
        self, points: Points, color: Rgb, lower: Rgb | None = None, grain: float = 0.03
    ) -> None:
        """Fill a polygon.

        Args:
            points: (n, 2), x and y in picture pixels.
            color: of all of it, or of its top where `lower` is given.
            lower: the colour at its bottom.
            grain: how much the brightness varies from pixel to pixel.
        """
        found = self._stencil(points)
        if found is None:
            return
        window, inside = found
        shade = 1 + np.float32(grain) * self._grain[window][inside][:, None]
        colors: np.ndarray = np.asarray(color, np.float32)
        if lower is not None:
            heights = np.asarray(points, float)[:, 1] * FINER
            top, bottom = float(heights.min()), float(heights.max())
            rows = np.nonzero(inside)[0] + window[0].start + 0.5
            mix = ((rows - top) / max(bottom - top, 1e-6)).astype(np.float32)[:, None]
            colors = (1 - mix) * colors + mix * np.asarray(lower, np.float32)
        self.fine[window][inside] = colors * shade
        self._owner[window][inside] = self._painting

    def claim(self, points: Points) -> None:
        """Give the pixels of a polygon to the object being painted; the image stays."""
        found = self._stencil(points)
        if found is not None:
            window, inside = found
            self._owner[window][inside] = self._painting

    def tint(self, points: Points, color: Rgb, strength: float) -> None:
        """Mix a colour into a polygon of the image; whose pixels they are stays."""
        found = self._stencil(points)
        if found is not None:
            window, inside = found
            target = np.asarray(color, np.float32)
            self.fine[window][inside] += np.float32(strength) * (target - self.fine[window][inside])

    def ellipse(
        self,
        center: Vector,
        radii: Vector,
        color: Rgb,
        lower: Rgb | None = None,
        grain: float = 0.03,
    ) -> None:
        """Fill an ellipse with horizontal and vertical axes; see `polygon`."""
        turn = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        outline = np.asarray(center) + np.asarray(radii) * np.stack([np.cos(turn), np.sin(turn)], 1)
        self.polygon(outline, color, lower, grain)

    def line(self, points: Points, width: float | Vector, color: Rgb, grain: float = 0.03) -> None:
        """Draw a bent line, at least about one pixel wide; `width` may differ from end to end."""
        self.polygon(stroke(points, width), color, grain=grain)

    def body(
        self,
        parts: Sequence[Part],
        view: View,
        colors: Callable[[Relief], np.ndarray],
        ragged: Callable[[Relief], tuple[np.ndarray, np.ndarray]] | None = None,
    ) -> Relief | None:
        """Paint a body of ellipsoids under the canvas's light.

        Args:
            parts: the body.
            view: from where it is seen and where it is.
            colors: from the visible surface to its (h, w, 3) colours before lighting.
            ragged: for hair: from the visible surface to two (h, w) fields, in picture pixels:
                from how far right and down the colour of each place is taken.

        Returns:
            What was painted, None where it lies outside of the picture.
        """
        seen = relief(parts, view, self.shape, FINER)
        if seen is None:
            return None
        facing = seen.normal @ self.light
        # Half of the light comes from the bright sky above, the rest from the lamp or sun.
        lit = 0.47 + 0.47 * facing.clip(0) + 0.11 * seen.normal[:, :, 1]
        color, inside = colors(seen) * lit[:, :, None], seen.inside
        if ragged is not None:
            height, width = inside.shape
            right, down = ((FINER * shift).astype(np.int32) for shift in ragged(seen))
            rows = (np.arange(height)[:, None] + down).clip(0, height - 1)
            columns = (np.arange(width) + right).clip(0, width - 1)
            color, inside = color[rows, columns], inside[rows, columns]
        color *= (1 + 0.03 * self._grain[seen.window])[:, :, None]
        self.fine[seen.window][inside] = color[inside]
        self._owner[seen.window][inside] = self._painting
        return seen

    def shadow(self, center: Vector, radii: Vector, strength: float = 0.5) -> None:
        """Darken a soft ellipse; whose pixels they are stays."""
        middle, reach = np.asarray(center, float) * FINER, np.asarray(radii, float) * FINER
        window = self._window(middle - reach, middle + reach)
        if window is None or min(reach) <= 0:
            return
        rows, columns = np.ogrid[window]
        squared = ((columns - middle[0]) / reach[0]) ** 2 + ((rows - middle[1]) / reach[1]) ** 2
        dark = np.float32(strength) * (1 - squared.astype(np.float32)).clip(0, 1)
        self.fine[window] *= (1 - dark)[:, :, None]

    def blur(self, radius: float) -> None:
        """Blur all that has been painted so far, as a lens does with what is far behind.

        Args:
            radius: in picture pixels; 0 only takes away what is finer than those.
        """
        small = Image.fromarray(self.picture().clip(0, 255).astype(np.uint8))
        if radius:
            small = small.filter(ImageFilter.GaussianBlur(radius))
        self.fine[:] = np.asarray(small.resize(self.shape[::-1], Image.Resampling.BILINEAR))

    def noise(self, cell: float | tuple[float, float], rng: np.random.Generator) -> np.ndarray:
        """Clouds on the fine grid; `cell` is in picture pixels, see `clouds`."""
        down, across = cell if isinstance(cell, tuple) else (cell, cell)
        return clouds(self.shape, (down * FINER, across * FINER), rng)

    def picture(self) -> np.ndarray:
        """(height, width, 3) float32 from 0 to 255: the mean of the fine pixels."""
        steps = [(dy, dx) for dy in range(FINER) for dx in range(FINER)]
        total = sum(self.fine[dy::FINER, dx::FINER] for dy, dx in steps)
        return np.asarray(total, np.float32) / len(steps)

    def label(self) -> np.ndarray:
        """(height, width) uint8: the class number of each pixel."""
        return np.array(self._classes, np.uint8)[self.owners()]

    def owners(self) -> np.ndarray:
        """(height, width) uint8: 0, or the number of the object that a pixel shows most of.

        That is the object which most of its fine pixels show; of two that show equally many, the
        one painted later, which is nearer.
        """
        steps = [(dy, dx) for dy in range(FINER) for dx in range(FINER)]
        a, b, c, d = np.sort([self._owner[dy::FINER, dx::FINER] for dy, dx in steps], axis=0)
        return np.where(c == d, d, np.where(b == c, c, np.where(a == b, b, d)))

    def _stencil(self, points: Points) -> tuple[tuple[slice, slice], np.ndarray] | None:
        """The window around a polygon and which of its fine pixels lie inside."""
        corners = (np.asarray(points, float) * FINER).tolist()
        window = self._window(
            (min(x for x, _y in corners), min(y for _x, y in corners)),
            (max(x for x, _y in corners), max(y for _x, y in corners)),
        )
        if window is None:
            return None
        rows, columns = window
        stencil = Image.new("L", (columns.stop - columns.start, rows.stop - rows.start))
        # Pillow's coordinates are the middles of pixels.
        left, top = columns.start + 0.5, rows.start + 0.5
        ImageDraw.Draw(stencil).polygon([(x - left, y - top) for x, y in corners], fill=1)
        return window, np.asarray(stencil).view(bool)

    def _window(self, low: Vector, high: Vector) -> tuple[slice, slice] | None:
        """Rows and columns of the fine grid around a shape, None where it is not in the picture."""
        height, width = self.shape
        left, top = max(math.floor(low[0]), 0), max(math.floor(low[1]), 0)
        right, bottom = min(math.ceil(high[0]) + 1, width), min(math.ceil(high[1]) + 1, height)
        if right <= left or bottom <= top:
            return None
        return slice(top, bottom), slice(left, right)


def stroke(points: Points, width: float | Vector) -> np.ndarray:
    """The outline of a bent line, (2n, 2); at least about one pixel wide.

    Args:
        points: (n, 2), x and y in picture pixels.
        width: in pixels; one for all points, or one for each.
    """
    corners = np.asarray(points, float)
    widths = np.broadcast_to(np.asarray(width, float), len(corners)).clip(1.1)
    along = np.gradient(corners, axis=0)
    length = np.hypot(along[:, 0], along[:, 1]).clip(1e-6)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / length[:, None]
    half = across * widths[:, None] / 2
    return np.concatenate([corners + half, (corners - half)[::-1]])
