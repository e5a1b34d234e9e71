"""Pictures of how well a segmentation fits its mask."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixelwise.data import Sample
from pixelwise.figures.charts import bars
from pixelwise.figures.images import show
from pixelwise.figures.matrices import grid
from pixelwise.i18n import N_


def draw_scores(
    sample: Sample,
    prediction: NDArray[np.integer],
    matrix: NDArray[np.integer],
    iou: NDArray[np.floating],
    folder: Path,
) -> None:
    """Write the picture beside its masks, the confusion matrix and the IoU of each class.

    Args:
        sample: the picture and the mask to compare with.
        prediction: (H, W) class numbers.
        matrix: (K, K) counts, rows are the truth.
        iou: (K,) intersection over union.
        folder: where photograph.png, confusion_matrix.png and iou.png are written.
    """
    classes = sample.classes
    void = sample.label == classes.ignore_index
    errors = (prediction != sample.label) & ~void
    show(
        [sample.image, sample.label, prediction, errors],
        [N_("photograph"), N_("hand-made mask"), N_("nearest mean colour"), N_("errors")],
        classes=classes,
        to=folder / "photograph.png",
    )
    grid(
        matrix / matrix.sum(axis=1, keepdims=True),
        N_("confusion matrix, rows sum to 1"),
        rows=classes.names,
        columns=classes.names,
        fmt="{:.2f}",
        xlabel=N_("prediction"),
        ylabel=N_("truth"),
        to=folder / "confusion_matrix.png",
    )
    bars({"IoU": list(iou)}, classes.names, title=N_("IoU by class"), to=folder / "iou.png")
