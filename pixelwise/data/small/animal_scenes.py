"""One cat or dog, seen from near, in a room or outdoors."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pixelwise.data.small import soft_floors as floors
from pixelwise.data.small import soft_walls as walls
from pixelwise.data.small.animal_breeds import Breed
from pixelwise.data.small.animal_build import Kind, Pose, animal
from pixelwise.data.small.soft_bodies import Part, Relief, View, extent
from pixelwise.data.small.soft_camera import Camera
from pixelwise.data.small.soft_canvas import FINER, Canvas, Rgb
from pixelwise.data.small.soft_noise import clouds
from pixelwise.data.small.soft_photo import photograph, random_exposure

_PET = 1
_FACE = (Kind.HEAD, Kind.MUZZLE, Kind.EAR, Kind.NOSE)
# How far the camera is away, in lengths of the animal's body.
_DISTANCE = 3.2


@dataclass(frozen=True)
class Setting:
    """A place for an animal: what is behind it, what it is on, and whether that is indoors."""

    wall: walls.Wall
    floor: floors.Floor
    wall_colors: tuple[Rgb, ...]
    floor_colors: tuple[Rgb, ...]
    indoors: bool = True


_PAINTS = (
    (226, 214, 196),
    (176, 196, 206),
    (214, 180, 160),
    (150, 164, 140),
    (120, 110, 120),
    (200, 90, 80),
    (70, 84, 110),
)
_WOODS = ((176, 128, 84), (140, 92, 58), (206, 170, 126), (96, 66, 48))
_FABRICS = (
    (150, 60, 56),
    (66, 92, 130),
    (206, 192, 170),
    (110, 118, 84),
    (90, 76, 84),
    (196, 148, 90),
    (60, 58, 62),
    (226, 224, 220),
)
_GREENS = ((94, 138, 58), (116, 150, 70), (78, 120, 62), (132, 150, 84))
_STONES = ((168, 160, 150), (206, 186, 150), (120, 120, 124), (236, 240, 246), (170, 130, 100))
_FOLIAGE = ((70, 104, 56), (98, 124, 66), (54, 84, 60))

SETTINGS = (
    Setting(walls.upholstery, floors.cloth, _FABRICS, _FABRICS),
    Setting(walls.hedge, floors.lawn, _FOLIAGE, _GREENS, indoors=False),
    Setting(walls.wallpaper, floors.carpet, _PAINTS, _FABRICS),
    Setting(walls.window, floors.boards, _PAINTS, _WOODS),
    Setting(walls.plaster, floors.boards, _PAINTS, _WOODS),
    Setting(walls.trees, floors.lawn, _FOLIAGE, _GREENS, indoors=False),
    Setting(walls.curtain, floors.cloth, _FABRICS, _FABRICS),
    Setting(walls.bricks, floors.stones, ((168, 96, 76), (150, 112, 92)), _STONES, indoors=False),
    Setting(walls.bookshelf, floors.carpet, _WOODS, _FABRICS),
    Setting(walls.plaster, floors.tiles, _PAINTS, _STONES),
    Setting(walls.hedge, floors.leaves, _FOLIAGE, _GREENS, indoors=False),
    Setting(walls.panels, floors.stones, _WOODS, _STONES, indoors=False),
    Setting(walls.plaster, floors.cloth, _PAINTS, _FABRICS),
)


def pet(
    size: tuple[int, int], breed: Breed, setting: Setting, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A picture of one animal.

    Args:
        size: (H, W) in pixels.
        breed: which animal.
        setting: where it is.
        rng: the source of everything random.

    Returns:
        (H, W, 3) uint8, and (H, W) bool: where the animal is.
    """
    light = (rng.choice((-1, 1)) * rng.uniform(0.2, 0.8), rng.uniform(0.4, 0.9), 0.75)
    canvas = Canvas(size, light, rng)
    pose, turn = _pose(breed, rng)
    parts = animal(breed.build, pose)
    view = _framed(parts, turn, size, rng)
    camera = _camera(view)
    _surroundings(canvas, camera, setting, breed, rng)
    _shadows(canvas, parts, view)
    ragged = _hair(parts, view, breed.coat.fur, rng)
    with canvas.object(_PET):
        seen = canvas.body(parts, view, breed.coat.colors(rng), ragged)
    assert seen is not None
    _face(canvas, seen, parts, view, breed)
    if setting.floor in (floors.lawn, floors.leaves) and rng.random() < 0.6:
        _blades(canvas, camera, setting, rng)
    image = photograph(canvas, random_exposure(rng, setting.indoors), rng)
    return image, canvas.label() == _PET


