"""Placing single things beside the road: each casts its shadow and is painted in its turn."""

from collections.abc import Callable
from functools import partial

from pixelwise.data.small.road_light import Color
from pixelwise.data.small.road_plants import bush, conifer, poplar, tree, tree_color
from pixelwise.data.small.road_stage import Place, Stage
from pixelwise.data.small.road_things import Things

# How much earlier than its distance says something is painted that stands behind the pavement: a
# house, a garden, a fence. All of one layer is farther from us than the layers before it.
HOUSES, GARDENS, BORDERS = 10.0, 5.0, 1.0
# Things nearer to the camera than this are not placed, in metres.
NEAR = 3.6

Border = Callable[[Stage, Place, Place, float, int], None]


def upright(
    things: Things, place: Place, width: float, height: float, painter: Callable[[], None]
) -> None:
    """Something upright of some width and height, and its shadow."""
    if place[1] > NEAR:
        things.stage.shadows.of_pole(place, width, height)
        things.add(place[1], painter)


def border_along(
    things: Things, side: int, near: float, far: float, offset: float, border: Border, height: float
) -> None:
    """A fence or wall along the road, in short pieces, so that others can stand between them."""
    stage = things.stage
    seed = int(stage.rng.integers(1000))
    begin = near
    while begin < far - 0.3:
        end = min(begin + max(4.0, 0.25 * begin), far)
        if end > 1.2:
            start, stop = (side * offset, begin), (side * offset, end)
            stage.shadows.of_box([start, stop, (side * (offset + 0.2), end)], 0.8 * height)
            things.add(end + BORDERS, partial(border, stage, start, stop, height, seed))
        begin = end


def plant(things: Things, place: Place, height: float, color: Color) -> None:
    """A tree at the road."""
    things.stage.shadows.of_crown(place, 0.26 * height, 0.62 * height, things.stage.rng)
    things.stage.shadows.of_pole(place, 0.3, 0.4 * height)
    things.add(place[1], partial(tree, things.stage, place, height, color))


def low_plant(things: Things, place: Place, height: float, color: Color) -> None:
    """A bush in a garden or a field."""
    if place[1] > NEAR:
        things.stage.shadows.of_crown(place, 0.6 * height, 0.4 * height, things.stage.rng)
        things.add(place[1] + GARDENS, partial(bush, things.stage, place, height, color))


def any_tree(things: Things, place: Place, height: float, autumn: bool, layer: float) -> None:
    """A tree of any kind; `layer` is how much earlier it is painted, as for a garden."""
    stage = things.stage
    if place[1] < NEAR:
        return
    stage.shadows.of_crown(place, 0.26 * height, 0.62 * height, stage.rng)
    if stage.chance(0.2):
        things.add(place[1] + layer, partial(conifer, stage, place, height))
    else:
        color = tree_color(stage, autumn)
        things.add(place[1] + layer, partial(tree, stage, place, height, color))


def avenue(things: Things, side: int, offset: float, spacing: float, autumn: bool) -> None:
    """A row of trees of one kind."""
    stage = things.stage
    color, height, tall = tree_color(stage, autumn), stage.between(5.5, 9.5), stage.chance(0.25)
    z = NEAR + stage.between(1.0, spacing)
    while z < 100:
        if not things.street.mouth_at(side, z, z, 3.0):
            place = (side * offset, z + stage.between(-0.6, 0.6))
            size = height * stage.between(0.88, 1.12)
            if tall:
                things.stage.shadows.of_crown(place, 0.14 * size, 0.5 * size, stage.rng)
                things.add(place[1], partial(poplar, stage, place, 1.3 * size, color))
            else:
                plant(things, place, size, color)
        z += spacing


def woods(things: Things, side: int, near: float, far: float, offset: float, autumn: bool) -> None:
    """Trees between two distances, from an offset outwards."""
    stage = things.stage
    for _ in range(int((far - near) / 6) + 2):
        place = (side * (offset + stage.between(0, 16)), stage.between(near, far))
        if not things.street.mouth_at(side, place[1], place[1], 3.0):
            any_tree(things, place, stage.between(6, 12), autumn, GARDENS)
