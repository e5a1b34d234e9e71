"""Small pictures with labels, generated for training a network briefly.

Rectangles of coloured noise lie on grey noise. They are made so that what goes wrong in a network
or in a training step costs much:

- the things of one class are smaller than the 16 or 32 pixels of a coarse network's cells, so that
  they are found only with skips from finer maps;
- many things are void, and look like any other thing of their class: where void pixels take part
  in the loss, the network is taught the wrong answer for exactly this class;
- where the things lie is random, so that labels which are flipped or shifted tell nothing.
"""

from dataclasses import dataclass

import numpy as np

from pixelwise.grading.plan import VOID
from pixelwise.grading.values import Array

NUM_CLASSES = 4

COLORS = np.array([[0, 0, 0], [1.3, -0.65, -0.65], [-0.65, 1.3, -0.65], [-0.65, -0.65, 1.3]])
"""The mean colour of each class, (K, 3); a normalised image is 0 where it is grey."""


@dataclass(frozen=True)
class Things:
    """Rectangles of about one size in a scene.

    Attributes:
        labels: their classes; each has one of these.
        count: the least and the largest number of them.
        sides: the least and the largest length in pixels, of the one side and of the other; which
            of the two is the height is random.
    """

    labels: tuple[int, ...]
    count: tuple[int, int]
    sides: tuple[tuple[int, int], tuple[int, int]]


FINE = (
    Things((1,), count=(1, 2), sides=((36, 56), (36, 64))),
    Things((2, 3), count=(4, 7), sides=((8, 14), (8, 14))),
    Things((2, 3), count=(4, 7), sides=((6, 8), (16, 30))),
)
"""Two classes of small things before large ones: they need a map at 1/8 of the size, or finer."""

MIDDLE = (
    Things((1,), count=(1, 2), sides=((36, 56), (36, 64))),
    Things((2, 3), count=(3, 5), sides=((18, 28), (18, 28))),
)
"""Two classes of middle things before large ones: they need a map at 1/16, or finer."""

COARSE = (Things((1, 2, 3), count=(3, 3), sides=((30, 54), (30, 54))),)
"""Large things only, for networks whose finest map is at 1/32 of the size."""

CROWD = (
    Things((1,), count=(7, 10), sides=((8, 14), (8, 14))),
    Things((1,), count=(7, 10), sides=((6, 8), (16, 30))),
)
"""Many small things of one class: what they are is learned soon, where they end is the task."""


def scenes(
    count: int, seed: int, things: tuple[Things, ...], void: float, size: tuple[int, int]
) -> tuple[Array, Array]:
    """Images and their labels; the same seed gives the same ones.

    Args:
        count: how many, N.
        seed: of everything random.
        things: what there is in a scene, from the back to the front.
        void: the probability that a thing is void; 0 for scenes on which a network is scored.
        size: (H, W), not smaller than the largest thing.

    Returns:
        (N, H, W, 3) float32 images and (N, H, W) labels, in [0, `NUM_CLASSES`) or `VOID`.
    """
    rng = np.random.default_rng(seed)
    images, labels = zip(*(_scene(rng, things, void, size) for _ in range(count)), strict=True)
    return np.stack(images), np.stack(labels)


def _scene(
    rng: np.random.Generator, things: tuple[Things, ...], void: float, size: tuple[int, int]
) -> tuple[Array, Array]:
    image = np.full((*size, 3), rng.uniform(-0.4, 0.4))
    label = np.zeros(size, np.int64)
    for kind in things:
        for _ in range(rng.integers(*kind.count, endpoint=True)):
            number = rng.choice(kind.labels)
            place = _place(rng, kind, size)
            image[place] = COLORS[number] * rng.uniform(0.7, 1.2) + rng.uniform(-0.4, 0.4)
            label[place] = VOID if rng.random() < void else number
    noise = rng.normal(0, 0.25, image.shape)
    return (image + noise).astype(np.float32), label


def _place(rng: np.random.Generator, kind: Things, size: tuple[int, int]) -> tuple[slice, slice]:
    sides = [rng.integers(*side, endpoint=True) for side in kind.sides]
    rng.shuffle(sides)
    top, left = (rng.integers(0, size[axis] - sides[axis], endpoint=True) for axis in (0, 1))
    return slice(top, top + sides[0]), slice(left, left + sides[1])
