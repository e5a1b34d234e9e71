"""Keras's VGG16 weights, for an encoder in TensorFlow."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import h5py
import keras
import numpy as np

from pixelwise.data.sets.facts import IMAGENET_MEAN, IMAGENET_STD
from pixelwise.pretrained.vgg16 import STAGES, Convolution, Shape

NAMES = [
    f"block{stage}_conv{number}"
    for stage, (num_convs, _) in enumerate(STAGES, start=1)
    for number in range(1, num_convs + 1)
] + ["fc1", "fc2"]
"""The layers of keras.applications.VGG16; what it calls fc1 and fc2 is fc6 and fc7 in the paper."""

CAFFE_MEAN_BGR = (103.939, 116.779, 123.68)
"""Of ImageNet, blue first, on the scale of 0 to 255: what keras.applications.vgg16.preprocess_input
subtracts from an image, without dividing by anything."""


def convolutions(network: keras.Layer) -> list[Convolution]:
    """The convolutions of a network, in the order in which it holds its layers."""
    if not network.built:
        network(np.zeros((1, 32, 32, 3), np.float32))
    found = []
    weights = list(network.weights)  # layer by layer, the kernel of each before its bias
    for weight, following in zip(weights, [*weights[1:], None], strict=True):
        if weight.name == "kernel" and len(weight.shape) == 4:
            layer = _layer_of(weight)
            height, width, in_channels, out_channels = weight.shape
            shape = Shape((height, width), in_channels, out_channels)
            has_bias = following is not None and _layer_of(following) == layer
            found.append(Convolution(layer, shape, weight, following if has_bias else None))
    return found


def _layer_of(weight: keras.Variable) -> str:
    """The path of the layer that a weight belongs to."""
    return weight.path.rpartition("/")[0]


def copy_from(file: Path, encoder: Sequence[Convolution]) -> None:
    """Copy the weights in a file into the convolutions of an encoder.

    The first convolution is changed so that it takes images normalised with ImageNet's mean and
    standard deviation: see `for_normalized_images`.

    Args:
        file: HDF5, one group a layer, with the names of keras.applications.VGG16, of the encoder's
            width.
        encoder: VGG16's 15 convolutions in their order.
    """
    with h5py.File(file) as groups:
        for name, conv in zip(NAMES, encoder, strict=True):
            kernel, bias = _weights_of(groups[name])
            if name == NAMES[0]:
                kernel, bias = for_normalized_images(kernel, bias)
            # Weights of fc1, (7·7·C, out), and fc2, (in, out), become those of convolutions,
            # (7, 7, C, out) and (1, 1, in, out): Keras flattens a map as H, W, C. The other weights
            # have their shapes already.
            conv.kernel.assign(kernel.reshape(conv.kernel.shape))
            conv.bias.assign(bias)


def _weights_of(group: h5py.Group) -> Iterator[np.ndarray]:
    """A layer's kernel and bias; their names differ between versions of Keras, not their order."""
    for name in group.attrs["weight_names"]:
        yield group[name.decode() if isinstance(name, bytes) else name][()]


def for_normalized_images(kernel: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A first convolution that takes normalised images instead of what Keras's VGG16 takes.

    Keras's VGG16 takes, for each channel, 255·rgb - caffe_mean, in the order blue, green, red. The
    course normalises to x = (rgb - mean) / std, red first. With rgb = std·x + mean,

        255·rgb - caffe_mean = (255·std)·x + (255·mean - caffe_mean),

    so a kernel whose channels are turned around and multiplied by 255·std, and a bias with the
    kernel's answer to the constant added, give the same output.

    Inside the image it is the same exactly. At its border it is not: both networks pad with zeros,
    and zero is caffe_mean there but mean here. The kernel's cells outside the image see a colour
    that differs by 255·mean - caffe_mean = (-0.005, -0.499, -0.409), red first, on a scale of 255:
    at most half a level of colour, in one row of padding. No bias could undo this at the border
    alone.

    Args:
        kernel: (3, 3, 3, out), input channels blue, green, red.
        bias: (out,).

    Returns:
        The kernel, input channels red, green, blue, and the bias; shapes as given.
    """
    kernel = kernel[:, :, ::-1]  # red, green, blue
    mean, std = np.array(IMAGENET_MEAN), np.array(IMAGENET_STD)
    constant = 255 * mean - np.array(CAFFE_MEAN_BGR[::-1])  # (3,)
    new_kernel = kernel * (255 * std)[:, None]  # (3, 3, 3, out): of each input channel
    new_bias = bias + np.einsum("hwio,i->o", kernel, constant)
    return new_kernel.astype(np.float32), new_bias.astype(np.float32)
