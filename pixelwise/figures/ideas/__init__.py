"""Drawings of the ideas that the lessons open with."""

from pathlib import Path

from pixelwise.figures.ideas import fcn, overlap, pipelines, questions, sizes, training
from pixelwise.figures.publish import publish

__all__ = [
    "confusion",
    "dense_prediction",
    "encoder_decoder",
    "fcn_skips",
    "method_families",
    "tasks",
    "training_loop",
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
