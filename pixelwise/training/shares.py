"""Dividing the work of an epoch among processes."""

from collections.abc import Iterator
from dataclasses import dataclass

from pixelwise.data.order import EpochOrder, Visit


@dataclass(frozen=True)
class ShareOfOrder:
    """What one process sees of an epoch: its part of every batch.

    All processes follow the same order. Of each batch, the first process takes the first images,
    the next one the next: together they see the batches that a single process would see. A last
    batch that is not full is left out.

    Attributes:
        whole: the order of all images.
        batch_size: of the batches that all processes see together; a multiple of `processes`.
        rank: which process this is, from 0.
        processes: how many there are.
    """

    whole: EpochOrder
    batch_size: int
    rank: int
    processes: int

    @property
    def length(self) -> int:
        """How many images this process sees in an epoch."""
        return self.whole.length // self.batch_size * self._part

    @property
    def _part(self) -> int:
        return self.batch_size // self.processes

    def visits(self, number: int) -> Iterator[Visit]:
        """The plan of epoch `number`, image by image."""
        visits = list(self.whole.visits(number))
        for batch in range(self.whole.length // self.batch_size):
            start = batch * self.batch_size + self.rank * self._part
            yield from visits[start : start + self._part]
