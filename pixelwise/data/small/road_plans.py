"""What a road scene is to show, before any of it is painted."""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import Color, Light, scaled
from pixelwise.data.small.road_picture import FINER
from pixelwise.data.small.road_street import Line, Mouth, Street, Strip, Texture
from pixelwise.data.small.road_view import View


class Setting(Enum):
    """What one side of the road looks like."""

    TOWN = "closed rows of houses"
    SUBURB = "houses in gardens"
    COUNTRY = "fields"
    INDUSTRY = "halls behind fences"
    PARK = "trees behind a railing"


class RoadType(Enum):
    """How many lanes a road has."""

    PLAIN = "no lanes are marked"
    MARKED = "a lane for each direction"
    LANES = "several lanes"


class Extra(Enum):
    """What a scene has in any case."""

    BUS = "bus"
    TRUCK = "truck"
    TRAM = "tram"
    MOTORCYCLE = "motorcycle"
    CYCLIST = "cyclist"
    CROSSING = "crossing"
    FENCE = "fence"
    WALL = "wall"
    PEOPLE = "people"


@dataclass(frozen=True)
class Lens:
    """How the camera is built into the car.

    Attributes:
        size: (height, width) of the image in pixels.
        focal: the focal length in pixels of the image.
        horizon: the height of the horizon as a share of the image, from the top.
        eye: how high the camera is, in metres.
    """

    size: tuple[int, int]
    focal: float
    horizon: float
    eye: float


@dataclass(frozen=True)
class Plan:
    """What a scene is to show.

    Attributes:
        lens: the camera.
        light: the light.
        road: the type of the road.
        sides: what the left and the right side look like.
        drives_on: 1 where one drives on the right, -1 where one drives on the left.
        extras: what there is in any case.
        hood: whether the hood of our own car can be seen.
    """

    lens: Lens
    light: Light
    road: RoadType
    sides: tuple[Setting, Setting]
    drives_on: int = 1
    extras: frozenset[Extra] = frozenset()
    hood: bool = False

    def side(self, side: int) -> Setting:
        """What one side looks like: -1 for left, 1 for right."""
        return self.sides[0] if side < 0 else self.sides[1]


def view_of(plan: Plan, street: Street, rng: np.random.Generator) -> View:
    """The camera of our car in its lane, on a road that bends and rises a little."""
    lens = plan.lens
    open_land = Setting.COUNTRY in plan.sides
    bend = rng.normal(0, 0.0035 if open_land else 0.0016)
    slope = rng.normal(0, 0.0009 if open_land else 0.0004)
    middle = (street.lane[0] + street.lane[1]) / 2
    if plan.road is RoadType.PLAIN:
        middle = plan.drives_on * 0.25 * street.half
    return View(
        height=lens.size[0] * FINER,
        width=lens.size[1] * FINER,
        focal=lens.focal * FINER * rng.uniform(0.94, 1.06),
        horizon=lens.size[0] * FINER * (lens.horizon + rng.normal(0, 0.016)),
        eye=lens.eye * rng.uniform(0.92, 1.12),
        lateral=middle + rng.normal(0, 0.25),
        # A car in a bend looks along its tangent, but never exactly.
        heading=float(np.clip(rng.normal(0, 0.035) - 14 * bend, -0.12, 0.12)),
        bend=float(np.clip(bend, -0.008, 0.008)),
        slope=float(np.clip(slope, -0.0016, 0.0016)),
    )


def street_of(plan: Plan, rng: np.random.Generator) -> Street:
    """A street of this type, with side strips that suit its sides."""
    road_gray = rng.uniform(98, 158)
    color = _tinted(road_gray, rng)
    texture = Texture.ASPHALT
    if plan.road is RoadType.PLAIN and rng.random() < 0.25:
        texture = Texture.COBBLES
    half, lane, lines = _lanes(plan, rng)
    left, right = (_strips(setting, road_gray, rng) for setting in plan.sides)
    return Street(
        half=half,
        color=color,
        texture=texture,
        left=left,
        right=right,
        lines=lines,
        lane=lane,
        mouths=_mouths(plan, rng),
        zebra=_zebra(plan, rng),
        rails=_rails(plan, half),
    )


def _tinted(gray: float, rng: np.random.Generator) -> Color:
    """A grey that is a little warm or a little cold."""
    warm = rng.uniform(-1, 1)
    return float(gray * (1 + 0.035 * warm)), float(gray), float(gray * (1 - 0.035 * warm + 0.01))


