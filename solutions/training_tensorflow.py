"""Reference answers of lesson 4, TensorFlow: loss, schedule, loop, picture."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from .masks_tensorflow import one_hot


def pixel_cross_entropy(logits: tf.Tensor, label: tf.Tensor, ignore_index: int = 255) -> tf.Tensor:
    """The mean cross-entropy over all pixels that are not void.

    Args:
        logits: (N, H, W, K), any real numbers.
        label: (N, H, W) int32, in [0, K) or `ignore_index`.
        ignore_index: the label of void pixels; they take no part, and get no gradient.

    Returns:
        The loss, a float32 tensor without axes; 0 if every pixel is void.
    """
    evaluated = label != ignore_index  # (N, H, W)
    # 255 is no class: TensorFlow raises an error on a CPU and returns NaN on a GPU. Void pixels
    # count as class 0 for a moment, and their losses are dropped.
    known = tf.where(evaluated, label, 0)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=known, logits=logits)
    losses = tf.where(evaluated, losses, 0.0)  # (N, H, W)
    # 0 / 0 counts as 0 here, in the gradient as well.
    count = tf.math.count_nonzero(evaluated, dtype=tf.float32)
    return tf.math.divide_no_nan(tf.reduce_sum(losses), count)


def dice_loss(
    logits: tf.Tensor, label: tf.Tensor, ignore_index: int = 255, eps: float = 1.0
) -> tf.Tensor:
    """One minus the mean Dice coefficient of the classes, with probabilities in place of sets.

    The coefficient of a class is (2·Σpg + eps) / (Σp + Σg + eps), where p is its probability
    (softmax) and g is 1 at the pixels of the class, 0 elsewhere. The sums are over all pixels of
    the batch that are not void. After Milletari et al. (2016), https://arxiv.org/abs/1606.04797,
    who have p² and g² in the denominator.

    Args:
        logits: (N, H, W, K), any real numbers.
        label: (N, H, W) int32, in [0, K) or `ignore_index`.
        ignore_index: the label of void pixels; they are left out of every sum.
        eps: keeps the coefficient of an absent class from being 0 / 0.

    Returns:
        The loss, a float32 tensor without axes.
    """
    evaluated = tf.cast(label != ignore_index, tf.float32)[..., tf.newaxis]  # (N, H, W, 1)
    p = tf.nn.softmax(logits) * evaluated  # (N, H, W, K)
    g = one_hot(label, logits.shape[-1]) * evaluated  # (N, H, W, K)

    pixels = (0, 1, 2)  # every axis but that of the classes
    overlap = tf.reduce_sum(p * g, pixels)  # (K,)
    total = tf.reduce_sum(p, pixels) + tf.reduce_sum(g, pixels)  # (K,)
    dice = (2 * overlap + eps) / (total + eps)
    return 1 - tf.reduce_mean(dice)


def step_decay(epoch: int, initial_lr: float, factor: float = 0.5, every: int = 30) -> float:
    """The learning rate of an epoch: multiplied by `factor` after every `every` epochs.

    Args:
        epoch: counted from 0.
        initial_lr: the rate of epoch 0.
        factor: what the rate is multiplied by.
        every: after how many epochs.

    Returns:
        The learning rate.
    """
    return initial_lr * factor ** (epoch // every)


def train_step(
    model: keras.Model, optimizer: keras.optimizers.Optimizer, images: tf.Tensor, labels: tf.Tensor
) -> float:
    """One step of training on one batch, on `pixel_cross_entropy`.

    Args:
        model: maps images to logits (N, H, W, K); it is called in training mode and changed.
        optimizer: changes the model's trainable variables.
        images: (N, H, W, 3) float32.
        labels: (N, H, W) int32, in [0, K) or 255 for void.

    Returns:
        The loss before the step, a Python float.
    """
    with tf.GradientTape() as tape:
        loss = pixel_cross_entropy(model(images, training=True), labels)
        # What a layer was given as kernel_regularizer has an effect only if it is added here;
        # nothing checks that. Without such layers, it is 0.
        objective = loss + sum(model.losses)
    variables = model.trainable_variables
    gradients = tape.gradient(objective, variables)
    optimizer.apply(gradients, variables)
    return float(loss)


def predict(model: keras.Model, image: tf.Tensor) -> tf.Tensor:
    """The class of every pixel of one image, in inference mode and without gradients.

    Args:
        model: maps images to logits (N, H, W, K).
        image: (H, W, 3) float32, normalised.

    Returns:
        (H, W) int32 label map.
    """
    # The mode is an argument of the call, so there is none to restore.
    logits = model(image[tf.newaxis], training=False)  # (1, H, W, K)
    return tf.argmax(logits[0], axis=-1, output_type=tf.int32)


def overlay(
    image: np.ndarray | tf.Tensor,
    mask: np.ndarray | tf.Tensor,
    color: Sequence[int] = (0, 255, 0),
    alpha: float = 0.5,
) -> tf.Tensor:
    """Paint a mask over an image, half transparent.

    Args:
        image: (H, W, 3) uint8.
        mask: (H, W) boolean; where it holds, there is paint.
        color: the RGB colour of the paint.
        alpha: how opaque the paint is, from 0 to 1.

    Returns:
        (H, W, 3) uint8: (1 - alpha)·image + alpha·color under the paint, the image elsewhere.
    """
    paint = tf.constant(color, tf.float32)  # (3,)
    painted = (1 - alpha) * tf.cast(image, tf.float32) + alpha * paint  # (H, W, 3)
    # The cast alone would cut the fraction off.
    painted = tf.cast(tf.round(painted), tf.uint8)
    return tf.where(mask[..., tf.newaxis], painted, image)
