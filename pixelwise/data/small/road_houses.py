"""Houses: their sizes, colours and shadows."""

from dataclasses import dataclass

from pixelwise.data.small.road_light import Color, scaled
from pixelwise.data.small.road_stage import Stage

_PLASTER: tuple[Color, ...] = (
    (222, 210, 186),
    (206, 178, 138),
    (198, 158, 120),
    (214, 196, 150),
    (190, 190, 184),
    (226, 222, 212),
    (176, 196, 206),
    (150, 178, 200),
    (160, 172, 140),
    (190, 196, 164),
    (208, 164, 150),
    (146, 140, 136),
)
_BRICK: tuple[Color, ...] = (
    (152, 84, 66),
    (168, 104, 80),
    (126, 78, 66),
    (180, 140, 108),
    (186, 166, 136),
)
_CONCRETE: tuple[Color, ...] = ((148, 148, 146), (172, 168, 160), (118, 122, 126), (104, 112, 122))
_TILES: tuple[Color, ...] = (
    (142, 72, 54),
    (118, 64, 54),
    (86, 84, 88),
    (70, 72, 80),
    (106, 84, 72),
)


@dataclass(frozen=True)
class House:
    """A box with a roof.

    Attributes:
        side: -1 on the left, 1 on the right.
        near: where it begins, in metres from the camera.
        far: where it ends.
        offset: of its front from the centre line, positive.
        depth: from the front to the back.
        floors: how many there are.
        floor: the height of one.
        ground: the height of the ground floor.
        roof: the height of the ridge above the eaves; 0 for a flat roof.
        wall: its colour.
        trim: the colour of frames and cornices.
        bay: the distance of windows.
        window: width and height of a window as a share of bay and floor.
        brick: whether its courses can be seen.
        shop: whether there are shop windows on the ground floor.
        seed: where its own random numbers begin.
        end: whether the end that faces us can be seen.
    """

    side: int
    near: float
    far: float
    offset: float
    depth: float
    floors: int
    floor: float
    ground: float
    roof: float
    wall: Color
    trim: Color
    roof_color: Color
    bay: float
    window: tuple[float, float]
    brick: bool
    shop: bool
    seed: int
    end: bool = True

    @property
    def eaves(self) -> float:
        """The height of the wall."""
        return self.ground + (self.floors - 1) * self.floor + 0.5


def town_house(stage: Stage, side: int, near: float, far: float, offset: float) -> House:
    """A house of a closed row in a town: several floors, often a shop."""
    modern = stage.chance(0.28)
    brick = not modern and stage.chance(0.35)
    wall = stage.one_of(_CONCRETE if modern else _BRICK if brick else _PLASTER)
    return House(
        side=side,
        near=near,
        far=far,
        offset=offset,
        depth=stage.between(9, 14),
        floors=int(stage.rng.integers(2, 7 if modern else 6)),
        floor=stage.between(2.9, 3.5),
        ground=stage.between(3.4, 4.2),
        roof=0.0 if modern else stage.between(1.8, 4.0),
        wall=scaled(wall, stage.between(0.86, 1.08)),
        trim=scaled(wall, 0.7) if stage.chance(0.4) else (226, 224, 216),
        roof_color=stage.one_of(_TILES),
        bay=stage.between(1.9, 3.2),
        window=(
            (stage.between(0.6, 0.9), stage.between(0.45, 0.6))
            if modern
            else (stage.between(0.36, 0.52), stage.between(0.48, 0.62))
        ),
        brick=brick,
        shop=stage.chance(0.5),
        seed=int(stage.rng.integers(1000)),
    )


def detached_house(stage: Stage, side: int, near: float, far: float, offset: float) -> House:
    """A house in a garden: one or two floors and a high roof."""
    brick = stage.chance(0.3)
    wall = stage.one_of(_BRICK if brick else _PLASTER)
    return House(
        side=side,
        near=near,
        far=far,
        offset=offset,
        depth=stage.between(8, 11),
        floors=int(stage.rng.integers(1, 4)),
        floor=2.8,
        ground=2.9,
        roof=stage.between(2.5, 4.6),
        wall=scaled(wall, stage.between(0.9, 1.08)),
        trim=(228, 226, 218) if stage.chance(0.6) else (112, 82, 60),
        roof_color=stage.one_of(_TILES),
        bay=stage.between(2.4, 3.4),
        window=(stage.between(0.36, 0.5), stage.between(0.42, 0.5)),
        brick=brick,
        shop=False,
        seed=int(stage.rng.integers(1000)),
    )


def hall(stage: Stage, side: int, near: float, far: float, offset: float) -> House:
    """A long low building: a workshop, a supermarket, a barn."""
    wall = stage.one_of((*_CONCRETE, (150, 96, 74), (176, 186, 196), (128, 142, 122)))
    return House(
        side=side,
        near=near,
        far=far,
        offset=offset,
        depth=stage.between(14, 22),
        floors=1,
        floor=3.0,
        ground=stage.between(4.0, 6.5),
        roof=0.0 if stage.chance(0.6) else stage.between(1.5, 3.0),
        wall=scaled(wall, stage.between(0.9, 1.1)),
        trim=scaled(wall, 0.75),
        roof_color=stage.one_of(_TILES),
        bay=stage.between(3.5, 5.5),
        window=(stage.between(0.5, 0.85), 0.3),
        brick=False,
        shop=stage.chance(0.35),
        seed=int(stage.rng.integers(1000)),
    )


def hides_end(nearer: House, house: House) -> bool:
    """Whether a house that is nearer to us hides the end of the one behind it."""
    return (
        nearer.far == house.near
        and nearer.offset == house.offset
        and nearer.eaves + 0.3 * nearer.roof >= house.eaves + house.roof
    )


def cast_house(stage: Stage, house: House) -> None:
    """The shadow of a house."""
    front, back = house.side * house.offset, house.side * (house.offset + house.depth)
    corners = [(u, z) for u in (front, back) for z in (house.near, house.far)]
    stage.shadows.of_box(corners, house.eaves + 0.6 * house.roof)
