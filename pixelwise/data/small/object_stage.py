"""A stage for pictures in the manner of Pascal VOC: things are placed, then painted in order."""

from collections.abc import Callable
from dataclasses import replace
from enum import IntEnum

import numpy as np

from pixelwise.data.small.animal_breeds import Breed
from pixelwise.data.small.animal_build import Pose, animal
from pixelwise.data.small.object_creatures import (
    aeroplane,
    aeroplane_colors,
    bird_colors,
    flying_bird,
    perched_bird,
)
from pixelwise.data.small.object_furniture import bottle, flower_pot
from pixelwise.data.small.object_people import Posture, person, riding, sitting
from pixelwise.data.small.object_plants import foliage
from pixelwise.data.small.object_vehicles import bicycle, motorbike
from pixelwise.data.small.soft_bodies import Relief
from pixelwise.data.small.soft_camera import Camera
from pixelwise.data.small.soft_canvas import Canvas
from pixelwise.data.small.soft_noise import clouds
from pixelwise.data.small.soft_solids import Solid, Spot, paint


class Voc(IntEnum):
    """The class numbers of Pascal VOC."""

    AEROPLANE = 1
    BICYCLE = 2
    BIRD = 3
    BOAT = 4
    BOTTLE = 5
    BUS = 6
    CAR = 7
    CAT = 8
    CHAIR = 9
    COW = 10
    DINING_TABLE = 11
    DOG = 12
    HORSE = 13
    MOTORBIKE = 14
    PERSON = 15
    POTTED_PLANT = 16
    SHEEP = 17
    SOFA = 18
    TRAIN = 19
    TV_MONITOR = 20


