"""Rooms, and what is seen of them from a table or from the floor."""

import numpy as np

from pixelwise.data.small import soft_floors as floors
from pixelwise.data.small import soft_walls as walls
from pixelwise.data.small.object_cast import (
    AWAY,
    PAINTS,
    STONES,
    TO_US,
    cat,
    dog,
    new_stage,
    pick,
    some_color,
)
from pixelwise.data.small.object_furniture import (
    cabinet,
    chair,
    dining_table,
    office_chair,
    random_fabric,
    random_wood,
    sofa,
    tv_monitor,
)
from pixelwise.data.small.object_people import standing
from pixelwise.data.small.object_stage import Stage, Voc
from pixelwise.data.small.soft_canvas import Canvas
from pixelwise.data.small.soft_solids import Spot, box


def _room_walls(stage: Stage, back: float) -> None:
    """The back wall and the floor of a room."""
    canvas, rng = stage.canvas, stage.rng
    floor = (floors.boards, floors.carpet, floors.tiles, floors.boards)[rng.integers(4)]
    color = (
        random_fabric(rng)
        if floor is floors.carpet
        else (random_wood(rng) if floor is floors.boards else some_color(STONES, rng))
    )
    floor(canvas, stage.camera, color, rng)
    foot = float(stage.camera.project([(0, 0, back)])[0, 1])
    wall = (
        walls.plaster,
        walls.wallpaper,
        walls.window,
        walls.plaster,
        walls.bookshelf,
        walls.curtain,
    )[rng.integers(6)]
    color = random_wood(rng) if wall is walls.bookshelf else some_color(PAINTS, rng)
    wall(canvas, foot, color, rng)
    skirting = [(0, foot - 3), (canvas.width, foot - 3), (canvas.width, foot), (0, foot)]
    canvas.polygon(skirting, 0.5 * color + 110, 0.6 * color + 40)
    if wall is walls.plaster:
        for share in rng.permutation([0.2, 0.5, 0.8])[: int(rng.integers(1, 3))]:
            _picture(stage, share, foot)
    canvas.blur(0)


def _picture(stage: Stage, share: float, foot: float) -> None:
    """A framed picture on the wall."""
    canvas, rng = stage.canvas, stage.rng
    wide, tall = rng.uniform(8, 16), rng.uniform(8, 14)
    x, y = share * canvas.width, foot * rng.uniform(0.25, 0.55)
    frame, inner = np.array((wide, tall)), np.array((wide - 1.6, tall - 1.6))
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    canvas.polygon((x, y) + square * frame, random_wood(rng))
    canvas.polygon((x, y) + square * inner, rng.uniform(60, 240, 3), rng.uniform(40, 220, 3))
    canvas.ellipse((x, y + 0.2 * tall), 0.4 * inner, rng.uniform(40, 230, 3))


