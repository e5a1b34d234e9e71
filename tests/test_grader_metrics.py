"""The grader of lesson 2: right answers pass, whatever their style; wrong ones do not."""

import pytest
from grading_helpers import (
    answers_in,
    cheap_answers,
    exercises,
    failures,
    grade,
    grader,
    passes,
    run_check,
    with_answer,
)

TOPIC = "metrics"
EXERCISES = exercises(TOPIC)
both_frameworks = pytest.mark.parametrize("framework", ["torch", "tensorflow"])


# Scores that hold Python floats and a list; they use NumPy and plain Python, so both frameworks
# can run them.
PLAIN_SCORES = [
    """
def scores(matrix):
    m = np.asarray(matrix)
    K = len(m)
    iou, accuracy, weighted = [], [], 0.0
    for k in range(K):
        row, column, hit = int(m[k].sum()), int(m[:, k].sum()), int(m[k, k])
        union = row + column - hit
        iou.append(hit / union if union > 0 else float("nan"))
        if row > 0:
            accuracy.append(hit / row)
            weighted += row * hit / union
    valid = [value for value in iou if value == value]
    return {
        "pixel_accuracy": sum(int(m[k, k]) for k in range(K)) / int(m.sum()),
        "mean_accuracy": sum(accuracy) / len(accuracy),
        "iou": iou,
        "mean_iou": sum(valid) / len(valid),
        "frequency_weighted_iou": weighted / int(m.sum()),
    }
""",
    """
from collections import OrderedDict


def scores(matrix):
    matrix = np.array(matrix, dtype=np.float32)
    rows, columns, diagonal = matrix.sum(1), matrix.sum(0), np.diag(matrix)
    with np.errstate(divide="ignore", invalid="ignore"):
        iou = diagonal / (rows + columns - diagonal)
        accuracy = diagonal / rows
    frequency = rows / rows.sum()
    seen = frequency > 0
    return OrderedDict(
        iou=iou,
        extra="more entries do no harm",
        mean_iou=np.nanmean(iou),
        pixel_accuracy=diagonal.sum() / matrix.sum(),
        mean_accuracy=np.nanmean(accuracy),
        frequency_weighted_iou=(frequency[seen] * iou[seen]).sum(),
    )
""",
]

