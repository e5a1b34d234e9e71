"""Placing who uses the road: vehicles, cyclists and people on foot."""

from functools import partial

import numpy as np

from pixelwise.data.small import road_vehicles as vehicles
from pixelwise.data.small.road_bodies import CARS
from pixelwise.data.small.road_furniture import pram
from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color
from pixelwise.data.small.road_people import cyclist, motorcyclist, person
from pixelwise.data.small.road_plans import Extra, RoadType, Setting
from pixelwise.data.small.road_stage import Place
from pixelwise.data.small.road_things import Things
from pixelwise.data.small.road_vehicles import Pose

_AWAY, _TOWARDS_US = 0.0, np.pi
_BRIGHT: tuple[Color, ...] = (
    (196, 44, 40),
    (226, 190, 52),
    (54, 96, 160),
    (70, 126, 84),
    (222, 222, 216),
    (150, 152, 154),
    (206, 118, 48),
)


def fill_the_road(things: Things) -> None:
    """Put vehicles, cyclists and people into the scene."""
    taken = _Taken(things)
    _large_vehicles(things, taken)
    _two_wheelers(things, taken)
    _moving_cars(things, taken)
    _parked_cars(things, taken)
    _car_in_a_side_road(things)
    _people(things)


class _Taken:
    """Which stretches of the lanes are taken, so that nothing drives into something else."""

    def __init__(self, things: Things) -> None:
        self._stretches: list[tuple[float, float, float]] = []
        zebra = things.street.zebra
        self._zebra = None if zebra is None else (zebra - 1.5, zebra + 4.5)

    def take(self, u: float, near: float, far: float) -> bool:
        """Take a stretch of a lane, if it is free."""
        if self._zebra and near < self._zebra[1] and far > self._zebra[0]:
            return False
        for other, other_near, other_far in self._stretches:
            if abs(u - other) < 1.9 and near < other_far + 1.5 and far > other_near - 1.5:
                return False
        self._stretches.append((u, near, far))
        return True


def _lanes(things: Things) -> list[tuple[float, float]]:
    """The middles of the lanes and where the vehicles in them look."""
    street, d = things.street, things.plan.drives_on
    middles: tuple[float, ...]
    if things.plan.road is RoadType.LANES:
        width = street.lane[1] - street.lane[0]
        middles = (0.5 * width, 1.5 * width)
    elif things.plan.road is RoadType.MARKED:
        middles = (0.5 * street.half,)
    else:
        middles = (0.45 * street.half,)
    return [(d * m, _AWAY) for m in middles] + [(-d * m, _TOWARDS_US) for m in middles]


def _place_vehicle(
    things: Things,
    taken: _Taken,
    lane: tuple[float, float],
    z: float,
    size: tuple[float, float, float],
) -> Pose | None:
    """The pose of a vehicle of this size whose rear or front is at `z`, if there is room."""
    u = lane[0] + things.stage.between(-0.2, 0.2)
    if not taken.take(u, z, z + size[0]):
        return None
    yaw = lane[1] + things.stage.between(-0.015, 0.015)
    return Pose(u, z + size[0] / 2, yaw)


def _large_vehicles(things: Things, taken: _Taken) -> None:
    stage, extras = things.stage, things.plan.extras
    lanes = _lanes(things)
    for extra, size, painter, share in (
        (Extra.TRAM, vehicles.TRAM_SIZE, vehicles.tram, 0.0),
        (Extra.BUS, vehicles.BUS_SIZE, vehicles.bus, 0.05),
        (Extra.TRUCK, vehicles.TRUCK_SIZE, vehicles.truck, 0.08),
    ):
        if extra not in extras and not stage.chance(share):
            continue
        for _attempt in range(4):
            lane = lanes[int(stage.rng.integers(len(lanes)))]
            near = stage.between(11, 30)
            pose = _place_vehicle(things, taken, lane, near, size)
            if pose is not None:
                vehicles.cast_vehicle(stage, pose, size)
                things.add(near, partial(painter, stage, pose, stage.one_of(_BRIGHT)))
                break


def _two_wheelers(things: Things, taken: _Taken) -> None:
    """Cyclists at the edge of the road, motorcycles in its lanes."""
    stage, street = things.stage, things.street
    count = int(Extra.CYCLIST in things.plan.extras) + int(stage.rng.random() < 0.3)
    for _ in range(count):
        side = 1 if stage.chance(0.65) else -1
        place = (side * (street.half - stage.between(0.5, 0.9)), stage.between(6.5, 24))
        if taken.take(place[0], place[1] - 0.5, place[1] + 1.5):
            _add_rider(things, place, across=False)
    if stage.chance(0.25) or Extra.CYCLIST in things.plan.extras:
        walk = street.extent(1 if stage.chance(0.5) else -1, Kind.PAVEMENT)
        if walk is not None:
            side = 1 if stage.chance(0.5) else -1
            _add_rider(
                things, (side * (walk[0] + 0.9), stage.between(9, 30)), across=stage.chance(0.5)
            )
    if Extra.MOTORCYCLE in things.plan.extras or stage.chance(0.06):
        for _attempt in range(3):
            lane = _lanes(things)[int(stage.rng.integers(2))]
            z = stage.between(7.5, 20)
            if taken.take(lane[0], z, z + 2):
                place = (lane[0] + stage.between(-0.4, 0.4), z)
                stage.shadows.of_pole(place, 0.6, 1.4)
                things.add(z, partial(motorcyclist, stage, place))
                break


