# ruff: noqa: N802 - networks are functions in CapWords, as in keras.applications
"""Reference answers of lesson 7, TensorFlow: U-Net."""

import keras
from keras import layers


def _batch_norm() -> layers.BatchNormalization:
    # PyTorch's settings. By Keras's (0.99, 0.001) the moving statistics need hundreds of steps
    # before they are of use.
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)


def double_conv(out_channels: int) -> keras.Layer:
    """What every stage of U-Net consists of: twice 3×3 convolution, batch norm, ReLU.

    Args:
        out_channels: of both convolutions' output.

    Returns:
        A layer that maps (N, H, W, C) to (N, H, W, out_channels).
    """
    # Where this leaves the paper: its convolutions have no padding and shrink the map, and it has
    # no batch norm, which was three months old by then. The norm makes biases superfluous.
    return keras.Sequential(
        [
            layers.Conv2D(out_channels, 3, padding="same", use_bias=False),
            _batch_norm(),
            layers.ReLU(),
            layers.Conv2D(out_channels, 3, padding="same", use_bias=False),
            _batch_norm(),
            layers.ReLU(),
        ]
    )


def UNet(num_classes: int, width: int = 64, depth: int = 4) -> keras.Model:
    """U-Net: down to a small map and up again, with every map of the way down used on the way up.

    Ronneberger, Fischer and Brox (2015), https://arxiv.org/abs/1505.04597, figure 1.

    Args:
        num_classes: the number of classes, K.
        width: channels of the first stage; 64 is the published network.
        depth: how often the size is halved; 4 is the published network.

    Returns:
        A model that maps (N, H, W, 3) images, H and W multiples of 2**depth, to (N, H, W, K)
        logits.
    """
    image = keras.Input((None, None, 3))  # (N, H, W, 3)
    # (64, 128, 256, 512, 1024) in the published network
    *channels, deepest = (width * 2**i for i in range(depth + 1))

    # Down the left side of the U: each map is kept for the way up.
    x = image
    skips = []
    for c in channels:
        x = double_conv(c)(x)  # (N, h, w, c)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)  # (N, h/2, w/2, c)
    x = double_conv(deepest)(x)

    # Up the right side: what is there, from below; where exactly, from the left.
    for c in reversed(channels):
        x = layers.Conv2DTranspose(c, 2, strides=2)(x)  # (N, h, w, c)
        x = layers.Concatenate()([skips.pop(), x])  # (N, h, w, 2·c)
        x = double_conv(c)(x)  # (N, h, w, c)
    score = layers.Conv2D(num_classes, 1, name="score")(x)  # (N, H, W, K)
    return keras.Model(image, score, name="unet")


def upsample_block(out_channels: int, dropout: bool = False) -> keras.Layer:
    """A step up in pix2pix's generator: the size doubles.

    Isola et al. (2017), https://arxiv.org/abs/1611.07004: the layers are from appendix 6.1, the
    initial weights, from N(0, 0.02), from 6.2.

    Args:
        out_channels: of the map that comes out.
        dropout: whether values are dropped out, each with probability 0.5.

    Returns:
        A layer that maps (N, H, W, C) to (N, 2·H, 2·W, out_channels).
    """
    block = keras.Sequential(
        [
            layers.Conv2DTranspose(
                out_channels,
                4,
                strides=2,
                padding="same",
                use_bias=False,
                kernel_initializer=keras.initializers.RandomNormal(0.0, 0.02),
            ),
            _batch_norm(),
        ]
    )
    if dropout:
        block.add(layers.Dropout(0.5))
    block.add(layers.ReLU())
    return block


def MobileUNet(num_classes: int, encoder: keras.Model) -> keras.Model:
    """A U-Net over an encoder that was trained before, and that stays as it is.

    Args:
        num_classes: the number of classes, K.
        encoder: maps images to a list of five maps at 1/2, 1/4, 1/8, 1/16 and 1/32 of their size,
            such as those of MobileNetV2. It is frozen: no gradients, and its batch norms keep
            their statistics.

    Returns:
        A model that maps (N, H, W, 3) images, H and W multiples of 32, to (N, H, W, K) logits.
    """
    # In Keras, a batch norm that is not trainable keeps its statistics and normalises with them, in
    # training as well. (Calling the encoder with training=False is no way to achieve this here: a
    # functional model overrides it with its own mode.)
    encoder.trainable = False
    image = keras.Input((None, None, 3))  # (N, H, W, 3)
    *skips, x = encoder(image)  # 1/2, 1/4, 1/8, 1/16 and 1/32 of the size

    for out_channels in (512, 256, 128, 64):
        x = upsample_block(out_channels)(x)  # twice as large
        x = layers.Concatenate()([x, skips.pop()])
    score = layers.Conv2DTranspose(num_classes, 4, strides=2, padding="same", name="score")(x)
    return keras.Model(image, score, name="mobile_unet")  # (N, H, W, K)
