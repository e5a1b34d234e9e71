"""Weights that others have trained on ImageNet, for the encoders of the course."""

import sys
from pathlib import Path
from typing import Any

from pixelwise.messages import _
from pixelwise.pretrained.errors import WeightsError
from pixelwise.pretrained.places import find
from pixelwise.pretrained.registry import published

__all__ = ["WeightsError", "have_vgg16", "load_vgg16"]


def have_vgg16(framework: str) -> bool:
    """Whether the published VGG16 weights for ``torch`` or ``tensorflow`` are on this machine."""
    return find(published("vgg16", framework)) is not None


def load_vgg16(network: Any, path: str | Path | None = None, download: bool = False) -> None:
    """Give a VGG16 encoder the weights that were trained on ImageNet.

    The network then expects RGB images normalised with ImageNet's mean and standard deviation, in
    both frameworks. The weights themselves differ between these: torchvision has trained its own,
    Keras has converted those of VGG16's authors.

    Its first 15 convolutions, from the first of 3×3 that takes 3 channels, must be VGG16's, in its
    order; they may have any names. All other layers stay as they are.

    Args:
        network: a `VGG16Encoder` of width 64 in PyTorch or TensorFlow, or a network with one in it.
        path: the published file; default: looked for in the folder ``weights`` of the data folder,
            then where torchvision or Keras keeps its downloads.
        download: get the file, about 553 MB, if it is in none of these places.

    Raises:
        WeightsError: the network is not VGG16 or of another width, or the file is missing, damaged
            or cannot be downloaded. The network is then as it was.
    """
    # Here, because frameworks take seconds to import and downloads need more than a look does.
    from pixelwise.pretrained.fetching import existing, fetch
    from pixelwise.pretrained.vgg16 import encoder_in, require_published_width

    framework = _framework_of(network)
    if framework == "torch":
        from pixelwise.pretrained.vgg16_torch import convolutions, copy_from
    else:
        from pixelwise.pretrained.vgg16_tensorflow import convolutions, copy_from

    encoder = encoder_in(convolutions(network))
    require_published_width(encoder)
    weights = published("vgg16", framework)
    if download and path is None:
        file = fetch(weights)
    else:
        file = existing(weights, None if path is None else Path(path))
    copy_from(file, encoder)


def _framework_of(network: Any) -> str:
    """The framework that a network is made with; a network's framework has been imported."""
    keras, torch = sys.modules.get("keras"), sys.modules.get("torch")
    if keras is not None and isinstance(network, keras.Layer):
        return "tensorflow"
    if torch is not None and isinstance(network, torch.nn.Module):
        return "torch"
    raise WeightsError(
        _(
            "load_vgg16 takes a network of PyTorch or Keras, but this is of the type {kind}.",
            kind=type(network).__name__,
        )
    )
