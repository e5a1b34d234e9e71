"""Training a network briefly with TensorFlow, which uses a GPU if there is one."""

import importlib
from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from pixelwise.grading.plan import MAX_GRADIENT, NORM_BATCHES, VOID, TrainingPlan, he_weights
from pixelwise.grading.runtime import import_tensorflow
from pixelwise.grading.values import Array

tf = import_tensorflow()
keras = importlib.import_module("keras")


def has_gpu() -> bool:
    """Whether training runs on a GPU."""
    return bool(tf.config.list_physical_devices("GPU"))


def train(network: Any, plan: TrainingPlan, images: Any, labels: Any) -> Array:
    """Give a network new weights and train them.

    Weights of transposed convolutions are left as they are, because they start as interpolation.
    Frozen weights get their initial values and keep them.

    Args:
        network: a model that maps images to logits (N, H, W, K).
        plan: how.
        images: (N, H, W, 3) float32.
        labels: (N, H, W) int32.

    Returns:
        The loss before each step, (steps,).
    """
    initialise(network, plan.seed)
    weights = network.trainable_variables
    optimizer = keras.optimizers.Adam(epsilon=1e-7, global_clipnorm=MAX_GRADIENT)
    optimizer.build(weights)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=VOID)

    @tf.function
    def step(batch: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = network(tf.gather(images, batch), training=True)
            loss = cross_entropy(tf.gather(labels, batch), logits)
        zero = tf.UnconnectedGradients.ZERO
        gradients = tape.gradient(loss, weights, unconnected_gradients=zero)
        if weights:  # an optimizer of nothing is refused
            optimizer.apply(gradients)
        return loss

    losses = []
    for rate, batch in zip(plan.rates(), plan.batches(len(images)), strict=True):
        optimizer.learning_rate.assign(rate)
        losses.append(float(step(tf.constant(batch))))
    batches = islice(plan.batches(len(images)), NORM_BATCHES)
    settle_norms(network, (tf.gather(images, batch) for batch in batches))
    return np.array(losses)


def settle_norms(network: Any, batches: Iterable[Any]) -> None:
    """Give batch norms that are trained their mean statistics over some batches."""
    norms = [
        layer
        for layer in _layers(network)
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
    ]
    if not norms:
        return
    for number, images in enumerate(batches):
        for norm in norms:
            norm.momentum = number / (number + 1)  # the mean of all batches up to this one
        network(images, training=True)


def initialise(network: Any, seed: int) -> None:
    """Seeded He weights for all convolutions; scoring layers and biases become zero."""
    rng = np.random.default_rng(seed)
    for layer in _layers(network):
        if not isinstance(layer, keras.layers.Conv2D):
            continue
        shape = tuple(layer.kernel.shape)
        weight = he_weights(rng, shape, int(np.prod(shape[:-1])))
        layer.kernel.assign(weight * (not layer.name.startswith("score")))
        if layer.bias is not None:
            layer.bias.assign(np.zeros(layer.bias.shape))


def _layers(network: Any) -> list[Any]:
    """All layers inside a network, those of its parts as well."""
    return list(network._flatten_layers(include_self=False, recursive=True))
