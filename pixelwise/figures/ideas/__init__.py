"""Drawings of the ideas that the lessons open with."""

from pathlib import Path

from pixelwise.figures.ideas import (
    fcn,
    overlap,
    pipelines,
    questions,
    segnet,
    sizes,
    training,
    unet,
)
from pixelwise.figures.publish import publish

__all__ = [
    "autoencoder",
    "confusion",
    "dense_prediction",
    "encoder_decoder",
    "fcn_skips",
    "method_families",
    "overlap_tile",
    "segnet_mirror",
    "tasks",
    "training_loop",
    "u_shape",
]


def tasks(*, to: Path | None = None) -> None:
    """Five tasks on one picture, from classification to instance segmentation.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(questions.draw, to)


def method_families(*, to: Path | None = None) -> None:
    """Region-based, fully convolutional and weakly supervised segmentation, step by step.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(pipelines.draw, to)


def confusion(*, to: Path | None = None) -> None:
    """Intersection over union of a true and a predicted shape, with TP, FP and FN.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(overlap.draw, to)


def encoder_decoder(*, to: Path | None = None) -> None:
    """Maps that shrink in the encoder and have to grow back in the decoder.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(sizes.draw, to)


def training_loop(*, to: Path | None = None) -> None:
    """A step of training, from images to gradients, and the measurement after an epoch.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(training.draw, to)


def dense_prediction(*, to: Path | None = None) -> None:
    """A classifier, and the same network with convolutions, which names every cell.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(fcn.dense, to)


def fcn_skips(*, to: Path | None = None) -> None:
    """FCN-32s, FCN-16s and FCN-8s, with the scores that their skips add.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(fcn.skips, to)


def autoencoder(*, to: Path | None = None) -> None:
    """An autoencoder: an image, its code, and the image that is rebuilt from it.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(segnet.autoencoder, to)


def segnet_mirror(*, to: Path | None = None) -> None:
    """SegNet: encoder and decoder as mirror images, joined by the places of the maxima.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(segnet.mirror, to)


def u_shape(*, to: Path | None = None) -> None:
    """U-Net: maps that shrink, maps that grow back, and skips put beside them.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(unet.shape, to)


def overlap_tile(*, to: Path | None = None) -> None:
    """What U-Net without padding sees and answers, alone and with a neighbour.

    Args:
        to: write a PNG file instead of showing the figure.
    """
    publish(unet.tile, to)
