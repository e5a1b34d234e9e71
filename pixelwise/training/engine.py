"""What the loop needs of a framework."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from pixelwise.data import DataError, SegmentationSet
from pixelwise.training.answers import Builder
from pixelwise.training.recipe import Machine, Recipe


@dataclass(frozen=True)
class Task:
    """What an engine is made for.

    Attributes:
        recipe: the settings.
        build: makes the network, called as ``build(num_classes, width=width)``.
        training: the module of reference answers of lesson 4, for its loss.
        metrics: that of lesson 2, for the confusion matrix.
        weights: the name of the published weights for the encoder; None if there are none.
        train: the training images.
        val: the validation images.
        workers: how many processes read images at the same time; PyTorch only.
    """

    recipe: Recipe
    build: Builder
    training: Any
    metrics: Any
    weights: str | None
    train: SegmentationSet
    val: SegmentationSet
    workers: int


class Engine(Protocol):
    """A network in training, in one of the frameworks.

    Attributes:
        rank: which of several processes this is, from 0; process 0 writes the files.
        processes: how many processes train together.
        replicas: how many copies of the network share a batch, in all processes.
        device: what it runs on, in words.
        steps: steps an epoch.
        state_name: of the file that `save_state` writes.
        weights_name: of the file that `save_weights` writes.
    """

    rank: int
    processes: int
    replicas: int
    device: str
    steps: int
    state_name: str
    weights_name: str

    def try_network(self) -> tuple[int, ...]:
        """The shape of the logits of one image of 64×96 pixels, classes last: (1, 64, 96, K)."""

    def load_pretrained(self) -> None:
        """Give the encoder the weights published for ImageNet."""

    def train_epoch(self, epoch: int) -> Iterator[float]:
        """Train for an epoch; yields the loss after each step, the mean over the whole batch."""

    def evaluate(self) -> np.ndarray:
        """(K, K) int64: the confusion matrix of all validation images, rows are the truth."""

    def predict(self, index: int) -> np.ndarray:
        """(H, W) uint8: the predicted classes of validation image `index`, at its full size."""

    def save_weights(self, path: Path) -> None:
        """Write the network's weights, in a form that the framework loads by itself."""

    def load_weights(self, path: Path) -> None:
        """Take over what `save_weights` wrote."""

    def save_state(self, path: Path, epochs_done: int) -> None:
        """Write all that a run needs to go on as if it had not been interrupted."""

    def load_state(self, path: Path) -> int:
        """Take over what `save_state` wrote; returns `epochs_done`."""

    def any_process(self, flag: bool) -> bool:
        """Whether `flag` is true in any of the processes, which all must ask at the same place."""

    def close(self) -> None:
        """Leave the other processes."""


def look_at_machine(framework: str) -> Machine:
    """What there is to compute with; imports the framework."""
    if framework == "torch":
        from pixelwise.training import torch_engine

        return torch_engine.look_at_machine()
    from pixelwise.training import tensorflow_engine

    return tensorflow_engine.look_at_machine()


def make_engine(task: Task) -> Engine:
    """The engine of the recipe's framework.

    Raises:
        TrainingError: the batch cannot be divided among the processes.
    """
    if task.recipe.framework == "torch":
        from pixelwise.training.torch_engine import TorchEngine

        return TorchEngine(task)
    from pixelwise.training.tensorflow_engine import TensorflowEngine

    return TensorflowEngine(task)


def out_of_memory(framework: str, error: BaseException) -> bool:
    """Whether an error of the framework means that the memory is full."""
    if framework == "torch":
        from pixelwise.training import torch_engine

        return torch_engine.out_of_memory(error)
    from pixelwise.training import tensorflow_engine

    return tensorflow_engine.out_of_memory(error)


def data_error(framework: str, error: BaseException) -> DataError | None:
    """The `DataError` that an error of the framework wraps, if it does."""
    if framework == "torch":
        return None
    from pixelwise.training import tensorflow_engine

    return tensorflow_engine.data_error(error)