OTHERS = {
    "torch": {
        "confusion_matrix": [
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    valid = label.numpy() != ignore_index
    np.add.at(matrix, (label.numpy()[valid], prediction.numpy()[valid]), 1)
    return matrix
""",
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    matrix = torch.zeros((num_classes, num_classes), dtype=torch.int32)
    for t, p in zip(label.reshape(-1).tolist(), prediction.reshape(-1).tolist()):
        if t != ignore_index:
            matrix[t][p] += 1
    return matrix
""",
            """
from torch.nn import functional as F


def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    kept = label != ignore_index
    truth = F.one_hot(label[kept], num_classes).double()
    predicted = F.one_hot(prediction[kept], num_classes).double()
    return (truth.T @ predicted).round().long()
""",
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    rows = []
    for i in range(num_classes):
        true = (label == i) & (label != ignore_index)
        rows.append(torch.stack([(true & (prediction == j)).sum() for j in range(num_classes)]))
    return torch.stack(rows)
""",
        ],
        "scores": [
            *PLAIN_SCORES,
            """
def scores(matrix):
    matrix = matrix.float() if torch.is_tensor(matrix) else torch.tensor(matrix).float()
    correct, truth, predicted = matrix.diag(), matrix.sum(1), matrix.sum(0)
    union = truth + predicted - correct
    present = union > 0
    iou = torch.full_like(correct, torch.nan)
    iou[present] = correct[present] / union[present]
    return {
        "pixel_accuracy": (correct.sum() / matrix.sum()).item(),
        "mean_accuracy": (correct / truth)[truth > 0].mean(),
        "iou": iou,
        "mean_iou": iou[present].mean(),
        "frequency_weighted_iou": (truth / truth.sum() * iou)[truth > 0].sum(),
    }
""",
        ],
        "MeanIoU": [
            """
class MeanIoU(torch.nn.Module):
    def __init__(self, num_classes, ignore_index=255):
        super().__init__()
        self.K, self.void = num_classes, ignore_index
        self.register_buffer("intersection", torch.zeros(num_classes))
        self.register_buffer("union", torch.zeros(num_classes))

    def update(self, logits, label):
        valid = label != self.void
        best = logits.max(1).indices
        for k in range(self.K):
            t, p = (label == k) & valid, (best == k) & valid
            self.intersection[k] += (t & p).sum()
            self.union[k] += (t | p).sum()
        return self

    def compute(self):
        seen = self.union > 0
        return (self.intersection[seen] / self.union[seen]).mean()

    def reset(self):
        self.intersection.zero_()
        self.union.zero_()
        return self
""",
            """
class MeanIoU:
    def __init__(self, num_classes, ignore_index=255):
        self.num_classes, self.ignore_index, self.seen = num_classes, ignore_index, []

    def update(self, logits, label):
        # softmax keeps the order
        prediction = torch.softmax(logits, 1).argmax(1)
        self.seen.append((label.flatten(), prediction.flatten()))

    def compute(self):
        label, prediction = (torch.cat(part) for part in zip(*self.seen))
        matrix = confusion_matrix(label, prediction, self.num_classes, self.ignore_index)
        return np.float32(scores(matrix)["mean_iou"])

    def reset(self):
        self.seen.clear()
""",
        ],
    },
    "tensorflow": {
        "confusion_matrix": [
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    kept = tf.not_equal(label, ignore_index)
    return tf.math.confusion_matrix(label[kept], prediction[kept], num_classes=num_classes)
""",
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    label, prediction = label.numpy().ravel(), prediction.numpy().ravel()
    label, prediction = label[label != ignore_index], prediction[label != ignore_index]
    counts = np.bincount(label * num_classes + prediction, minlength=num_classes * num_classes)
    return counts.reshape(num_classes, num_classes)
""",
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    weight = tf.cast(tf.reshape(label, [-1]) != ignore_index, tf.float64)
    truth = tf.one_hot(tf.reshape(label, [-1]), num_classes, dtype=tf.float64)
    predicted = tf.one_hot(tf.reshape(prediction, [-1]), num_classes, dtype=tf.float64)
    return tf.cast(tf.einsum("n,ni,nj->ij", weight, truth, predicted), tf.int64)
""",
            """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    matrix = np.zeros((num_classes, num_classes), np.int64)
    label, prediction = tf.reshape(label, [-1]), tf.reshape(prediction, [-1])
    for t, p in zip(label, prediction):
        if t != ignore_index:
            matrix[t, p] += 1
    return matrix
""",
        ],
        "scores": [
            *PLAIN_SCORES,
            """
def scores(matrix):
    matrix = tf.cast(matrix, tf.float32)
    correct = tf.linalg.diag_part(matrix)
    truth, predicted = tf.reduce_sum(matrix, 1), tf.reduce_sum(matrix, 0)
    union = truth + predicted - correct
    iou = tf.math.divide_no_nan(correct, union)
    known, found = union > 0, truth > 0
    return {
        "pixel_accuracy": float(tf.reduce_sum(correct) / tf.reduce_sum(matrix)),
        "mean_accuracy": tf.reduce_mean((correct / truth)[found]),
        "iou": tf.where(known, iou, float("nan")),
        "mean_iou": tf.reduce_mean(tf.boolean_mask(iou, known)),
        "frequency_weighted_iou": tf.tensordot(truth / tf.reduce_sum(truth), iou, 1),
    }
""",
        ],
        "MeanIoU": [
            """
class MeanIoU(keras.metrics.MeanIoU):
    def __init__(self, num_classes, ignore_index=255, **kwargs):
        super().__init__(num_classes, ignore_class=ignore_index, sparse_y_pred=False, **kwargs)
""",
            """
class MeanIoU(tf.keras.metrics.Metric):
    def __init__(self, num_classes, ignore_index=255, name="iou", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.K, self.void = num_classes, ignore_index
        self.hits = self.add_weight(shape=(num_classes,), initializer="zeros", name="hits")
        self.union = self.add_weight(shape=(num_classes,), initializer="zeros", name="union")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, tf.int32)
        valid = tf.cast(y_true != self.void, tf.float32)[..., None]
        truth = tf.one_hot(y_true, self.K) * valid
        prediction = tf.one_hot(tf.argmax(tf.nn.softmax(y_pred), -1), self.K) * valid
        self.hits.assign_add(tf.reduce_sum(truth * prediction, (0, 1, 2)))
        self.union.assign_add(tf.reduce_sum(tf.maximum(truth, prediction), (0, 1, 2)))

    def result(self):
        seen = tf.cast(tf.greater(self.union, 0), tf.float32)
        return tf.reduce_sum(tf.math.divide_no_nan(self.hits, self.union)) / tf.reduce_sum(seen)
""",
        ],
    },
}


