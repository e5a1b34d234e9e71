"""How a network is trained for a short test: the same in both frameworks."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pixelwise.grading.values import Array

VOID = 255
"""Pixels with this label take no part in the loss."""

WARM_UP = 0.2
"""The share of the steps in which the learning rate rises."""

MAX_GRADIENT = 1.0
"""What the norm of all gradients together is cut to."""

NORM_BATCHES = 16
"""From how many batches batch norms take their statistics after the training.

The moving statistics of a short training lag behind the weights: with Keras's momentum of 0.99 they
consist of initial values to 30 % after 120 steps. Both frameworks' momentum has to serve, so mean
statistics of some batches take their place ("precise" ones in Wu and Johnson (2021),
https://arxiv.org/abs/2105.07576, section 3).
"""


@dataclass(frozen=True)
class TrainingPlan:
    """Training with Adam on the mean cross-entropy of the pixels that are not void.

    Attributes:
        steps: the number of batches.
        batch: images in a batch.
        rate: the highest learning rate.
        seed: of the initial weights, the order of the images and dropout.
    """

    steps: int
    batch: int
    rate: float
    seed: int = 0

    def rates(self) -> list[float]:
        """The learning rate of each step: a straight rise, then half a cosine down to 0.

        Without batch norm, a deep network that starts at the full rate may never recover.
        """
        rising = max(1, round(WARM_UP * self.steps))
        falling = self.steps - rising
        up = [(step + 1) / rising for step in range(rising)]
        down = [(1 + math.cos(math.pi * step / falling)) / 2 for step in range(falling)]
        return [self.rate * share for share in (*up, *down)]

    def batches(self, count: int) -> Iterator[Array]:
        """For each step, which of `count` images are in its batch; `count` is at least `batch`.

        All images are seen once, in a random order, before one is seen again.
        """
        rng = np.random.default_rng(self.seed)
        waiting = rng.permutation(count)
        for _ in range(self.steps):
            if len(waiting) < self.batch:
                waiting = np.concatenate([waiting, rng.permutation(count)])
            yield waiting[: self.batch]
            waiting = waiting[self.batch :]


def he_weights(rng: np.random.Generator, shape: tuple[int, ...], inputs: int) -> Array:
    """Normal weights with the variance 2 / `inputs`, float32, for a ReLU behind the layer.

    He et al. (2015), https://arxiv.org/abs/1502.01852, equation 10.

    Args:
        rng: makes the numbers.
        shape: of the weights.
        inputs: how many values each output is a sum over.
    """
    normal: Array = rng.standard_normal(shape, dtype=np.float32)
    return normal * np.float32(math.sqrt(2 / inputs))
