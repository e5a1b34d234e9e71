"""torchvision's VGG16 weights, for an encoder in PyTorch."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from pixelwise.pretrained.vgg16 import Convolution, Shape

FEATURES = (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)
"""Which of torchvision's `features` are convolutions; between them are ReLUs and poolings."""

CLASSIFIER = (0, 3)
"""Which parts of `classifier` are fc6 and fc7; the layer of 1000 classes, 6, is not used."""

NAMES = [f"features.{i}" for i in FEATURES] + [f"classifier.{i}" for i in CLASSIFIER]


def convolutions(network: nn.Module) -> list[Convolution]:
    """The convolutions of a network, in the order in which they were registered."""
    if any(nn.parameter.is_lazy(parameter) for parameter in network.parameters()):
        with torch.no_grad():
            network(torch.zeros(1, 3, 32, 32))  # lazy layers learn their shapes from an image
    return [
        Convolution(name, _shape(module), module.weight, module.bias)
        for name, module in network.named_modules()
        if isinstance(module, nn.Conv2d)
    ]


def _shape(conv: nn.Conv2d) -> Shape:
    out_channels, in_channels, height, width = conv.weight.shape
    return Shape((height, width), in_channels, out_channels)


def copy_from(file: Path, encoder: Sequence[Convolution]) -> None:
    """Copy the weights in a file into the convolutions of an encoder.

    torchvision's network expects what `normalize_image` makes of RGB with ImageNet's mean and
    standard deviation, so its weights are taken as they are.

    Args:
        file: a state dictionary with the names of torchvision's VGG16, of the encoder's width.
        encoder: VGG16's 15 convolutions in their order.
    """
    state = torch.load(file, map_location="cpu", weights_only=True)
    with torch.no_grad():
        for name, conv in zip(NAMES, encoder, strict=True):
            # Weights of fc6, (out, C·7·7), and fc7, (out, in), become those of convolutions,
            # (out, C, 7, 7) and (out, in, 1, 1): torchvision flattens a map as C, H, W. The other
            # weights have their shapes already.
            conv.kernel.copy_(state[f"{name}.weight"].reshape(conv.kernel.shape))
            conv.bias.copy_(state[f"{name}.bias"])
