"""Reference answers of lesson 2, PyTorch: how good is a segmentation?"""

import numpy as np
import torch
from torch import Tensor


def confusion_matrix(
    label: Tensor, prediction: Tensor, num_classes: int, ignore_index: int = 255
) -> Tensor:
    """Count the pixels of every pair of true class and predicted class.

    Args:
        label: integers of any shape, the truth; in [0, K) or `ignore_index`.
        prediction: integers of the same shape, in [0, K).
        num_classes: the number of classes, K.
        ignore_index: the label of void pixels; they are not counted.

    Returns:
        (K, K) int64 counts, rows are the truth, columns the prediction.
    """
    evaluated = label != ignore_index
    # int64, because K * label does not fit into uint8.
    label = label[evaluated].to(torch.int64)
    prediction = prediction[evaluated].to(torch.int64)
    # A pair (t, p) gets the number K * t + p: its place in the matrix, read row by row.
    counts = torch.bincount(num_classes * label + prediction, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def scores(matrix: np.ndarray | Tensor) -> dict[str, Tensor]:
    """Compute the usual scores of a segmentation from its confusion matrix.

    The formulas are those of Long et al. (2015), https://arxiv.org/abs/1411.4038.

    Args:
        matrix: (K, K) counts, rows are the truth, columns the prediction.

    Returns:
        float64 tensors: `pixel_accuracy`, `mean_accuracy`, `mean_iou` and `frequency_weighted_iou`
        without axes, `iou` of shape (K,). A class that is absent from truth and prediction has IoU
        NaN and takes no part in `mean_iou`; a class that is absent from the truth takes no part in
        `mean_accuracy`.
    """
    matrix = torch.as_tensor(matrix).to(torch.float64)
    correct = matrix.diagonal()
    truth = matrix.sum(dim=1)
    predicted = matrix.sum(dim=0)
    # 0 / 0 gives NaN, which the means below leave out.
    accuracy = correct / truth
    iou = correct / (truth + predicted - correct)
    return {
        "pixel_accuracy": correct.sum() / truth.sum(),
        "mean_accuracy": accuracy.nanmean(),
        "iou": iou,
        "mean_iou": iou.nanmean(),
        "frequency_weighted_iou": (truth * iou).nansum() / truth.sum(),
    }


class MeanIoU:
    """The mean IoU of a whole data set, fed batch by batch.

    Args:
        num_classes: the number of classes, K.
        ignore_index: the label of void pixels; they are not counted.
    """

    def __init__(self, num_classes: int, ignore_index: int = 255) -> None:
        """Start with no pixel counted."""
        self.num_classes = num_classes
        self.ignore_index = ignore_index
        self.reset()

    def update(self, logits: Tensor, label: Tensor) -> None:
        """Take in a batch.

        Args:
            logits: (N, K, H, W), any real numbers.
            label: (N, H, W) integers, in [0, K) or `ignore_index`.
        """
        prediction = logits.argmax(dim=1)
        matrix = confusion_matrix(label, prediction, self.num_classes, self.ignore_index)
        self.counts += matrix.cpu()

    def compute(self) -> float:
        """The mean IoU of everything since the last reset."""
        return scores(self.counts)["mean_iou"].item()

    def reset(self) -> None:
        """Forget every batch."""
        self.counts = torch.zeros(self.num_classes, self.num_classes, dtype=torch.int64)
