"""FCN-8s as users of Keras have it."""

from collections.abc import Callable

import keras
from keras import layers

STAGES = ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3))
"""Of VGG16: channels as multiples of the width, and number of convolutions."""

Enlarge = Callable[[keras.KerasTensor, int], keras.KerasTensor]
"""Makes (N, H, W, K) scores larger by a factor."""


def vgg16(width: int = 64) -> keras.Model:
    """The convolutions of VGG16, with the names of `keras.applications.VGG16`."""
    if width == 64:
        return keras.applications.VGG16(include_top=False, weights=None)
    return narrow_vgg16(width)


def narrow_vgg16(width: int) -> keras.Model:
    """The same layers written out, because `keras.applications` has them in one width."""
    image = x = keras.Input((None, None, 3))
    for stage, (multiple, num_convs) in enumerate(STAGES, start=1):
        for i in range(1, num_convs + 1):
            name = f"block{stage}_conv{i}"
            channels = multiple * width
            x = layers.Conv2D(channels, 3, padding="same", activation="relu", name=name)(x)
        x = layers.MaxPooling2D(2, strides=2, name=f"block{stage}_pool")(x)
    return keras.Model(image, x)


def vgg16_fcn8s(num_classes: int, width: int = 64) -> keras.Model:
    """FCN-8s by hand: VGG16, then plain layers.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3. Pooling in Keras's VGG16 rounds
    sizes down, so height and width must be multiples of 32.
    """

    def enlarge(scores: keras.KerasTensor, factor: int) -> keras.KerasTensor:
        layer = layers.Conv2DTranspose(
            num_classes, 2 * factor, strides=factor, padding="same", use_bias=False
        )
        return layer(scores)

    return _fcn8s(num_classes, width, enlarge)


def vgg16_fcn8s_resized(num_classes: int, width: int = 64) -> keras.Model:
    """The same, with scores that are resized, as Keras's own example of an FCN does.

    https://keras.io/examples/vision/fully_convolutional_network/, which has VGG19 and returns
    probabilities. Here all weights are trained; there the encoder is frozen.
    """

    def enlarge(scores: keras.KerasTensor, factor: int) -> keras.KerasTensor:
        return layers.UpSampling2D(factor, interpolation="bilinear")(scores)

    return _fcn8s(num_classes, width, enlarge)


def _fcn8s(num_classes: int, width: int, enlarge: Enlarge) -> keras.Model:
    vgg = vgg16(width)
    pool3, pool4, pool5 = (vgg.get_layer(f"block{i}_pool").output for i in (3, 4, 5))
    # The classifier of VGG16, two dense layers, as convolutions.
    x = layers.Conv2D(64 * width, 7, padding="same", activation="relu")(pool5)
    x = layers.Dropout(0.5)(x)
    x = layers.Conv2D(64 * width, 1, activation="relu")(x)
    x = layers.Dropout(0.5)(x)

    scores = layers.Conv2D(num_classes, 1)(x)  # (N, H/32, W/32, K)
    scores = enlarge(scores, 2) + layers.Conv2D(num_classes, 1)(pool4)  # (N, H/16, W/16, K)
    scores = enlarge(scores, 2) + layers.Conv2D(num_classes, 1)(pool3)  # (N, H/8, W/8, K)
    return keras.Model(vgg.input, enlarge(scores, 8))  # (N, H, W, K)