@pytest.mark.parametrize(("framework", "exercise", "code"), answers_in(OTHERS))
def test_a_right_answer_in_another_style_passes(framework: str, exercise: str, code: str) -> None:
    result = grade(TOPIC, framework, with_answer(TOPIC, framework, code), exercise)
    assert result.status == "passed", failures(result)


SMALL_COUNTERS = {
    "torch": """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    valid = label.numpy() != ignore_index
    np.add.at(matrix, (label.numpy()[valid], prediction.numpy()[valid]), 1)
    return torch.from_numpy(matrix).to(torch.DTYPE).long()
""",
    "tensorflow": """
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    kept = tf.not_equal(label, ignore_index)
    counts = tf.math.confusion_matrix(label[kept], prediction[kept], num_classes=num_classes)
    return tf.cast(tf.cast(counts, tf.DTYPE), tf.int64)
""",
}

SMALL_COUNTERS_OF_BATCHES = {
    "torch": """
class MeanIoU:
    def __init__(self, num_classes, ignore_index=255):
        self.num_classes, self.ignore_index = num_classes, ignore_index
        self.reset()

    def update(self, logits, label):
        prediction = logits.argmax(1)
        matrix = confusion_matrix(label, prediction, self.num_classes, self.ignore_index)
        self.counts += matrix.to(torch.DTYPE)

    def compute(self):
        return scores(self.counts)["mean_iou"].item()

    def reset(self):
        self.counts = torch.zeros(self.num_classes, self.num_classes, dtype=torch.DTYPE)
""",
    "tensorflow": """
class MeanIoU(keras.metrics.Metric):
    def __init__(self, num_classes, ignore_index=255):
        super().__init__(name="mean_iou")
        self.K, self.void = num_classes, ignore_index
        self.counts = self.add_weight(
            shape=(num_classes, num_classes), initializer="zeros", dtype="DTYPE"
        )

    def update_state(self, y_true, y_pred, sample_weight=None):
        matrix = confusion_matrix(y_true, tf.argmax(y_pred, axis=-1), self.K, self.void)
        self.counts.assign(self.counts + tf.cast(matrix, tf.DTYPE))

    def result(self):
        return scores(self.counts)["mean_iou"]
""",
}

# Wrong answers that are no small change of the reference answer: the check that must fail, the
# framework, the answer.
FAULTS = [
    *(
        (check, framework, code.replace("DTYPE", dtype))
        for check, codes in (
            ("confusion_matrix_values", SMALL_COUNTERS),
            ("mean_iou_data_set", SMALL_COUNTERS_OF_BATCHES),
        )
        for framework, code in codes.items()
        for dtype in ("uint8", "float16", "bfloat16")
    ),
    (
        "scores_no_warning",
        "torch",
        PLAIN_SCORES[1].replace('np.errstate(divide="ignore", invalid="ignore")', "np.errstate()"),
    ),
    (
        "scores_no_warning",
        "tensorflow",
        PLAIN_SCORES[1].replace('np.errstate(divide="ignore", invalid="ignore")', "np.errstate()"),
    ),
    (
        "confusion_matrix_form",
        "torch",
        OTHERS["torch"]["confusion_matrix"][0].replace("return matrix", "return matrix.tolist()"),
    ),
    (
        "mean_iou_independent",
        "torch",
        """
class MeanIoU:
    counts = 0

    def __init__(self, num_classes, ignore_index=255):
        self.num_classes, self.ignore_index = num_classes, ignore_index

    def update(self, logits, label):
        prediction = logits.argmax(1)
        MeanIoU.counts = MeanIoU.counts + confusion_matrix(
            label, prediction, self.num_classes, self.ignore_index
        )

    def compute(self):
        return scores(self.counts)["mean_iou"]

    def reset(self):
        MeanIoU.counts = 0
""",
    ),
    (
        "mean_iou_in_keras",
        "tensorflow",
        """
class MeanIoU(keras.metrics.Metric):
    def __init__(self, num_classes, ignore_index=255):
        super().__init__(name="mean_iou")
        self.K, self.void = num_classes, ignore_index
        self.counts = np.zeros((num_classes, num_classes), np.int64)

    def update_state(self, y_true, y_pred, sample_weight=None):
        prediction = y_pred.numpy().argmax(-1)
        self.counts += confusion_matrix(y_true, prediction, self.K, self.void).numpy()

    def result(self):
        return scores(self.counts)["mean_iou"]

    def reset_state(self):
        self.counts = np.zeros((self.K, self.K), np.int64)
""",
    ),
    (
        "mean_iou_short_batch",
        "torch",
        """
class MeanIoU:
    def __init__(self, num_classes, ignore_index=255):
        self.num_classes, self.ignore_index = num_classes, ignore_index
        self.reset()

    def update(self, logits, label):
        prediction = logits.argmax(1)
        if self.batch_size is None:
            self.batch_size = len(label)
        for i in range(self.batch_size):
            self.counts += confusion_matrix(
                label[i], prediction[i], self.num_classes, self.ignore_index
            )

    def compute(self):
        return scores(self.counts)["mean_iou"]

    def reset(self):
        self.counts = torch.zeros(self.num_classes, self.num_classes, dtype=torch.int64)
        self.batch_size = None
""",
    ),
]


