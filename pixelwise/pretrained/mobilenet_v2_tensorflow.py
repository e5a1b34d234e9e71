"""Keras's MobileNetV2 weights, for the encoder in TensorFlow."""

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from keras import layers

from pixelwise.data.sets.facts import IMAGENET_MEAN, IMAGENET_STD
from pixelwise.messages import _
from pixelwise.pretrained import advice, mobilenet_v2
from pixelwise.pretrained.registry import published


def encoder_in(network: keras.Layer) -> keras.Model:
    """The encoder that a network is or holds.

    Raises:
        WeightsError: there is none.
    """
    expected = {name for name, _channels in mobilenet_v2.channels(mobilenet_v2.PUBLISHED_WIDTH)}
    for model in _models_in(network):
        if {layer.name for layer in _convolutions(model)} == expected:
            return model
    raise mobilenet_v2.no_encoder()


def _models_in(network: keras.Layer) -> Iterator[keras.Model]:
    """The network, if it is a model, and the models among its layers and theirs."""
    if isinstance(network, keras.Model):
        yield network
        for layer in network.layers:
            yield from _models_in(layer)


def channels(encoder: keras.Model) -> dict[str, int]:
    """The encoder's convolutions, by name, and how many channels each makes."""
    return {layer.name: layer.output.shape[-1] for layer in _convolutions(encoder)}


def _convolutions(model: keras.Model) -> list[keras.Layer]:
    return [
        layer for layer in model.layers if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D)
    ]


def copy_from(file: Path, encoder: keras.Model) -> None:
    """Copy the weights in a file into an encoder.

    They are changed so that the encoder takes images normalised with ImageNet's mean and standard
    deviation, see `for_normalized_images`, and for its batch norms' epsilon, see `for_epsilon`.

    Args:
        file: HDF5, as Keras writes its MobileNetV2 without the classifier, of the published width.
        encoder: what the weights are for.

    Raises:
        WeightsError: Keras cannot read the file. The encoder is then as it was.
    """
    source = _read(file)
    for layer in encoder.layers:
        if not layer.weights:
            continue
        theirs = source.get_layer(layer.name)
        if isinstance(layer, layers.BatchNormalization):
            layer.gamma.assign(for_epsilon(theirs, layer.epsilon))
            layer.beta.assign(theirs.beta)
            layer.moving_mean.assign(theirs.moving_mean)
            layer.moving_variance.assign(theirs.moving_variance)
        else:
            layer.kernel.assign(theirs.kernel)

    first, norm = encoder.get_layer("Conv1"), encoder.get_layer("bn_Conv1")
    kernel, moving_mean = for_normalized_images(first.kernel.numpy(), norm.moving_mean.numpy())
    first.kernel.assign(kernel)
    norm.moving_mean.assign(moving_mean)


def _read(file: Path) -> keras.Model:
    """Keras's own network with the weights in a file.

    Keras itself reads it: it matches layers by their order, whatever they are called in the file.
    """
    network = keras.applications.MobileNetV2(
        input_shape=(None, None, 3),
        alpha=mobilenet_v2.PUBLISHED_WIDTH,
        include_top=False,
        weights=None,
    )
    try:
        network.load_weights(file)
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        reason = _("Keras cannot read it: {reason}", reason=error)
        raise advice.damaged(file, published("mobilenet_v2", "tensorflow"), reason) from error
    return network


def for_epsilon(norm: layers.BatchNormalization, epsilon: float) -> np.ndarray:
    """A batch norm's scale, (C,), for another epsilon.

    In inference mode a batch norm multiplies by gamma / sqrt(variance + epsilon). Keras's network
    was trained with an epsilon of 0.001, the encoder has PyTorch's 0.00001. The scale that is
    returned gives the same factor with the same variance.
    """
    gamma = np.asarray(norm.gamma, np.float64)
    variance = np.asarray(norm.moving_variance, np.float64)
    return (gamma * np.sqrt((variance + epsilon) / (variance + norm.epsilon))).astype(np.float32)


def for_normalized_images(
    kernel: np.ndarray, moving_mean: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A first convolution that takes normalised images instead of what Keras's MobileNetV2 takes.

    Keras's MobileNetV2 takes 2·rgb - 1, where rgb is from 0 to 1. The course normalises to
    x = (rgb - mean) / std. With rgb = std·x + mean,

        2·rgb - 1 = (2·std)·x + (2·mean - 1),

    so a kernel whose channels are multiplied by 2·std gives the same output, less the kernel's
    answer to the constant. This convolution has no bias to add it to; but the batch norm behind it
    subtracts a mean, which is less by the same amount.

    Inside the image it is the same exactly. At its border it is not: both networks pad with zeros,
    and zero is a grey of 0.5 there but ImageNet's mean colour here. The kernel's cells outside the
    image see a colour that differs by mean - 0.5 = (-0.015, -0.044, -0.094): 4, 11 and 24 levels
    of 255 in red, green and blue. At even sizes this padding is one row below and one on the
    right, so of the first map only the last row and the last column see it.

    Args:
        kernel: (3, 3, 3, out).
        moving_mean: (out,), of the batch norm behind it.

    Returns:
        Both; shapes as given.
    """
    mean, std = np.array(IMAGENET_MEAN), np.array(IMAGENET_STD)
    new_kernel = kernel * (2 * std)[:, None]  # (3, 3, 3, out): of each input channel
    new_mean = moving_mean - np.einsum("hwio,i->o", kernel, 2 * mean - 1)
    return new_kernel.astype(np.float32), new_mean.astype(np.float32)
