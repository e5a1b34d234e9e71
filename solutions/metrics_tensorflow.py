"""Reference answers of lesson 2, TensorFlow: how good is a segmentation?"""

import keras
import numpy as np
import tensorflow as tf


def confusion_matrix(
    label: tf.Tensor, prediction: tf.Tensor, num_classes: int, ignore_index: int = 255
) -> tf.Tensor:
    """Count the pixels of every pair of true class and predicted class.

    Args:
        label: integers of any shape, the truth; in [0, K) or `ignore_index`.
        prediction: integers of the same shape, in [0, K).
        num_classes: the number of classes, K.
        ignore_index: the label of void pixels; they are not counted.

    Returns:
        (K, K) int64 counts, rows are the truth, columns the prediction.
    """
    # int64, because K * label does not fit into uint8.
    label, prediction = tf.cast(label, tf.int64), tf.cast(prediction, tf.int64)
    # A pair (t, p) gets the number K * t + p: its place in the matrix, read row by row. Void pixels
    # get -1, which the sum leaves out.
    pair = tf.where(label != ignore_index, num_classes * label + prediction, -1)
    # The same as tf.math.bincount, but it can be compiled with XLA, as Keras does on a GPU.
    counts = tf.math.unsorted_segment_sum(tf.ones_like(pair), pair, num_classes**2)
    return tf.reshape(counts, [num_classes, num_classes])


def _nanmean(values: tf.Tensor) -> tf.Tensor:
    """The mean of the values that are not NaN."""
    known = ~tf.math.is_nan(values)
    total = tf.reduce_sum(tf.where(known, values, 0.0))
    return total / tf.reduce_sum(tf.cast(known, values.dtype))


def scores(matrix: np.ndarray | tf.Tensor) -> dict[str, tf.Tensor]:
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
    matrix = tf.cast(matrix, tf.float64)
    correct = tf.linalg.diag_part(matrix)
    truth = tf.reduce_sum(matrix, axis=1)
    predicted = tf.reduce_sum(matrix, axis=0)
    # 0 / 0 gives NaN, which the means below leave out.
    accuracy = correct / truth
    iou = correct / (truth + predicted - correct)
    pixels = tf.reduce_sum(truth)
    weighted = tf.where(truth > 0, truth * iou, 0.0)
    return {
        "pixel_accuracy": tf.reduce_sum(correct) / pixels,
        "mean_accuracy": _nanmean(accuracy),
        "iou": iou,
        "mean_iou": _nanmean(iou),
        "frequency_weighted_iou": tf.reduce_sum(weighted) / pixels,
    }


class MeanIoU(keras.metrics.Metric):
    """The mean IoU of a whole data set, fed batch by batch.

    Args:
        num_classes: the number of classes, K.
        ignore_index: the label of void pixels; they are not counted.
        name: what Keras calls the score.
    """

    def __init__(self, num_classes: int, ignore_index: int = 255, name: str = "mean_iou") -> None:
        """Start with no pixel counted."""
        super().__init__(name=name)
        self.num_classes = num_classes
        self.ignore_index = ignore_index
        # float32, the default, stops counting at 2^24 pixels.
        self.counts = self.add_weight(
            shape=(num_classes, num_classes), initializer="zeros", dtype="int64", name="counts"
        )

    def update_state(
        self, y_true: tf.Tensor, y_pred: tf.Tensor, sample_weight: tf.Tensor | None = None
    ) -> None:
        """Take in a batch.

        Args:
            y_true: (N, H, W) integers, in [0, K) or `ignore_index`.
            y_pred: (N, H, W, K) logits, any real numbers.
            sample_weight: Keras passes it; it is ignored.
        """
        prediction = tf.argmax(y_pred, axis=-1)
        matrix = confusion_matrix(y_true, prediction, self.num_classes, self.ignore_index)
        self.counts.assign_add(matrix)

    def result(self) -> tf.Tensor:
        """The mean IoU of everything since the last reset."""
        return scores(self.counts)["mean_iou"]

    def reset_state(self) -> None:
        """Forget every batch."""
        self.counts.assign(tf.zeros_like(self.counts))
