"""SegNet as users of Keras have it."""

import keras
import tensorflow as tf
from keras import layers

ENCODER = ((1, 2), (2, 2), (4, 3), (8, 3), (8, 3))
"""Of VGG16: channels as multiples of the width, and number of convolutions."""
DECODER = ((8, 3), (4, 3), (2, 3), (1, 2), (1, 1))
"""Channels of the stage's last convolution; the others have as many as the map that comes in."""


class MaxPoolingWithArgmax2D(layers.Layer):
    """Largest values of 2×2 cells, and their places in the batch, both (N, H/2, W/2, C)."""

    def call(self, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Pool (N, H, W, C) maps."""
        return tf.nn.max_pool_with_argmax(
            x, ksize=2, strides=2, padding="SAME", include_batch_in_index=True
        )


class MaxUnpooling2D(layers.Layer):
    """Puts values back to their places in a map of twice the size, as TensorFlow Addons did.

    https://www.tensorflow.org/addons/api_docs/python/tfa/layers/MaxUnpooling2D
    """

    def call(self, pooled: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        """Turn (N, h, w, C) values and places into (N, 2·h, 2·w, C) maps."""
        N, h, w, C = tf.unstack(tf.shape(pooled))
        values, places = tf.reshape(pooled, [-1]), tf.reshape(places, [-1, 1])
        size = tf.cast(N * h * w * C * 4, places.dtype)
        flat = tf.scatter_nd(places, values, size[tf.newaxis])
        unpooled = tf.reshape(flat, [N, 2 * h, 2 * w, C])
        unpooled.set_shape([None, None, None, pooled.shape[-1]])
        return unpooled

    def compute_output_shape(
        self, pooled_shape: tuple[int | None, ...], places_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Twice the height and width."""
        del places_shape
        N, h, w, C = pooled_shape
        return N, h and 2 * h, w and 2 * w, C


def conv_norm_relu(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
    """3×3 convolution, batch norm with this course's settings, ReLU."""
    x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)
    return layers.ReLU()(x)


def functional_segnet(num_classes: int, width: int = 64) -> keras.Model:
    """SegNet by hand: layer upon layer, with the operations of TensorFlow for pooling.

    Badrinarayanan, Kendall and Cipolla (2017), https://arxiv.org/abs/1511.00561, figure 2. Height
    and width must be multiples of 32. `keras.applications` has no VGG16 with batch norm.
    """
    image = x = keras.Input((None, None, 3))
    indices = []
    for multiple, num_convs in ENCODER:
        for _ in range(num_convs):
            x = conv_norm_relu(x, multiple * width)
        x, places = MaxPoolingWithArgmax2D()(x)
        indices.append(places)
    for multiple, num_convs in DECODER:
        x = MaxUnpooling2D()(x, indices.pop())
        for _ in range(num_convs - 1):
            x = conv_norm_relu(x, x.shape[-1])
        x = conv_norm_relu(x, multiple * width)
    return keras.Model(image, layers.Conv2D(num_classes, 3, padding="same")(x))
