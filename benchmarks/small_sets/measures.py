"""What the claims are measured by."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy import ndimage
from sklearn.metrics import confusion_matrix

from pixelwise.data.borders import border_mask

VOID = 255


def iou(labels: Sequence[np.ndarray], predictions: Sequence[np.ndarray], K: int) -> np.ndarray:
    """(K,) intersection over union over all images, void left out; NaN for an absent class."""
    truth = np.concatenate([label.ravel() for label in labels])
    predicted = np.concatenate([prediction.ravel() for prediction in predictions])
    evaluated = truth != VOID
    matrix = confusion_matrix(truth[evaluated], predicted[evaluated], labels=range(K))
    correct = matrix.diagonal()
    union = matrix.sum(axis=0) + matrix.sum(axis=1) - correct
    return np.where(union > 0, correct / np.maximum(union, 1), np.nan)


def iou_of_most_frequent(labels: Sequence[np.ndarray], K: int) -> np.ndarray:
    """The IoU that a network has, (K,), if it always says the class with the most pixels."""
    counts = sum(np.bincount(label[label != VOID], minlength=K) for label in labels)
    return iou(labels, [np.full(label.shape, np.argmax(counts)) for label in labels], K)


def border_accuracy(
    labels: Iterable[np.ndarray], predictions: Iterable[np.ndarray], width: int = 4
) -> float:
    """Pixel accuracy in a strip along all borders of the truth, `width` pixels wide.

    The "trimap" measure of Kohli et al. 2009, "Robust Higher Order Potentials for Enforcing Label
    Consistency".
    """
    right = total = 0
    for label, prediction in zip(labels, predictions, strict=True):
        strip = border_mask(label.astype(np.int64), width) & (label != VOID)
        right += int((label == prediction)[strip].sum())
        total += int(strip.sum())
    return right / total


def recall_by_height(
    labels: Iterable[np.ndarray],
    predictions: Iterable[np.ndarray],
    classes: Sequence[int],
    limits: Sequence[int],
) -> list[float]:
    """How much of small and of large regions is found.

    Args:
        labels: the truth.
        predictions: what a network says.
        classes: whose connected regions count.
        limits: heights in pixels between the groups.

    Returns:
        For each group, small ones first: the share of a region's pixels that is labelled right,
        averaged over regions. Regions of fewer than four pixels are left out.
    """
    shares: list[list[float]] = [[] for _ in range(len(limits) + 1)]
    for label, prediction in zip(labels, predictions, strict=True):
        for class_ in classes:
            regions, _count = ndimage.label(label == class_)
            for number, place in enumerate(ndimage.find_objects(regions), start=1):
                inside = regions[place] == number
                if inside.sum() >= 4:
                    group = int(np.searchsorted(limits, inside.shape[0], side="right"))
                    shares[group].append(float((prediction[place] == class_)[inside].mean()))
    return [float(np.mean(group)) if group else np.nan for group in shares]