def living_room(canvas: Canvas, rng: np.random.Generator) -> None:
    """A sofa, a television, plants, somebody, a cat."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.3, 0.42), rng.uniform(1.2, 1.6), rng.uniform(0.9, 1.3)
    )
    back = rng.uniform(4.2, 5.5)
    _room_walls(stage, back)
    z = back - 0.6
    seats = int(rng.integers(1, 4))
    share = rng.uniform(0.2, 0.8)
    turn = TO_US + rng.normal(0, 0.25)
    where = Spot(stage.across(share, z), z, turn)
    stage.solid(Voc.SOFA, sofa(rng, seats), where)
    if rng.random() < 0.6:
        seat = Spot(where.x, z - 0.25, turn)
        if rng.random() < 0.5:
            stage.seated_person(seat, 0.47)
        else:
            cat(stage, share, z - 0.25, 0.47)
    other = share + rng.uniform(0.35, 0.5) * (1 if share < 0.5 else -1)
    if rng.random() < 0.8:
        spot = Spot(stage.across(other, z), z, TO_US - rng.uniform(0, 0.5) * np.sign(other - 0.5))
        if rng.random() < 0.6:
            high = rng.uniform(0.4, 0.6)
            stage.solid(None, cabinet(rng, 1.2, high), spot)
            screen = Spot(spot.x, z - 0.02, spot.turn, high)
            stage.solid(Voc.TV_MONITOR, tv_monitor(rng, rng.uniform(0.7, 1.1)), screen, False)
        else:
            stage.potted_plant(spot, rng.uniform(0.9, 1.7))
    for near in rng.permutation([0.18, 0.5, 0.82])[: int(rng.integers(1, 3))]:
        z = rng.uniform(1.7, 3.0)
        spot = Spot(stage.across(near, z), z, rng.uniform(0, 6.3))
        kind = rng.integers(7)
        if kind == 0:
            stage.solid(Voc.CHAIR, chair(rng), spot)
        elif kind == 1:
            stage.potted_plant(spot, rng.uniform(0.5, 1.0))
        elif kind == 2:
            stage.solid(Voc.SOFA, sofa(rng, 1), spot)
        elif kind == 3:
            dog(stage, near, z)
        elif kind <= 5:
            stage.person(standing(rng), spot)
        else:
            cat(stage, near, z)
    stage.paint()


def dining_room(canvas: Canvas, rng: np.random.Generator) -> None:
    """A table with chairs around it and bottles on it."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.22, 0.38), rng.uniform(1.4, 1.7), rng.uniform(0.9, 1.2)
    )
    _room_walls(stage, rng.uniform(4.5, 5.5))
    z, long = rng.uniform(2.7, 3.5), rng.uniform(1.2, 1.9)
    x = stage.across(rng.uniform(0.35, 0.65), z)
    skew = rng.normal(0, 0.15)
    for side in (-0.3, 0.3):
        behind = Spot(x + side * long, z + 0.62, TO_US + rng.normal(0, 0.15))
        stage.solid(Voc.CHAIR, chair(rng), behind)
        if rng.random() < 0.35:
            stage.seated_person(Spot(behind.x, behind.z - 0.05, behind.turn), 0.47)
    stage.solid(Voc.DINING_TABLE, dining_table(rng, long, 0.85), Spot(x, z, TO_US + skew))
    for _bottle in range(int(rng.integers(1, 4))):
        on = Spot(x + rng.uniform(-0.4, 0.4) * long, z - rng.uniform(0.38, 0.5), 0, 0.76)
        stage.bottle(on, rng.uniform(0.2, 0.34))
    if rng.random() < 0.4:
        stage.potted_plant(
            Spot(x + rng.uniform(-0.3, 0.3), z - 0.39, 0, 0.76), rng.uniform(0.3, 0.5)
        )
    for side in (-1, 1):
        if rng.random() < 0.6:
            spot = Spot(
                x + side * (0.5 * long + rng.uniform(0.1, 0.4)),
                z - rng.uniform(0.3, 0.9),
                (0.0 if side < 0 else np.pi) + rng.normal(0, 0.5),
            )
            stage.solid(Voc.CHAIR, chair(rng), spot)
    if rng.random() < 0.4:
        cat(stage, rng.uniform(0.1, 0.9), z - 0.9)
    stage.paint()


