"""This course's networks that take an encoder, by width, in TensorFlow."""

import keras

from pixelwise.encoders.mobilenet_v2_tensorflow import MobileNetV2Encoder
from pixelwise.networks import PUBLISHED_WIDTH
from solutions.unet_tensorflow import MobileUNet


def mobile_unet(num_classes: int, width: int = PUBLISHED_WIDTH) -> keras.Model:
    """MobileUNet over MobileNetV2, as `pixelwise train` builds it."""
    return MobileUNet(num_classes, MobileNetV2Encoder(width / PUBLISHED_WIDTH))
