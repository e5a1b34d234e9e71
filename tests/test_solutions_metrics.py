"""The reference answers of lesson 2: by hand, against scikit-learn, the same in both frameworks."""

import importlib
import os
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn import metrics as sklearn_metrics

CAMVID = Path(__file__).parents[2] / "shared" / "data" / "camvid"
CAMVID_VOID = 11
ABSENT = float("nan")


class Answers:
    """The functions of one framework, with NumPy in and out; logits are channels last."""

    def __init__(self, framework: str) -> None:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        self.library = pytest.importorskip(framework)
        self.framework = framework
        self.module: ModuleType = importlib.import_module(f"solutions.metrics_{framework}")

    def tensor(self, array: Any) -> Any:
        return self.library.as_tensor(array) if self.is_torch else self.library.constant(array)

    @property
    def is_torch(self) -> bool:
        return self.framework == "torch"

    def confusion_matrix(self, label: Any, prediction: Any, *arguments: Any, **options: Any) -> Any:
        dtype = np.int64 if self.is_torch else np.int32
        label, prediction = np.asarray(label, dtype), np.asarray(prediction, dtype)
        return self.module.confusion_matrix(
            self.tensor(label), self.tensor(prediction), *arguments, **options
        )

    def scores(self, matrix: Any) -> dict[str, Any]:
        result = self.module.scores(matrix)
        iou = np.asarray(result.pop("iou"))
        return {"iou": iou} | {name: float(value) for name, value in result.items()}

    def update(self, metric: Any, logits: np.ndarray, label: np.ndarray) -> None:
        if self.is_torch:
            logits = np.moveaxis(logits, -1, 1).copy()
            metric.update(self.tensor(logits), self.tensor(label.astype(np.int64)))
        else:
            metric.update_state(self.tensor(label.astype(np.int32)), self.tensor(logits))

    def value(self, metric: Any) -> float:
        return float(metric.compute() if self.is_torch else metric.result())

    def reset(self, metric: Any) -> None:
        (metric.reset if self.is_torch else metric.reset_state)()


@pytest.fixture(params=["torch", "tensorflow"], scope="module")
def answers(request):
    return Answers(request.param)


@pytest.fixture(autouse=True)
def _warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# --- by hand ---------------------------------------------------------------------------------


def test_confusion_matrix_by_hand(answers):
    label = [[0, 0, 1], [1, 2, 255]]
    prediction = [[0, 1, 1], [1, 0, 2]]
    matrix = answers.confusion_matrix(label, prediction, 3)
    np.testing.assert_array_equal(matrix, [[1, 1, 0], [0, 2, 0], [1, 0, 0]])
    assert np.issubdtype(np.asarray(matrix).dtype, np.integer)


@pytest.mark.parametrize("shape", [(6,), (2, 3), (3, 1, 2), (1, 6, 1, 1)])
def test_confusion_matrix_takes_every_shape(answers, shape):
    label = np.array([0, 1, 2, 2, 1, 0]).reshape(shape)
    matrix = answers.confusion_matrix(label, label, 4)
    np.testing.assert_array_equal(matrix, np.diag([2, 2, 2, 0]))


def test_void_follows_ignore_index(answers):
    label = [0, 1, 3, 3]
    matrix = answers.confusion_matrix(label, [0, 0, 1, 2], 3, ignore_index=3)
    np.testing.assert_array_equal(matrix, [[1, 0, 0], [1, 0, 0], [0, 0, 0]])
    # The index of a class can be declared void, too.
    matrix = answers.confusion_matrix(label, [0, 0, 1, 2], 4, ignore_index=0)
    np.testing.assert_array_equal(matrix, [[0] * 4, [1, 0, 0, 0], [0] * 4, [0, 1, 1, 0]])


def test_nothing_to_count(answers):
    np.testing.assert_array_equal(answers.confusion_matrix([255, 255], [0, 1], 2), np.zeros((2, 2)))
    result = answers.scores(np.zeros((2, 2), np.int64))
    assert np.isnan(result["iou"]).all()
    assert np.isnan(result["pixel_accuracy"])
    assert np.isnan(result["mean_iou"])


def test_bytes_do_not_overflow(answers):
    # 20 * 15 + 15 does not fit into the uint8 of a mask file.
    label = answers.tensor(np.full((2, 2), 15, np.uint8))
    matrix = np.asarray(answers.module.confusion_matrix(label, label, 20))
    assert matrix[15, 15] == 4
    assert matrix.sum() == 4


