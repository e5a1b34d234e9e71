"""U-Net as users of Keras have it."""

import keras
from keras import layers


def two_convs(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """Twice 3×3 convolution, batch norm with this course's settings, ReLU."""
    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
        x = layers.ReLU()(x)
    return x


def functional_unet(num_classes: int, width: int = 64) -> keras.Model:
    """U-Net by hand, layer upon layer.

    Ronneberger, Fischer and Brox (2015), https://arxiv.org/abs/1505.04597, figure 1, with padding.
    Height and width must be multiples of 16.
    """
    image = x = keras.Input((None, None, 3))
    skips = []
    for multiple in (1, 2, 4, 8):
        x = two_convs(x, multiple * width)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = two_convs(x, 16 * width)
    for multiple in (8, 4, 2, 1):
        x = layers.Conv2DTranspose(multiple * width, 2, strides=2)(x)
        x = layers.concatenate([skips.pop(), x])
        x = two_convs(x, multiple * width)
    return keras.Model(image, layers.Conv2D(num_classes, 1)(x))
