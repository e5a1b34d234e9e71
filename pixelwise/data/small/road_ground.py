"""Painting the ground: every pixel is traced back to the place that it shows."""

import numpy as np

from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_light import UP, Color, scaled
from pixelwise.data.small.road_noise import TILE, cloudy
from pixelwise.data.small.road_stage import Place, Stage
from pixelwise.data.small.road_street import Mouth, Street, Strip, Texture

# The cross-section of the street is a table with a column for every 2 cm of offset.
_COLUMNS_PER_METRE = 50
_REACH = 60.0
# Dashes and gaps of lines, in metres.
_DASH, _GAP = 3.0, 5.0
_CORNER = 3.5  # the radius of the kerb where a side road begins
_KERB: Color = (176, 172, 166)


def paint_ground(stage: Stage, street: Street) -> None:
    """Paint all of the ground, its marks, and the shadows that lie on it."""
    view = stage.view
    first = view.first_row
    z = view.depths(np.arange(first, view.height))
    u = view.offsets(z)
    section = _Section(street, stage)
    columns = ((u + np.float32(_REACH)) * np.float32(_COLUMNS_PER_METRE)).astype(np.int32)
    columns = columns.clip(0, section.kinds.size - 1)
    on_dash = ((z + stage.between(0, 8)) % (_DASH + _GAP) < _DASH).astype(np.int32)
    colors = section.colors[on_dash[:, None], columns]
    kinds = section.kinds[columns]
    textures = section.textures[columns]
    for mouth in street.mouths:
        _open_mouth(mouth, street, u, z, colors, kinds, textures)
    stage.picture.put_lower_part(first, colors, kinds)
    _paint_marks(stage, street)
    _shine(stage, _structure(textures, u, z), z, kinds)


def lane_of(stage: Stage, street: Street) -> np.ndarray:
    """Which pixels of the fine grid lie in the lane of the camera if nothing is in front of them.

    Returns:
        (height, width) bool.
    """
    view = stage.view
    inside = np.zeros((view.height, view.width), dtype=bool)
    u = view.offsets(view.depths(np.arange(view.first_row, view.height)))
    inside[view.first_row :] = (u > street.lane[0]) & (u < street.lane[1])
    return inside


class _Section:
    """The cross-section of a street as tables: kinds, textures, colours without and with dash."""

    def __init__(self, street: Street, stage: Stage) -> None:
        offsets = (np.arange(round(2 * _REACH * _COLUMNS_PER_METRE)) + 0.5) / _COLUMNS_PER_METRE
        offsets -= _REACH
        self.kinds = np.full(offsets.size, int(Kind.ROAD), dtype=np.uint8)
        self.textures = np.full(offsets.size, int(street.texture), dtype=np.uint8)
        colors = np.empty((offsets.size, 3))
        colors[:] = street.color
        colors *= _wheel_tracks(street, offsets)[:, None]
        for side in (-1, 1):
            start = street.half
            for strip in street.strips(side):
                self._lay(strip, side * offsets >= start, colors)
                start += strip.width
        colors = np.stack([colors, colors])
        for rail in street.rails:
            for gauge in (-0.72, 0.72):
                groove = np.abs(offsets - rail - gauge) < 0.09
                colors[:, groove] = stage.one_of(((70, 70, 74), (96, 96, 100)))
                colors[:, np.abs(offsets - rail - gauge) < 0.04] = (168, 170, 176)
        for line in street.lines:
            painted = np.abs(offsets - line.u) < line.width / 2
            for dash in (1,) if line.dashed else (0, 1):
                colors[dash, painted] = line.color
        self.colors = colors.clip(0, 255).astype(np.uint8)

    def _lay(self, strip: Strip, where: np.ndarray, colors: np.ndarray) -> None:
        self.kinds[where] = int(strip.kind)
        self.textures[where] = int(strip.texture)
        colors[where] = strip.color


def _wheel_tracks(street: Street, offsets: np.ndarray) -> np.ndarray:
    """Where wheels run the road is a little darker, and at its edge it is dusty."""
    width = street.lane[1] - street.lane[0] or 3.0
    tracks = 1 + 0.035 * np.cos(2 * np.pi * (offsets - street.lane[0]) / (width / 2))
    return np.where(street.half - np.abs(offsets) < 0.35, 0.86, tracks)


