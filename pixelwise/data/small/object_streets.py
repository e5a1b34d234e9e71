"""Streets: one that is crossed by the view, and one that runs away from the viewer."""

import numpy as np

from pixelwise.data.small import soft_floors as floors
from pixelwise.data.small import soft_walls as walls
from pixelwise.data.small.object_cast import (
    AWAY,
    LEFT,
    PAINTS,
    RIGHT,
    SKIES,
    STONES,
    TO_US,
    dog,
    new_stage,
    people,
    pick,
    some_color,
    tree,
)
from pixelwise.data.small.object_furniture import chair
from pixelwise.data.small.object_people import walking
from pixelwise.data.small.object_stage import Stage, Voc
from pixelwise.data.small.object_vehicles import bicycle, bus, car, motorbike
from pixelwise.data.small.soft_canvas import Canvas, Rgb
from pixelwise.data.small.soft_solids import Face, Solid, Spot, extruded, rectangle, with_details


def _facade(rng: np.random.Generator, wide: float, tall: float) -> Solid:
    """A house: its front is the right side (+z), its length along x."""
    color = some_color(PAINTS, rng)
    block = extruded(
        [(0, 0), (wide, 0), (wide, tall), (0, tall)],
        0.5,
        [color, 0.85 * color, 0.6 * color, 0.85 * color],
        color,
        0.9 * color,
    )
    high, step = rng.uniform(1.2, 1.7), rng.uniform(1.9, 2.6)
    details: list[Face] = []
    for low in np.arange(0.9, tall - 1.6, 2.9):
        for x in np.arange(0.6, wide - 1.2, step):
            glass: Rgb = (236, 212, 150) if rng.random() < 0.12 else (74, 88, 106)
            corner, opposite = (x, low, 0.5), (x + 1.0, low + high, 0.5)
            details.append(rectangle(corner, opposite, glass, (110, 124, 138), glossy=0.3))
    door = wide * rng.uniform(0.2, 0.7)
    paint = rng.uniform(40, 120, 3)
    details.append(rectangle((door, 0, 0.5), (door + 1.1, 2.2, 0.5), paint))
    front = with_details(block[0], details)
    return [front, *block[1:]]


def street_across(canvas: Canvas, rng: np.random.Generator) -> None:
    """A street that is crossed by the view, with houses on its other side."""
    stage = new_stage(canvas, rng, rng.uniform(0.36, 0.52), 1.6, rng.uniform(0.9, 1.3))
    walls.sky(canvas, stage.camera.horizon + 1, some_color(SKIES, rng), rng)
    floors.stones(canvas, stage.camera, np.array((104, 104, 108)) * rng.uniform(0.8, 1.2), rng)
    _pavement(stage, 12.6, 17.0)
    left = stage.across(0, 17) - rng.uniform(0, 5)
    while left < stage.across(1, 17):
        wide = rng.uniform(5, 10)
        stage.solid(
            None, _facade(rng, wide, pick(rng, (4.0, 6.5, 9.5))), Spot(left, 17, 0.0), shadow=False
        )
        left += wide
    stage.paint()
    canvas.blur(0)
    if rng.random() < 0.5:
        tree(stage, stage.across(rng.uniform(0, 1), 14), 14, rng.uniform(4, 6))
    for z, turn in ((11.3, LEFT), (7.6, RIGHT)):
        for share in rng.permutation([0.12, 0.5, 0.88])[: int(rng.integers(1, 3))]:
            x = stage.across(share + rng.uniform(-0.1, 0.1), z)
            _vehicle(stage, x, z - 0.9, turn + rng.normal(0, 0.06))
    people(stage, int(rng.integers(1, 4)), 2.8, 15.5)
    _sidewalk_things(stage)
    stage.paint()


def _pavement(stage: Stage, near: float, far: float) -> None:
    reach = 200.0
    corners = stage.camera.project(
        [(-reach, 0.1, near), (reach, 0.1, near), (reach, 0.1, far), (-reach, 0.1, far)]
    )
    color = some_color(STONES, stage.rng)
    stage.canvas.polygon(corners, 0.9 * color, color, grain=0.06)
    kerb = stage.camera.project(
        [(-reach, 0.1, near), (reach, 0.1, near), (reach, 0, near), (-reach, 0, near)]
    )
    stage.canvas.polygon(kerb, 0.7 * color)


