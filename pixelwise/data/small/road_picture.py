"""A picture and the kinds of its pixels, painted together, far things first."""

import itertools
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Ink, Light
from pixelwise.data.small.road_noise import grain_of_size
from pixelwise.data.small.road_view import Point

# Painting happens on a grid this many times finer than the result, which smooths the edges of the
# image; the kind is that of one of the fine pixels, so it never is a mixture.
FINER = 2

# The blur of a lens: each pixel takes a little from its neighbours.
_LENS = ImageFilter.Kernel((3, 3), (1, 8, 1, 8, 64, 8, 1, 8, 1))

# How much the brightness of a kind varies from pixel to pixel.
_GRAIN = np.full(256, 0.02, dtype=np.float32)
_GRAIN[Kind.SKY] = 0.0
_GRAIN[Kind.VEGETATION] = 0.04
_GRAIN[Kind.TERRAIN] = 0.05
_GRAIN[Kind.GRAVEL] = 0.07
_GRAIN[Kind.ROAD] = 0.03
_GRAIN[Kind.PAVEMENT] = 0.03
_GRAIN[Kind.BUILDING] = 0.03


class Picture:
    """An image and the kinds of its pixels, which every stroke changes together.

    Places are (column, row) on a grid of ``FINER`` times the height and width of the result.

    Attributes:
        height: rows of the fine grid.
        width: columns of the fine grid.
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self.height, self.width = size[0] * FINER, size[1] * FINER
        self._image = Image.new("RGB", (self.width, self.height))
        self._kinds = Image.new("L", (self.width, self.height), int(Kind.NOTHING))
        self._draw_image = ImageDraw.Draw(self._image)
        self._draw_kinds = ImageDraw.Draw(self._kinds)

    def polygon(self, points: Sequence[Point], ink: Ink, kind: Kind) -> None:
        """Fill a polygon."""
        if self._sees(points):
            self._draw_image.polygon(points, fill=ink)
            self._draw_kinds.polygon(points, fill=int(kind))

    def ellipse(self, center: Point, radii: Point, ink: Ink, kind: Kind) -> None:
        """Fill an ellipse with horizontal and vertical axes."""
        (x, y), (a, b) = center, radii
        box = (x - a, y - b), (x + a, y + b)
        if self._sees(box):
            self._draw_image.ellipse(box, fill=ink)
            self._draw_kinds.ellipse(box, fill=int(kind))

    def stroke(self, points: Sequence[Point], width: float, ink: Ink, kind: Kind) -> None:
        """Draw a line that is at least one pixel of the result wide."""
        if self._sees(points):
            # A thin sloping line has gaps where it is sampled.
            upright = all(a[0] == b[0] for a, b in itertools.pairwise(points))
            thick = max(FINER if upright else FINER + 1, round(width))
            self._draw_image.line(points, fill=ink, width=thick)
            self._draw_kinds.line(points, fill=int(kind), width=thick)

    def hairline(self, points: Sequence[Point], ink: Ink) -> None:
        """Draw a line of one fine pixel that leaves the kinds as they are."""
        if self._sees(points):
            self._draw_image.line(points, fill=ink, width=1)

    def ground_mark(self, points: Sequence[Point], ink: Ink) -> None:
        """Fill a polygon of the image; the kinds stay. For what is painted on the ground."""
        if self._sees(points):
            self._draw_image.polygon(points, fill=ink)

    def claim(self, points: Sequence[Point], kind: Kind) -> None:
        """Change the kinds in a polygon; the image stays. For what one sees through."""
        if self._sees(points):
            self._draw_kinds.polygon(points, fill=int(kind))

    def darken(self, points: Sequence[Point], share: float, blur: float) -> None:
        """Make a polygon with soft edges darker; the kinds stay. For the ground below a car."""
        if not self._sees(points):
            return
        margin = 2 * blur + 1
        left = max(0, int(min(x for x, _ in points) - margin))
        top = max(0, int(min(y for _, y in points) - margin))
        right = min(self.width, int(max(x for x, _ in points) + margin) + 1)
        bottom = min(self.height, int(max(y for _, y in points) + margin) + 1)
        if right <= left or bottom <= top:
            return
        stencil = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(stencil).polygon(
            [(x - left, y - top) for x, y in points], fill=round(255 * share)
        )
        self._image.paste((8, 8, 12), (left, top), stencil.filter(ImageFilter.BoxBlur(blur)))

    def patch(
        self, place: tuple[int, int], colors: np.ndarray, inside: np.ndarray | None, kind: Kind
    ) -> None:
        """Paste computed colours.

        Args:
            place: column and row of the upper left corner, within the picture.
            colors: (h, w, 3) uint8.
            inside: (h, w) bool, which of them count; None for all.
            kind: what they are.
        """
        if inside is None:
            self._image.paste(Image.fromarray(colors), place)
            height, width = colors.shape[:2]
            self._kinds.paste(int(kind), (*place, place[0] + width, place[1] + height))
        else:
            stencil = Image.fromarray(inside.astype(np.uint8) * 255)
            self._image.paste(Image.fromarray(colors), place, stencil)
            self._kinds.paste(int(kind), place, stencil)

    def claim_patch(self, place: tuple[int, int], inside: np.ndarray, kind: Kind) -> None:
        """Change the kinds where `inside`, (h, w) bool, is True; the image stays."""
        self._kinds.paste(int(kind), place, Image.fromarray(inside.astype(np.uint8) * 255))

    def lower_part(self, first_row: int) -> np.ndarray:
        """A copy of the image from a row on, (h, w, 3) float32."""
        below = self._image.crop((0, first_row, self.width, self.height))
        return np.asarray(below).astype(np.float32)

    def put_lower_part(
        self, first_row: int, colors: np.ndarray, kinds: np.ndarray | None = None
    ) -> None:
        """Replace the image, and the kinds where they are given, from a row on."""
        self._image.paste(Image.fromarray(colors), (0, first_row))
        if kinds is not None:
            self._kinds.paste(Image.fromarray(kinds), (0, first_row))

    def developed(self, light: Light, rng: np.random.Generator) -> np.ndarray:
        """The photograph: (H, W, 3) uint8, with grain, a little blur, vignette and noise."""
        small = self._image.reduce(FINER).filter(_LENS)
        image = np.asarray(small).astype(np.float32)
        size = image.shape[:2]
        image *= (1 + _GRAIN[self.kinds()] * grain_of_size(size, rng))[..., None]
        image *= _vignette(size, 0.1 + 0.1 * rng.random())[..., None]
        image *= _exposure(image, light) * rng.normal(1, (0.02, 0.01, 0.025)).astype(np.float32)
        image += np.float32(light.noise) * rng.standard_normal((*size, 1), np.float32)
        return image.clip(0, 255).astype(np.uint8)

    def kinds(self) -> np.ndarray:
        """The kind of every pixel, (H, W) uint8."""
        return np.asarray(self._kinds)[::FINER, ::FINER].copy()

    def _sees(self, points: Sequence[Point]) -> bool:
        """Whether some of it may lie in the picture."""
        columns, rows = zip(*points, strict=True)
        return (
            max(columns) >= 0
            and min(columns) < self.width
            and max(rows) >= 0
            and min(rows) < self.height
        )


def _exposure(image: np.ndarray, light: Light) -> np.float32:
    """What the camera multiplies the image by: it makes up for most of a lack of light."""
    return np.float32(min(1.6, max(0.75, (light.brightness / image.mean()) ** 0.75)))


def _vignette(size: tuple[int, int], loss: float) -> np.ndarray:
    """What is left of the light of each pixel: all in the middle, less in the corners."""
    rows, columns = (np.linspace(-1, 1, length, dtype=np.float32) for length in size)
    return 1 - np.float32(loss) * (rows[:, None] ** 2 + columns[None, :] ** 2) / 2
