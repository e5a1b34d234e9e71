"""A picture and its segmentation, painted together, far things first."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw

Point = tuple[float, float]
Color = tuple[float, float, float]

# Painting happens on a grid this many times finer than the result, which smooths the edges of the
# image; the label takes one of the fine pixels, so it never holds a mixture.
_FINER = 2


class Canvas:
    """An image, a label and an instance map that every stroke changes together.

    Coordinates are in units of the height: y from 0 (top) to 1, x from 0 to `aspect`.

    Attributes:
        aspect: width divided by height.
    """

    def __init__(self, size: tuple[int, int], rng: np.random.Generator) -> None:
        height, width = size
        self.aspect = width / height
        self._scale = height * _FINER
        shape = (height * _FINER, width * _FINER)
        self._image = np.zeros((*shape, 3), dtype=np.float32)
        self._label = np.zeros(shape, dtype=np.uint8)
        self._instances = np.zeros(shape, dtype=np.uint8)
        self._grain = rng.standard_normal(shape, dtype=np.float32)
        self._objects = 0

    def new_object(self) -> int:
        """The number of one more instance."""
        self._objects += 1
        return self._objects

    def polygon(
        self,
        points: Sequence[Point],
        color: Color,
        label: int,
        *,
        instance: int = 0,
        grain: float = 0.04,
    ) -> None:
        """Fill a polygon. `grain` is how much its brightness varies from pixel to pixel."""
        self._fill("polygon", points, color, label, instance, grain)

    def ellipse(
        self,
        center: Point,
        radii: Point,
        color: Color,
        label: int,
        *,
        instance: int = 0,
        grain: float = 0.04,
    ) -> None:
        """Fill an ellipse with horizontal and vertical axes."""
        self._fill("ellipse", _corners(center, radii), color, label, instance, grain)

    def box(
        self,
        corner: Point,
        opposite: Point,
        color: Color,
        label: int,
        *,
        instance: int = 0,
        grain: float = 0.04,
    ) -> None:
        """Fill an upright rectangle, at least about one pixel of the result wide."""
        (left, top), (right, bottom) = corner, opposite
        thin = max(0.0, _FINER / self._scale - (right - left)) / 2
        points = [
            (left - thin, top),
            (right + thin, top),
            (right + thin, bottom),
            (left - thin, bottom),
        ]
        self.polygon(points, color, label, instance=instance, grain=grain)

    def gradient(self, top: Color, bottom: Color, until: float, label: int) -> None:
        """Fill everything above y = `until`, from one colour to the other."""
        rows = round(until * self._scale)
        mix = np.linspace(0, 1, rows, dtype=np.float32)[:, None, None]
        blend = (1 - mix) * np.array(top, np.float32) + mix * np.array(bottom, np.float32)
        self._image[:rows] = blend
        self._label[:rows] = label

    def tint(self, center: Point, radii: Point, factor: float) -> None:
        """Make an ellipse darker or lighter; the segmentation stays. For shadows."""
        window, inside = self._stencil("ellipse", _corners(center, radii))
        self._image[window][inside] *= factor

    def finished(self, light: Color, noise: float, rng: np.random.Generator) -> np.ndarray:
        """The image under coloured light and with sensor noise, (H, W, 3) uint8."""
        height, width = (length // _FINER for length in self._label.shape)
        fine = self._image.reshape(height, _FINER, width, _FINER, 3)
        image = fine.mean(axis=(1, 3)) * np.array(light, np.float32)
        image += noise * rng.standard_normal(image.shape, dtype=np.float32)
        return image.clip(0, 255).astype(np.uint8)

    def label(self) -> np.ndarray:
        """The label, (H, W) uint8."""
        return self._label[::_FINER, ::_FINER].copy()

    def instances(self) -> np.ndarray:
        """The objects that can be seen, numbered 1 ... n without gaps, (H, W) uint8."""
        seen, numbers = np.unique(self._instances[::_FINER, ::_FINER], return_inverse=True)
        offset = 0 if seen[0] == 0 else 1
        return (numbers + offset).reshape(self.label().shape).astype(np.uint8)

    def _fill(
        self,
        shape: Literal["polygon", "ellipse"],
        points: Sequence[Point],
        color: Color,
        label: int,
        instance: int,
        grain: float,
    ) -> None:
        window, inside = self._stencil(shape, points)
        brightness = 1 + grain * self._grain[window][inside]
        self._image[window][inside] = brightness[:, None] * np.array(color, np.float32)
        self._label[window][inside] = label
        self._instances[window][inside] = instance

    def _stencil(
        self, shape: Literal["polygon", "ellipse"], points: Sequence[Point]
    ) -> tuple[tuple[slice, slice], np.ndarray]:
        """The window around a shape and which of its pixels lie inside."""
        fine = np.array(points) * self._scale
        height, width = self._label.shape
        left, top = np.maximum(np.floor(fine.min(axis=0)).astype(int), 0)
        right, bottom = np.ceil(fine.max(axis=0)).astype(int) + 1
        right, bottom = min(right, width), min(bottom, height)
        if right <= left or bottom <= top:
            return (slice(0, 0), slice(0, 0)), np.zeros((0, 0), dtype=bool)
        stencil = Image.new("1", (right - left, bottom - top))
        draw = getattr(ImageDraw.Draw(stencil), shape)
        draw([(float(x), float(y)) for x, y in fine - (left, top)], fill=1)
        return (slice(top, bottom), slice(left, right)), np.asarray(stencil)


def _corners(center: Point, radii: Point) -> list[Point]:
    (x, y), (a, b) = center, radii
    return [(x - a, y - b), (x + a, y + b)]


def rgb(color: np.ndarray) -> Color:
    """Three computed numbers as a colour."""
    red, green, blue = (float(value) for value in color)
    return red, green, blue
