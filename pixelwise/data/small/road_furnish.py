"""Placing street furniture: lamps, signs, bins and the like."""

from collections.abc import Callable
from functools import partial

from pixelwise.data.small import road_furniture as furniture
from pixelwise.data.small.road_borders import railing
from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_people import parked_bicycle
from pixelwise.data.small.road_placing import border_along, upright
from pixelwise.data.small.road_plans import Extra, Setting
from pixelwise.data.small.road_stage import Place, Stage
from pixelwise.data.small.road_things import Things


def furnish(things: Things, side: int) -> None:
    """Lamps, signs, bins and the like, along the kerb and along the houses."""
    stage, street = things.stage, things.street
    walk = street.extent(side, Kind.PAVEMENT) or (street.half, street.half + 1.5)
    kerb, wall = street.half + 0.55, min(street.outer(side), walk[1])
    if stage.chance(0.75):
        _row_of_lamps(things, side, kerb)
    for _ in range(int(stage.rng.integers(1, 4))):
        place = (
            side * (kerb + stage.between(0, 0.3)),
            street.clear_of_mouths(side, stage.between(6, 48)),
        )
        upright(things, place, 0.1, 2.6, partial(furniture.traffic_sign, stage, place))
    if stage.chance(0.3):
        place = (side * (kerb + 1.2), street.clear_of_mouths(side, stage.between(14, 40)))
        upright(things, place, 1.2, 3.6, partial(furniture.direction_board, stage, place))
    along_houses: tuple[tuple[Callable[[Stage, Place], None], float, float], ...] = (
        (furniture.bin_, 0.6, 1.1),
        (furniture.bin_, 0.6, 1.1),
        (furniture.cabinet, 1.1, 1.2),
        (furniture.bench, 1.6, 0.8),
        (parked_bicycle, 0.4, 1.0),
        (parked_bicycle, 0.4, 1.0),
        (furniture.advertising_column, 1.2, 2.9),
    )
    for _ in range(int(stage.rng.integers(1, 5))):
        painter, width, height = along_houses[int(stage.rng.integers(len(along_houses)))]
        place = (side * (wall - 0.55), street.clear_of_mouths(side, stage.between(6, 36)))
        upright(things, place, width, height, partial(painter, stage, place))
    if stage.chance(0.3):
        _row_of_bollards(things, side, kerb - 0.1)
    if Extra.FENCE in things.plan.extras or stage.chance(0.12):
        near = stage.between(5, 22)
        if not street.mouth_at(side, near, near + 12, 1.0):
            border_along(
                things, side, near, near + stage.between(8, 14), kerb - 0.15, railing, 1.05
            )


def _row_of_lamps(things: Things, side: int, offset: float) -> None:
    stage = things.stage
    low, spacing = stage.chance(0.2), stage.between(19, 28)
    z = stage.between(6, spacing)
    while z < 100:
        place = (side * offset, things.street.clear_of_mouths(side, z))
        if low:
            painter = partial(furniture.park_lamp, stage, place)
        else:
            painter = partial(furniture.lamp_post, stage, place, side)
        upright(things, place, 0.16, 3.5 if low else 7.0, painter)
        z += spacing


def _row_of_bollards(things: Things, side: int, offset: float) -> None:
    stage = things.stage
    begin = stage.between(5, 14)
    for number in range(int(stage.rng.integers(4, 9))):
        place = (side * offset, begin + 1.7 * number)
        if not things.street.mouth_at(side, place[1], place[1], 0.5):
            upright(things, place, 0.16, 1.0, partial(furniture.bollard, stage, place))


def signals(things: Things) -> None:
    """Traffic lights at a crossing, or where a side road begins."""
    stage, street = things.stage, things.street
    spots = [street.zebra - 1.0] if street.zebra is not None else []
    spots += [mouth.near - 2.5 for mouth in street.mouths if stage.chance(0.3)]
    if not spots or (street.zebra is None and Setting.COUNTRY in things.plan.sides):
        return
    state = int(stage.rng.integers(3))
    for side in (-1, 1):
        if stage.chance(0.75):
            place = (side * (street.half + 0.6), spots[0])
            painter = partial(furniture.traffic_light, stage, place, state, side)
            upright(things, place, 0.15, 3.2, painter)