def _open_mouth(
    mouth: Mouth,
    street: Street,
    u: np.ndarray,
    z: np.ndarray,
    colors: np.ndarray,
    kinds: np.ndarray,
    textures: np.ndarray,
) -> None:
    """Let a side road begin: round corners, kerbs, and pavements that turn into it."""
    walk = street.widest(mouth.side, Kind.PAVEMENT)
    pavement = walk.width if walk else 0.0
    rows = np.flatnonzero(
        (z > mouth.near - _CORNER - pavement) & (z < mouth.far + _CORNER + pavement)
    )
    if rows.size == 0:
        return
    window = slice(rows[0], rows[-1] + 1)
    out = mouth.side * u[window] - np.float32(street.half)
    beyond = np.maximum(mouth.near - z[window], z[window] - mouth.far)[:, None]
    # How far a place is from the side road; the corners are arcs around a centre on the pavement.
    from_center = np.hypot(np.minimum(out - _CORNER, 0), np.minimum(beyond - _CORNER, 0))
    distance = np.where(
        (out < _CORNER) & (beyond < _CORNER), _CORNER - from_center, np.minimum(out, beyond)
    )
    distance = np.where(out > _CORNER, beyond, distance)
    # A little less than the edge of the road: the cross-section is a table of finite steps.
    outside = out > -0.05
    if walk:
        beside = outside & (distance < pavement)
        colors[window][beside] = walk.color
        kinds[window][beside] = int(Kind.PAVEMENT)
        textures[window][beside] = int(walk.texture)
        colors[window][outside & (distance < 0.25)] = _KERB
    road = outside & (distance < 0)
    colors[window][road] = scaled(street.color, 0.97)
    kinds[window][road] = int(Kind.ROAD)
    textures[window][road] = int(street.texture)


def _sampled(u: np.ndarray, z: np.ndarray, cells_per_metre: float) -> np.ndarray:
    """The tile of cloudy noise laid on the ground, (R, W)."""
    columns = (u * np.float32(cells_per_metre)).astype(np.int32) & (TILE - 1)
    rows = (z * np.float32(cells_per_metre)).astype(np.int32) & (TILE - 1)
    return cloudy()[rows[:, None], columns]


