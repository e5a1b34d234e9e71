"""Small networks with known weights, described in plain data, for functions that want a network.

A check writes the layers down once, channels last; each `Runtime` builds them in its framework.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pixelwise.grading.values import Array

MOMENTUM = 0.9
"""The share of a batch norm's moving statistics that is kept at each step in training mode."""

EPSILON = 1e-3
"""What a batch norm adds to the variance."""


@dataclass(frozen=True)
class Convolution:
    """A convolution of stride 1 that keeps the size, with kernel (k, k, in, out) and bias (out,).

    A `frozen` layer takes no part in training, and is in inference mode while others are not.
    """

    name: str
    kernel: Array
    bias: Array
    frozen: bool = False

    @property
    def code(self) -> str:
        """The layer as feedback quotes it."""
        channels_in, channels_out = self.kernel.shape[2:]
        return f"Convolution({channels_in}, {channels_out}{', frozen=True' * self.frozen})"


@dataclass(frozen=True)
class BatchNorm:
    """Batch norm with moving statistics of shape (channels,), scale 1 and shift 0."""

    name: str
    mean: Array
    variance: Array
    frozen: bool = False

    @property
    def code(self) -> str:
        """The layer as feedback quotes it."""
        return f"BatchNorm({len(self.mean)}{', frozen=True' * self.frozen})"


@dataclass(frozen=True)
class Dropout:
    """Dropout of single values, each with probability `rate`."""

    name: str
    rate: float
    frozen: bool = False

    @property
    def code(self) -> str:
        """The layer as feedback quotes it."""
        return f"Dropout({self.rate:g}{', frozen=True' * self.frozen})"


@dataclass(frozen=True)
class ReLU:
    """The activation."""

    name: str
    frozen: bool = False

    @property
    def code(self) -> str:
        """The layer as feedback quotes it."""
        return "ReLU()"


Layer = Convolution | BatchNorm | Dropout | ReLU

Stages = Sequence[Sequence[Layer]]
"""An encoder: each stage halves the size by max pooling of 2×2, and its layers make a map."""


@dataclass(frozen=True)
class Optimizer:
    """An optimizer that both frameworks have under this name: ``SGD`` or ``Adam``.

    Only SGD has a momentum that may be chosen.
    """

    name: str
    learning_rate: float
    momentum: float = 0.0

    @property
    def code(self) -> str:
        """The optimizer as feedback quotes it."""
        momentum = f", momentum={self.momentum:g}" if self.momentum else ""
        return f"{self.name}(learning_rate={self.learning_rate:g}{momentum})"

    @property
    def options(self) -> dict[str, float]:
        """The keyword arguments beside the learning rate."""
        return {"momentum": self.momentum} if self.name == "SGD" else {}