def _vehicle(stage: Stage, x: float, nearest: float, turn: float) -> float:
    """Add something that drives.

    Args:
        stage: where.
        x: of its middle.
        nearest: z of its nearest end.
        turn: see `View`.

    Returns:
        z of its far end.
    """
    rng = stage.rng
    kind = rng.random()
    length = 4.3 if kind < 0.45 else 11.0 if kind < 0.7 else 1.9
    deep = length * abs(np.sin(turn)) + 1.8 * abs(np.cos(turn))
    spot = Spot(x, nearest + deep / 2, turn)
    if kind < 0.45:
        stage.solid(Voc.CAR, car(rng), spot)
    elif kind < 0.7:
        stage.solid(Voc.BUS, bus(rng), spot)
    else:
        stage.cyclist(spot)
    return float(nearest + deep)


def _sidewalk_things(stage: Stage) -> None:
    """What stands near by: a parked bicycle or motorbike, a plant, a dog, a chair of a café."""
    rng = stage.rng
    for share in rng.permutation([0.15, 0.5, 0.85])[: int(rng.integers(1, 3))]:
        z = rng.uniform(2.4, 4.4)
        spot = Spot(stage.across(share, z), z, rng.uniform(-0.5, 3.6))
        kind = rng.integers(7)
        if kind <= 1:
            stage.solid(Voc.BICYCLE, bicycle(rng), spot)
        elif kind <= 3:
            stage.solid(Voc.MOTORBIKE, motorbike(rng), spot)
        elif kind == 4:
            stage.potted_plant(spot, rng.uniform(0.7, 1.3))
        elif kind == 5:
            dog(stage, share, z)
        else:
            stage.solid(Voc.CHAIR, chair(rng), spot)


def street_along(canvas: Canvas, rng: np.random.Generator) -> None:
    """A street that runs away from the viewer."""
    stage = new_stage(canvas, rng, rng.uniform(0.36, 0.5), rng.uniform(1.5, 2.4), 0.95)
    camera = stage.camera
    walls.sky(canvas, camera.horizon + 1, some_color(SKIES, rng), rng)
    floors.stones(canvas, camera, np.array((100, 100, 104)) * rng.uniform(0.8, 1.2), rng)
    shade = some_color(STONES, rng)
    for side in (-1, 1):
        strip = [(4 * side, 0, 1.5), (7 * side, 0, 1.5), (7 * side, 0, 300), (4 * side, 0, 300)]
        canvas.polygon(camera.project(strip), shade, shade * 0.9, grain=0.06)
        z = 3.0
        while z < 60:
            wide = rng.uniform(8, 14)
            turn, start = (TO_US, z + wide) if side > 0 else (AWAY, z)
            stage.solid(
                None,
                _facade(rng, wide, pick(rng, (4.0, 6.5, 9.5))),
                Spot(7.5 * side, start, turn),
                shadow=False,
            )
            z += wide
    for z in np.arange(4, 70, 6.0):
        mark = [(-0.08, 0, z), (0.08, 0, z), (0.08, 0, z + 2.5), (-0.08, 0, z + 2.5)]
        canvas.polygon(camera.project(mark), (214, 212, 204))
    stage.paint()
    canvas.blur(0)
    for side in (-1, 1):
        if rng.random() < 0.7:
            tree(stage, 5.6 * side, rng.uniform(9, 30), rng.uniform(4, 6))
    for side, turn in ((-1, TO_US), (1, AWAY)):
        z = rng.uniform(4, 10)
        for _car in range(int(rng.integers(1, 4))):
            z = _vehicle(stage, 2.0 * side, z, turn + rng.normal(0, 0.1)) + rng.uniform(3, 20)
        if rng.random() < 0.6:
            stage.solid(Voc.CAR, car(rng), Spot(4.2 * side, rng.uniform(6, 25), turn))
    for z in (rng.uniform(3.5, 6), rng.uniform(7, 14), rng.uniform(15, 40)):
        x = rng.choice((-1, 1)) * rng.uniform(4.2, 6.0)
        stage.person(walking(rng), Spot(x, float(z), rng.uniform(0, 6.3)))
    if rng.random() < 0.5:
        z = rng.uniform(4, 8)
        stage.solid(Voc.BICYCLE, bicycle(rng), Spot(rng.choice((-1, 1)) * 3.9, z, TO_US + 0.5))
    stage.paint()
