"""The grader's side of PyTorch, on the CPU."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from pixelwise.grading.networks import (
    EPSILON,
    MOMENTUM,
    BatchNorm,
    Convolution,
    Dropout,
    Layer,
    Optimizer,
)
from pixelwise.grading.runtime import WHOLE_NETWORK
from pixelwise.grading.values import Array

NORM_NAMES = {
    "weight": "scale",
    "bias": "shift",
    "running_mean": "mean",
    "running_var": "variance",
}


class TorchRuntime:
    """See `Runtime`, also for what each method does."""

    def __init__(self) -> None:
        self._recorded: WeakKeyDictionary[nn.Module, list[bool]] = WeakKeyDictionary()

    def tensor(self, array: Array) -> Tensor:
        """From NumPy."""
        return torch.from_numpy(np.array(array))

    def numpy(self, value: Any) -> Array | None:
        """To NumPy."""
        return _array(value) if isinstance(value, Tensor) else None

    def recording(self) -> AbstractContextManager[Any]:
        """At the end of the context the switch is as it was before."""
        return torch.enable_grad()

    def in_pipeline(self, function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
        """A data set calls the function as anybody would."""
        return function(*arguments)

    def gradient(
        self, function: Callable[..., Any], arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> Tensor | None:
        """By `torch.autograd.grad`."""
        x = arguments[0].requires_grad_()
        result = function(*arguments, **options)
        if result is None:
            return None
        if not isinstance(result, Tensor) or not result.requires_grad:
            return torch.zeros_like(x)
        (gradient,) = torch.autograd.grad(result.sum(), x, allow_unused=True)
        return torch.zeros_like(x) if gradient is None else gradient

    def network(self, layers: Sequence[Layer], training: bool) -> nn.Sequential:
        """Its modules have the names of the layers."""
        modules = OrderedDict((layer.name, _module(layer)) for layer in layers)
        network = nn.Sequential(modules).train(training)
        for layer in layers:
            if layer.frozen:
                modules[layer.name].eval().requires_grad_(False)

        # A hook on the last layer: one on the network would not see calls of its `forward`.
        recorded: list[bool] = []
        modules[layers[-1].name].register_forward_hook(
            lambda _module, _inputs, output: recorded.append(output.requires_grad)
        )
        self._recorded[network] = recorded
        return network

    def optimizer(self, optimizer: Optimizer, network: nn.Module) -> torch.optim.Optimizer:
        """From `torch.optim`."""
        make = getattr(torch.optim, optimizer.name)
        trained = [weight for weight in network.parameters() if weight.requires_grad]
        made: torch.optim.Optimizer = make(trained, lr=optimizer.learning_rate, **optimizer.options)
        return made

    def parameters(self, module: nn.Module) -> list[Array]:
        """In the order in which the module has them."""
        return [_array(weight) for weight in module.parameters() if weight.requires_grad]

    def weights(self, network: nn.Module) -> dict[str, Array]:
        """Parameters and buffers of every module; a count of batches is none of them."""
        found = {}
        for layer, module in network.named_modules():
            names = NORM_NAMES if hasattr(module, "running_mean") else {"weight": "kernel"}
            own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
            for name, value in own:
                if value.is_floating_point():
                    found[f"{layer}.{names.get(name, name)}"] = _array(value)
        return found

    def modes(self, network: nn.Module) -> dict[str, bool]:
        """Training mode or not."""
        return {name or WHOLE_NETWORK: module.training for name, module in network.named_modules()}

    def has_recorded(self, network: nn.Module) -> bool:
        """Whether any output could be asked for gradients."""
        return any(self._recorded[network])

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """PyTorch's loop is the user's own: update on each batch, then compute."""
        for logits, label in batches:
            metric.update(self.tensor(logits), self.tensor(label))
        return float(metric.compute())


def _array(value: Tensor) -> Array:
    array: Array = value.detach().cpu().clone().numpy()
    return array


def _module(layer: Layer) -> nn.Module:
    match layer:
        case Convolution(kernel=kernel, bias=bias):
            *size, channels_in, channels_out = kernel.shape
            convolution = nn.Conv2d(channels_in, channels_out, tuple(size), padding="same")
            weight = torch.from_numpy(kernel.transpose(3, 2, 0, 1))
            convolution.load_state_dict({"weight": weight, "bias": torch.from_numpy(bias)})
            return convolution
        case BatchNorm(mean=mean, variance=variance):
            # What PyTorch calls momentum is the share of the new.
            norm = nn.BatchNorm2d(len(mean), eps=EPSILON, momentum=1 - MOMENTUM)
            moving = {"running_mean": mean, "running_var": variance}
            norm.load_state_dict(
                {name: torch.from_numpy(array) for name, array in moving.items()}, strict=False
            )
            return norm
        case Dropout(rate=rate):
            return nn.Dropout(rate)
