"""Which image comes when, and with which random numbers: the plan of every epoch.

A training pass over a data set, an epoch, shows every image once, in a new order and augmented in
a new way. Image files are read by several threads or processes at once, so whoever happens to be
first must not decide what an image gets. The plan is therefore made beforehand, from one number:
epoch k of seed s is an order of the images, and for each image one small integer a step, the seed
of that step. A step that needs random numbers makes them from its seed alone: the same seed, the
same window. This is why

- image and label get the same window, mirrored both or neither: both follow from the same seed;
- a run gives the same batches again, with any number of workers;
- a training that is resumed at epoch k sees what it would have seen without the break;
- PyTorch and TensorFlow see the same images in the same order, with the same seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

Visit = tuple[int, tuple[int, ...]]
"""One image of an epoch: its index in the data set, and for each step a seed, 0 to 2³¹ - 1."""


@dataclass(frozen=True)
class EpochOrder:
    """The order of the images and the seeds of the steps, for every epoch.

    Attributes:
        length: the number of images.
        steps: the number of steps, each of which gets a seed of its own.
        seed: 0 or more; another seed makes another plan.
        shuffle: whether the images come in a random order; else they come as they are numbered.
            An image's seeds are the same in both cases.
    """

    length: int
    steps: int
    seed: int
    shuffle: bool

    def epoch(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """The plan of one epoch.

        Args:
            number: which epoch, from 0 on.

        Returns:
            (length,) int64: the images' indices, in the order in which they come; and
            (length, steps) int64: in row i the seeds, 0 to 2³¹ - 1, for the image that comes i-th.
        """
        # The raw numbers of a bit generator are what NumPy promises never to change; its
        # permutations may differ from one version to the next.
        numbers = np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(number,)))
        keys = numbers.random_raw(self.length)
        bits = numbers.random_raw(self.length * self.steps)
        # The upper 31 of 64 bits: never negative, even as a 32-bit integer.
        seeds = (bits >> np.uint64(33)).astype(np.int64).reshape(self.length, self.steps)
        if not self.shuffle:
            return np.arange(self.length), seeds
        # Images sorted by random keys are in random order.
        indices = np.argsort(keys, kind="stable")
        return indices, seeds[indices]

    def visits(self, number: int) -> Iterator[Visit]:
        """The plan of epoch `number`, image by image."""
        indices, seeds = self.epoch(number)
        for index, row in zip(indices.tolist(), seeds.tolist(), strict=True):
            yield index, tuple(row)