def _pose(breed: Breed, rng: np.random.Generator) -> tuple[Pose, float]:
    """A pose, and by how much the animal is turned towards the viewer."""
    turn = rng.choice((rng.uniform(-0.2, 3.4), rng.uniform(0.9, 2.2)))
    # Most look about into the camera.
    look = np.clip(np.pi / 2 + rng.normal(0, 0.35) - turn, -1.3, 1.3)
    pose = Pose(
        name=str(rng.choice(("standing", "sitting", "lying"), p=(0.32, 0.4, 0.28))),
        look=float(look),
        nod=rng.uniform(-0.25, 0.15),
        step=rng.uniform(-0.09, 0.09),
        wag=rng.uniform(-0.8, 0.8),
        tongue=not breed.cat and rng.random() < 0.4,
        collar=rng.random() < 0.25,
    )
    return pose, float(turn)


def _framed(
    parts: list[Part], turn: float, size: tuple[int, int], rng: np.random.Generator
) -> View:
    """The view in which the animal, or only its head, fills the picture."""
    tilt = rng.uniform(0.05, 0.45)
    roll = rng.normal(0, 0.05)
    close = rng.random()
    if close < 0.22:
        chosen, share = [part for part in parts if part.kind in _FACE], rng.uniform(0.5, 0.8)
    elif close < 0.4:
        near_head = (*_FACE, Kind.CHEST)
        chosen, share = [part for part in parts if part.kind in near_head], rng.uniform(0.65, 0.9)
    else:
        chosen, share = parts, rng.uniform(0.72, 0.96)
    unit = View((0.0, 0.0), 1.0, turn, tilt, roll)
    low, high = extent(chosen, unit)
    height, width = size
    scale = share * min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    free = np.array((width, height)) - scale * (high - low)
    corner = free * (rng.uniform(0.3, 0.7), rng.uniform(0.4, 0.75))
    x, y = corner - scale * low
    return replace(unit, origin=(float(x), float(y)), scale=float(scale))


def _camera(view: View) -> Camera:
    """The camera whose ground runs under the animal's feet."""
    height = _DISTANCE * np.tan(view.tilt + 0.06)
    return Camera(
        middle=view.origin[0],
        horizon=view.origin[1] - view.scale * height,
        focal=view.scale * _DISTANCE,
        height=height,
    )


def _surroundings(
    canvas: Canvas, camera: Camera, setting: Setting, breed: Breed, rng: np.random.Generator
) -> None:
    """Backdrop and ground; the backdrop is out of focus."""
    wall_color = np.array(setting.wall_colors[rng.integers(len(setting.wall_colors))])
    floor_color = np.array(setting.floor_colors[rng.integers(len(setting.floor_colors))])
    if rng.random() < 0.3:  # Camouflage: a place in about the colour of the fur.
        floor_color = 0.3 * floor_color + 0.7 * np.array(breed.coat.ground)
        if setting.indoors:
            wall_color = 0.4 * wall_color + 0.6 * np.array(breed.coat.ground)
    dim = rng.uniform(0.6, 1.05)
    # The wall stands behind the animal; its foot is where the ground is as far away.
    behind = _DISTANCE + rng.uniform(0.7, 2.5)
    foot = camera.project([(0, 0, behind)])[0, 1]
    foot = float(np.clip(foot, 0.1 * canvas.height, 0.95 * canvas.height))
    setting.floor(canvas, camera, floor_color, rng)
    setting.wall(canvas, foot, wall_color * dim, rng)
    if setting.indoors and setting.wall is not walls.upholstery:
        skirting = [(0, foot - 4), (canvas.width, foot - 4), (canvas.width, foot), (0, foot)]
        canvas.polygon(skirting, wall_color * dim * 0.8 + 40, wall_color * dim * 0.55)
    canvas.blur(rng.uniform(0.5, 2.6))


def _shadows(canvas: Canvas, parts: list[Part], view: View) -> None:
    """Dark ground below whatever is near it."""
    away = -0.25 * canvas.light[0]
    for part in parts[::3]:
        if part.kind in _FACE or part.center[1] > 0.6:
            continue
        x, y = view.place((part.center[0], 0, part.center[2]))
        wide = float(np.abs(part.axes).sum(axis=1)[[0, 2]].max()) + 0.02
        strength = 0.26 * (1 - part.center[1] / 0.75)
        place = (x + away * view.scale * part.center[1], y)
        flat = 0.25 + np.sin(view.tilt)
        canvas.shadow(place, (1.5 * wide * view.scale, 1.5 * flat * wide * view.scale), strength)


