"""One road scene: a plan becomes a list of things, and those a picture, painted far to near."""

from dataclasses import dataclass

import numpy as np

from pixelwise.data.small.road_ground import lane_of, paint_ground
from pixelwise.data.small.road_kinds import Kind
from pixelwise.data.small.road_picture import FINER, Picture
from pixelwise.data.small.road_plans import Plan, Setting, street_of, view_of
from pixelwise.data.small.road_roadside import line_the_road
from pixelwise.data.small.road_sky import paint_distance, paint_sky
from pixelwise.data.small.road_stage import Shadows, Stage
from pixelwise.data.small.road_things import Things
from pixelwise.data.small.road_traffic import fill_the_road


@dataclass(frozen=True)
class Scene:
    """A finished scene.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        kinds: (H, W) uint8, a `Kind` a pixel.
        lane: (H, W) bool, whether the ground there belongs to the lane of the camera.
        distance: (H,) float32, how far away the ground in a row is, in metres; infinite above the
            ground.
    """

    image: np.ndarray
    kinds: np.ndarray
    lane: np.ndarray
    distance: np.ndarray


def render(plan: Plan, seed: tuple[int, ...]) -> Scene:
    """Paint a scene; the same plan and seed give the same scene."""
    rng = np.random.default_rng(seed)
    street = street_of(plan, rng)
    view = view_of(plan, street, rng)
    stage = Stage(Picture(plan.lens.size), view, plan.light, Shadows(view, plan.light), rng)
    things = Things(plan, street, stage)
    line_the_road(things)
    fill_the_road(things)
    paint_sky(stage)
    paint_distance(stage, town=Setting.TOWN in plan.sides)
    things.paint(view.farthest, np.inf)
    paint_ground(stage, street)
    things.paint(-np.inf, view.farthest)
    if plan.hood:
        _hood(stage)
    return Scene(
        image=stage.picture.developed(plan.light, rng),
        kinds=stage.picture.kinds(),
        lane=lane_of(stage, street)[::FINER, ::FINER],
        distance=_distance(stage)[::FINER],
    )


def _distance(stage: Stage) -> np.ndarray:
    view = stage.view
    distance = np.full(view.height, np.inf, dtype=np.float32)
    distance[view.first_row :] = view.depths(np.arange(view.first_row, view.height))
    return distance


def _hood(stage: Stage) -> None:
    """The hood of our own car, with the reflection of the sky on it."""
    picture, rng = stage.picture, stage.rng
    height, width = picture.height, picture.width
    top = 1 - rng.uniform(0.05, 0.1)
    gray = rng.uniform(26, 84)
    for step, share in enumerate((0.0, 0.25, 0.5, 0.75)):
        across = np.linspace(-1, 1, 25)
        rows = top + (1.01 - top) * share + 0.06 * across**4 * (1 - share)
        tone = np.array((gray, gray * 1.02, gray * 1.06)) * (1.75 - 0.28 * step)
        tone = tone * np.array(stage.light.on((0.0, 1.0, 0.0)))
        red, green, blue = (int(value) for value in tone.clip(0, 255))
        edge = [
            (float((a + 1) / 2 * width), float(r * height))
            for a, r in zip(across, rows, strict=True)
        ]
        corners = [(float(width), height + 2.0), (0.0, height + 2.0)]
        picture.polygon(edge + corners, (red, green, blue), Kind.EGO)