def _add_rider(things: Things, place: Place, across: bool) -> None:
    things.stage.shadows.of_pole(place, 0.5, 1.7)
    things.add(place[1], partial(cyclist, things.stage, place, across))


def _moving_cars(things: Things, taken: _Taken) -> None:
    stage = things.stage
    lanes = _lanes(things)
    for _ in range(int(stage.rng.integers(1, 4 + len(lanes)))):
        lane = lanes[int(stage.rng.integers(len(lanes)))]
        z = 8.5 + 72 * float(stage.rng.random()) ** 1.6
        _add_car(things, taken, lane, z)


def _add_car(things: Things, taken: _Taken, lane: tuple[float, float], z: float) -> None:
    stage = things.stage
    body = CARS[int(stage.rng.integers(len(CARS)))]
    size = (body.length, body.width, body.height)
    pose = _place_vehicle(things, taken, lane, z, size)
    if pose is not None:
        vehicles.cast_vehicle(stage, pose, size)
        things.add(z, partial(vehicles.car, stage, pose, body, stage.one_of(vehicles.PAINTS)))


def _parked_cars(things: Things, taken: _Taken) -> None:
    """In the parking strip, or at the edge of a road without one."""
    stage, street = things.stage, things.street
    for side in (-1, 1):
        strip = street.extent(side, Kind.PARKING)
        at_the_edge = things.plan.road is RoadType.PLAIN and stage.chance(0.4)
        if things.plan.side(side) is Setting.COUNTRY or (strip is None and not at_the_edge):
            continue
        offset = (strip[0] + strip[1]) / 2 if strip else street.half - 0.85
        density = stage.between(0.35, 0.95)
        with_us = side == things.plan.drives_on
        z = stage.between(3.4, 8)
        while z < 75:
            free = not street.mouth_at(side, z, z + 5, 2.0)
            if free and stage.chance(density):
                yaw = _AWAY if with_us or stage.chance(0.2) else _TOWARDS_US
                _add_car(things, taken, (side * offset, yaw), z)
            z += stage.between(5.3, 6.4)


def _car_in_a_side_road(things: Things) -> None:
    """A car that waits where a side road begins, seen from the side."""
    stage, street = things.stage, things.street
    for mouth in street.mouths:
        if not stage.chance(0.45):
            continue
        body = CARS[int(stage.rng.integers(len(CARS)))]
        out = street.half + stage.between(1.5, 5) + body.length / 2
        lane = mouth.near + (0.3 if stage.chance(0.5) else 0.7) * (mouth.far - mouth.near)
        yaw = -mouth.side * np.pi / 2 + stage.between(-0.12, 0.12)
        pose = Pose(mouth.side * out, lane, yaw)
        vehicles.cast_vehicle(stage, pose, (body.length, body.width, body.height))
        order = lane - 1 if out < street.outer(mouth.side) else mouth.near + 9.5
        things.add(order, partial(vehicles.car, stage, pose, body, stage.one_of(vehicles.PAINTS)))


def _people(things: Things) -> None:
    """On the pavements, and on the crossing."""
    stage, street, plan = things.stage, things.street, things.plan
    for side in (-1, 1):
        walk = street.extent(side, Kind.PAVEMENT)
        if plan.side(side) is Setting.COUNTRY or walk is None:
            if stage.chance(0.15):
                _add_person(things, (side * (street.half + 0.5), stage.between(10, 40)))
            continue
        busy = {Setting.TOWN: 6, Setting.PARK: 4}.get(plan.side(side), 2)
        count = int(stage.rng.integers(0, busy)) + 3 * int(Extra.PEOPLE in plan.extras)
        outer = min(walk[1], street.outer(side))
        for _ in range(count):
            z = 5.5 + 50 * float(stage.rng.random()) ** 1.5
            u = side * stage.between(max(walk[0] + 0.6, outer - 2.6), outer - 0.4)
            _add_person(things, (u, z))
            if stage.chance(0.3):
                _add_person(things, (u + stage.between(0.5, 0.7), z + stage.between(-0.2, 0.3)))
            if stage.chance(0.08):
                place = (u + 0.75, z - 0.1)
                things.add(place[1], partial(pram, stage, place))
    if street.zebra is not None:
        for _ in range(int(stage.rng.integers(1, 4))):
            u = stage.between(-street.half, street.half)
            _add_person(things, (u, street.zebra + stage.between(0.6, 2.6)))
        if stage.chance(0.3):
            u = stage.between(-0.7, 0.7) * street.half
            _add_rider(things, (u, street.zebra + 1.6), across=True)


def _add_person(things: Things, place: Place) -> None:
    stage = things.stage
    height = stage.between(1.02, 1.35) if stage.chance(0.12) else stage.between(1.58, 1.9)
    stage.shadows.of_pole(place, 0.42, height)
    things.add(place[1], partial(person, stage, place, height))