def _hair(
    parts: list[Part], view: View, fur: float, rng: np.random.Generator
) -> Callable[[Relief], tuple[np.ndarray, np.ndarray]]:
    """By how much hair shifts the outline and all colours; less in the face."""
    eyes = np.mean([view.place(part.center) for part in parts if part.kind == Kind.EYE], axis=0)

    def ragged(seen: Relief) -> tuple[np.ndarray, np.ndarray]:
        y, x = np.ogrid[seen.window]
        squared = (x / FINER - eyes[0]) ** 2 + (y / FINER - eyes[1]) ** 2
        calm = 1 - 0.85 * np.exp(-squared / (2 * (0.09 * view.scale) ** 2)).astype(np.float32)
        strength = (0.1 + 0.0085 * fur * view.scale) * calm
        shape, hair = seen.kind.shape, (0.02 * seen.scale, 0.01 * seen.scale)
        locks = 0.35 * clouds(shape, 0.05 * seen.scale, rng)
        return (
            strength * (0.6 * clouds(shape, hair, rng) + locks),
            strength * (0.9 * clouds(shape, hair, rng) + locks),
        )

    return ragged


def _face(canvas: Canvas, seen: Relief, parts: list[Part], view: View, breed: Breed) -> None:
    """What glints and what is thin: light in the eyes, a mouth, and whiskers.

    None of it changes whose pixels they are: annotators do not outline whiskers.
    """
    unit = breed.build.head * view.scale
    for part in parts:
        if part.kind == Kind.PUPIL:
            place = view.place(part.center)
            if _shows(seen, place, (Kind.PUPIL, Kind.EYE)):
                glint = place + unit * np.array((0.06 * np.sign(canvas.light[0]), -0.07))
                _dot(canvas, glint, 0.045 * unit)
    nose = next(part for part in parts if part.kind == Kind.NOSE)
    tip = view.place(nose.center)
    if not _shows(seen, tip, (Kind.NOSE, Kind.MUZZLE)) or unit < 9:
        return
    cheeks = [view.place(part.center) for part in parts if part.kind == Kind.MUZZLE][-2:]
    dark = 0.35 * np.array(breed.coat.ground)
    mouth = tip + np.array((0, 0.2 * unit))
    for cheek in cheeks:
        corner = 0.4 * mouth + 0.6 * (cheek + np.array((0, 0.16 * unit)))
        low = (mouth + corner) / 2 + (0, 0.07 * unit)
        canvas.tint(_thin([tip, mouth, low, corner], 0.05 * unit), dark, 0.55)
        if breed.cat:
            outward = np.sign(cheek[0] - tip[0])
            for rise in (-0.12, 0.04, 0.2):
                end = cheek + unit * np.array((outward * 1.1, rise + 0.1))
                middle = (cheek + end) / 2 - (0, 0.1 * unit)
                canvas.tint(_thin([cheek, middle, end], 0.4), (250, 248, 244), 0.45)


def _thin(points: list[np.ndarray], width: float) -> np.ndarray:
    """The outline of a line that may be thinner than a pixel."""
    line = np.array(points)
    across = np.array((0.3, 0.95)) * max(width, 0.5) / 2
    return np.concatenate([line - across, (line + across)[::-1]])


def _shows(seen: Relief, place: np.ndarray, kinds: tuple[Kind, ...]) -> bool:
    """Whether a part of one of these kinds is what is seen at a place of the picture."""
    row, column = (
        int(axis * FINER) - part.start for axis, part in zip(place[::-1], seen.window, strict=True)
    )
    height, width = seen.kind.shape
    return 0 <= row < height and 0 <= column < width and seen.kind[row, column] in kinds


def _dot(canvas: Canvas, center: np.ndarray, radius: float) -> None:
    turn = np.linspace(0, 2 * np.pi, 9)[:-1]
    outline = center + max(radius, 0.4) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    canvas.tint(outline, (255, 255, 255), 0.9)


def _blades(canvas: Canvas, camera: Camera, setting: Setting, rng: np.random.Generator) -> None:
    """Grass in front of the paws: it hides them, in the picture and in the mask."""
    foot = camera.project([(0, 0, _DISTANCE)])[0, 1]
    green = np.array(setting.floor_colors[0])
    for _blade in range(int(rng.integers(30, 70))):
        x, root = rng.uniform(0, canvas.width), foot + rng.uniform(4, 14)
        tall = rng.uniform(6, 16)
        bend = rng.uniform(-3, 3)
        points = [(x, root), (x + 0.3 * bend, root - 0.5 * tall), (x + bend, root - tall)]
        canvas.line(points, [1.6, 1.3, 1.1], green * rng.uniform(0.7, 1.4))