def test_scores_by_hand(answers):
    # Class 2 is predicted but absent from the truth, class 3 is absent from both.
    result = answers.scores(np.array([[6, 2, 0, 0], [1, 3, 4, 0], [0, 0, 0, 0], [0, 0, 0, 0]]))
    np.testing.assert_allclose(result["iou"], [6 / 9, 3 / 10, 0, ABSENT])
    assert result["pixel_accuracy"] == pytest.approx(9 / 16)
    assert result["mean_accuracy"] == pytest.approx((6 / 8 + 3 / 8) / 2)
    assert result["mean_iou"] == pytest.approx((6 / 9 + 3 / 10 + 0) / 3)
    assert result["frequency_weighted_iou"] == pytest.approx((8 * 6 / 9 + 8 * 3 / 10) / 16)
    assert set(result) == {
        "pixel_accuracy",
        "mean_accuracy",
        "iou",
        "mean_iou",
        "frequency_weighted_iou",
    }


def test_a_perfect_prediction_scores_one(answers):
    label = np.array([[0, 2], [2, 255]])
    result = answers.scores(answers.confusion_matrix(label, np.array([[0, 2], [2, 1]]), 3))
    iou = result.pop("iou")
    np.testing.assert_array_equal(iou, [1, ABSENT, 1])
    assert set(result.values()) == {1.0}


def test_swapping_truth_and_prediction_shows_in_two_scores_only(answers):
    matrix = np.array([[5, 3, 0], [0, 7, 1], [0, 0, 2]])
    one, other = answers.scores(matrix), answers.scores(matrix.T)
    same = {
        name for name in set(one) - {"iou"} if one[name] == pytest.approx(other[name], rel=1e-12)
    }
    assert same == {"pixel_accuracy", "mean_iou"}


# --- against scikit-learn --------------------------------------------------------------------


@pytest.fixture(scope="module")
def camvid():
    """Real labels, and as predictions: the labels moved by a few pixels, and of another frame."""
    if not CAMVID.is_dir():
        pytest.skip(f"no CamVid in {CAMVID}")
    names = [line.split()[1] for line in (CAMVID / "test.txt").read_text("utf-8").splitlines()]
    labels = np.stack([np.asarray(Image.open(CAMVID / name)) for name in names[::20]])
    moved = np.roll(labels, (3, 5), axis=(1, 2))
    moved[1::2] = np.roll(labels, 1, axis=0)[1::2]
    # Void is no class that a network predicts: it gives these pixels some class or other.
    prediction = np.where(moved == CAMVID_VOID, 1, moved)
    return labels, prediction


def test_camvid_agrees_with_scikit_learn(answers, camvid):
    label, prediction = camvid
    assert len(label) == 12
    counted = label != CAMVID_VOID
    assert 0 < np.count_nonzero(~counted) < label.size / 2
    truth, predicted = label[counted], prediction[counted]
    classes = np.arange(CAMVID_VOID)

    matrix = answers.confusion_matrix(label, prediction, len(classes), ignore_index=CAMVID_VOID)
    expected = sklearn_metrics.confusion_matrix(truth, predicted, labels=classes)
    np.testing.assert_array_equal(matrix, expected)

    result = answers.scores(matrix)
    iou = sklearn_metrics.jaccard_score(truth, predicted, labels=classes, average=None)
    np.testing.assert_allclose(result["iou"], iou)
    assert result["mean_iou"] == pytest.approx(iou.mean())
    assert 0.1 < result["mean_iou"] < 0.9
    weighted = sklearn_metrics.jaccard_score(truth, predicted, labels=classes, average="weighted")
    assert result["frequency_weighted_iou"] == pytest.approx(weighted)
    assert result["pixel_accuracy"] == pytest.approx(
        sklearn_metrics.accuracy_score(truth, predicted)
    )
    assert result["mean_accuracy"] == pytest.approx(
        sklearn_metrics.balanced_accuracy_score(truth, predicted)
    )


def test_camvid_in_batches_of_five(answers, camvid):
    label, prediction = camvid
    label, prediction = label[:, ::8, ::8], prediction[:, ::8, ::8]
    rng = np.random.default_rng(0)
    # Logits within (-1, 1) whose largest is the prediction's.
    logits = rng.uniform(-1, 0, (*label.shape, CAMVID_VOID)).astype(np.float32)
    np.put_along_axis(logits, prediction[..., None].astype(int), 0.5, axis=-1)

    metric = answers.module.MeanIoU(CAMVID_VOID, ignore_index=CAMVID_VOID)
    for start in range(0, len(label), 5):
        answers.update(metric, logits[start : start + 5], label[start : start + 5])
    whole = answers.scores(
        answers.confusion_matrix(label, prediction, CAMVID_VOID, ignore_index=CAMVID_VOID)
    )["mean_iou"]
    images = [
        answers.scores(answers.confusion_matrix(t, p, CAMVID_VOID, CAMVID_VOID))["mean_iou"]
        for t, p in zip(label, prediction, strict=True)
    ]
    assert answers.value(metric) == pytest.approx(whole, rel=1e-6)
    assert abs(np.mean(images) - whole) > 0.005


