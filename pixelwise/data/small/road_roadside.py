"""What lines the road: houses, gardens, woods, fields, and what separates them from it."""

from dataclasses import replace
from functools import partial

from pixelwise.data.small import road_furniture as furniture
from pixelwise.data.small.road_borders import (
    garden_wall,
    guard_rail,
    hedge,
    picket_fence,
    railing,
    wire_fence,
)
from pixelwise.data.small.road_facades import paint_house
from pixelwise.data.small.road_furnish import furnish, signals
from pixelwise.data.small.road_houses import (
    House,
    cast_house,
    detached_house,
    hall,
    hides_end,
    town_house,
)
from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_placing import (
    GARDENS,
    HOUSES,
    Border,
    any_tree,
    avenue,
    border_along,
    low_plant,
    plant,
    upright,
    woods,
)
from pixelwise.data.small.road_plans import Extra, Setting
from pixelwise.data.small.road_plants import tree_color
from pixelwise.data.small.road_things import Things

_FAR = 120.0
_CORNER = 2.2  # how far from a side road the next house stands


def line_the_road(things: Things) -> None:
    """Put houses, trees, borders and street furniture on both sides."""
    autumn = things.stage.chance(0.25)
    for side in (-1, 1):
        setting = things.plan.side(side)
        if setting is Setting.TOWN:
            _town(things, side)
        elif setting is Setting.SUBURB:
            _suburb(things, side, autumn)
        elif setting is Setting.INDUSTRY:
            _industry(things, side, autumn)
        elif setting is Setting.PARK:
            _park(things, side, autumn)
        else:
            _country(things, side, autumn)
        if setting is not Setting.COUNTRY:
            _street_trees(things, side, autumn)
            furnish(things, side)
    signals(things)


def _house(things: Things, house: House) -> None:
    cast_house(things.stage, house)
    shaded = _shadow_on_front(things, house.side)
    things.add(house.far + HOUSES, partial(paint_house, things.stage, house, shaded))


def _shadow_on_front(things: Things, side: int) -> float:
    """Up to which height the houses opposite keep the sun away from a front."""
    right, up, _forward = things.stage.light.towards_sun
    if things.plan.side(-side) is not Setting.TOWN or right * side > -0.05:
        return 0.0
    wide = things.street.outer(-1) + things.street.outer(1)
    return max(0.0, 10.5 - wide * up / abs(right))


def _town(things: Things, side: int) -> None:
    """A closed row of houses, broken where a side road begins."""
    stage, street = things.stage, things.street
    offset = street.outer(side)
    z, nearer = -6.0, None
    while z < _FAR:
        length = stage.between(8, 15)
        mouth = street.mouth_at(side, z, z + length, _CORNER)
        if mouth is not None:
            if mouth.near - _CORNER - z > 4:
                _house(things, town_house(stage, side, z, mouth.near - _CORNER, offset))
            z = mouth.far + _CORNER
            continue
        if stage.chance(0.92):
            house = town_house(stage, side, z, z + length, offset)
            if nearer is not None and hides_end(nearer, house):
                house = replace(house, end=False)
            _house(things, house)
            nearer = house
        else:
            place = (side * (offset + stage.between(3, 6)), z + length / 2)
            plant(things, place, 9, tree_color(stage, autumn=False))
            border_along(things, side, z, z + length, offset + 0.3, garden_wall, 2.0)
        z += length


def _suburb(things: Things, side: int, autumn: bool) -> None:
    """Plots with a border, a garden and a house."""
    stage, street = things.stage, things.street
    offset = street.outer(side)
    borders: tuple[tuple[Border, float], ...] = (
        (picket_fence, 1.1),
        (garden_wall, 0.9),
        (hedge, 1.2),
        (hedge, 1.7),
        (wire_fence, 1.2),
        (garden_wall, 1.6),
    )
    z = -4.0
    while z < 85:
        length = stage.between(13, 20)
        if not street.mouth_at(side, z, z + length, 2.0):
            border, height = borders[int(stage.rng.integers(len(borders)))]
            if Extra.FENCE in things.plan.extras:
                border, height = borders[0]
            if Extra.WALL in things.plan.extras and stage.chance(0.6):
                border, height = borders[1]
            gate = z + stage.between(0.2, 0.7) * length
            border_along(things, side, z, gate, offset, border, height)
            border_along(things, side, gate + 2.6, z + length - 0.3, offset, border, height)
            front = offset + stage.between(2.5, 6)
            begin = z + stage.between(0.5, 3)
            end = z + length - stage.between(2, 5)
            _house(things, detached_house(stage, side, begin, end, front))
            _garden(things, side, z, z + length, offset, autumn)
        z += length
    woods(things, side, 85, _FAR, offset + 6, autumn)


