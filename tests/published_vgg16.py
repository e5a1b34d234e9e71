"""VGG16's weights, small and random, in files laid out as torchvision's and Keras's are.

Nothing here is taken from `pixelwise.pretrained`: names, order and layout are written down from
the publishers' code. `width` is the first stage's channels; 64 is the published network.
"""

from pathlib import Path

import numpy as np

STAGES = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))
"""Convolutions of each stage, and their channels in widths."""

TORCH_NAMES = (
    "features.0", "features.2",
    "features.5", "features.7",
    "features.10", "features.12", "features.14",
    "features.17", "features.19", "features.21",
    "features.24", "features.26", "features.28",
    "classifier.0", "classifier.3", "classifier.6",
)  # fmt: skip

KERAS_NAMES = (
    "block1_conv1", "block1_conv2",
    "block2_conv1", "block2_conv2",
    "block3_conv1", "block3_conv2", "block3_conv3",
    "block4_conv1", "block4_conv2", "block4_conv3",
    "block5_conv1", "block5_conv2", "block5_conv3",
    "fc1", "fc2", "predictions",
)  # fmt: skip

Weights = list[tuple[np.ndarray, np.ndarray]]
"""Kernels, (kh, kw, in, out), and biases, (out,), of the 13 convolutions; then those of the fully
connected layers, the first as (7, 7, in, out), the others as (in, out)."""


def random_weights(width: int, classes: int = 5, seed: int = 0) -> Weights:
    """Weights for normalised RGB images; signals stay strong through all layers."""
    rng = np.random.default_rng(seed)
    shapes, channels = [], 3
    for num_convs, widths in STAGES:
        for _ in range(num_convs):
            shapes.append((3, 3, channels, widths * width))
            channels = widths * width
    shapes += [(7, 7, channels, 64 * width), (64 * width, 64 * width), (64 * width, classes)]
    weights = []
    for shape in shapes:
        spread = np.sqrt(2 / np.prod(shape[:-1]))
        kernel = rng.normal(scale=spread, size=shape).astype(np.float32)
        # Mostly positive, so that few units of so narrow a network are dead.
        weights.append((kernel, rng.normal(0.2, 0.1, shape[-1]).astype(np.float32)))
    return weights


def write_torch(path: Path, weights: Weights, *, zipped: bool = False) -> None:
    """A state dictionary as torchvision's; `zipped` in the format that torch writes since 1.6."""
    import torch

    state = {}
    for name, (kernel, bias) in zip(TORCH_NAMES, weights, strict=True):
        if name.startswith("features"):
            kernel = kernel.transpose(3, 2, 0, 1)  # (out, in, kh, kw)
        elif kernel.ndim == 4:
            kernel = kernel.transpose(3, 2, 0, 1).reshape(kernel.shape[-1], -1)  # (out, C·H·W)
        else:
            kernel = kernel.T  # (out, in)
        state[f"{name}.weight"] = torch.from_numpy(kernel.copy())
        state[f"{name}.bias"] = torch.from_numpy(bias)
    torch.save(state, path, _use_new_zipfile_serialization=zipped)


def write_keras(path: Path, weights: Weights) -> None:
    """HDF5 as Keras 1 wrote it, of which the published file is."""
    import h5py

    with h5py.File(path, "w") as file:
        pools = [f"block{stage}_pool" for stage in range(1, 6)]
        layers = ["input_1", *KERAS_NAMES[:13], *pools, "flatten", *KERAS_NAMES[13:]]
        file.attrs["layer_names"] = [name.encode() for name in layers]
        for name in set(layers) - set(KERAS_NAMES):
            file.create_group(name).attrs["weight_names"] = np.array([], "S1")
        for name, (kernel, bias) in zip(KERAS_NAMES, weights, strict=True):
            if kernel.shape[0] == 7:
                kernel = kernel.reshape(-1, kernel.shape[-1])  # (H·W·C, out)
            group = file.create_group(name)
            names = [f"{name}_W_1:0", f"{name}_b_1:0"]
            group.attrs["weight_names"] = [part.encode() for part in names]
            group[names[0]], group[names[1]] = kernel, bias


def for_caffe_images(weights: Weights) -> Weights:
    """The same network for images as `keras.applications.vgg16.preprocess_input` makes them.

    They are blue, green, red, from 0 to 255, less (103.939, 116.779, 123.68).
    """
    (kernel, bias), *others = weights
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    caffe_mean = np.array([123.68, 116.779, 103.939])  # red, green, blue
    # x = (caffe + caffe_mean - 255·mean) / (255·std)
    caffe_kernel = kernel / (255 * std)[:, None]
    caffe_bias = bias + np.tensordot(caffe_kernel.sum((0, 1)).T, caffe_mean - 255 * mean, 1)
    caffe_kernel = caffe_kernel[:, :, ::-1]
    return [(caffe_kernel.astype(np.float32), caffe_bias.astype(np.float32)), *others]
