# ruff: noqa: N802 - networks are functions in CapWords, as in keras.applications
"""MobileNetV2 as an encoder, in TensorFlow."""

import keras

from pixelwise.encoders.mobilenet_v2 import MAPS


def MobileNetV2Encoder(width: float = 1.0) -> keras.Model:
    """The convolutions of MobileNetV2; gives five maps, from fine to coarse.

    Args:
        width: the width multiplier; 1.0 is the published network. Channels are rounded to multiples
            of 8.

    Returns:
        A functional model that maps (N, H, W, 3) images, H and W multiples of 32, to a list of maps
        at 1/2, 1/4, 1/8, 1/16 and 1/32 of the size. Its layers have Keras's names.
    """
    network = keras.applications.MobileNetV2(
        input_shape=(None, None, 3), alpha=width, include_top=False, weights=None
    )
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            # PyTorch's settings. By Keras's (0.999, 0.001) the moving statistics need thousands of
            # steps before they are of use.
            layer.momentum, layer.epsilon = 0.9, 1e-5
    maps = [network.get_layer(name).output for name in MAPS]
    return keras.Model(network.input, maps, name="mobilenet_v2")