@pytest.mark.parametrize(("check", "framework", "code"), FAULTS)
def test_a_fault_is_found(check: str, framework: str, code: str) -> None:
    result = run_check(TOPIC, framework, with_answer(TOPIC, framework, code), check)
    assert result.status == "failed"


@pytest.mark.parametrize("dtype", ["torch.int32", "torch.uint8"])
def test_a_mistake_is_recognised_in_another_dtype(dtype: str) -> None:
    code = f"""
def confusion_matrix(label, prediction, num_classes, ignore_index=255):
    matrix = torch.zeros((num_classes, num_classes), dtype={dtype})
    for t, p in zip(label.flatten().tolist(), prediction.flatten().tolist()):
        if t != ignore_index:
            matrix[p, t] += 1
    return matrix
"""
    result = run_check(TOPIC, "torch", with_answer(TOPIC, "torch", code), "confusion_matrix_values")
    assert result.mistake == "truth_in_columns"


@both_frameworks
def test_a_count_without_thought_fails(framework: str) -> None:
    for name, text in cheap_answers(TOPIC, framework, "confusion_matrix").items():
        assert not passes(TOPIC, framework, text, "confusion_matrix"), name


CONSTANTS = ["0.0", "1.0", "0.5", "float('nan')", "None", "[]"]


@both_frameworks
@pytest.mark.parametrize("constant", CONSTANTS)
def test_scores_without_thought_fail(framework: str, constant: str) -> None:
    names = ["pixel_accuracy", "mean_accuracy", "mean_iou", "frequency_weighted_iou"]
    entries = ", ".join(f"{name!r}: {constant}" for name in names)
    for iou in (f"[{constant}] * len(matrix)", f"np.full(len(matrix), {constant})", constant):
        code = f"def scores(matrix):\n    return {{'iou': {iou}, {entries}}}\n"
        assert not passes(TOPIC, framework, with_answer(TOPIC, framework, code), "scores")


@both_frameworks
@pytest.mark.parametrize("constant", CONSTANTS)
def test_a_metric_without_thought_fails(framework: str, constant: str) -> None:
    base = "object" if framework == "torch" else "keras.metrics.Metric"
    code = f"""
class MeanIoU({base}):
    def __init__(self, num_classes, ignore_index=255):
        super().__init__()

    def update(self, logits, label):
        pass

    def update_state(self, y_true, y_pred, sample_weight=None):
        pass

    def compute(self):
        return {constant}

    def result(self):
        return {constant}

    def reset(self):
        pass

    def reset_state(self):
        pass
"""
    assert not passes(TOPIC, framework, with_answer(TOPIC, framework, code), "MeanIoU")


@both_frameworks
def test_a_wrong_confusion_matrix_costs_its_own_points_only(framework: str) -> None:
    """What calls it is graded with the reference answer in its place."""
    code = (
        "def confusion_matrix(label, prediction, num_classes, ignore_index=0):\n    return label\n"
    )
    grading = grader(TOPIC, framework, with_answer(TOPIC, framework, code))
    results = {result.exercise: result.status for result in grading.grade()}
    assert results == {"confusion_matrix": "failed", "scores": "passed", "MeanIoU": "passed"}
