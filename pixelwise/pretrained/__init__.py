"""Weights that others have trained on ImageNet, for the encoders of the course."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pixelwise.messages import _
from pixelwise.pretrained.errors import WeightsError
from pixelwise.pretrained.places import find
from pixelwise.pretrained.registry import published, registry

__all__ = [
    "LOADERS",
    "WeightsError",
    "have_mobilenet_v2",
    "have_vgg16",
    "load_mobilenet_v2",
    "load_vgg16",
    "names_here",
]


def have_vgg16(framework: str) -> bool:
    """Whether the published VGG16 weights for ``torch`` or ``tensorflow`` are on this machine."""
    return find(published("vgg16", framework)) is not None


def have_mobilenet_v2(framework: str) -> bool:
    """Whether the published MobileNetV2 weights for a framework are on this machine.

    Args:
        framework: ``torch`` or ``tensorflow``.
    """
    return find(published("mobilenet_v2", framework)) is not None


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
    # Here, because frameworks take seconds to import.
    from pixelwise.pretrained.vgg16 import encoder_in, require_published_width

    framework = _framework_of(network, "load_vgg16")
    if framework == "torch":
        from pixelwise.pretrained.vgg16_torch import convolutions, copy_from
    else:
        from pixelwise.pretrained.vgg16_tensorflow import convolutions, copy_from

    encoder = encoder_in(convolutions(network))
    require_published_width(encoder)
    copy_from(_file("vgg16", framework, path, download), encoder)


def load_mobilenet_v2(network: Any, path: str | Path | None = None, download: bool = False) -> None:
    """Give a MobileNetV2 encoder the weights that were trained on ImageNet.

    The network then expects RGB images normalised with ImageNet's mean and standard deviation, in
    both frameworks. The weights themselves differ between these: torchvision has trained its own,
    Keras has converted those of MobileNetV2's authors.

    Args:
        network: a `MobileNetV2Encoder` of `pixelwise.encoders`, of width 1.0, or a network with one
            in it, such as a `MobileUNet`; all other layers stay as they are.
        path: the published file; default: looked for in the folder ``weights`` of the data folder,
            then where torchvision or Keras keeps its downloads.
        download: get the file, about 14 MB (PyTorch) or 9 MB (TensorFlow), if it is in none of
            these places.

    Raises:
        WeightsError: there is no such encoder or one of another width, or the file is missing,
            damaged or cannot be downloaded. The network is then as it was.
    """
    # Here, because frameworks take seconds to import.
    from pixelwise.pretrained.mobilenet_v2 import require_published_width

    framework = _framework_of(network, "load_mobilenet_v2")
    if framework == "torch":
        from pixelwise.pretrained.mobilenet_v2_torch import channels, copy_from, encoder_in
    else:
        from pixelwise.pretrained.mobilenet_v2_tensorflow import channels, copy_from, encoder_in

    encoder = encoder_in(network)
    require_published_width(channels(encoder))
    copy_from(_file("mobilenet_v2", framework, path, download), encoder)


LOADERS: dict[str, Callable[[Any], None]] = {
    "vgg16": load_vgg16,
    "mobilenet_v2": load_mobilenet_v2,
}
"""What gives a network published weights, by their name."""


def names_here(framework: str) -> frozenset[str]:
    """The names of those published weights for ``torch`` or ``tensorflow`` that are here."""
    entries = [entry for entry in registry().values() if entry.framework == framework]
    return frozenset(entry.name for entry in entries if find(entry) is not None)


def _file(name: str, framework: str, path: str | Path | None, download: bool) -> Path:
    """The published file, checked."""
    # Here, because downloads need more than a look does.
    from pixelwise.pretrained.fetching import existing, fetch

    weights = published(name, framework)
    if download and path is None:
        return fetch(weights)
    return existing(weights, None if path is None else Path(path))


def _framework_of(network: Any, function: str) -> str:
    """The framework that a network is made with; a network's framework has been imported."""
    keras, torch = sys.modules.get("keras"), sys.modules.get("torch")
    if keras is not None and isinstance(network, keras.Layer):
        return "tensorflow"
    if torch is not None and isinstance(network, torch.nn.Module):
        return "torch"
    raise WeightsError(
        _(
            "{function} takes a network of PyTorch or Keras, but this is of the type {kind}.",
            function=function,
            kind=type(network).__name__,
        )
    )
