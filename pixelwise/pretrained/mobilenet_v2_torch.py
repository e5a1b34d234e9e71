"""torchvision's MobileNetV2 weights, for the encoder in PyTorch."""

from pathlib import Path

import torch
from torch import nn

from pixelwise.encoders.mobilenet_v2_torch import MobileNetV2Encoder
from pixelwise.pretrained.mobilenet_v2 import no_encoder

PARTS = {
    "expand": "0.0",
    "expand_BN": "0.1",
    "depthwise": "1.0",
    "depthwise_BN": "1.1",
    "project": "2",
    "project_BN": "3",
}
"""What torchvision calls the parts of a block. With a ReLU6 behind it, a convolution and its batch
norm are parts of one part."""

PARTS_WITHOUT_EXPANSION = {
    "depthwise": "0.0",
    "depthwise_BN": "0.1",
    "project": "1",
    "project_BN": "2",
}


def encoder_in(network: nn.Module) -> MobileNetV2Encoder:
    """The encoder that a network is or holds.

    Raises:
        WeightsError: there is none.
    """
    for module in network.modules():
        if isinstance(module, MobileNetV2Encoder):
            return module
    raise no_encoder()


def channels(encoder: MobileNetV2Encoder) -> dict[str, int]:
    """The encoder's convolutions, by Keras's names, and how many channels each makes."""
    return {
        path.replace(".", "_"): module.out_channels
        for path, module in encoder.named_modules()
        if isinstance(module, nn.Conv2d)
    }


def copy_from(file: Path, encoder: MobileNetV2Encoder) -> None:
    """Copy the weights in a file into an encoder.

    torchvision's network expects what `normalize_image` makes of RGB with ImageNet's mean and
    standard deviation, and its batch norms have PyTorch's settings, as the encoder's have. So its
    weights are taken as they are.

    Args:
        file: a state dictionary with the names of torchvision's MobileNetV2, of the encoder's
            width.
        encoder: what the weights are for.
    """
    state = torch.load(file, map_location="cpu", weights_only=True)
    for path, module in encoder.named_modules():
        if isinstance(module, nn.Conv2d | nn.BatchNorm2d):
            name = torchvision_name(path)
            module.load_state_dict({part: state[f"{name}.{part}"] for part in module.state_dict()})


def torchvision_name(path: str) -> str:
    """What torchvision calls the convolution or batch norm that has this path in the encoder."""
    if path in ("Conv1", "bn_Conv1"):
        return {"Conv1": "features.0.0", "bn_Conv1": "features.0.1"}[path]
    block, _dot, part = path.partition(".")
    if block == "expanded_conv":  # the first block, which does not expand
        number, inside = 0, PARTS_WITHOUT_EXPANSION[part]
    else:
        number, inside = int(block.removeprefix("block_")), PARTS[part]
    return f"features.{number + 1}.conv.{inside}"
