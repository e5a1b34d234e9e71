"""Turning plain arrays into a framework's tensors and back, where the learner's code runs.

A framework is imported when its runtime is made, so that nobody waits for the other one.
"""

import importlib
import os
from collections.abc import Callable
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Protocol

import numpy as np

from pixelwise.grading.values import Array


class Runtime(Protocol):
    """What the engine needs of a framework."""

    def tensor(self, array: Array) -> Any:
        """A tensor of its own memory that holds `array`."""

    def numpy(self, value: Any) -> Array | None:
        """The numbers in `value` if it is a tensor of this framework, else None."""

    def in_pipeline(self, function: Callable[..., Any], arguments: list[Any]) -> Any:
        """`function` applied to `arguments` inside the framework's input pipeline."""

    def parameters(self, module: Any) -> list[Array]:
        """The trainable weights of a layer or network."""

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """What the framework's own evaluation loop reports for `metric` on (logits, label)."""


def is_installed(framework: str) -> bool:
    """Whether `framework` can be imported, found out without importing it."""
    return find_spec(framework) is not None


def make_runtime(framework: str) -> Runtime:
    """The runtime for ``torch`` or ``tensorflow``; imports the framework."""
    return TorchRuntime() if framework == "torch" else TensorflowRuntime()


class TorchRuntime:
    """PyTorch, on the CPU."""

    def __init__(self) -> None:
        import torch

        self.torch = torch

    def tensor(self, array: Array) -> Any:
        """See `Runtime.tensor`."""
        return self.torch.from_numpy(np.array(array))

    def numpy(self, value: Any) -> Array | None:
        """See `Runtime.numpy`."""
        if not isinstance(value, self.torch.Tensor):
            return None
        return value.detach().cpu().clone().numpy()

    def in_pipeline(self, function: Callable[..., Any], arguments: list[Any]) -> Any:
        """A data set calls the function as anybody would."""
        return function(*arguments)

    def parameters(self, module: Any) -> list[Array]:
        """See `Runtime.parameters`."""
        return [
            weight.detach().cpu().clone().numpy()
            for weight in module.parameters()
            if weight.requires_grad
        ]

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """PyTorch's loop is the user's own: update on each batch, then compute."""
        for logits, label in batches:
            metric.update(self.tensor(logits), self.tensor(label))
        return float(metric.compute())


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


class TensorflowRuntime:
    """TensorFlow with Keras."""

    def __init__(self) -> None:
        self.tf = import_tensorflow()
        self.keras = importlib.import_module("keras")

    def tensor(self, array: Array) -> Any:
        """See `Runtime.tensor`."""
        return self.tf.constant(array)

    def numpy(self, value: Any) -> Array | None:
        """See `Runtime.numpy`."""
        if isinstance(value, self.keras.Variable):
            value = value.value
        if not self.tf.is_tensor(value) and not isinstance(value, self.tf.Variable):
            return None
        return np.asarray(value.numpy())

    def in_pipeline(self, function: Callable[..., Any], arguments: list[Any]) -> Any:
        """`function` traced by `Dataset.map`: tensors become elements, the rest stays Python."""
        is_tensor = self.tf.is_tensor
        elements = tuple(value for value in arguments if is_tensor(value))

        def mapped(*traced: Any) -> Any:
            left = list(traced)
            filled = [left.pop(0) if is_tensor(value) else value for value in arguments]
            result = function(*filled)
            # tf.data would stack a list into one tensor.
            return tuple(result) if isinstance(result, list) else result

        data = self.tf.data.Dataset.from_tensors(elements)
        return next(iter(data.map(mapped)))

    def parameters(self, module: Any) -> list[Array]:
        """See `Runtime.parameters`."""
        return [np.asarray(weight.numpy()) for weight in module.trainable_weights]

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """`Model.evaluate` of a model that hands its input on, compiled with the metric."""
        shape = (None, None, batches[0][0].shape[-1])
        pixels = self.keras.Input(shape)
        model = self.keras.Model(pixels, self.keras.layers.Identity()(pixels))
        # Keras evaluates only models with a loss; compiling with XLA would depend on the machine.
        model.compile(
            loss=lambda _label, _logits: self.tf.zeros(()), metrics=[metric], jit_compile=False
        )
        data = self.tf.data.Dataset.from_generator(
            lambda: iter(batches),
            output_signature=(
                self.tf.TensorSpec((None, *shape), self.tf.float32),
                self.tf.TensorSpec((None, None, None), self.tf.int32),
            ),
        )
        results = model.evaluate(data, verbose=0, return_dict=True)
        return float(next(value for name, value in results.items() if name != "loss"))
