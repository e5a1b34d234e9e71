"""What the places of `object_scenes` have in common: colours, people, cats, dogs and trees."""

import numpy as np

from pixelwise.data.small.animal_breeds import BREEDS, Breed
from pixelwise.data.small.animal_build import Pose
from pixelwise.data.small.object_people import standing, walking, waving
from pixelwise.data.small.object_stage import Stage, Voc
from pixelwise.data.small.soft_bodies import Relief, egg, limb
from pixelwise.data.small.soft_camera import Camera
from pixelwise.data.small.soft_canvas import Canvas, Rgb
from pixelwise.data.small.soft_noise import clouds
from pixelwise.data.small.soft_solids import Spot

LEFT, TO_US, RIGHT, AWAY = np.pi, np.pi / 2, 0.0, -np.pi / 2

PAINTS: tuple[Rgb, ...] = (
    (226, 214, 196),
    (176, 196, 206),
    (214, 180, 160),
    (150, 164, 140),
    (206, 204, 210),
    (196, 120, 96),
    (92, 108, 132),
    (234, 226, 190),
)
STONES: tuple[Rgb, ...] = ((168, 160, 150), (190, 176, 156), (148, 148, 152))
GREENS: tuple[Rgb, ...] = ((98, 142, 58), (120, 152, 72), (84, 126, 62), (140, 152, 84))
FOLIAGE: tuple[Rgb, ...] = ((70, 104, 56), (98, 124, 66), (54, 84, 60))
SKIES: tuple[Rgb, ...] = (
    (92, 150, 214),
    (70, 128, 206),
    (150, 164, 180),
    (120, 150, 200),
    (168, 150, 170),
)


def new_stage(
    canvas: Canvas, rng: np.random.Generator, horizon: float, height: float, zoom: float = 1.1
) -> Stage:
    """A stage seen from a height in metres, its horizon at a share of the picture's height."""
    focal = zoom * max(canvas.width, canvas.height)
    return Stage(canvas, Camera(canvas.width / 2, horizon * canvas.height, focal, height), rng)


def some_color(choices: tuple[Rgb, ...], rng: np.random.Generator) -> np.ndarray:
    """About one of a few colours."""
    return np.array(choices[rng.integers(len(choices))], float) * rng.uniform(0.88, 1.08)


def _breed(rng: np.random.Generator, cat: bool) -> Breed:
    kinds = [breed for breed in BREEDS if breed.cat == cat]
    return kinds[rng.integers(len(kinds))]


def _pose(rng: np.random.Generator, names: tuple[str, ...], turn: float) -> Pose:
    """A pose in which the head looks somewhat towards the viewer."""
    look = float(np.clip((np.pi / 2 - turn) * rng.uniform(0, 0.8), -1.2, 1.2))
    return Pose(
        str(rng.choice(names)),
        look,
        rng.uniform(-0.3, 0.1),
        rng.uniform(-0.09, 0.09),
        rng.uniform(-0.6, 0.6),
    )


def cat(stage: Stage, share: float, z: float, y: float = 0.0) -> None:
    """Add a cat at a share of the picture's width, `z` metres away, on something `y` high."""
    turn = stage.rng.uniform(-0.2, 3.3)
    pose = _pose(stage.rng, ("standing", "sitting", "lying"), turn)
    spot = Spot(stage.across(share, z), z, turn, y)
    stage.animal(Voc.CAT, _breed(stage.rng, cat=True), pose, spot, 0.48)


def dog(stage: Stage, share: float, z: float) -> None:
    """Add a dog at a share of the picture's width, `z` metres away."""
    turn = stage.rng.uniform(-0.2, 3.3)
    pose = _pose(stage.rng, ("standing", "standing", "sitting", "lying"), turn)
    spot = Spot(stage.across(share, z), z, turn)
    stage.animal(Voc.DOG, _breed(stage.rng, cat=False), pose, spot, stage.rng.uniform(0.6, 1.1))


def people(stage: Stage, count: int, near: float, far: float) -> None:
    """People who stand or walk about, at distances spread evenly on a logarithmic scale."""
    for _somebody in range(count):
        z = float(near * (far / near) ** stage.rng.random())
        spot = Spot(stage.across(stage.rng.uniform(0.05, 0.95), z), z, stage.rng.uniform(0, 6.3))
        posture = (standing, walking, walking, waving)[stage.rng.integers(4)](stage.rng)
        stage.person(posture, spot, size=pick(stage.rng, (1.0, 1.0, 1.05, 0.92, 0.68)))


def tree(stage: Stage, x: float, z: float, tall: float) -> None:
    """Add a tree: background."""
    rng = stage.rng
    parts = limb([(0, 0, 0), (0, 0.5 * tall, 0)], [0.045 * tall, 0.03 * tall], 0)
    for _lump in range(9):
        turn, out = rng.uniform(0, 2 * np.pi), 0.2 * tall * np.sqrt(rng.random())
        middle = (out * np.cos(turn), (0.66 + rng.uniform(-0.16, 0.16)) * tall, out * np.sin(turn))
        parts.append(egg(middle, np.array((0.17, 0.14, 0.17)) * tall * rng.uniform(0.8, 1.2), 1))
    green = np.array((82, 120, 58), np.float32) * np.float32(rng.uniform(0.7, 1.2))
    table = np.stack([np.array((96, 74, 56), np.float32), green])

    def leaves(seen: Relief) -> np.ndarray:
        light = 1 + 0.16 * clouds(seen.kind.shape, 3, rng)
        return table[seen.kind] * light[:, :, None]

    view = stage.camera.view(x, z, rng.uniform(0, 6))

    def painter() -> None:
        stage.shadow(Spot(x, z), 0.5 * tall, 0.5 * tall, 0.35)
        stage.canvas.body(parts, view, leaves, stage.leafy())

    stage.add(z, painter)


def pick(rng: np.random.Generator, choices: tuple[float, ...]) -> float:
    """One of a few numbers."""
    return choices[int(rng.integers(len(choices)))]
