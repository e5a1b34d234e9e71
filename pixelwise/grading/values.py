"""Arrays with a meaning: what an axis stands for decides how each framework lays it out.

Checks write everything channels last, once; `Layout` turns it into what a framework uses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Tensor:
    """An array that the learner's function receives, or returns, as a framework's tensor."""

    array: Array

    def __init__(self, array: ArrayLike) -> None:
        object.__setattr__(self, "array", np.asarray(array))


class Map(Tensor):
    """Images, feature maps, one-hot labels, logits: float32, (H, W, C) or (N, H, W, C)."""

    def __init__(self, array: ArrayLike) -> None:
        super().__init__(np.asarray(array, dtype=np.float32))


class Label(Tensor):
    """Class numbers, (H, W) or (N, H, W)."""


class Kernel(Tensor):
    """Weights of a convolution, (k, k, in, out), or of a transposed one, (k, k, out, in)."""

    def __init__(self, array: ArrayLike) -> None:
        super().__init__(np.asarray(array, dtype=np.float32))


class Dense(Tensor):
    """Weights of a fully connected layer that sees a map, (k, k, in, out): they go in flattened."""

    def __init__(self, array: ArrayLike) -> None:
        super().__init__(np.asarray(array, dtype=np.float32))


@dataclass(frozen=True)
class Layout:
    """How a framework lays arrays out."""

    label_dtype: type[np.signedinteger[Any]]
    to_framework: Callable[[Tensor], Array]
    from_framework: Callable[[type[Tensor], Array], Array]

    def arrange(self, value: Tensor) -> Array:
        """`value` in the framework's order of axes, labels in its dtype for labels."""
        array = self.to_framework(value)
        return array.astype(self.label_dtype) if isinstance(value, Label) else array


def _to_torch(value: Tensor) -> Array:
    if isinstance(value, Map):
        return np.ascontiguousarray(np.moveaxis(value.array, -1, -3))
    if isinstance(value, Kernel):
        return np.ascontiguousarray(value.array.transpose(3, 2, 0, 1))
    if isinstance(value, Dense):
        outputs_first = value.array.transpose(3, 2, 0, 1)
        return np.ascontiguousarray(outputs_first.reshape(len(outputs_first), -1))
    return value.array


def _to_tensorflow(value: Tensor) -> Array:
    if isinstance(value, Dense):
        return value.array.reshape(-1, value.array.shape[-1])
    return value.array


def _from_torch(role: type[Tensor], array: Array) -> Array:
    if issubclass(role, Map) and array.ndim >= 3:
        return np.moveaxis(array, -3, -1)
    if issubclass(role, Kernel) and array.ndim == 4:
        return array.transpose(2, 3, 1, 0)
    return array


LAYOUTS = {
    "torch": Layout(np.int64, _to_torch, _from_torch),
    "tensorflow": Layout(np.int32, _to_tensorflow, lambda _role, array: array),
}


@dataclass(frozen=True)
class Value:
    """What a learner's function returned, as plain data.

    Attributes:
        kind: ``tensor``, ``array``, ``number``, ``none``, ``sequence``, ``mapping`` or ``object``.
        type_name: the type as the learner would write it, such as ``torch.Tensor``.
        array: the numbers, in the framework's layout, where the kind has any.
        items: the parts of a sequence or mapping, by position or key.
        reference: by which the engine finds the object again.
    """

    kind: str
    type_name: str
    array: Array | None
    items: dict[Any, "Value"]
    reference: int


@dataclass(frozen=True)
class Reference:
    """Stands for an object that lives where the learner's code runs.

    Attributes:
        number: by which the engine finds the object.
        code: how feedback writes the object in a call.
    """

    number: int
    code: str = "…"


MAX_LINES = 8


def excerpt(array: Array) -> str:
    """The values of an array, cut to a few short lines; axes of length 1 are not shown."""
    if array.ndim == 0:
        value = array.item()
        return f"{value:.6g}" if isinstance(value, float) else repr(value)
    if array.ndim > 2:
        array = array.squeeze()  # an axis of length 1 would cost a line for each value
    precision = None
    if np.issubdtype(array.dtype, np.floating):
        precision = 4
        array = array.round(precision) + 0.0  # zero added: no -0, which reads like a difference
    text = np.array2string(
        array,
        precision=precision,
        threshold=40,
        edgeitems=3,
        suppress_small=True,
        max_line_width=78,
    )
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], " …"]
    return "\n".join(lines)


def kernel_list(shapes: Sequence[tuple[int, ...]]) -> str:
    """Shapes of kernels, (k, k, in, out), as ``2 × (3×3: 64 → 64)``; equal neighbours counted."""
    lines: list[tuple[str, int]] = []
    for height, width, before, after in shapes:
        text = f"{height}×{width}: {before} → {after}"
        if lines and lines[-1][0] == text:
            lines[-1] = (text, lines[-1][1] + 1)
        else:
            lines.append((text, 1))
    return "\n".join(f"{count} × ({text})" for text, count in lines) or "–"
