"""The grader's side of PyTorch, on the CPU."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import chain
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from pixelwise.grading import smoke_torch
from pixelwise.grading.networks import (
    EPSILON,
    MOMENTUM,
    BatchNorm,
    Convolution,
    Dropout,
    Layer,
    Optimizer,
    ReLU,
    Stages,
)
from pixelwise.grading.plan import TrainingPlan
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

    def encoder(self, stages: Stages, training: bool) -> nn.Module:
        """Its modules have the names of the layers."""
        encoder = _Encoder(stages).train(training)
        for layer in chain(*stages):
            if layer.frozen:
                encoder.get_submodule(layer.name).eval().requires_grad_(False)
        return encoder

    def is_network(self, value: Any) -> bool:
        """A module."""
        return isinstance(value, nn.Module)

    def is_block(self, value: Any) -> bool:
        """A module."""
        return isinstance(value, nn.Module)

    def part(self, network: nn.Module, name: str) -> Any:
        """An attribute."""
        return getattr(network, name, None)

    def seed(self) -> None:
        """The generator of the CPU."""
        torch.manual_seed(0)

    def run(
        self,
        network: nn.Module,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        training: bool,
    ) -> Any:
        """The mode stays switched."""
        network.train(training)  # what an overridden one returns is the learner's affair
        return network(*arguments, **options)

    def assign(self, network: nn.Module, weights: Mapping[str, Array]) -> None:
        """In place, so that an optimizer still knows them."""
        named = _named_weights(network)
        with torch.no_grad():
            for name, array in weights.items():
                named[name].copy_(torch.from_numpy(np.array(array)))

    def weight_gradients(
        self, network: nn.Module, arguments: Sequence[Any], options: Mapping[str, Any]
    ) -> dict[str, Array]:
        """By `torch.autograd.grad`."""
        result = self.run(network, arguments, options, training=False)
        outputs = result if isinstance(result, list | tuple) else [result]
        total = sum(output.sum() for output in outputs if output.is_floating_point())
        named = _named_weights(network)
        gradients = {name: torch.zeros_like(weight) for name, weight in named.items()}
        trained = {name: weight for name, weight in named.items() if weight.requires_grad}
        if trained and isinstance(total, Tensor) and total.requires_grad:
            found = torch.autograd.grad(total, list(trained.values()), allow_unused=True)
            for name, gradient in zip(trained, found, strict=True):
                if gradient is not None:
                    gradients[name] = gradient
        return {name: _array(gradient) for name, gradient in gradients.items()}

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
        return {name: _array(weight) for name, weight in _named_weights(network).items()}

    def modes(self, network: nn.Module) -> dict[str, bool]:
        """Training mode or not."""
        return {name or WHOLE_NETWORK: module.training for name, module in network.named_modules()}

    def has_recorded(self, network: nn.Module) -> bool:
        """Whether any output could be asked for gradients."""
        return any(self._recorded[network])

    def has_gpu(self) -> bool:
        """An NVIDIA GPU."""
        return smoke_torch.has_gpu()

    def train(
        self, network: nn.Module, plan: TrainingPlan, images: Tensor, labels: Tensor
    ) -> Array:
        """By a loop of the grader's own."""
        return smoke_torch.train(network, plan, images, labels)

    def evaluate(self, metric: Any, batches: list[tuple[Array, Array]]) -> float:
        """PyTorch's loop is the user's own: update on each batch, then compute."""
        for logits, label in batches:
            metric.update(self.tensor(logits), self.tensor(label))
        return float(metric.compute())


class _Encoder(nn.Module):
    """Images to a list of maps, each half as large as the one before it."""

    def __init__(self, stages: Stages) -> None:
        super().__init__()
        self._stages = [[layer.name for layer in stage] for stage in stages]
        for layer in chain(*stages):
            self.add_module(layer.name, _module(layer))

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for names in self._stages:
            x = nn.functional.max_pool2d(x, 2)
            for name in names:
                x = self.get_submodule(name)(x)
            maps.append(x)
        return maps


def _named_weights(network: nn.Module) -> dict[str, Tensor]:
    found: dict[str, Tensor] = {}
    seen: set[int] = set()
    for layer, module in network.named_modules():
        names = NORM_NAMES if hasattr(module, "running_mean") else {"weight": "kernel"}
        own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
        for name, value in own:
            if value.is_floating_point() and id(value) not in seen:
                seen.add(id(value))
                found[f"{layer}.{names.get(name, name)}"] = value
    return found


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
        case ReLU():
            return nn.ReLU()
