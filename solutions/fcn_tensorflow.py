# ruff: noqa: N802 - networks are functions in CapWords, as in keras.applications
"""Reference answers of lesson 5, TensorFlow: fully convolutional networks."""

import keras
import tensorflow as tf
from keras import layers

from .upsampling_tensorflow import bilinear_upsampling


def fc_to_conv(weight: tf.Tensor, kernel_size: int) -> tf.Tensor:
    """The weight of a fully connected layer as the kernel of the convolution that equals it.

    The layer sees a map of kernel_size × kernel_size cells with C channels, flattened.

    Args:
        weight: (k·k·C, out), the inputs flattened as k, k, C.
        kernel_size: the height and width of the map, k.

    Returns:
        (k, k, C, out).
    """
    return tf.reshape(weight, (kernel_size, kernel_size, -1, weight.shape[-1]))


def _conv(channels: int, kernel_size: int, name: str) -> layers.Conv2D:
    """A convolution that keeps the size, with its ReLU."""
    return layers.Conv2D(
        channels,
        kernel_size,
        padding="same",
        activation="relu",
        # He et al. (2015), https://arxiv.org/abs/1502.01852: the signal stays strong through all
        # 15 layers. By Keras's default it fades from layer to layer, and without pretrained
        # weights learning starts late.
        kernel_initializer="he_normal",
        name=name,
    )


def _stage(x: keras.KerasTensor, number: int, channels: int, num_convs: int) -> keras.KerasTensor:
    """A stage of VGG16: 3×3 convolutions with a ReLU each, then pooling to half the size."""
    for i in range(1, num_convs + 1):
        x = _conv(channels, 3, name=f"conv{number}_{i}")(x)
    # An odd size is rounded up, as the authors' framework, Caffe, does: no pixel is lost.
    return layers.MaxPooling2D(2, padding="same", name=f"pool{number}")(x)


def VGG16Encoder(width: int = 64) -> keras.Model:
    """VGG16 up to its last hidden layer, with convolutions in place of fully connected layers.

    The network is from Simonyan and Zisserman (2015), https://arxiv.org/abs/1409.1556, the
    convolutions in place of fully connected layers from Long et al. (2015),
    https://arxiv.org/abs/1411.4038.

    Args:
        width: channels of the first stage; 64 is the published network.

    Returns:
        A model that maps (N, H, W, 3) images to `(pool3, pool4, fc7)`: (N, H/8, W/8, 4·width),
        (N, H/16, W/16, 8·width) and (N, H/32, W/32, 64·width), sizes rounded up or down.
    """
    # Where this leaves Long et al.: they pad the image by 100 pixels on every side, because their
    # fc6 has no padding and would shrink a small map to nothing. Here every convolution is padded
    # by half of its kernel, fc6 by 3, so each cell of a map stays above the pixels it came from.
    image = keras.Input((None, None, 3))  # (N, H, W, 3)

    # Each stage halves the size; the channels double until there are 8·width.
    pool1 = _stage(image, 1, width, num_convs=2)  # (N, H/2, W/2, width)
    pool2 = _stage(pool1, 2, 2 * width, num_convs=2)  # (N, H/4, W/4, 2·width)
    pool3 = _stage(pool2, 3, 4 * width, num_convs=3)  # (N, H/8, W/8, 4·width)
    pool4 = _stage(pool3, 4, 8 * width, num_convs=3)  # (N, H/16, W/16, 8·width)
    pool5 = _stage(pool4, 5, 8 * width, num_convs=3)  # (N, H/32, W/32, 8·width)

    # The former fully connected layers, now at every cell of the map.
    fc6 = _conv(64 * width, 7, name="fc6")(pool5)  # (N, H/32, W/32, 64·width)
    drop6 = layers.Dropout(0.5, name="drop6")(fc6)
    fc7 = _conv(64 * width, 1, name="fc7")(drop6)  # (N, H/32, W/32, 64·width)
    drop7 = layers.Dropout(0.5, name="drop7")(fc7)
    return keras.Model(image, (pool3, pool4, drop7), name="encoder")


def _score(num_classes: int, name: str) -> layers.Conv2D:
    """The scoring layer: one number a class at every cell, of either sign, so without a ReLU."""
    # Zero, as in the paper: all classes start equally likely, and a skip that is added to a trained
    # network leaves its predictions as they are until the skip has learned something.
    return layers.Conv2D(num_classes, 1, kernel_initializer="zeros", name=name)


@keras.saving.register_keras_serializable(package="fcn")
class CutLike(layers.Layer):
    """What of one map lies above another.

    Pooling rounds sizes up, so an enlarged map can be too large, always at the lower and right
    edge. Cut there, it stays in place; cut to its centre, it would be shifted.

    A layer and not a function, because sizes are not known before there is an image.
    """

    def call(self, x: tf.Tensor, like: tf.Tensor) -> tf.Tensor:
        """(N, H, W, C) of `x`, where (H, W) is the size of `like`."""
        _, H, W, _ = keras.ops.shape(like)
        return x[:, :H, :W]


