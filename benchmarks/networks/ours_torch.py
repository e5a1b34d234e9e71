"""This course's networks that take an encoder, by width, in PyTorch."""

from torch import nn

from pixelwise.encoders.mobilenet_v2_torch import MobileNetV2Encoder
from pixelwise.networks import PUBLISHED_WIDTH
from solutions.unet_torch import MobileUNet


def mobile_unet(num_classes: int, width: int = PUBLISHED_WIDTH) -> nn.Module:
    """MobileUNet over MobileNetV2, as `pixelwise train` builds it."""
    return MobileUNet(num_classes, MobileNetV2Encoder(width / PUBLISHED_WIDTH))
