"""Places in the country: pastures, a park, a branch with birds."""

from collections.abc import Callable

import numpy as np

from pixelwise.data.small import soft_floors as floors
from pixelwise.data.small import soft_walls as walls
from pixelwise.data.small.animal_breeds import Breed
from pixelwise.data.small.animal_build import Pose
from pixelwise.data.small.object_cast import (
    FOLIAGE,
    GREENS,
    LEFT,
    RIGHT,
    SKIES,
    cat,
    dog,
    new_stage,
    people,
    pick,
    some_color,
    tree,
)
from pixelwise.data.small.object_creatures import cow, horse, sheep
from pixelwise.data.small.object_furniture import random_wood
from pixelwise.data.small.object_stage import Stage, Voc
from pixelwise.data.small.object_vehicles import bicycle
from pixelwise.data.small.soft_canvas import Canvas
from pixelwise.data.small.soft_solids import Spot, bar

_HERDS: dict[Voc, tuple[Callable[[np.random.Generator], Breed], float]] = {
    Voc.SHEEP: (sheep, 1.15),
    Voc.COW: (cow, 1.75),
    Voc.HORSE: (horse, 1.9),
}
"""Who makes the animals of a herd, and their size in metres per unit of their build."""


def meadow(canvas: Canvas, rng: np.random.Generator, number: Voc) -> None:
    """A pasture with a herd of animals of a class."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.28, 0.5), rng.uniform(1.3, 2.2), rng.uniform(1.0, 1.5)
    )
    countryside(stage)
    herd, size = _HERDS[number]
    # No nearer than where the feet are still in the picture.
    near = max(2.2 * size, stage.camera.distance(0.97 * canvas.height))
    for z in near * np.array((1.0, 1.5, 2.6, 5.0))[: int(rng.integers(2, 5))]:
        z = float(z * rng.uniform(0.9, 1.25))
        turn = rng.choice((LEFT, RIGHT)) + rng.normal(0, 0.6)
        pose = Pose(
            "lying" if rng.random() < 0.15 else "standing",
            rng.uniform(-0.5, 0.5),
            rng.uniform(-0.7, 0.1),
            rng.uniform(-0.1, 0.1),
            rng.uniform(-0.3, 0.3),
        )
        spot = Spot(stage.across(rng.uniform(0.1, 0.9), z), z, float(turn))
        stage.animal(number, herd(rng), pose, spot, size * rng.uniform(0.85, 1.1))
    if rng.random() < 0.4:
        people(stage, 1, 5, 20)
    if rng.random() < 0.4:
        dog(stage, rng.uniform(0.2, 0.8), rng.uniform(4, 12))
    if rng.random() < 0.5:
        _fence(stage, pick(rng, (3.0, 14.0)))
    stage.paint()


def countryside(stage: Stage) -> None:
    """Sky, far trees and grass."""
    canvas, rng = stage.canvas, stage.rng
    floors.lawn(canvas, stage.camera, some_color(GREENS, rng), rng)
    behind = (walls.trees, walls.hills, walls.sky)[rng.integers(3)]
    color = some_color(SKIES if behind is walls.sky else FOLIAGE, rng)
    behind(canvas, stage.camera.horizon + 1.5, color, rng)
    canvas.blur(0)
    for _tree in range(int(rng.integers(0, 3))):
        z = rng.uniform(18, 40)
        tree(stage, stage.across(rng.uniform(0, 1), z), z, rng.uniform(5, 8))


def _fence(stage: Stage, z: float) -> None:
    """A wooden fence; whatever is behind it is partly hidden."""
    rng = stage.rng
    wood = random_wood(rng)
    left, right = stage.across(-0.2, z), stage.across(1.2, z)
    posts = [
        bar([(x, 0, 0), (x, 1.0, 0)], 0.09, 0.85 * wood)
        for x in np.arange(left, right, rng.uniform(1.2, 2.0))
    ]
    rails = [bar([(left, y, 0.02), (right, y, 0.02)], 0.06, wood) for y in (0.45, 0.85)]
    stage.solid(None, [*posts, *rails], Spot(0, z, 0), shadow=False)


def park(canvas: Canvas, rng: np.random.Generator) -> None:
    """A park with a path: people, dogs and bicycles."""
    stage = new_stage(canvas, rng, rng.uniform(0.3, 0.48), 1.5, rng.uniform(1.0, 1.4))
    countryside(stage)
    path = [(-2, 0, 1), (1.5, 0, 1), (6, 0, 60), (4, 0, 60)]
    canvas.polygon(stage.camera.project(path), (190, 176, 150), (206, 190, 160), grain=0.07)
    people(stage, int(rng.integers(1, 3)), 2.6, 20)
    if rng.random() < 0.6:
        people(stage, 1, 1.6, 2.6)
    for share in rng.permutation([0.2, 0.5, 0.8])[: int(rng.integers(1, 3))]:
        z = rng.uniform(2.2, 6.0)
        spot = Spot(stage.across(share, z), z, rng.choice((LEFT, RIGHT)) + rng.normal(0, 0.5))
        kind = rng.integers(5)
        if kind == 0:
            stage.cyclist(spot)
        elif kind == 1:
            stage.solid(Voc.BICYCLE, bicycle(rng), spot)
        elif kind == 2:
            cat(stage, share, rng.uniform(1.6, 4))
        else:
            dog(stage, share, rng.uniform(2.0, 7))
    for _bird in range(int(rng.integers(0, 4))):
        z = rng.uniform(2, 7)
        stage.standing_bird(Spot(stage.across(rng.random(), z), z, rng.uniform(0, 6.3)), 0.3, 0.22)
    stage.paint()


def perch(canvas: Canvas, rng: np.random.Generator) -> None:
    """Birds on a branch, seen from near by."""
    stage = new_stage(canvas, rng, rng.uniform(0.4, 0.6), 1.5, 2.2)
    behind = (walls.hedge, walls.trees, walls.sky)[rng.integers(3)]
    color = some_color(SKIES if behind is walls.sky else FOLIAGE, rng)
    behind(canvas, canvas.height, color, rng)
    canvas.blur(rng.uniform(2, 4))
    z, bark = 1.0, np.array((104, 82, 62)) * rng.uniform(0.7, 1.2)
    level = 1.5 - rng.uniform(-0.02, 0.1)
    xs = np.linspace(stage.across(-0.1, z), stage.across(1.1, z), 9)
    bend = np.cumsum(rng.normal(0, 0.012, 9))
    wide = rng.uniform(0.02, 0.05) * np.linspace(1.2, 0.7, 9) * stage.camera.scale(z)
    branch = stage.camera.project([(x, level + b, z) for x, b in zip(xs, bend, strict=True)])
    canvas.line(branch, wide, bark, grain=0.12)
    for share in rng.permutation([0.22, 0.5, 0.78])[: int(rng.integers(1, 4))]:
        x = stage.across(share, z)
        y = level + float(np.interp(x, xs, bend)) + 0.008
        size = rng.uniform(0.12, 0.3)
        stage.standing_bird(
            Spot(x, z - 0.01, rng.choice((0.3, 2.8)) + rng.normal(0, 0.3), y), size, 0.16
        )
    stage.paint()
    for _twig in range(int(rng.integers(2, 6))):
        x = rng.uniform(0, canvas.width)
        start = np.array((x, float(np.interp(x, branch[:, 0], branch[:, 1]))))
        for step in range(3):
            leaf = start + np.array((4 * step - 4 + rng.normal(0, 2), 5 + 4 * rng.random()))
            canvas.ellipse(leaf, (2.2, 4), np.array((100, 146, 66)) * rng.uniform(0.7, 1.2))
