"""Water, air and rails."""

import numpy as np

from pixelwise.data.small import soft_floors as floors
from pixelwise.data.small import soft_walls as walls
from pixelwise.data.small.object_cast import (
    FOLIAGE,
    LEFT,
    PAINTS,
    RIGHT,
    SKIES,
    STONES,
    TO_US,
    new_stage,
    people,
    pick,
    some_color,
)
from pixelwise.data.small.object_country import countryside
from pixelwise.data.small.object_stage import Voc
from pixelwise.data.small.object_vehicles import (
    bus,
    car,
    motor_boat,
    rowing_boat,
    sailing_boat,
    train,
)
from pixelwise.data.small.soft_canvas import Canvas
from pixelwise.data.small.soft_solids import Spot, box


def sea(canvas: Canvas, rng: np.random.Generator) -> None:
    """A lake or the sea, with boats near and far."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.35, 0.6), rng.uniform(1.6, 3.5), rng.uniform(1.0, 1.5)
    )
    tint = np.array(((70, 112, 146), (84, 130, 140), (96, 116, 130))[rng.integers(3)], float)
    floors.water(canvas, stage.camera, tint * rng.uniform(0.8, 1.15), rng)
    behind = walls.hills if rng.random() < 0.5 else walls.sky
    color = some_color(FOLIAGE if behind is walls.hills else SKIES, rng)
    behind(canvas, stage.camera.horizon + 0.5, color, rng)
    canvas.blur(0)
    kinds = (sailing_boat, motor_boat, rowing_boat)
    for z in (9.0, 20.0, 45.0, 90.0)[: int(rng.integers(2, 5))]:
        z = z * rng.uniform(0.8, 1.4)
        boat = kinds[rng.integers(3 if z < 25 else 2)]
        turn = rng.choice((LEFT, RIGHT)) + rng.normal(0, 0.5)
        spot = Spot(stage.across(rng.uniform(0.1, 0.9), z), z, float(turn))
        stage.solid(Voc.BOAT, boat(rng), spot)
        if boat is rowing_boat:
            stage.seated_person(Spot(spot.x, spot.z - 0.01, spot.turn, 0.0), 0.45)
    for _bird in range(int(rng.integers(0, 4))):
        z = rng.uniform(3, 10)
        spot = Spot(stage.across(rng.random(), z), z, rng.uniform(0, 6.3))
        if rng.random() < 0.5:
            stage.standing_bird(spot, 0.5, 0.0)
        else:
            above = Spot(spot.x, z, spot.turn, stage.camera.height + rng.uniform(0.02, 0.25) * z)
            stage.flying_bird(above, 0.6)
    stage.paint()


def in_the_sky(canvas: Canvas, rng: np.random.Generator) -> None:
    """Aeroplanes or birds in the sky."""
    stage = new_stage(canvas, rng, rng.uniform(1.0, 1.5), 1.6, 1.2)
    walls.sky(canvas, canvas.height, some_color(SKIES, rng), rng)
    if rng.random() < 0.4:
        walls.tree_tops(
            canvas, rng.uniform(0.75, 0.9) * canvas.height, some_color(FOLIAGE, rng), rng
        )
    canvas.blur(0)

    def aloft(z: float) -> Spot:
        row = rng.uniform(0.15, 0.75) * canvas.height
        y = stage.camera.height + (stage.camera.horizon - row) / stage.camera.scale(z)
        turn = rng.choice((LEFT, RIGHT)) + rng.normal(0, 0.5)
        return Spot(stage.across(rng.uniform(0.2, 0.8), z), z, float(turn), y)

    if rng.random() < 0.65:
        for plane in range(int(rng.integers(1, 4))):
            length = pick(rng, (9.0, 34.0, 40.0))
            near = (1.2 if plane == 0 else 3.0) * length
            z = float(near * 8 ** (rng.random() ** 1.6))
            stage.aeroplane(aloft(z), length, rng.normal(0, 0.25))
    else:
        for _bird in range(int(rng.integers(2, 7))):
            stage.flying_bird(aloft(float(2.6 * 6 ** rng.random())), rng.uniform(0.5, 0.8))
    stage.paint()


def airfield(canvas: Canvas, rng: np.random.Generator) -> None:
    """An aeroplane on the ground."""
    stage = new_stage(canvas, rng, rng.uniform(0.4, 0.55), 2.2, 1.0)
    floors.stones(canvas, stage.camera, np.array((150, 150, 150)) * rng.uniform(0.7, 1.15), rng)
    walls.sky(canvas, stage.camera.horizon + 1, some_color(SKIES, rng), rng)
    hall = box((-60, 0, -4), (60, rng.uniform(3, 9), 4), some_color(PAINTS, rng))
    stage.solid(None, hall, Spot(rng.uniform(-60, 60), 140, 0), shadow=False)
    stage.paint()
    canvas.blur(0)
    length = pick(rng, (9.0, 32.0))
    z = length * rng.uniform(0.95, 1.5)
    turn = rng.choice((LEFT, RIGHT)) + rng.normal(0, 0.5)
    stage.aeroplane(
        Spot(stage.across(rng.uniform(0.35, 0.65), z), z, float(turn)), length, gear=True
    )
    if rng.random() < 0.5:
        far = 3.5 * length
        stage.aeroplane(
            Spot(stage.across(rng.random(), far), far, float(turn) + 1), length, gear=True
        )
    people(stage, int(rng.integers(1, 3)), 6, 16)
    z = rng.uniform(14, 30)
    vehicle, number = ((bus, Voc.BUS), (car, Voc.CAR))[rng.integers(2)]
    stage.solid(number, vehicle(rng), Spot(stage.across(rng.random(), z), z, rng.uniform(0, 6.3)))
    stage.paint()


def railway(canvas: Canvas, rng: np.random.Generator) -> None:
    """A train beside a platform, or in open country."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.36, 0.5), rng.uniform(1.8, 2.6), rng.uniform(0.9, 1.2)
    )
    camera = stage.camera
    side = int(rng.choice((-1, 1)))
    countryside(stage)
    turn = TO_US + side * rng.uniform(0.1, 0.75)
    front = rng.uniform(6.5, 13)
    spot = Spot(side * rng.uniform(-1.5, 1.0), front, turn)
    ballast = spot.world(np.array([(9.0, 0, -2.4), (9.0, 0, 2.4), (-60, 0, 2.4), (-60, 0, -2.4)]))
    canvas.polygon(camera.project(ballast), (140, 130, 122), (128, 118, 110), grain=0.16)
    for z in (-0.75, 0.75):
        rail = spot.world(np.array([(9.0, 0.1, z), (-60, 0.1, z)]))
        ends = camera.project(rail)
        canvas.line(ends, [max(0.07 * camera.scale(max(p[2], 1)), 1.1) for p in rail], (96, 88, 84))
    if rng.random() < 0.6:
        edge = spot.world(
            np.array(
                [
                    (14, 0.7, -2.6 * side),
                    (-60, 0.7, -2.6 * side),
                    (-60, 0.7, -9 * side),
                    (14, 0.7, -9 * side),
                ]
            )
        )
        canvas.polygon(camera.project(edge), some_color(STONES, rng), grain=0.05)
    stage.solid(Voc.TRAIN, train(rng), spot)
    people(stage, int(rng.integers(1, 4)), 2.6, 12)
    stage.paint()
