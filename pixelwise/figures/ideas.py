"""Drawings of the ideas that the lessons open with."""

from pathlib import Path

from matplotlib.figure import Figure

from pixelwise.figures.publish import Translator, publish


def tasks(*, to: Path | None = None) -> None:
    """Classification, localisation, detection, semantic and instance segmentation."""
    publish(_placeholder, to)


def method_families(*, to: Path | None = None) -> None:
    """Region-based, fully convolutional and weakly supervised segmentation."""
    publish(_placeholder, to)


def confusion(*, to: Path | None = None) -> None:
    """IoU as the overlap of two shapes."""
    publish(_placeholder, to)


def encoder_decoder(*, to: Path | None = None) -> None:
    """Sizes that shrink and grow back."""
    publish(_placeholder, to)


def _placeholder(_: Translator) -> Figure:
    return Figure(figsize=(2, 1))