class Stage:
    """The things of one picture.

    Attributes:
        canvas: what they are painted on; the background is there already.
        camera: how they are seen.
        rng: the source of everything random.
    """

    def __init__(self, canvas: Canvas, camera: Camera, rng: np.random.Generator) -> None:
        self.canvas, self.camera, self.rng = canvas, camera, rng
        self._waiting: list[tuple[float, Callable[[], None]]] = []

    def add(self, z: float, painter: Callable[[], None]) -> None:
        """Something to be painted after all that is farther away than `z`."""
        self._waiting.append((z, painter))

    def paint(self) -> None:
        """Paint all that has been added, far things first."""
        for _z, painter in sorted(self._waiting, key=lambda item: -item[0]):
            painter()
        self._waiting.clear()

    def across(self, share: float, z: float) -> float:
        """The x that lies at a share of the picture's width, at a distance."""
        return (share * self.canvas.width - self.camera.middle) / self.camera.scale(z)

    def shadow(self, spot: Spot, long: float, wide: float, strength: float = 0.5) -> None:
        """The shadow on the ground around a thing that is `long` ahead and `wide` sideways."""
        ahead, aside = abs(np.cos(spot.turn)), abs(np.sin(spot.turn))
        half = 0.5 * (ahead * long + aside * wide) + 0.1
        deep = 0.5 * (aside * long + ahead * wide) + 0.1
        near, far = max(spot.z - deep, 0.3 * spot.z), spot.z + deep
        place = self.camera.project([(spot.x, spot.y, near), (spot.x, spot.y, far)])
        middle = place.mean(axis=0)
        tall = max(abs(place[0, 1] - place[1, 1]) / 2, 1.0)
        self.canvas.shadow(middle, (1.15 * half * self.camera.scale(spot.z), 1.3 * tall), strength)

    def solid(
        self, class_number: Voc | None, solid: Solid, spot: Spot, shadow: bool = True
    ) -> None:
        """Add a thing of flat faces and bars; without a class it is background."""

        def painter() -> None:
            if shadow:
                low, high = _size(solid)
                self.shadow(spot, high[0] - low[0], high[2] - low[2])
            if class_number is None:
                paint(self.canvas, self.camera, solid, spot)
                return
            with self.canvas.object(class_number):
                paint(self.canvas, self.camera, solid, spot)

        self.add(spot.z, painter)

    def animal(self, class_number: Voc, breed: Breed, pose: Pose, spot: Spot, size: float) -> None:
        """Add a four-legged animal; `size` is in metres per unit of its build."""
        parts = animal(breed.build, pose)
        view = self.camera.view(spot.x, spot.z, spot.turn, size, spot.y)
        colors = breed.coat.colors(self.rng)

        def painter() -> None:
            self.shadow(spot, 0.8 * size, 0.35 * size, 0.55)
            strength = 0.05 + 0.01 * breed.coat.fur * view.scale
            with self.canvas.object(class_number):
                self.canvas.body(parts, view, colors, self._ragged(strength, 0.012 * view.scale))

        self.add(spot.z, painter)

    def _ragged(
        self, strength: float, cell: float
    ) -> Callable[[Relief], tuple[np.ndarray, np.ndarray]]:
        """Hair or leaves: random shifts of a strength and a size in pixels."""
        cells = (2 * max(2 * cell, 1.0), max(2 * cell, 1.0))

        def ragged(seen: Relief) -> tuple[np.ndarray, np.ndarray]:
            shape = seen.kind.shape
            return (
                strength * clouds(shape, cells, self.rng),
                strength * clouds(shape, cells[::-1], self.rng),
            )

        return ragged

    def leafy(self) -> Callable[[Relief], tuple[np.ndarray, np.ndarray]]:
        """The outline of foliage."""
        return self._ragged(0.9, 1.2)

    def person(self, posture: Posture, spot: Spot, hips: float = 0.92, size: float = 1.0) -> None:
        """Add somebody; `size` is 1 for an adult, less for a child."""
        somebody = person(posture, hips, self.rng)
        view = self.camera.view(spot.x, spot.z, spot.turn, size, spot.y, middle=0.9)

        def painter() -> None:
            if spot.y == 0 and hips > 0.8:
                self.shadow(spot, 0.7 * size, 0.6 * size)
            with self.canvas.object(Voc.PERSON):
                self.canvas.body(somebody.parts, view, somebody.colors)

        self.add(spot.z, painter)

    def seated_person(self, spot: Spot, seat: float) -> None:
        """Add somebody on a seat of some height."""
        self.person(sitting(self.rng), spot, hips=seat + 0.13)

    def cyclist(self, spot: Spot) -> None:
        """Add somebody on a bicycle or a motorbike."""
        if self.rng.random() < 0.5:
            self.solid(Voc.BICYCLE, bicycle(self.rng), spot)
            hips, back = 1.04, -0.28
        else:
            self.solid(Voc.MOTORBIKE, motorbike(self.rng), spot)
            hips, back = 0.92, -0.38
        x, _y, z = spot.world(np.array([(back, 0.0, 0.0)]))[0]
        nearer = Spot(float(x), float(z) - 1e-3, spot.turn)
        posture = riding(self.rng)
        somebody = person(posture, hips, self.rng)
        view = self.camera.view(nearer.x, nearer.z, nearer.turn)

        def painter() -> None:
            with self.canvas.object(Voc.PERSON):
                self.canvas.body(somebody.parts, view, somebody.colors)

        self.add(spot.z - 1e-3, painter)

    def standing_bird(self, spot: Spot, size: float, legs: float) -> None:
        """Add a bird on its feet, or, where `legs` is 0, one that swims; `size` is its length."""
        long_necked = legs > 0.6
        parts = perched_bird(0.45 if long_necked else 0.0)
        lifted = spot.y + size * (legs + 0.12)
        view = self.camera.view(spot.x, spot.z, spot.turn, size, lifted, middle=0)
        colors = bird_colors(self.rng)

        def painter() -> None:
            if legs:
                self.shadow(spot, 0.6 * size, 0.4 * size)
            with self.canvas.object(Voc.BIRD):
                for side in (-0.08, 0.08) if legs else ():
                    foot = (0.06, -legs - 0.12)
                    line = [
                        view.place((0, -0.1, side)),
                        view.place((0.02, -0.5 * legs, side)),
                        view.place((*foot, side)),
                    ]
                    self.canvas.line(line, 0.035 * view.scale, (150, 100, 60))
                    toes = [view.place((-0.06, foot[1], side)), view.place((0.2, foot[1], side))]
                    self.canvas.line(toes, 0.03 * view.scale, (140, 94, 58))
                self.canvas.body(parts, view, colors)

        self.add(spot.z, painter)

    def flying_bird(self, spot: Spot, size: float) -> None:
        """Add a bird in the air."""
        parts = flying_bird(self.rng.uniform(-0.7, 1.0))
        view = self.camera.view(spot.x, spot.z, spot.turn, size, spot.y, middle=0)
        colors = bird_colors(self.rng)

        def painter() -> None:
            with self.canvas.object(Voc.BIRD):
                self.canvas.body(parts, view, colors)

        self.add(spot.z, painter)

    def aeroplane(self, spot: Spot, length: float, roll: float = 0.0, gear: bool = False) -> None:
        """Add an aeroplane, in the air or on its wheels."""
        sweep = 1.0 if length > 15 else 0.0
        parts = aeroplane(sweep)
        y = spot.y + 0.13 * length * gear
        level = self.camera.view(spot.x, spot.z, spot.turn, length, y, middle=0)
        view = replace(level, roll=roll)
        colors = aeroplane_colors(self.rng)

        def painter() -> None:
            if gear:
                self.shadow(spot, 0.8 * length, 0.5 * length, 0.45)
            with self.canvas.object(Voc.AEROPLANE):
                for x, z in ((0.32, 0.0), (-0.04, -0.09), (-0.04, 0.09)) if gear else ():
                    leg = [view.place((x, -0.03, z)), view.place((x, -0.11, z))]
                    self.canvas.line(leg, 0.014 * view.scale, (110, 112, 116))
                    wheel = view.place((x, -0.115, z))
                    self.canvas.ellipse(wheel, (0.018 * view.scale,) * 2, (36, 36, 38))
                self.canvas.body(parts, view, colors)

        self.add(spot.z, painter)

    def bottle(self, spot: Spot, tall: float) -> None:
        """Add a bottle."""
        glass = bottle(self.rng, tall)

        def painter() -> None:
            self.shadow(spot, 0.35 * tall, 0.35 * tall)
            with self.canvas.object(Voc.BOTTLE):
                paint(self.canvas, self.camera, glass, spot)
            self._gleam(spot, tall)

        self.add(spot.z, painter)

    def _gleam(self, spot: Spot, tall: float) -> None:
        """The window that the glass of a bottle mirrors."""
        aside = 0.06 * tall * float(np.sign(self.canvas.light[0]))
        corners = [
            (spot.x + aside + x, spot.y + y * tall, spot.z)
            for x, y in (
                (-0.012 * tall, 0.12),
                (0.012 * tall, 0.12),
                (0.012 * tall, 0.55),
                (-0.012 * tall, 0.55),
            )
        ]
        self.canvas.tint(self.camera.project(corners), (255, 255, 255), 0.4)

    def potted_plant(self, spot: Spot, tall: float) -> None:
        """Add a plant in a pot; pot and leaves are one object."""
        pot = flower_pot(self.rng, tall * self.rng.uniform(0.13, 0.2), 0.3 * tall)
        leaves = foliage(tall, self.rng)

        def painter() -> None:
            self.shadow(spot, 0.45 * tall, 0.45 * tall)
            with self.canvas.object(Voc.POTTED_PLANT):
                paint(self.canvas, self.camera, pot, spot)
                paint(self.canvas, self.camera, leaves, spot)

        self.add(spot.z, painter)


def _size(solid: Solid) -> tuple[np.ndarray, np.ndarray]:
    points = np.concatenate([piece.points for piece in solid])
    return points.min(axis=0), points.max(axis=0)
