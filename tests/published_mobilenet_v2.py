"""MobileNetV2's weights, small and random, in files laid out as torchvision's and Keras's are.

Nothing here is taken from `pixelwise`: structure, names and layout are written down from the
publishers' code. At the width of 0.1 every map has 8, 16 or 32 channels, or 6 times as many.
"""

from pathlib import Path
from typing import Any

import numpy as np

WIDTH = 0.1

BLOCKS = (
    (8, 8, 1, 1),
    (8, 8, 2, 6),
    (8, 8, 1, 6),
    *((8, 8, stride, 6) for stride in (2, 1, 1, 2, 1, 1, 1)),
    *((8 if i == 0 else 16, 16, 1, 6) for i in range(3)),
    *((16, 16, stride, 6) for stride in (2, 1, 1)),
    (16, 32, 1, 6),
)
"""Channels in and out, stride and expansion of the 17 blocks at that width."""

KERAS_MAPS = (
    "block_1_expand_relu",
    "block_3_expand_relu",
    "block_6_expand_relu",
    "block_13_expand_relu",
    "block_16_project",
)


def randomized(shape: tuple[int, ...], part: str, rng: np.random.Generator) -> np.ndarray:
    """Values for a weight of batch norm or, a kernel's, of any other name."""
    if part == "gamma":
        values = rng.uniform(0.5, 1.5, shape)
    elif part == "beta":
        values = rng.normal(0.2, 0.5, shape)
    elif part == "moving_mean":
        values = rng.normal(0, 0.1, shape)
    elif part == "moving_variance":  # often so small that batch norm's epsilon counts
        values = 10 ** rng.uniform(-3, -0.5, shape)
    else:  # larger ones would enlarge rounding errors from layer to layer
        values = rng.normal(0, 0.03, shape)
    return values.astype(np.float32)


# --- torchvision -----------------------------------------------------------------------------


def torch_network(seed: int = 0) -> Any:
    """torchvision's network, with its names; random weights for normalised images."""
    import torch
    from torch import nn

    def convolution(a: int, b: int, size: int, stride: int = 1, groups: int = 1) -> nn.Module:
        conv = nn.Conv2d(a, b, size, stride, (size - 1) // 2, groups=groups, bias=False)
        return nn.Sequential(conv, nn.BatchNorm2d(b), nn.ReLU6())

    class Block(nn.Module):
        def __init__(self, a: int, b: int, stride: int, expansion: int) -> None:
            super().__init__()
            hidden = a * expansion
            parts = [convolution(a, hidden, 1)] if expansion > 1 else []
            parts.append(convolution(hidden, hidden, 3, stride, groups=hidden))
            parts += [nn.Conv2d(hidden, b, 1, bias=False), nn.BatchNorm2d(b)]
            self.conv = nn.Sequential(*parts)
            self.adds = stride == 1 and a == b

        def forward(self, x: Any) -> Any:
            return x + self.conv(x) if self.adds else self.conv(x)

    network = nn.Module()
    network.features = nn.Sequential(
        convolution(3, 8, 3, 2), *(Block(*block) for block in BLOCKS), convolution(32, 1280, 1)
    )
    network.classifier = nn.Sequential(nn.Dropout(), nn.Linear(1280, 5))
    parts = {
        "running_mean": "moving_mean",
        "running_var": "moving_variance",
        "bias": "beta",
        "weight": "gamma",
    }
    rng = np.random.default_rng(seed)
    for name, value in network.state_dict().items():
        if "num_batches" not in name:
            part = parts[name.rpartition(".")[2]] if value.ndim == 1 else "kernel"
            value.copy_(torch.from_numpy(randomized(tuple(value.shape), part, rng)))
    return network.eval()


def torch_maps(network: Any, images: Any) -> list[Any]:
    """The five maps, by the parts of torchvision's network that make them."""
    maps, x = [], images
    for i, part in enumerate(network.features[:18]):
        if i in (2, 4, 7, 14):
            maps.append(part.conv[0](x))
        if i == 17:
            maps.append(part.conv[:3](x))
        x = part(x)
    return maps


def write_torch(path: Path, network: Any, *, zipped: bool = False) -> None:
    """A state dictionary as torchvision's; `zipped` in the format that torch writes since 1.6."""
    import torch

    torch.save(network.state_dict(), path, _use_new_zipfile_serialization=zipped)


# --- Keras -----------------------------------------------------------------------------------


def keras_network(seed: int = 0) -> Any:
    """Keras's own network without the classifier; random weights for images from -1 to 1."""
    import keras

    network = keras.applications.MobileNetV2(
        input_shape=(None, None, 3), alpha=WIDTH, include_top=False, weights=None
    )
    rng = np.random.default_rng(seed)
    for weight in network.weights:
        weight.assign(randomized(tuple(weight.shape), weight.name, rng))
    return network


def keras_maps(network: Any) -> Any:
    """The network with the five maps as its outputs."""
    import keras

    return keras.Model(network.input, [network.get_layer(name).output for name in KERAS_MAPS])


def write_keras(path: Path, network: Any, *, prefix: str = "") -> None:
    """HDF5 as Keras 2 wrote it, of which the published file is.

    Args:
        path: where to.
        network: what to write.
        prefix: put before every layer's name: Keras goes by their order alone.
    """
    import h5py

    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = b"2.1.6", b"tensorflow"
        names = [prefix + layer.name for layer in network.layers]
        file.attrs["layer_names"] = [name.encode() for name in names]
        for name, layer in zip(names, network.layers, strict=True):
            group = file.create_group(name)
            parts = [f"{name}/{weight.name}:0" for weight in layer.weights]
            group.attrs["weight_names"] = np.array([part.encode() for part in parts], "S")
            for part, weight in zip(parts, layer.weights, strict=True):
                group[part] = weight.numpy()
