"""From a data set to batches, for PyTorch.

    data = load("kitti_road", "train")
    dataset = TorchDataset(data, [random_crop((96, 96)), random_flip(),
                                  normalize(data.facts.mean, data.facts.std)])
    for images, labels in loader(dataset, batch_size=8, shuffle=True, seed=0):
        ...  # (8, 3, 96, 96) float32 and (8, 96, 96) int64

An image's way: `EpochOrder` says which image is next and with which seeds; a worker reads its
files and takes image and label through the steps (`pixelwise.data.torch_steps`), each step with
its seed; a batch of such pairs is stacked. Order and seeds are made in the main process and
travel to the workers with each request, so no worker has random numbers of its own: two workers
deliver the same batches as none.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import cloudpickle
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler, default_collate

from pixelwise.data.errors import DataError
from pixelwise.data.loading import SegmentationSet
from pixelwise.data.order import EpochOrder, Visit
from pixelwise.data.pipeline_errors import different_sizes
from pixelwise.data.torch_steps import Step, apply_steps

Pair = tuple[Tensor, Tensor]


class TorchDataset(Dataset[Pair]):
    """A data set whose images go through steps, for `loader` or any code that takes a Dataset.

    ``dataset[i]`` is the pair of image i, always with the same seeds: an image float32 (3, H, W),
    where one of the steps normalizes, and a label int64 (H, W).

    It can be sent to worker processes, together with steps that are defined in a notebook or
    script, which plain pickle cannot send to a process that is started afresh, as Windows and
    macOS do: cloudpickle sends their code.

    Args:
        data: where images and labels are read.
        steps: what to do with each pair, in this order; see `pixelwise.data.torch_steps`.
    """

    def __init__(self, data: SegmentationSet, steps: Sequence[Step]) -> None:
        self.data = data
        self.steps = tuple(steps)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Pair:
        return self.with_seeds(index, self._fixed_seeds[index])

    def with_seeds(self, index: int, seeds: Sequence[int]) -> Pair:
        """The pair of image `index`, with one seed for each step.

        Raises:
            DataError: a file cannot be read, or the steps are in a wrong order.
        """
        image, label = self.data.read(index)
        with _one_thread():
            return apply_steps(self.steps, image, label, seeds)

    @cached_property
    def _fixed_seeds(self) -> list[list[int]]:
        order = EpochOrder(len(self), len(self.steps), seed=0, shuffle=False)
        seeds: list[list[int]] = order.epoch(0)[1].tolist()
        return seeds

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (cloudpickle.dumps((self.data, self.steps)),)


def _unpacked(packed: bytes) -> TorchDataset:
    return TorchDataset(*cloudpickle.loads(packed))


def loader(
    dataset: TorchDataset,
    batch_size: int,
    *,
    shuffle: bool,
    seed: int,
    start_epoch: int = 0,
    drop_last: bool = False,
    workers: int = 0,
    **options: Any,
) -> DataLoader[Pair]:
    """Batches of a data set; each ``for`` over them is the next epoch, finished or not.

    Args:
        dataset: where the pairs come from.
        batch_size: how many pairs make a batch.
        shuffle: whether the images come in a random order, another one each epoch: True for
            training, False for evaluation.
        seed: of the order and of all that is random in the steps. The same seed gives the same
            batches again, whatever the number of workers.
        start_epoch: the number of the first epoch; k to resume a training after k epochs.
        drop_last: whether to leave out a last batch that is not full.
        workers: how many processes read and augment at the same time; 0 for none but this one.
            They live as long as the loader. On Windows and macOS a script, not a notebook, must
            then have its main part below ``if __name__ == "__main__":``.
        options: further arguments of `torch.utils.data.DataLoader`, such as ``prefetch_factor``.

    Returns:
        A DataLoader of pairs: images float32 (N, 3, H, W), labels int64 (N, H, W). Iterating
        raises `DataError` where a file cannot be read, and where the images of a batch differ in
        size.
    """
    order = EpochOrder(len(dataset), len(dataset.steps), seed, shuffle)
    defaults: dict[str, Any] = {
        "persistent_workers": workers > 0,
        "pin_memory": torch.cuda.is_available(),
        # A DataLoader draws a number each epoch; not from the ones that the training uses.
        "generator": torch.Generator().manual_seed(seed),
    }
    return _Loader(
        _Visited(dataset),
        batch_size,
        sampler=_EpochSampler(order, start_epoch),
        drop_last=drop_last,
        num_workers=workers,
        collate_fn=_stack,
        **(defaults | options),
    )


class _EpochSampler(Sampler[Visit]):
    """Which image comes next, and with which seeds: each pass is the next epoch."""

    def __init__(self, order: EpochOrder, start_epoch: int) -> None:
        self.order = order
        self.next_epoch = start_epoch

    def __len__(self) -> int:
        return self.order.length

    def __iter__(self) -> Iterator[Visit]:
        visits = self.order.visits(self.next_epoch)
        self.next_epoch += 1
        return visits


class _Visited(Dataset[Any]):
    """The data set as the sampler asks for it: by image and seeds.

    A `DataError` is returned, so that `_Loader` can raise it: raised in a worker, it would arrive
    as the text of a traceback, in the language of the worker.
    """

    def __init__(self, dataset: TorchDataset) -> None:
        self.dataset = dataset

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, visit: Visit) -> Pair | DataError:
        try:
            return self.dataset.with_seeds(*visit)
        except DataError as error:
            return error


def _stack(outcomes: list[Pair | DataError]) -> Pair | DataError:
    """A batch of the pairs, or what is wrong with the first that is none."""
    pairs = []
    for outcome in outcomes:
        if isinstance(outcome, DataError):
            return outcome
        pairs.append(outcome)
    sizes = [(label.shape[0], label.shape[1]) for _image, label in pairs]
    if len(set(sizes)) > 1:
        return different_sizes(sizes)
    with _one_thread():
        images, labels = default_collate(pairs)
    return images, labels


@contextmanager
def _one_thread() -> Iterator[None]:
    """PyTorch's operations in one thread, as in a worker.

    Several threads would take longer to meet than a single image takes to compute.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Loader(DataLoader[Pair]):
    """Raises what is wrong with the data in the main process."""

    def __iter__(self) -> Iterator[Pair]:  # type: ignore[override]
        for batch in super().__iter__():
            if isinstance(batch, DataError):
                # A new one: `batch` in its own traceback would keep the workers alive.
                raise DataError(batch.message)
            yield batch
