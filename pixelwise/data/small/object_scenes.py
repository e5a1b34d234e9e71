"""Pictures in the manner of Pascal VOC: all the places that they are taken at."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from pixelwise.data.small.object_country import meadow, park, perch
from pixelwise.data.small.object_rooms import at_home, dining_room, living_room, office, table_top
from pixelwise.data.small.object_stage import Voc
from pixelwise.data.small.object_streets import street_across, street_along
from pixelwise.data.small.object_travel import airfield, in_the_sky, railway, sea
from pixelwise.data.small.soft_canvas import Canvas
from pixelwise.data.small.soft_photo import photograph, random_exposure


@dataclass(frozen=True)
class Scene:
    """A finished picture.

    Attributes:
        image: (H, W, 3) uint8.
        label: (H, W) uint8, class numbers.
        objects: (H, W) uint8, 0 and the numbers of the objects.
    """

    image: np.ndarray
    label: np.ndarray
    objects: np.ndarray


def scene(kind: int, size: tuple[int, int], rng: np.random.Generator) -> Scene:
    """A picture of a kind of place, a number below `len(PLACES)`."""
    light = (rng.choice((-1, 1)) * rng.uniform(0.2, 0.9), rng.uniform(0.5, 0.9), 0.7)
    canvas = Canvas(size, light, rng)
    place, indoors = PLACES[kind]
    place(canvas, rng)
    image = photograph(canvas, random_exposure(rng, indoors), rng)
    return Scene(image, canvas.label(), canvas.owners())


Place = Callable[[Canvas, np.random.Generator], None]

PLACES: tuple[tuple[Place, bool], ...] = (
    (living_room, True),
    (street_across, False),
    (partial(meadow, number=Voc.SHEEP), False),
    (table_top, True),
    (sea, False),
    (street_along, False),
    (at_home, True),
    (partial(meadow, number=Voc.COW), False),
    (in_the_sky, False),
    (dining_room, True),
    (park, False),
    (railway, False),
    (office, True),
    (partial(meadow, number=Voc.HORSE), False),
    (perch, False),
    (airfield, False),
)
"""The kinds of places, and whether each is indoors."""