# --- MeanIoU ---------------------------------------------------------------------------------


@pytest.fixture
def batches():
    """Three batches, the last one short, with void pixels and a class that some images lack."""
    rng = np.random.default_rng(1)
    label = rng.choice([0, 1, 2, 255], (5, 4, 6), p=[0.6, 0.2, 0.1, 0.1])
    label[0] = np.where(label[0] == 2, 0, label[0])
    logits = rng.uniform(-0.9, 0.9, (5, 4, 6, 4)).astype(np.float32)
    return [(logits[i : i + 2], label[i : i + 2]) for i in (0, 2, 4)]


def matrix_of(answers, batches):
    logits, label = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    return answers.confusion_matrix(label, logits.argmax(axis=-1), logits.shape[-1])


def test_mean_iou_is_the_data_sets(answers, batches):
    metric = answers.module.MeanIoU(4)
    for count, batch in enumerate(batches, start=1):
        answers.update(metric, *batch)
        expected = answers.scores(matrix_of(answers, batches[:count]))["mean_iou"]
        assert answers.value(metric) == pytest.approx(expected, rel=1e-6)


def test_reset_forgets(answers, batches):
    metric = answers.module.MeanIoU(4)
    answers.update(metric, *batches[0])
    answers.reset(metric)
    assert np.isnan(answers.value(metric))
    answers.update(metric, *batches[1])
    expected = answers.scores(matrix_of(answers, batches[1:2]))["mean_iou"]
    assert answers.value(metric) == pytest.approx(expected, rel=1e-6)


def test_two_metrics_share_nothing(answers, batches):
    one, other = answers.module.MeanIoU(4), answers.module.MeanIoU(4)
    answers.update(one, *batches[0])
    assert np.isnan(answers.value(other))


def test_counts_beyond_float32(answers):
    """Above 2^24, a float32 counter no longer sees a single pixel."""
    metric = answers.module.MeanIoU(2)
    many = np.array([[2**24, 0], [0, 0]])
    if answers.is_torch:
        metric.counts += answers.tensor(many)
    else:
        metric.counts.assign(many)
    answers.update(metric, np.array([[[[0.2, 0.1]]]], np.float32), np.array([[[0]]]))
    # int, because NumPy compares a float32 with 2^24 + 1 rounded to float32.
    assert int(np.asarray(metric.counts)[0, 0]) == 2**24 + 1


# Keras compiles the whole step with XLA where it finds a GPU.
@pytest.mark.parametrize("jit_compile", [False, True])
def test_keras_uses_the_metric(batches, jit_compile):
    answers = Answers("tensorflow")
    import keras

    keras.utils.set_random_seed(0)
    logits, label = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    pixels = keras.Input((None, None, 4))
    model = keras.Model(pixels, keras.layers.Conv2D(4, 1)(pixels))
    model.compile(
        optimizer="sgd",
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255),
        metrics=[answers.module.MeanIoU(4)],
        jit_compile=jit_compile,
    )
    history = model.fit(logits, label, batch_size=2, epochs=2, verbose=0).history
    assert all(0 < value < 1 for value in history["mean_iou"])
    expected = answers.scores(
        answers.confusion_matrix(label, model.predict(logits, verbose=0).argmax(axis=-1), 4)
    )["mean_iou"]
    for _ in range(2):  # the second time shows that the first one's pixels are gone
        result = model.evaluate(logits, label, batch_size=2, verbose=0, return_dict=True)
        assert result["mean_iou"] == pytest.approx(expected, rel=1e-6)


# --- both frameworks -------------------------------------------------------------------------


def test_frameworks_agree(batches):
    torch_answers, tensorflow_answers = Answers("torch"), Answers("tensorflow")
    one, other = (matrix_of(answers, batches) for answers in (torch_answers, tensorflow_answers))
    np.testing.assert_array_equal(one, other)
    # Each takes the matrix as its own tensor and as a NumPy array.
    results = [torch_answers.scores(one), tensorflow_answers.scores(other)]
    results += [a.scores(np.asarray(one)) for a in (torch_answers, tensorflow_answers)]
    for result in results[1:]:
        assert set(result) == set(results[0])
        for name, value in result.items():
            np.testing.assert_allclose(value, results[0][name], rtol=1e-12)
