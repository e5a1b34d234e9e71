"""Painting vehicles: bodies under perspective, with lamps, windows and wheels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pixelwise.data.small.road_bodies import BOX, BUS, CAB, TRAM, Body
from pixelwise.data.small.road_light import Color, Ink, Vector, mixed, scaled
from pixelwise.data.small.road_stage import Place, Stage
from pixelwise.data.small.road_view import NEAREST, Point

# Right, up and forward from the middle of the vehicle's rear edge on the ground, in metres.
Spot = tuple[float, float, float]

PAINTS: tuple[Color, ...] = (
    (34, 36, 40),
    (58, 60, 64),
    (92, 94, 97),
    (118, 119, 121),
    (152, 154, 157),
    (186, 188, 190),
    (226, 226, 224),
    (36, 58, 104),
    (62, 104, 156),
    (148, 34, 36),
    (178, 52, 40),
    (52, 84, 66),
    (196, 168, 116),
    (206, 166, 44),
    (96, 58, 46),
    (112, 132, 144),
)
_GLASS: Color = (46, 54, 62)
_TYRE: Color = (30, 30, 32)
_CIRCLE = tuple((math.cos(k * math.pi / 6), math.sin(k * math.pi / 6)) for k in range(12))


@dataclass(frozen=True)
class Pose:
    """Where a vehicle stands, and where it looks.

    Attributes:
        u: the offset of its middle from the centre line.
        z: the distance of its middle.
        yaw: where its front points, in radians: 0 is away from us, pi towards us.
    """

    u: float
    z: float
    yaw: float

    def place(self, right: float, forward: float) -> Place:
        """A place from the middle of the vehicle."""
        cos, sin = self._axis
        return self.u + right * cos + forward * sin, self.z + forward * cos - right * sin

    @cached_property
    def _axis(self) -> tuple[float, float]:
        return math.cos(self.yaw), math.sin(self.yaw)

    def turned(self, right: float, up: float, forward: float) -> Vector:
        """A direction of the vehicle in the directions of the scene."""
        cos, sin = self._axis
        return right * cos + forward * sin, up, forward * cos - right * sin


def car(stage: Stage, pose: Pose, body: Body, paint: Color) -> None:
    """A car or van."""
    _ground_below(stage, pose, body.length, body.width)
    _Painter(stage, pose, body, paint, body.length).paint()


def bus(stage: Stage, pose: Pose, paint: Color) -> None:
    """A city bus."""
    _ground_below(stage, pose, BUS.length, BUS.width)
    _Painter(stage, pose, BUS, paint, BUS.length).paint()


def tram(stage: Stage, pose: Pose, paint: Color) -> None:
    """A tram."""
    _ground_below(stage, pose, TRAM.length, TRAM.width)
    _Painter(stage, pose, TRAM, paint, TRAM.length).paint()


def truck(stage: Stage, pose: Pose, paint: Color) -> None:
    """A lorry: a cab and a box, the farther one first."""
    length = BOX.length + CAB.length + 0.2
    _ground_below(stage, pose, length, BOX.width)
    box = _Painter(stage, pose, BOX, mixed(paint, (224, 222, 216), 0.6), length)
    cab = _Painter(stage, pose, CAB, paint, length, start=BOX.length + 0.2)
    for part in (cab, box) if math.cos(pose.yaw) > 0 else (box, cab):
        part.paint()


BUS_SIZE = (BUS.length, BUS.width, BUS.height)
TRAM_SIZE = (TRAM.length, TRAM.width, TRAM.height)
TRUCK_SIZE = (BOX.length + CAB.length + 0.2, BOX.width, BOX.height)


def cast_vehicle(stage: Stage, pose: Pose, size: tuple[float, float, float]) -> None:
    """The shadow of a vehicle of some length, width and height."""
    length, width, height = size
    corners = [
        pose.place(a * width / 2, c * length / 2) for a in (-0.95, 0.95) for c in (-0.97, 0.97)
    ]
    stage.shadows.of_box(corners, 0.85 * height)


def _ground_below(stage: Stage, pose: Pose, length: float, width: float) -> None:
    """Hardly any light gets below a vehicle."""
    around = [
        pose.place(a * width / 2 * 1.04, c * length / 2 * 1.02)
        for a, c in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    places = [stage.view.project(u, 0, z) for u, z in around]
    stage.picture.darken(places, 0.62, max(1.0, 0.1 * stage.view.scale(pose.z)))


class _Painter:
    """Paints one body; `start` is where it begins in a vehicle of the whole `length`."""

    def __init__(
        self,
        stage: Stage,
        pose: Pose,
        body: Body,
        paint: Color,
        length: float,
        start: float = 0.0,
    ) -> None:
        self.stage = stage
        self.pose = pose
        self.body = body
        self.paint_color = paint
        self.shift = start - length / 2
        self.lit = not stage.shadows.at((pose.u, pose.z), 0.55 * length + 0.6)

    def paint(self) -> None:
        """All that is seen of it: what is below, then the outside, face by face."""
        ends = (self.shift, self.shift + self.body.length)
        if min(self.pose.place(0, end)[1] for end in ends) < NEAREST + 0.2:
            return
        self._underside()
        for side in (-1, 1):
            self._side(side)
        for index in range(len(self.body.outline) - 1):
            self._stretch(index)

    def at(self, spot: Spot) -> Point:
        """Where a spot of the body is in the picture."""
        right, up, forward = spot
        u, z = self.pose.place(right, forward + self.shift)
        return self.stage.view.project(u, up, z)

    def ink(self, color: Color, normal: Vector) -> Ink:
        """A colour on a face that looks in some direction of the vehicle."""
        direction = self.pose.turned(*normal)
        return self.stage.ink(color, self.pose.z, direction, self.lit)

    def fill(self, spots: Sequence[Spot], ink: Ink) -> None:
        """Fill a polygon, whichever way it looks."""
        self.stage.picture.polygon([self.at(spot) for spot in spots], ink, self.body.kind)

    def _underside(self) -> None:
        """The tyres, as dark blocks below the body."""
        body, half = self.body, self.body.width / 2
        for place in body.wheels:
            middle = place * body.length
            for side in (-1, 1):
                inner, outer = side * (half - 0.24), side * (half - 0.02)
                for forward in (middle - 0.8 * body.wheel, middle + 0.8 * body.wheel):
                    block: list[Spot] = [
                        (inner, 0, forward),
                        (outer, 0, forward),
                        (outer, body.outline[0][1] + 0.1, forward),
                        (inner, body.outline[0][1] + 0.1, forward),
                    ]
                    self.fill(block, self.ink(_TYRE, (0, 0, -1)))

    def _side(self, side: int) -> None:
        """The side with its windows and wheels."""
        body = self.body
        outline = [self.at((side * body.half(y), y, c * body.length)) for c, y in body.outline]
        if not _runs_clockwise(outline if side > 0 else outline[::-1]):
            return
        normal = (float(side), 0.12, 0.0)
        self.stage.picture.polygon(outline, self.ink(self.paint_color, normal), body.kind)
        sill: list[Spot] = [
            (side * body.half(y), y, c * body.length)
            for c, y in (
                (0.0, body.outline[0][1]),
                (0.0, 0.42),
                (1.0, 0.42),
                (1.0, body.outline[0][1]),
            )
        ]
        if body.outline[0][1] < 0.42:
            self.fill(sill, self.ink(scaled(self.paint_color, 0.72), normal))
        reflected = mixed(_GLASS, self.stage.light.sky_low, 0.16)
        for window in body.windows:
            glass: list[Spot] = [(side * body.half(y), y, c * body.length) for c, y in window]
            self.fill(glass, self.ink(reflected, (side, 0.4, 0)))
        for place in body.wheels:
            self._wheel(side, place * body.length)

    def _wheel(self, side: int, middle: float) -> None:
        for radius, color in ((1.0, _TYRE), (0.62, (122, 124, 128)), (0.25, (60, 60, 62))):
            ring: list[Spot] = []
            for right, above in _CIRCLE:
                up = self.body.wheel * (1 + radius * above)
                forward = middle + self.body.wheel * radius * right
                ring.append((side * self.body.width / 2, up, forward))
            self.fill(ring, self.ink(color, (side, 0, 0)))

    def _stretch(self, index: int) -> None:
        """The face between two points of the outline: across the whole width."""
        body = self.body
        (c1, y1), (c2, y2) = body.outline[index : index + 2]
        spots = [
            (-body.half(y1), y1, c1 * body.length),
            (-body.half(y2), y2, c2 * body.length),
            (body.half(y2), y2, c2 * body.length),
            (body.half(y1), y1, c1 * body.length),
        ]
        face = [self.at(spot) for spot in spots]
        if not _runs_clockwise(face):
            return
        run, climb = (c2 - c1) * body.length, y2 - y1
        size = math.hypot(run, climb)
        normal: Vector = (0.0, run / size, -climb / size)
        self.stage.picture.polygon(face, self.ink(self.paint_color, normal), body.kind)
        if index in body.glass:
            glass = mixed(_GLASS, self.stage.light.sky_low, 0.12 + 0.2 * max(normal[1], 0))
            self.fill(_inset(spots, 0.1, 0.08), self.ink(glass, normal))
        rear = c1 == c2 == 0 or max(c1, c2) < 0.03
        front = min(c1, c2) > 0.96
        if (rear or front) and abs(climb) > 0.1 and index not in body.glass:
            self._end(c1 if rear else c2, min(y1, y2), max(y1, y2), normal)

    def _end(self, place: float, low: float, high: float, normal: Vector) -> None:
        """Lamps, bumper, grille and number plate."""
        body, forward = self.body, place * self.body.length
        rear = place < 0.5

        def plate(left: float, bottom: float, right: float, top: float, ink: Ink) -> None:
            bottom, top = max(bottom, low), min(top, high)
            if top > bottom:
                corners = ((left, bottom), (right, bottom), (right, top), (left, top))
                self.fill([(a, y, forward) for a, y in corners], ink)

        half = body.width / 2
        if rear and body is BOX:  # two doors in a frame
            seam = self.ink(scaled(self.paint_color, 0.72), normal)
            for left, right in ((-half, 0.1 - half), (-0.03, 0.03), (half - 0.1, half)):
                plate(left, low, right, high, seam)
        plate(-half, low, half, 0.42, self.ink(scaled(self.paint_color, 0.6), normal))
        if not rear:
            plate(-0.56 * half, 0.62, 0.56 * half, 0.74, self.ink((34, 36, 40), normal))
            plate(-0.5 * half, 0.3, 0.5 * half, 0.42, self.ink((38, 40, 42), normal))
        plate(-0.27, 0.46, 0.27, 0.58, self.ink((226, 226, 218), normal))
        for side in (-1, 1):
            inner, outer = sorted((side * 0.62 * half, side * 0.97 * half))
            plate(inner, body.tail[0], outer, body.tail[1], self._lamp(rear, normal))

    def _lamp(self, rear: bool, normal: Vector) -> Ink:
        light = self.stage.light
        if light.lamps:
            return light.glow((255, 60, 44) if rear else (255, 246, 214), self.pose.z)
        return self.ink((158, 28, 28) if rear else (224, 226, 222), normal)


def _runs_clockwise(points: Sequence[Point]) -> bool:
    """Whether a polygon runs clockwise in the picture, as faces do that look towards us."""
    area, (x1, y1) = 0.0, points[-1]
    for x2, y2 in points:
        area += x1 * y2 - x2 * y1
        x1, y1 = x2, y2
    return area > 0


def _inset(spots: Sequence[Spot], across: float, along: float) -> list[Spot]:
    """A face with a margin on all sides, as shares of its width and length."""
    a, b, c, d = spots
    inner: list[Spot] = []
    for corner, beside, before in ((a, d, b), (b, c, a), (c, b, d), (d, a, c)):
        right, up, forward = (
            here + across * (there - here) + along * (other - here)
            for here, there, other in zip(corner, beside, before, strict=True)
        )
        inner.append((right, up, forward))
    return inner