def _enlarge(score: keras.KerasTensor, factor: int, like: keras.KerasTensor) -> keras.KerasTensor:
    """Scores `factor` times as large, by a transposed convolution, to the size of `like`."""
    enlarged = bilinear_upsampling(score.shape[-1], factor)(score)
    return CutLike()(enlarged, like)


def FCN32s(num_classes: int, width: int = 64) -> keras.Model:
    """FCN-32s: scores at 1/32 of the size, enlarged in one step.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3.

    Its scoring layer, a 1×1 convolution, is named `score_fr`.

    Args:
        num_classes: the number of classes, K.
        width: channels of the encoder's first stage; 64 is the published network.

    Returns:
        A model that maps (N, H, W, 3) images, H and W from 32 up, to (N, H, W, K) logits.
    """
    image = keras.Input((None, None, 3))  # (N, H, W, 3)

    # What the encoder knows about each cell of 32×32 pixels …
    _, _, fc7 = VGG16Encoder(width)(image)  # (N, H/32, W/32, 64·width)
    # … becomes one score a class.
    score_fr = _score(num_classes, "score_fr")(fc7)  # (N, H/32, W/32, K)
    # One big step back to the size of the image.
    upscore = _enlarge(score_fr, 32, like=image)  # (N, H, W, K)
    return keras.Model(image, upscore, name="fcn32s")


def FCN16s(num_classes: int, width: int = 64) -> keras.Model:
    """FCN-16s: FCN-32s with a skip from pool4, so that edges are found at 1/16 of the size.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3.

    Its scoring layers, 1×1 convolutions, are named `score_fr` and `score_pool4`.

    Args:
        num_classes: the number of classes, K.
        width: channels of the encoder's first stage; 64 is the published network.

    Returns:
        A model that maps (N, H, W, 3) images, H and W from 32 up, to (N, H, W, K) logits.
    """
    image = keras.Input((None, None, 3))  # (N, H, W, 3)
    # (N, H/16, W/16, 8·width), (N, H/32, W/32, 64·width)
    _, pool4, fc7 = VGG16Encoder(width)(image)

    # The coarsest scores: sure of what is there, vague about where.
    score_fr = _score(num_classes, "score_fr")(fc7)  # (N, H/32, W/32, K)

    # Twice as large, they are added to the scores of pool4, which knows better where.
    upscore2 = _enlarge(score_fr, 2, like=pool4)  # (N, H/16, W/16, K)
    score_pool4 = _score(num_classes, "score_pool4")(pool4)  # (N, H/16, W/16, K)
    fuse_pool4 = upscore2 + score_pool4  # (N, H/16, W/16, K)

    # Back to the size of the image.
    upscore16 = _enlarge(fuse_pool4, 16, like=image)  # (N, H, W, K)
    return keras.Model(image, upscore16, name="fcn16s")


def FCN8s(num_classes: int, width: int = 64) -> keras.Model:
    """FCN-8s: FCN-16s with one more skip, from pool3, so that edges are found at 1/8 of the size.

    Long et al. (2015), https://arxiv.org/abs/1411.4038, figure 3.

    Its scoring layers, 1×1 convolutions, are named `score_fr`, `score_pool4` and `score_pool3`.

    Args:
        num_classes: the number of classes, K.
        width: channels of the encoder's first stage; 64 is the published network.

    Returns:
        A model that maps (N, H, W, 3) images, H and W from 32 up, to (N, H, W, K) logits.
    """
    # Where this leaves the authors' network: its upsampling layers stay bilinear for ever; here
    # they only start so, and learn.
    image = keras.Input((None, None, 3))  # (N, H, W, 3)
    # (N, H/8, W/8, 4·width), (N, H/16, W/16, 8·width), (N, H/32, W/32, 64·width)
    pool3, pool4, fc7 = VGG16Encoder(width)(image)

    # The coarsest scores: sure of what is there, vague about where.
    score_fr = _score(num_classes, "score_fr")(fc7)  # (N, H/32, W/32, K)

    # Twice as large, they are added to the scores of pool4, which knows better where.
    upscore2 = _enlarge(score_fr, 2, like=pool4)  # (N, H/16, W/16, K)
    score_pool4 = _score(num_classes, "score_pool4")(pool4)  # (N, H/16, W/16, K)
    fuse_pool4 = upscore2 + score_pool4  # (N, H/16, W/16, K)

    # The same again with pool3, which is finer still.
    upscore_pool4 = _enlarge(fuse_pool4, 2, like=pool3)  # (N, H/8, W/8, K)
    score_pool3 = _score(num_classes, "score_pool3")(pool3)  # (N, H/8, W/8, K)
    fuse_pool3 = upscore_pool4 + score_pool3  # (N, H/8, W/8, K)

    # Back to the size of the image.
    upscore8 = _enlarge(fuse_pool3, 8, like=image)  # (N, H, W, K)
    return keras.Model(image, upscore8, name="fcn8s")
