"""Turning plain arrays into a framework's objects and back, where the learner's code runs.

A framework is imported when its runtime is made, so that nobody waits for the other one.
"""

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Protocol

from pixelwise.grading.networks import Layer, Optimizer, Stages
from pixelwise.grading.plan import TrainingPlan
from pixelwise.grading.values import Array


class Runtime(Protocol):
    """What the engine needs of a framework."""

    def tensor(self, array: Array) -> Any:
        """A tensor of its own memory that holds `array`."""

    def numpy(self, value: Any) -> Array | None:
        """The numbers in `value` if it is a tensor of this framework, else None."""

    def recording(self) -> AbstractContextManager[Any]:
        """A context in which gradients are recorded; code in it cannot turn that off for good."""

    def in_pipeline(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """`function` applied to `arguments` inside the framework's input pipeline."""

    def gradient(
        self, function: Callable[..., Any], arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> Any:
        """The gradient of the result with respect to the first argument, a tensor.

        It is zero where the result does not depend on the argument by tensor operations, and None
        where the function returns None.
        """

    def network(self, layers: Sequence[Layer], training: bool) -> Any:
        """A network of these layers, one after the other.

        Where networks have a mode, this one is in training mode or not, and its frozen layers are
        in inference mode.
        """

    def encoder(self, stages: Stages, training: bool) -> Any:
        """A network that returns a list: the map of each stage, the finest first.

        Modes are as in `network`.
        """

    def is_network(self, value: Any) -> bool:
        """Whether `value` is a network of this framework."""

    def part(self, network: Any, name: str) -> Any:
        """The attribute or layer of a network that is named so; None if there is none."""

    def is_block(self, value: Any) -> bool:
        """Whether `value` can be a part of a network of this framework."""

    def seed(self) -> None:
        """Make initial weights and dropout the same in every run."""

    def run(
        self, network: Any, arguments: Sequence[Any], options: Mapping[str, Any], training: bool
    ) -> Any:
        """What a network or block makes of its input, in training or in inference mode."""

    def assign(self, network: Any, weights: Mapping[str, Array]) -> None:
        """Give a network's weights new values, by the names that `weights` has for them."""

    def weight_gradients(
        self, network: Any, arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> dict[str, Array]:
        """The gradient of the sum of all outputs by each weight, in inference mode.

        It is zero for weights that are frozen or that the outputs do not depend on. Outputs that
        are integers do not count.
        """

    def optimizer(self, optimizer: Optimizer, network: Any) -> Any:
        """The framework's optimizer, of those weights of the network that are not frozen."""

    def parameters(self, module: Any) -> list[Array]:
        """The trainable weights of a layer or network."""

    def weights(self, network: Any) -> dict[str, Array]:
        """All weights and moving statistics by layer and kind, such as ``score.kernel``.

        The path of a layer inside others stands before its name: ``encoder.stage1.conv.kernel``.
        Kinds are kernel and bias; of a batch norm scale, shift, mean and variance. A weight that
        several layers share is there once.
        """

    def modes(self, network: Any) -> dict[str, bool]:
        """What stays as it was switched, of each layer, and of the whole as `WHOLE_NETWORK`.

        PyTorch: whether it is in training mode. Keras: whether it is trainable; a batch norm that
        is not is in inference mode.
        """

    def has_recorded(self, network: Any) -> bool:
        """Whether a call of a network that was made here has recorded what gradients need."""

    def has_gpu(self) -> bool:
        """Whether networks are trained on a GPU."""

    def train(self, network: Any, plan: TrainingPlan, images: Any, labels: Any) -> Array:
        """Give a network new weights and train them; the loss before each step, (steps,).

        Weights of transposed convolutions are left as they are. Frozen weights are not trained.
        """

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """What the framework's own evaluation loop reports for `metric` on (logits, label)."""


WHOLE_NETWORK = "model"


def is_installed(framework: str) -> bool:
    """Whether `framework` can be imported, found out without importing it."""
    return find_spec(framework) is not None


def make_runtime(framework: str) -> Runtime:
    """The runtime for ``torch`` or ``tensorflow``; imports the framework."""
    if framework == "torch":
        from pixelwise.grading.torch_runtime import TorchRuntime

        return TorchRuntime()
    from pixelwise.grading.tensorflow_runtime import TensorflowRuntime

    return TensorflowRuntime()


def import_tensorflow() -> ModuleType:
    """TensorFlow, imported without its remarks on the machine's processor and drivers."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    # Some remarks come before the library reads its settings, straight to the file descriptor.
    stderr = os.dup(2)
    silence = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(silence, 2)
        return importlib.import_module("tensorflow")
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(silence)
