"""One view of a network's weights in PyTorch and Keras, so that tests can give both the same ones.

Arrays are in Keras's layout: a kernel is (kh, kw, in, out), a transposed one (kh, kw, out, in).
Needs neither framework until it is handed a network of it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {
    "Conv2d": "convolution",
    "Conv2D": "convolution",
    "ConvTranspose2d": "transposed convolution",
    "Conv2DTranspose": "transposed convolution",
    "BatchNorm2d": "batch norm",
    "BatchNormalization": "batch norm",
}
"""What a class of layer is; a network with weights in any other layer is refused."""

PARTS = {
    "convolution": {"kernel": "weight", "bias": "bias"},
    "transposed convolution": {"kernel": "weight", "bias": "bias"},
    "batch norm": {
        "gamma": "weight",
        "beta": "bias",
        "moving_mean": "running_mean",
        "moving_variance": "running_var",
    },
}
"""Keras's name of each weight, and PyTorch's."""

# (out, in, kh, kw) -> (kh, kw, in, out), and transposed (in, out, kh, kw) -> (kh, kw, out, in):
# the same axes in both cases, because PyTorch and Keras each swap the two for transposed ones.
TO_KERAS = (2, 3, 1, 0)
TO_TORCH = (3, 2, 0, 1)


@dataclass(frozen=True)
class Layer:
    """A layer with weights.

    Attributes:
        name: the last part of its path in the network.
        kind: one of `PARTS`.
        layer: the module or Keras layer itself.
        weights: its weights as the framework holds them, under Keras's names.
    """

    name: str
    kind: str
    layer: Any
    weights: dict[str, Any]

    def get(self, part: str) -> np.ndarray:
        """A copy of a weight, in Keras's layout."""
        weight = self.weights[part]
        if hasattr(weight, "assign"):
            return weight.numpy().copy()
        array = weight.detach().cpu().numpy()
        return (array.transpose(TO_KERAS) if array.ndim == 4 else array).copy()

    def set(self, part: str, array: np.ndarray) -> None:
        """Replace a weight, given in Keras's layout; the shape must be the same."""
        weight = self.weights[part]
        assert array.shape == self.get(part).shape, (self.name, part)
        if hasattr(weight, "assign"):
            weight.assign(array)
        else:
            array = array.transpose(TO_TORCH) if array.ndim == 4 else array
            weight.data.copy_(weight.new_tensor(np.ascontiguousarray(array)))


def layers(network: Any) -> list[Layer]:
    """The layers of a network that have weights, in the network's own order."""
    is_torch = hasattr(network, "named_modules")
    found = list(_torch_layers(network) if is_torch else _keras_layers(network))
    seen = sum(weight.size for layer in found for weight in map(layer.get, layer.weights))
    # PyTorch's batch norm counts its batches in a buffer that is no weight.
    held = (
        sum(w.numel() for name, w in network.state_dict().items() if "num_batches" not in name)
        if is_torch
        else sum(int(np.prod(w.shape)) for w in network.weights if "seed" not in w.path)
    )
    assert seen == held, f"{held - seen} weights are in layers that are none of {sorted(KINDS)}"
    return found


def _torch_layers(network: Any) -> Iterator[Layer]:
    for path, module in network.named_modules():
        if kind := KINDS.get(type(module).__name__):
            weights = {keras: getattr(module, torch) for keras, torch in PARTS[kind].items()}
            weights = {part: weight for part, weight in weights.items() if weight is not None}
            yield Layer(path.rpartition(".")[2], kind, module, weights)


def _keras_layers(network: Any) -> Iterator[Layer]:
    # Not `_flatten_layers`: that goes through the layers inside a layer from the last to the first.
    for layer in network._layers:
        if kind := KINDS.get(type(layer).__name__):
            weights = {part: getattr(layer, part, None) for part in PARTS[kind]}
            weights = {part: weight for part, weight in weights.items() if weight is not None}
            yield Layer(layer.name, kind, layer, weights)
        else:
            yield from _keras_layers(layer)


def pairs(network: Any, model: Any) -> list[tuple[Layer, Layer]]:
    """The layers of a PyTorch and a Keras network that correspond, in the former's order.

    A name that both networks give to one layer each decides; all others are matched in order,
    kind by kind. Batch norms that compute differently are refused: weights alone would not tell.
    """
    ours, theirs = layers(network), layers(model)
    named = _unique_names(ours) & _unique_names(theirs)
    by_name = {layer.name: layer for layer in theirs if layer.name in named}
    in_order = {kind: iter([b for b in theirs if b.kind == kind and b.name not in named])
                for kind in PARTS}  # fmt: skip
    found = [(a, by_name[a.name] if a.name in named else next(in_order[a.kind])) for a in ours]
    assert len(found) == len(theirs)
    for a, b in found:
        assert (a.kind, set(a.weights)) == (b.kind, set(b.weights)), (a.name, b.name)
        if a.kind == "batch norm":
            computes = (a.layer.eps, a.layer.momentum), (b.layer.epsilon, 1 - b.layer.momentum)
            assert np.allclose(*computes, rtol=1e-6, atol=0), f"{a.name}, {b.name}: {computes}"
    return found


def _unique_names(found: list[Layer]) -> set[str]:
    return {name for name, count in Counter(layer.name for layer in found).items() if count == 1}


def copy_weights(network: Any, model: Any) -> None:
    """Give a Keras model the weights of a PyTorch network, batch norm's statistics included."""
    for ours, theirs in pairs(network, model):
        for part in ours.weights:
            theirs.set(part, ours.get(part))


def values_averaged(network: Any, run: Callable[[], Any]) -> dict[Any, float]:
    """Over how many values a channel each batch norm of a PyTorch network averages in a run.

    Infinity where it does not average, but takes the statistics that it has.
    """
    counts: dict[Any, float] = {}

    def count(module: Any, inputs: tuple[Any, ...]) -> None:
        (x,) = inputs
        counts[module] = x.numel() / x.shape[1] if module.training else float("inf")

    norms = [layer.layer for layer in layers(network) if layer.kind == "batch norm"]
    hooks = [norm.register_forward_pre_hook(count) for norm in norms]
    run()
    for hook in hooks:
        hook.remove()
    return counts


def variance_in_keras(old: np.ndarray, new: np.ndarray, momentum: float, n: float) -> np.ndarray:
    """What Keras makes of a moving variance `old` where PyTorch makes `new` of it.

    Both mix in the variance of a batch of `n` values. Keras divides the sum of squares by n;
    PyTorch divides it by n - 1, although it normalises the batch itself with Keras's variance.
    """
    of_batch = (new - (1 - momentum) * old) / momentum
    return new - momentum * of_batch / n


def randomize(network: Any, scale: float, seed: int = 0) -> None:
    """Add noise to every kernel and bias: nothing stays at zero, bilinear, or at one."""
    rng = np.random.default_rng(seed)
    for layer in layers(network):
        for part in layer.weights:
            if not part.startswith("moving"):
                weight = layer.get(part)
                noise = rng.normal(scale=scale, size=weight.shape)
                layer.set(part, (weight + noise).astype(np.float32))


def without_dropout(*networks: Any) -> None:
    """Set the rate of every dropout to zero: random numbers differ between the frameworks."""
    for network in networks:
        if hasattr(network, "modules"):
            for module in network.modules():
                if type(module).__name__.startswith("Dropout"):
                    module.p = 0.0
        else:
            for layer in network._flatten_layers(include_self=False):
                if type(layer).__name__ == "Dropout":
                    layer.rate = 0.0
