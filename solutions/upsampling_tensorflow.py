"""Reference answers of lesson 3, TensorFlow: back to full resolution."""

import keras
import tensorflow as tf


def bilinear_kernel(in_channels: int, out_channels: int, kernel_size: int) -> tf.Tensor:
    """Weights with which a transposed convolution interpolates bilinearly.

    The initial weights of the upsampling layers in Long et al. 2015, "Fully Convolutional
    Networks for Semantic Segmentation".

    Args:
        in_channels: number of input channels
        out_channels: number of output channels
        kernel_size: `2 * factor - factor % 2` for a whole upsampling factor.

    Returns:
        (kernel_size, kernel_size, out_channels, in_channels) float32. Channel i goes to
        channel i only: every other pair of channels has weights of zero.
    """
    factor = (kernel_size + 1) // 2
    center = (kernel_size - 1) / 2
    distance = tf.abs(tf.range(kernel_size, dtype=tf.float32) - center)
    triangle = 1 - distance / factor

    kernel = tf.tensordot(triangle, triangle, axes=0)
    same_channel = tf.eye(out_channels, in_channels)
    return kernel[:, :, tf.newaxis, tf.newaxis] * same_channel


def bilinear_upsampling(channels: int, factor: int) -> keras.layers.Conv2DTranspose:
    """A transposed convolution that starts as bilinear interpolation and can be trained.

    Args:
        channels: number of channels of the input and of the output
        factor: how many times as large the output is, a whole number from 1 up

    Returns:
        A layer without bias that maps (N, H, W, channels) to
        (N, factor * H, factor * W, channels).
    """
    kernel_size = 2 * factor - factor % 2
    layer = keras.layers.Conv2DTranspose(
        channels, kernel_size, strides=factor, padding="same", use_bias=False
    )
    layer.build((None, None, None, channels))
    layer.kernel.assign(bilinear_kernel(channels, channels, kernel_size))
    return layer


def max_pool_with_indices(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The largest value of every 2x2 cell, and where it stood.

    Args:
        x: (N, H, W, C) feature maps.

    Returns:
        `(pooled, indices)`: the maxima, (N, H // 2, W // 2, C), and for each of them its
        place, int64. An odd last row or column is dropped.
    """
    return tf.nn.max_pool_with_argmax(
        x,
        ksize=2,
        strides=2,
        padding="VALID",
        output_dtype=tf.int64,
        include_batch_in_index=True,
    )


def max_unpool(pooled: tf.Tensor, indices: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """Every maximum back at the place it came from, zero everywhere else.

    The decoder of SegNet (Badrinarayanan et al. 2017) enlarges its maps in this way; the idea
    is from Zeiler and Fergus 2014, "Visualizing and Understanding Convolutional Networks".

    Args:
        pooled: (N, h, w, C) values, one for each index.
        indices: the places that `max_pool_with_indices` returned
        size: `(H, W)` of the maps before pooling, odd sizes included.

    Returns:
        (N, H, W, C), of the dtype of `pooled`.
    """
    N, _, _, C = keras.ops.shape(pooled)
    shape = tf.cast([N, size[0], size[1], C], tf.int64)
    # An index counts the places of the whole batch: ((n * H + y) * W + x) * C + c.
    flat = tf.scatter_nd(
        tf.reshape(indices, (-1, 1)), tf.reshape(pooled, (-1,)), [tf.reduce_prod(shape)]
    )
    return tf.reshape(flat, shape)


def center_crop(x: tf.Tensor, size: tuple[int, int]) -> tf.Tensor:
    """The central window of every image in a batch.

    Args:
        x: (N, H, W, C).
        size: `(h, w)` of the window, at most `(H, W)`.

    Returns:
        (N, h, w, C). Where the window cannot lie exactly in the middle, it lies half a pixel
        further up or left.
    """
    _, H, W, _ = keras.ops.shape(x)
    h, w = size
    top, left = (H - h) // 2, (W - w) // 2
    return x[:, top : top + h, left : left + w]