def _lanes(
    plan: Plan, rng: np.random.Generator
) -> tuple[float, tuple[float, float], tuple[Line, ...]]:
    """Half the width of the road, our lane, and the lines."""
    d = plan.drives_on
    width = float(rng.uniform(2.9, 3.5))
    white = scaled((224.0, 222.0, 214.0), float(rng.uniform(0.86, 1.06)))
    if plan.road is RoadType.PLAIN:
        half = float(rng.uniform(2.4, 3.3))
        return half, (-half, half), ()
    if plan.road is RoadType.MARKED:
        half = width + 0.2
        lines = [Line(0.0, 0.13, white, dashed=bool(rng.random() < 0.75))]
        if rng.random() < 0.7:
            lines += [Line(side * (half - 0.3), 0.13, white, dashed=False) for side in (-1, 1)]
        ends = sorted((0.0, d * half))
        return half, (ends[0], ends[1]), tuple(lines)
    own = 2
    half = own * width + 0.3
    lines = [Line(side * width, 0.13, white, dashed=True) for side in (-1, 1)]
    lines += [Line(side * (half - 0.2), 0.14, white, dashed=False) for side in (-1, 1)]
    if rng.random() < 0.65:
        lines += [Line(side * 0.14, 0.12, white, dashed=False) for side in (-1, 1)]
    else:
        lines.append(Line(0.0, 0.14, white, dashed=True))
    inner = int(rng.random() < 0.5)
    ends = sorted((d * width * (1 - inner), d * width * (2 - inner)))
    return half, (ends[0], ends[1]), tuple(lines)


def _strips(setting: Setting, road_gray: float, rng: np.random.Generator) -> tuple[Strip, ...]:
    """The ground on one side, from the road outwards."""
    kerb = Strip(0.26, Kind.PAVEMENT, _tinted(rng.uniform(158, 198), rng), Texture.SMOOTH)
    grass = Strip(1.0, Kind.TERRAIN, _grass(rng), Texture.GRASS)
    gravel = Strip(1.0, Kind.GRAVEL, _gravel(rng), Texture.GRAVEL)
    if setting is Setting.COUNTRY:
        shoulder = _wide(gravel if rng.random() < 0.6 else grass, rng.uniform(0.4, 1.6))
        return shoulder, _wide(grass, rng.uniform(1.5, 3)), _wide(grass, 99)
    strips = [kerb]
    if rng.random() < (0.45 if setting is Setting.TOWN else 0.25):
        strips.append(_parking(road_gray, rng))
        strips.append(kerb)
    if rng.random() < 0.3:
        strips += [_wide(grass, rng.uniform(1.2, 2.4))]
    walk = _pavement(road_gray, rng)
    if setting is Setting.TOWN:
        walk = _wide(walk, rng.uniform(2.0, 4.4))
        last = _wide(walk, 99)
    elif setting is Setting.INDUSTRY:
        walk = _wide(walk, rng.uniform(1.4, 2.2))
        last = _wide(gravel, 99)
    else:
        walk = _wide(walk, rng.uniform(1.5, 2.8))
        last = _wide(grass, 99)
    return (*strips, walk, last)


def _wide(strip: Strip, width: float) -> Strip:
    return Strip(float(width), strip.kind, strip.color, strip.texture)


def _pavement(road_gray: float, rng: np.random.Generator) -> Strip:
    """Slabs, cobbles or asphalt, which may be as grey as the road."""
    kind = rng.random()
    if kind < 0.35:
        color, texture = _tinted(road_gray * rng.uniform(0.9, 1.25), rng), Texture.ASPHALT
    elif kind < 0.75:
        color, texture = _tinted(rng.uniform(118, 184), rng), Texture.SLABS
    elif kind < 0.9:
        color, texture = (158.0, 122.0, 104.0), Texture.COBBLES
    else:
        color, texture = _tinted(rng.uniform(100, 140), rng), Texture.COBBLES
    return Strip(2.0, Kind.PAVEMENT, color, texture)


def _parking(road_gray: float, rng: np.random.Generator) -> Strip:
    texture = Texture.COBBLES if rng.random() < 0.6 else Texture.ASPHALT
    color = _tinted(road_gray * rng.uniform(0.85, 1.15), rng)
    return Strip(2.15, Kind.PARKING, color, texture)


def _grass(rng: np.random.Generator) -> Color:
    dry = rng.uniform(0, 1)
    return float(104 + 66 * dry), float(136 + 18 * dry), float(66 + 26 * dry)


def _gravel(rng: np.random.Generator) -> Color:
    gray = rng.uniform(124, 168)
    return float(gray), float(gray * 0.94), float(gray * 0.84)


def _mouths(plan: Plan, rng: np.random.Generator) -> tuple[Mouth, ...]:
    """Side roads: none in most scenes, seldom one on both sides."""
    mouths = []
    for side in (-1, 1):
        if rng.random() < 0.34:
            near = float(rng.uniform(8, 30))
            mouths.append(Mouth(side, near, near + float(rng.uniform(5, 8))))
    return tuple(mouths)


def _zebra(plan: Plan, rng: np.random.Generator) -> float | None:
    crossing = Extra.CROSSING in plan.extras or (
        Setting.COUNTRY not in plan.sides and rng.random() < 0.15
    )
    return float(rng.uniform(9, 20)) if crossing else None


def _rails(plan: Plan, half: float) -> tuple[float, ...]:
    if Extra.TRAM not in plan.extras:
        return ()
    return (-0.5 * half, 0.5 * half)