def _structure(textures: np.ndarray, u: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The brightness of every pixel of the ground by its texture, (R, W) float32 around 1."""
    near = (1 / (1 + z / 18))[:, None]
    fine = _sampled(u, z, 23) * near
    coarse = _sampled(u, z, 1.7)
    amount = np.array([0.03, 0.05, 0.04, 0.05, 0.13, 0.13], dtype=np.float32)[textures]
    brightness = 1 + amount * fine + 0.6 * amount * coarse
    for texture, size, variation in ((Texture.SLABS, 0.75, 0.05), (Texture.COBBLES, 0.2, 0.1)):
        rows, columns = np.nonzero(textures == texture)
        if rows.size:
            brightness[rows, columns] *= _stones(u[rows, columns], z[rows], size, variation)
    return brightness


def _stones(u: np.ndarray, z: np.ndarray, size: float, variation: float) -> np.ndarray:
    """The brightness of stones of some size in rows that are shifted by half a stone.

    Args:
        u: (P,) offsets of places.
        z: (P,) their distances.
        size: of a stone, in metres.
        variation: how much the brightness of stones varies.

    Returns:
        (P,) float32 around 1.
    """
    along = z / np.float32(size)
    row = along.astype(np.int32)
    across = u / np.float32(size) + np.float32(0.5) * (row & 1) + np.float32(1000)
    column = across.astype(np.int32)
    joint = (across - column < 0.09) | (along - row < 0.09)
    stone = cloudy()[row * 37 & (TILE - 1), column * 53 & (TILE - 1)]
    seen = (1.25 - z / np.float32(18 * size**0.5)).clip(0, 1)
    return 1 + seen * (np.float32(variation) * stone - np.float32(0.2) * joint)


def _shine(stage: Stage, structure: np.ndarray, z: np.ndarray, kinds: np.ndarray) -> None:
    """Light the ground: sun and shadow, texture, reflections of the sky, haze."""
    light, first = stage.light, stage.view.first_row
    shaded = stage.shadows.lower_part(first)
    colors = stage.picture.lower_part(first)
    in_sun, in_shade = (np.array(light.on(UP, lit), np.float32) for lit in (True, False))
    sky = np.array(light.sky_low, np.float32)
    lost = (1 - np.exp(-light.haze * z)).astype(np.float32)[:, None]
    # A wet road reflects the more, the flatter one looks at it.
    paved = (kinds == Kind.ROAD) | (kinds == Kind.PAVEMENT)
    mirror = np.float32(light.wet) * (z / (z + 14))[:, None] * paved
    for channel in range(3):
        bright = in_sun[channel] + (in_shade[channel] - in_sun[channel]) * shaded
        color = colors[..., channel] * (structure * bright)
        if light.wet:
            color += mirror * (0.85 * sky[channel] - color)
        colors[..., channel] = color + lost * (sky[channel] - color)
    stage.picture.put_lower_part(first, colors.clip(0, 255).astype(np.uint8))


def _paint_marks(stage: Stage, street: Street) -> None:
    """Patches, manholes, crossings and arrows; in plain colours, the light comes later."""
    for _ in range(int(stage.rng.integers(1, 5))):
        _patch(stage, street)
    for _ in range(int(stage.rng.integers(1, 4))):
        _manhole(stage, street)
    if stage.chance(0.5):
        _crack(stage, street)
    if street.zebra is not None:
        _zebra(stage, street, street.zebra)
    elif street.lines and stage.chance(0.3):
        _arrow(stage, street, stage.between(9, 16))


def _mark(stage: Stage, places: list[Place], color: Color) -> None:
    """A polygon on the ground."""
    red, green, blue = (round(c) for c in color)
    stage.picture.ground_mark([stage.view.project(u, 0, z) for u, z in places], (red, green, blue))


def _patch(stage: Stage, street: Street) -> None:
    """Where the road was mended."""
    width, length = stage.between(0.6, 2.0), stage.between(1.5, 7)
    u = stage.between(-street.half + 0.2, street.half - width - 0.2)
    z = stage.between(5, 34)
    places = [(u, z), (u + width, z), (u + width, z + length), (u, z + length)]
    _mark(stage, places, scaled(street.color, stage.between(0.78, 1.12)))


def _manhole(stage: Stage, street: Street) -> None:
    u, z = stage.between(-0.8, 0.8) * street.half, stage.between(6, 26)
    for radius, factor in ((0.38, 1.12), (0.33, 0.62)):
        ring = [
            (u + radius * float(np.cos(a)), z + radius * float(np.sin(a)))
            for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)
        ]
        _mark(stage, ring, scaled(street.color, factor))


def _crack(stage: Stage, street: Street) -> None:
    """A crack that was sealed with tar."""
    u, z = stage.between(-0.7, 0.7) * street.half, stage.between(5, 9)
    points = []
    while z < 40:
        points.append(stage.view.project(u, 0, z))
        u += stage.between(-0.35, 0.35)
        z += stage.between(0.8, 2.2)
    red, green, blue = (round(0.6 * c) for c in street.color)
    stage.picture.hairline(points, (red, green, blue))


def _zebra(stage: Stage, street: Street, z: float) -> None:
    """White bars across the road, and a line to stop at."""
    white = scaled((226, 225, 220), stage.between(0.85, 1.0))
    for u in np.arange(-street.half + 0.35, street.half - 0.5, 1.0):
        left = float(u)
        _mark(stage, [(left, z), (left + 0.5, z), (left + 0.5, z + 3.2), (left, z + 3.2)], white)
    left, right = street.lane
    _mark(stage, [(left, z - 1.6), (right, z - 1.6), (right, z - 1.2), (left, z - 1.2)], white)


def _arrow(stage: Stage, street: Street, z: float) -> None:
    """An arrow in the lane of the camera."""
    u = (street.lane[0] + street.lane[1]) / 2
    shape = [(-0.09, 0), (0.09, 0), (0.09, 2.8), (0.4, 2.8), (0, 4.6), (-0.4, 2.8), (-0.09, 2.8)]
    white = scaled((224, 224, 220), stage.between(0.82, 1.0))
    _mark(stage, [(u + a, z + b) for a, b in shape], white)
