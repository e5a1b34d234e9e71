"""The pictures of a run: its curves, and the same validation images again and again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from pixelwise.data import SegmentationSet
from pixelwise.figures.charts import curves
from pixelwise.figures.images import show
from pixelwise.figures.overlays import color_table
from pixelwise.i18n import current_language
from pixelwise.messages import Message, _
from pixelwise.training.history import Row

SHOWN = 4
"""How many validation images are drawn."""

_HEIGHT = 1.3  # inches


def _said(word: Message) -> str:
    """A word of these pictures: they are in no lesson, whose words the drawing code translates."""
    return word.render(current_language())


def draw_curves(rows: Sequence[Row], to: Path) -> None:
    """The loss in training, and what validation found, over the epochs."""
    curves(
        np.array([row.epoch for row in rows]),
        {
            _said(_("loss")): np.array([row.loss for row in rows]),
            _said(_("validation: mean IoU")): np.array([row.mean_iou for row in rows]),
            _said(_("validation: pixel accuracy")): np.array([row.pixel_accuracy for row in rows]),
        },
        xlabel=_said(_("epoch")),
        to=to,
    )


def shown_indices(count: int) -> list[int]:
    """Which of `count` images are drawn: some from the beginning to the end, always the same."""
    shown = min(SHOWN, count)
    return [number * count // shown for number in range(shown)]


def draw_overlays(data: SegmentationSet, predict: Callable[[int], np.ndarray], to: Path) -> None:
    """Image, truth and prediction, the latter two painted over the image, a row an image."""
    pictures, titles = [], []
    for index in shown_indices(len(data)):
        image, label = data.read(index)
        prediction = predict(index)
        pictures += [image, _painted(data, image, label), _painted(data, image, prediction)]
        titles += [_said(_("image")), _said(_("truth")), _said(_("prediction"))]
    show(pictures, titles, columns=3, height=_HEIGHT, to=to)


def draw_before_and_after(
    data: SegmentationSet,
    before: Sequence[np.ndarray],
    after: Sequence[np.ndarray],
    to: Path,
) -> None:
    """The predictions of a network before and after its training, over the images shown."""
    pictures, titles = [], []
    for index, first, last in zip(shown_indices(len(data)), before, after, strict=True):
        image, label = data.read(index)
        pictures += [_painted(data, image, mask) for mask in (label, first, last)]
        titles += [_said(_("truth")), _said(_("before training")), _said(_("after training"))]
    show(pictures, titles, columns=3, height=_HEIGHT, to=to)


def _painted(data: SegmentationSet, image: np.ndarray, label: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: the classes in their colours over the image; void has none."""
    colors = color_table(data.classes)[label]
    known = (label != data.classes.ignore_index)[..., None]
    return np.where(known, 0.5 * image + 0.5 * colors, image).round().astype(np.uint8)
