"""Reference answers of lesson 1, TensorFlow: from coloured masks to tensors."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf


def color_to_label(
    mask: np.ndarray | tf.Tensor, palette: np.ndarray | tf.Tensor, ignore_index: int = 255
) -> tf.Tensor:
    """Turn a coloured mask into a label map.

    Args:
        mask: (H, W, 3) uint8, one RGB colour a pixel.
        palette: (K, 3) uint8, row k is the RGB colour of class k.
        ignore_index: the label of a colour that is not in the palette.

    Returns:
        (H, W) int32 labels.
    """
    mask, palette = tf.cast(mask, tf.int32), tf.cast(palette, tf.int32)
    label = tf.fill(tf.shape(mask)[:2], ignore_index)
    for k in range(palette.shape[0]):
        # A pixel is of class k only if all three of its values agree.
        label = tf.where(tf.reduce_all(mask == palette[k], axis=-1), k, label)
    return label


def label_to_color(
    label: np.ndarray | tf.Tensor,
    palette: np.ndarray | tf.Tensor,
    ignore_color: Sequence[int] = (255, 255, 255),
) -> tf.Tensor:
    """Paint a label map with the colours of its classes.

    Args:
        label: (H, W) integers.
        palette: (K, 3) uint8, row k is the RGB colour of class k.
        ignore_color: the RGB colour of a label outside [0, K).

    Returns:
        (H, W, 3) uint8 mask.
    """
    label = tf.cast(label, tf.int32)
    num_classes = palette.shape[0]
    # One more row, for everything that is no class.
    table = tf.concat([palette, tf.constant([ignore_color], tf.uint8)], axis=0)
    known = (label >= 0) & (label < num_classes)
    return tf.gather(table, tf.where(known, label, num_classes))


def one_hot(label: np.ndarray | tf.Tensor, num_classes: int) -> tf.Tensor:
    """Turn labels into one map of zeros and ones a class.

    Args:
        label: (H, W) or (N, H, W) integers.
        num_classes: the number of classes, K.

    Returns:
        (H, W, K) or (N, H, W, K) float32. A label outside [0, K) gives zeros for every class.
    """
    label = tf.cast(label, tf.int32)
    # (..., H, W, 1) against (K,) gives (..., H, W, K).
    return tf.cast(label[..., tf.newaxis] == tf.range(num_classes), tf.float32)


def road_one_hot(mask: np.ndarray | tf.Tensor) -> tf.Tensor:
    """Turn a ground truth of KITTI Road into one-hot maps of [not road, road].

    Args:
        mask: (H, W, 3) uint8, RGB.

    Returns:
        (H, W, 2) float32. A pixel that is not evaluated is zero in both maps.
    """
    red, _, blue = tf.unstack(mask, num=3, axis=-1)
    evaluated = red > 0
    road = blue > 0
    return tf.cast(tf.stack([evaluated & ~road, evaluated & road], axis=-1), tf.float32)


def normalize_image(
    image: np.ndarray | tf.Tensor, mean: Sequence[float], std: Sequence[float]
) -> tf.Tensor:
    """Turn an RGB image into a network's input.

    Args:
        image: (H, W, 3) uint8.
        mean: one number a channel, on the scale from 0 to 1.
        std: one number a channel, on the scale from 0 to 1.

    Returns:
        (H, W, 3) float32: (image / 255 - mean) / std.
    """
    scaled = tf.cast(image, tf.float32) / 255
    # The channels are the last axis, so (3,) is matched with them.
    return (scaled - tf.cast(mean, tf.float32)) / tf.cast(std, tf.float32)


def random_crop_pair(
    image: tf.Tensor, label: tf.Tensor, size: tuple[int, int], seed: int | tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Cut the same random window out of an image and its label map.

    Args:
        image: (H, W, C) float32.
        label: (H, W) int32.
        size: (h, w) of the window.
        seed: an integer, or an integer tensor; the same seed gives the same window.

    Returns:
        (h, w, C) image and (h, w) label.

    Raises:
        ValueError: the image is smaller than the window (in a graph: if the size is known there).
    """
    h, w = size
    known_h, known_w = label.shape  # None where the graph does not know the size yet
    if (known_h is not None and h > known_h) or (known_w is not None and w > known_w):
        raise ValueError(f"the window of {h}×{w} does not fit into an image of {known_h}×{known_w}")
    H, W = tf.unstack(tf.shape(label), num=2)  # known at the latest when the graph runs
    # Stateless: the numbers follow from the seed alone. The second part of the seed makes `top` and
    # `left` independent. The upper end is left out, so + 1 makes the last position possible.
    top = tf.random.stateless_uniform([], [seed, 0], maxval=H - h + 1, dtype=tf.int32)
    left = tf.random.stateless_uniform([], [seed, 1], maxval=W - w + 1, dtype=tf.int32)
    image = tf.image.crop_to_bounding_box(image, top, left, h, w)
    label = tf.image.crop_to_bounding_box(label[..., tf.newaxis], top, left, h, w)
    return image, label[..., 0]


def random_flip_pair(
    image: tf.Tensor, label: tf.Tensor, seed: int | tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Mirror an image and its label map left to right, or leave both as they are.

    Args:
        image: (H, W, C) float32.
        label: (H, W) int32.
        seed: an integer, or an integer tensor; the same seed makes the same choice; about half of
            all seeds mirror.

    Returns:
        Image and label, in the shapes they came in.
    """
    # In a graph, AutoGraph turns this `if` into a tf.cond.
    if tf.random.stateless_uniform([], [seed, 0]) < 0.5:
        image, label = tf.reverse(image, axis=[1]), tf.reverse(label, axis=[1])
    return image, label


def resize_pair(
    image: tf.Tensor, label: tf.Tensor, size: tuple[int, int]
) -> tuple[tf.Tensor, tf.Tensor]:
    """Resize an image and its label map.

    Args:
        image: (H, W, C) float32.
        label: (H, W) int32.
        size: (h, w) of the results.

    Returns:
        (h, w, C) float32 image, interpolated bilinearly with half-pixel centres, and (h, w) int32
        label that holds no value which was not in the label before.
    """
    image = tf.image.resize(image, size, method="bilinear")
    # tf.image wants a channel axis.
    label = tf.image.resize(label[..., tf.newaxis], size, method="nearest")
    return image, label[..., 0]