def _garden(
    things: Things, side: int, near: float, far: float, offset: float, autumn: bool
) -> None:
    stage = things.stage
    for _ in range(int(stage.rng.integers(1, 4))):
        place = (side * (offset + stage.between(0.8, 2.4)), stage.between(near, far))
        low_plant(things, place, stage.between(0.8, 1.9), tree_color(stage, autumn))
    if stage.chance(0.6):
        place = (side * (offset + stage.between(1.6, 4)), stage.between(near, far))
        any_tree(things, place, stage.between(4, 8), autumn, GARDENS)
    if stage.chance(0.5):
        place = (side * (offset + stage.between(15, 20)), stage.between(near, far) + 10)
        any_tree(things, place, stage.between(7, 12), autumn, HOUSES + 3)


def _industry(things: Things, side: int, autumn: bool) -> None:
    """Halls behind a fence of wire mesh."""
    stage, street = things.stage, things.street
    offset = street.outer(side)
    border: Border = wire_fence if stage.chance(0.75) else railing
    z = -4.0
    while z < 100:
        length = stage.between(18, 34)
        if not street.mouth_at(side, z, z + length, 1.0):
            border_along(things, side, z, z + length, offset + 0.2, border, stage.between(1.6, 2.1))
            front, end = offset + stage.between(4, 9), z + length - stage.between(2, 8)
            _house(things, hall(stage, side, z, end, front))
            if stage.chance(0.5):
                place = (side * (offset + stage.between(1.2, 3.5)), stage.between(z, z + length))
                any_tree(things, place, stage.between(5, 8), autumn, GARDENS)
        z += length


def _park(things: Things, side: int, autumn: bool) -> None:
    """Trees on a lawn, behind a railing, a wall or a hedge."""
    stage, street = things.stage, things.street
    offset = street.outer(side)
    borders: tuple[tuple[Border, float], ...] = ((railing, 1.2), (garden_wall, 1.1), (hedge, 1.0))
    border, height = borders[int(stage.rng.integers(len(borders)))]
    if Extra.FENCE in things.plan.extras:
        border, height = borders[0]
    if Extra.WALL in things.plan.extras:
        border, height = borders[1]
    z = 0.0
    while z < 90:
        if not street.mouth_at(side, z, z + 8, 1.0):
            border_along(things, side, z, z + 8, offset, border, height)
        z += 8
    woods(things, side, 4, 100, offset + 2, autumn)


def _country(things: Things, side: int, autumn: bool) -> None:
    """Fields, with marker posts, poles, bushes, trees, and now and then a house."""
    stage, street = things.stage, things.street
    offset = street.half + 0.8
    if stage.chance(0.4) or Extra.FENCE in things.plan.extras:
        begin = stage.between(3, 25)
        border_along(
            things, side, begin, begin + stage.between(25, 70), offset + 0.4, guard_rail, 0.75
        )
    elif stage.chance(0.5):
        fence: Border = wire_fence if stage.chance(0.5) else picket_fence
        border_along(things, side, 2, 70, offset + stage.between(2.5, 5), fence, 1.15)
    else:
        for z in range(6, 70, 12):
            place = (side * (offset + 0.2), z + stage.between(0, 1))
            upright(things, place, 0.12, 1.0, partial(furniture.marker_post, stage, place))
    if stage.chance(0.45):
        for z in range(8, 110, 24):
            place = (side * (offset + 4.2), z + stage.between(0, 3))
            upright(things, place, 0.2, 7.0, partial(furniture.telegraph_pole, stage, place))
    for _ in range(int(stage.rng.integers(2, 7))):
        place = (side * (offset + stage.between(2.5, 14)), stage.between(9, 80))
        if not street.mouth_at(side, place[1], place[1], 1.5):
            low_plant(things, place, stage.between(0.8, 2.4), tree_color(stage, autumn))
    if stage.chance(0.45):
        avenue(things, side, offset + stage.between(1.6, 3), stage.between(8, 12), autumn)
    for _ in range(int(stage.rng.integers(1, 6))):
        place = (side * (offset + stage.between(7, 30)), stage.between(20, _FAR))
        any_tree(things, place, stage.between(6, 13), autumn, GARDENS)
    if stage.chance(0.55):
        near = stage.between(18, 60)
        build = detached_house if stage.chance(0.6) else hall
        front = offset + stage.between(7, 22)
        _house(things, build(stage, side, near, near + stage.between(10, 18), front))
    if stage.chance(0.5):
        woods(things, side, stage.between(45, 80), _FAR, offset + stage.between(4, 14), autumn)


def _street_trees(things: Things, side: int, autumn: bool) -> None:
    """Trees in the strip of grass, or in the pavement."""
    stage, street = things.stage, things.street
    verge = street.extent(side, Kind.TERRAIN)
    if verge is not None:
        if stage.chance(0.8):
            avenue(things, side, (verge[0] + verge[1]) / 2, stage.between(8, 13), autumn)
    elif stage.chance(0.22):
        avenue(things, side, street.outer(side) - 0.9, stage.between(10, 15), autumn)
