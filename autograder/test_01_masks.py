"""Checks of lesson 1: from coloured masks to tensors."""

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.learner import Learner
from pixelwise.grading.messages import _
from pixelwise.grading.values import Label, Map

PALETTE = np.array([[0, 0, 0], [128, 0, 0], [0, 128, 0], [128, 128, 0]], np.uint8)


@check(
    "color_to_label",
    tier="form",
    hint=_(
        "The result has one number for each pixel: height and width stay, the colour axis "
        "disappears. Labels are int64 in PyTorch and int32 in TensorFlow."
    ),
)
def test_color_to_label_form(learner: Learner) -> None:
    """A mask of size H x W x 3 becomes a label map of size H x W."""
    mask = PALETTE[np.zeros((2, 3), int)]
    learner.call("color_to_label", mask, PALETTE).has(Label, (2, 3), "label")


@check(
    "color_to_label",
    tier="values",
    hint=_("Pixel by pixel: which row of the palette equals the colour in all three channels?"),
)
def test_color_to_label_values(learner: Learner) -> None:
    """Each colour of the palette becomes the number of its row."""
    label = np.array([[0, 1, 2], [3, 2, 1]])
    learner.call("color_to_label", PALETTE[label], PALETTE).equals(Label(label))


@check("one_hot", tier="form", hint=_("The class axis comes after the batch."))
def test_one_hot_form(learner: Learner) -> None:
    """A batch of label maps gets a class axis."""
    learner.call("one_hot", Label(np.zeros((2, 4, 5))), 3).has(Map, (2, 4, 5, 3), "float32")