def table_top(canvas: Canvas, rng: np.random.Generator) -> None:
    """Bottles and plants on a table, from so near that the table fills the lower part."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.2, 0.4), rng.uniform(0.2, 0.34), rng.uniform(1.2, 1.6)
    )
    far = rng.uniform(1.0, 1.5)
    floor = floors.boards if rng.random() < 0.6 else floors.cloth
    color = random_wood(rng) if floor is floors.boards else random_fabric(rng)
    floor(canvas, stage.camera, color, rng)
    edge = float(stage.camera.project([(0, 0, far)])[0, 1])
    behind = (walls.plaster, walls.window, walls.bookshelf, walls.curtain, walls.bricks)[
        rng.integers(5)
    ]
    behind(canvas, edge, some_color(PAINTS, rng), rng)
    canvas.blur(rng.uniform(0.5, 1.2))
    with canvas.object(Voc.DINING_TABLE):
        canvas.claim(
            [(0, edge), (canvas.width, edge), (canvas.width, canvas.height), (0, canvas.height)]
        )
    shares = rng.permutation(np.linspace(0.12, 0.88, 5))[: int(rng.integers(2, 5))]
    for share in shares:
        z = rng.uniform(0.5, 0.9 * far)
        spot = Spot(stage.across(share, z), z)
        kind = rng.integers(6)
        if kind <= 3:
            stage.bottle(spot, rng.uniform(0.18, 0.32))
        elif kind == 4:
            stage.potted_plant(spot, rng.uniform(0.2, 0.4))
        else:
            _plate(stage, spot)
    if rng.random() < 0.3:
        cat(stage, rng.uniform(0.25, 0.75), 0.95 * far)
    stage.paint()


def _plate(stage: Stage, spot: Spot) -> None:
    """A plate with food on it: no class of this set, so background."""
    food = stage.rng.uniform(40, 220, 3)

    def painter() -> None:
        middle = stage.camera.project([(spot.x, 0.01, spot.z)])[0]
        radius = 0.11 * stage.camera.scale(spot.z)
        flat = stage.camera.height / spot.z
        stage.canvas.shadow(middle, (1.2 * radius, 1.2 * flat * radius), 0.5)
        stage.canvas.ellipse(middle, (radius, flat * radius), (236, 234, 230))
        stage.canvas.ellipse(middle, (0.7 * radius, 0.7 * flat * radius), (218, 216, 212))
        stage.canvas.ellipse(middle - (0, 1), (0.45 * radius, 0.5 * flat * radius), food)

    stage.add(spot.z, painter)


def office(canvas: Canvas, rng: np.random.Generator) -> None:
    """Desks with monitors, and chairs in front of them."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.28, 0.4), rng.uniform(1.3, 1.6), rng.uniform(1.0, 1.5)
    )
    _room_walls(stage, 4.2)
    z = rng.uniform(2.2, 2.8)
    desk = random_wood(rng)
    x = stage.across(rng.uniform(0.4, 0.6), z)
    long = rng.uniform(1.4, 2.2)
    top = box((-0.35, 0.7, -long / 2), (0.35, 0.74, long / 2), desk, 0.8 * desk)
    sides = [
        piece
        for side in (-1, 1)
        for piece in box(
            (-0.33, 0, side * 0.45 * long - 0.03),
            (0.33, 0.7, side * 0.45 * long + 0.03),
            0.9 * desk,
        )
    ]
    stage.solid(None, [*top, *sides], Spot(x, z, TO_US))
    for side in (-0.25, 0.25)[: int(rng.integers(1, 3))]:
        spot = Spot(x + side * long, z - 0.01, TO_US + rng.normal(0, 0.25), 0.74)
        stage.solid(Voc.TV_MONITOR, tv_monitor(rng, rng.uniform(0.5, 0.75)), spot, False)
    if rng.random() < 0.5:
        spot = Spot(x + 0.42 * long * rng.choice((-1, 1)), z - 0.05, 0, 0.74)
        stage.potted_plant(spot, rng.uniform(0.25, 0.45))
    if rng.random() < 0.5:
        stage.bottle(Spot(x + rng.uniform(-0.1, 0.1), z - 0.3, 0, 0.74), 0.24)
    seat = Spot(
        x + rng.uniform(-0.3, 0.3) * long, z - rng.uniform(0.7, 0.9), AWAY + rng.normal(0, 0.8)
    )
    stage.solid(Voc.CHAIR, office_chair(rng) if rng.random() < 0.7 else chair(rng), seat)
    if rng.random() < 0.5:
        stage.person(standing(rng), Spot(x + 0.75 * long * rng.choice((-1, 1)), z, 1.5))
    stage.paint()


def at_home(canvas: Canvas, rng: np.random.Generator) -> None:
    """Cats and dogs on the floor, seen from as low as they are."""
    stage = new_stage(
        canvas, rng, rng.uniform(0.25, 0.42), rng.uniform(0.5, 0.8), rng.uniform(1.0, 1.4)
    )
    _room_walls(stage, 3.6)
    z = 2.9
    behind = Spot(stage.across(rng.uniform(0.1, 0.9), z), z, TO_US + rng.normal(0, 0.4))
    kind = rng.integers(4)
    if kind <= 1:
        stage.solid(Voc.SOFA, sofa(rng, 2), behind)
    elif kind == 2:
        stage.solid(Voc.CHAIR, chair(rng), behind)
    else:
        stage.potted_plant(behind, rng.uniform(0.6, 1.2))
    stage.paint()
    canvas.blur(pick(rng, (0.0, 0.6)))
    left, right = rng.permutation([0.3, 0.7]) + rng.uniform(-0.12, 0.12, 2)
    shown = rng.integers(3)
    if shown != 0:
        dog(stage, left, rng.uniform(1.1, 1.9))
    if shown != 1:
        cat(stage, right, rng.uniform(0.75, 1.3))
    stage.paint()
