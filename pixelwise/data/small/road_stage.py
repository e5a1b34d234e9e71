"""What every painter of a thing needs: the picture, the view, the light and a random generator."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import TOWARDS_US, Color, Ink, Light, Vector
from pixelwise.data.small.road_picture import Picture
from pixelwise.data.small.road_view import NEAREST, Point, View

# A place on the ground: offset from the centre line and distance, in metres.
Place = tuple[float, float]

# Where the sun is weaker than this, nothing casts a shadow with an edge.
_FAINT = 0.1
_FARTHEST_SHADOW = 90.0


class Shadows:
    """Which pixels of the ground the sun does not reach; things cast them before they are painted.

    Attributes:
        light: where the sun is.
    """

    def __init__(self, view: View, light: Light) -> None:
        self._view = view
        self.light = light
        self._hard = light.sun[0] > _FAINT
        self._layer = Image.new("L", (view.width, view.height))
        self._draw = ImageDraw.Draw(self._layer)

    def of_box(self, corners: Sequence[Place], height: float) -> None:
        """The shadow of an upright box on the ground."""
        if not self._hard or max(z for _, z in corners) > _FARTHEST_SHADOW:
            return
        right, forward = self.light.shadow_of_a_metre()
        ends = [(u + height * right, z + height * forward) for u, z in corners]
        outline = _in_front(_hull([*corners, *ends]))
        if outline:
            self._draw.polygon([self._view.project(u, 0, z) for u, z in outline], fill=255)

    def of_pole(self, place: Place, width: float, height: float) -> None:
        """The shadow of something thin and upright."""
        u, z = place
        half = width / 2
        self.of_box([(u - half, z - half), (u + half, z - half), (u, z + half)], height)

    def of_crown(
        self, place: Place, radius: float, height: float, rng: np.random.Generator
    ) -> None:
        """The dappled shadow of a crown of leaves at a height."""
        right, forward = self.light.shadow_of_a_metre()
        u, z = place[0] + height * right, place[1] + height * forward
        if not self._hard or not NEAREST < z < _FARTHEST_SHADOW:
            return
        spread = rng.normal(0, 0.55 * radius, (20, 2)).tolist()
        sizes = (rng.uniform(0.2, 0.55, 20) * radius).tolist()
        for (du, dz), size in zip(spread, sizes, strict=True):
            if z + dz - size < 2 * NEAREST:
                continue
            x, low = self._view.project(u + du, 0, z + dz - size)
            high = self._view.project(u + du, 0, z + dz + size)[1]
            half = self._view.scale(z + dz) * size
            low, high = max(low, high), min(low, high)
            self._draw.ellipse((x - half, high, x + half, low), fill=255)

    def at(self, place: Place, clearance: float) -> bool:
        """Whether something that stands here is in the shadow, as far as that can be seen.

        It is looked up a little nearer to the sun, where the thing's own shadow does not lie.
        """
        right, forward = self.light.shadow_of_a_metre()
        step = clearance / max(math.hypot(right, forward), 0.1)
        spot = self._view.project(place[0] - step * right, 0, place[1] - step * forward)
        column, row = int(spot[0]), int(spot[1])
        if not (0 <= column < self._view.width and 0 <= row < self._view.height):
            return False
        return self._layer.getpixel((column, row)) == 255

    def lower_part(self, first_row: int) -> np.ndarray:
        """(h, w) float32, 1 in the shadow, 0 in the sun, with a soft edge between."""
        soft = self._layer.filter(ImageFilter.BoxBlur(1))
        below = soft.crop((0, first_row, self._view.width, self._view.height))
        return np.asarray(below).astype(np.float32) / 255


@dataclass(frozen=True)
class Stage:
    """What a scene is painted with.

    Attributes:
        picture: what is painted on.
        view: where places are in it.
        light: the light.
        shadows: where the sun does not reach the ground.
        rng: for all that is left to chance.
    """

    picture: Picture
    view: View
    light: Light
    shadows: Shadows
    rng: np.random.Generator

    def chance(self, share: float) -> bool:
        """True in that share of the cases."""
        return bool(self.rng.random() < share)

    def between(self, low: float, high: float) -> float:
        """A random number."""
        return low + (high - low) * float(self.rng.random())

    def one_of(self, colors: Sequence[Color]) -> Color:
        """A random colour of a list."""
        return colors[int(self.rng.integers(len(colors)))]

    def ink(self, color: Color, z: float, normal: Vector = TOWARDS_US, lit: bool = True) -> Ink:
        """A colour under the light of the scene, seen from a distance."""
        return self.light.tint(z, normal, lit).ink(color)


class Billboard:
    """Paints an upright flat thing that faces us, in metres from its foot: (right, up).

    Attributes:
        stage: what it is painted with.
        z: its distance.
        tint: what light and haze make of its colours.
    """

    def __init__(self, stage: Stage, place: Place, size: float = 1.0) -> None:
        self.stage = stage
        self.z = place[1]
        self.foot = stage.view.project(place[0], 0, place[1])
        self.scale = stage.view.scale(place[1]) * size
        self.tint = stage.light.tint(self.z, lit=not stage.shadows.at(place, 0.6))

    def at(self, right: float, up: float) -> Point:
        """Where a point of the thing is in the picture."""
        return self.foot[0] + self.scale * right, self.foot[1] - self.scale * up

    def ink(self, color: Color) -> Ink:
        """A colour of the thing, as it is seen."""
        return self.tint.ink(color)

    def polygon(self, points: Sequence[Point], color: Color, kind: Kind) -> None:
        """Fill a polygon."""
        self.stage.picture.polygon([self.at(a, b) for a, b in points], self.ink(color), kind)

    def box(
        self, left: float, low: float, right: float, high: float, color: Color, kind: Kind
    ) -> None:
        """Fill an upright rectangle."""
        self.polygon([(left, low), (right, low), (right, high), (left, high)], color, kind)

    def disc(self, center: Point, radius: float, color: Color, kind: Kind) -> None:
        """Fill a circle."""
        self.oval(center, (radius, radius), color, kind)

    def oval(self, center: Point, radii: Point, color: Color, kind: Kind) -> None:
        """Fill an ellipse."""
        size = radii[0] * self.scale, radii[1] * self.scale
        self.stage.picture.ellipse(self.at(*center), size, self.ink(color), kind)

    def stroke(self, points: Sequence[Point], width: float, color: Color, kind: Kind) -> None:
        """Draw a line, at least a pixel wide."""
        placed = [self.at(a, b) for a, b in points]
        self.stage.picture.stroke(placed, width * self.scale, self.ink(color), kind)

    def glow(self, center: Point, radius: float, color: Color, kind: Kind) -> None:
        """A lamp: its colour does not depend on the light of the scene."""
        size = max(radius * self.scale, 1.0)
        ink = self.stage.light.glow(color, self.z)
        self.stage.picture.ellipse(self.at(*center), (size, size), ink, kind)


def _hull(points: Sequence[Place]) -> list[Place]:
    """The corners of the convex hull, by Andrew's monotone chain."""

    def half(ordered: Sequence[Place]) -> list[Place]:
        chain: list[Place] = []
        for point in ordered:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
                chain.pop()
            chain.append(point)
        return chain[:-1]

    ordered = sorted(set(points))
    return half(ordered) + half(ordered[::-1])


def _in_front(outline: Sequence[Place]) -> list[Place]:
    """The part of a polygon that is in front of the camera."""
    kept: list[Place] = []
    for (u1, z1), (u2, z2) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if z1 > NEAREST:
            kept.append((u1, z1))
        if (z1 > NEAREST) != (z2 > NEAREST):
            share = (NEAREST - z1) / (z2 - z1)
            kept.append((u1 + share * (u2 - u1), NEAREST))
    return kept


def _turn(a: Place, b: Place, c: Place) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
