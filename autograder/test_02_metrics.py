"""Checks of lesson 2: how good is a segmentation?"""

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.learner import Answer, Learner
from pixelwise.grading.values import Array, Label, Map, Tensor
from pixelwise.messages import _

VOID = 255
COUNTS = ("int64", "int32", "uint64", "uint32")


def count(label: Array, prediction: Array, num_classes: int, void: int = VOID) -> Array:
    """The confusion matrix, pixel by pixel."""
    matrix = np.zeros((num_classes, num_classes), np.int64)
    for true, predicted in zip(label.ravel(), prediction.ravel(), strict=True):
        if true != void:
            matrix[true, predicted] += 1
    return matrix


def class_ious(matrix: Array) -> list[float]:
    """The IoU of each class; NaN where truth and prediction lack it."""
    ious = []
    for k, correct in enumerate(matrix.diagonal()):
        union = matrix[k].sum() + matrix[:, k].sum() - correct
        ious.append(float(correct / union) if union else float("nan"))
    return ious


def mean_of_known(values: list[float]) -> float:
    """The mean of the values that are not NaN."""
    known = [value for value in values if value == value]
    return sum(known) / len(known)


def mean_iou(label: Array, prediction: Array, num_classes: int, void: int = VOID) -> float:
    """The mean IoU of all pixels taken together."""
    return mean_of_known(class_ious(count(label, prediction, num_classes, void)))


def some_labels(
    seed: int, shape: tuple[int, ...], num_classes: int, void: float = 0.1
) -> tuple[Array, Array]:
    """Random labels, a share of them void, and predictions of which about half are right."""
    rng = np.random.default_rng(seed)
    label, guess = rng.integers(0, num_classes, (2, *shape))
    prediction = np.where(rng.random(shape) < 0.5, label, guess)
    return np.where(rng.random(shape) < void, VOID, label), prediction


# --- confusion_matrix ------------------------------------------------------------------------


@check(
    "confusion_matrix",
    tier="form",
    hint=_(
        "The size of the matrix comes from `num_classes`, not from the classes that happen to "
        "occur. Counts are whole numbers: choose an integer dtype."
    ),
)
def test_confusion_matrix_form(learner: Learner) -> None:
    """The matrix is K x K and holds integers, even if some classes do not occur."""
    label = np.array([[0, 0, 2], [2, 1, 0]])
    prediction = np.array([[0, 1, 2], [2, 1, 1]])
    learner.call("confusion_matrix", Label(label), Label(prediction), 4).has(Tensor, (4, 4), COUNTS)


@check(
    "confusion_matrix",
    tier="values",
    hint=_(
        "Count by hand: the pixels whose true class is 0 and whose predicted class is 1 belong "
        "in row 0, column 1. Is every pixel of the picture counted exactly once?"
    ),
)
def test_confusion_matrix_values(learner: Learner) -> None:
    """Rows are the true classes, columns the predicted ones, each pixel is counted once."""
    label = np.array([[0, 0, 0, 1], [1, 2, 2, 2]])
    prediction = np.array([[0, 1, 1, 1], [2, 2, 2, 0]])
    learner.call("confusion_matrix", Label(label), Label(prediction), 3).equals(
        [[1, 2, 0], [0, 1, 1], [1, 0, 2]]
    )
    # More pixels of one pair than uint8 can count, and than float16 can count exactly; not so many
    # that a slow loop over single elements of a tensor would reach the time limit.
    label, prediction = np.ones((2, 63, 67), int)
    label[:2, :61], prediction[:1, :61] = 2, 0
    learner.call("confusion_matrix", Label(label), Label(prediction), 3).equals(
        [[0, 0, 0], [0, 4099, 0], [61, 61, 0]]
    )


@check(
    "confusion_matrix",
    tier="properties",
    hint=_(
        "It does not matter where a pixel lies. Can your counting work on the pixels as one long "
        "row, whatever shape they came in?"
    ),
)
def test_confusion_matrix_shapes(learner: Learner) -> None:
    """One image, a batch of images and a plain row of pixels are all counted."""
    for seed, shape in enumerate([(30,), (5, 7), (2, 4, 3), (1, 3, 2)]):
        label, prediction = some_labels(seed, shape, 5, void=0)
        learner.call("confusion_matrix", Label(label), Label(prediction), 5).equals(
            count(label, prediction, 5)
        )


@check(
    "confusion_matrix",
    tier="properties",
    hint=_(
        "Which pixels are void can be seen in the truth only. Leave them out of the counting "
        "altogether, whatever was predicted there; no class gets them."
    ),
)
def test_confusion_matrix_void(learner: Learner) -> None:
    """Pixels whose true label is void (255) are not counted anywhere."""
    label = np.array([[255, 0, 1], [255, 255, 1]])
    prediction = np.array([[0, 0, 1], [1, 2, 0]])
    learner.call("confusion_matrix", Label(label), Label(prediction), 3).equals(
        [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    )


@check(
    "confusion_matrix",
    tier="edge",
    hint=_(
        "Void is whatever `ignore_index` says, and it may even be the number of a class. Compare "
        "the truth with this argument; predictions of that class still count."
    ),
)
def test_confusion_matrix_other_void(learner: Learner) -> None:
    """Void is the label that `ignore_index` names, not always 255."""
    label = np.array([[0, 0, 1, 1], [2, 2, 2, 1]])
    prediction = np.array([[0, 2, 1, 0], [2, 1, 0, 2]])
    for void, expected in (
        (0, [[0, 0, 0], [1, 1, 1], [1, 1, 1]]),
        (2, [[1, 0, 1], [1, 1, 1], [0, 0, 0]]),
    ):
        learner.call("confusion_matrix", Label(label), Label(prediction), 3, void).equals(expected)
    label[label == 2] = 11
    learner.call("confusion_matrix", Label(label), Label(prediction), 3, ignore_index=11).equals(
        [[1, 0, 1], [1, 1, 1], [0, 0, 0]]
    )


@check(
    "confusion_matrix",
    tier="edge",
    hint=_("When every pixel is void there is nothing to count, and that is not an error."),
)
def test_confusion_matrix_all_void(learner: Learner) -> None:
    """A picture that is void everywhere gives a matrix of zeros."""
    label = np.full((2, 3), VOID)
    learner.call("confusion_matrix", Label(label), Label(np.ones((2, 3))), 2).equals(
        np.zeros((2, 2))
    )


# --- scores ----------------------------------------------------------------------------------

BY_HAND = np.array([[6, 2, 0], [1, 3, 2], [0, 1, 5]])
"""Of 20 pixels 14 are right; rows add up to 8, 6, 6 and columns to 7, 6, 7."""

ABSENT = np.array([[3, 1, 0], [2, 4, 0], [0, 0, 0]])
"""Class 2 is neither in the truth nor in the prediction."""

INVENTED = np.array([[3, 1, 2], [2, 4, 0], [0, 0, 0]])
"""Class 2 is predicted for two pixels but is not in the truth."""

SINGLE_SCORES = ("pixel_accuracy", "mean_accuracy", "mean_iou", "frequency_weighted_iou")


def scored(learner: Learner, matrix: Array) -> Answer:
    """The scores of a matrix that comes as the framework's tensor."""
    return learner.call("scores", Tensor(matrix))


def iou_equals(answer: Answer, expected: list[float]) -> None:
    """Require these IoUs; a list of numbers is as good as an array."""
    iou = answer.entry("iou")
    if iou.value.kind != "sequence":
        iou.equals(expected, atol=1e-5)
        return
    for part, value in zip(iou.parts(len(expected)), expected, strict=True):
        part.equals(value, atol=1e-5)


@check(
    "scores",
    tier="form",
    hint=_(
        "Return a dictionary with the five names of the task. `iou` holds one value for each "
        "class, the other four are single numbers."
    ),
)
def test_scores_form(learner: Learner) -> None:
    """Five scores come back: `iou` has a value for each class, the others are single numbers."""
    answer = scored(learner, BY_HAND)
    iou = answer.entry("iou")
    if iou.value.kind == "sequence":
        iou.parts(3)
    else:
        iou.has(Tensor, (3,))
    for name in SINGLE_SCORES:
        answer.entry(name).has(Tensor, ())


@check(
    "scores",
    tier="values",
    hint=_(
        "Pixels that were predicted right stand on the diagonal. Which part of all pixels are they?"
    ),
)
def test_scores_pixel_accuracy(learner: Learner) -> None:
    """`pixel_accuracy` is the share of pixels that were predicted right."""
    scored(learner, BY_HAND).entry("pixel_accuracy").equals(14 / 20, atol=1e-5)


@check(
    "scores",
    tier="values",
    hint=_(
        "The accuracy of a class asks: of the pixels that truly are this class, what share was "
        "found? The pixels that truly are class k stand in row k."
    ),
)
def test_scores_mean_accuracy(learner: Learner) -> None:
    """`mean_accuracy` is the mean over classes of the share of their pixels that was found."""
    expected = (6 / 8 + 3 / 6 + 5 / 6) / 3
    scored(learner, BY_HAND).entry("mean_accuracy").equals(expected, atol=1e-5)


@check(
    "scores",
    tier="values",
    hint=_(
        "The union of truth and prediction would be row sum plus column sum, but the pixels of "
        "the intersection are in that twice."
    ),
)
def test_scores_iou(learner: Learner) -> None:
    """`iou` is intersection over union for each class."""
    iou_equals(scored(learner, BY_HAND), [6 / 9, 3 / 9, 5 / 8])


@check("scores", tier="values", hint=_("The mean IoU gives every class the same weight."))
def test_scores_mean_iou(learner: Learner) -> None:
    """`mean_iou` is the mean of the IoUs of the classes."""
    expected = (6 / 9 + 3 / 9 + 5 / 8) / 3
    scored(learner, BY_HAND).entry("mean_iou").equals(expected, atol=1e-5)


@check(
    "scores",
    tier="values",
    hint=_(
        "Each IoU is weighted with how often its class occurs in the truth. These weights add up "
        "to 1: do yours?"
    ),
)
def test_scores_frequency_weighted_iou(learner: Learner) -> None:
    """`frequency_weighted_iou` weights each IoU with the frequency of the class in the truth."""
    expected = (8 * 6 / 9 + 6 * 3 / 9 + 6 * 5 / 8) / 20
    scored(learner, BY_HAND).entry("frequency_weighted_iou").equals(expected, atol=1e-5)


@check(
    "scores",
    tier="properties",
    hint=_("Try a diagonal matrix by hand: nothing is confused, so nothing may be lost."),
)
def test_scores_perfect(learner: Learner) -> None:
    """A perfect prediction scores 1 everywhere."""
    answer = scored(learner, np.diag([7, 1, 30]))
    iou_equals(answer, [1, 1, 1])
    for name in SINGLE_SCORES:
        answer.entry(name).equals(1, atol=1e-5)


@check(
    "scores",
    tier="properties",
    hint=_(
        "The number of classes is the size of the matrix, and the classes may be very unequal in "
        "size. Compare one class at a time with a calculation by hand."
    ),
)
def test_scores_random(learner: Learner) -> None:
    """The five scores are right for any number of classes and any counts."""
    for num_classes in (2, 6):
        matrix = np.random.default_rng(num_classes).integers(1, 5000, (num_classes, num_classes))
        answer = scored(learner, matrix)
        truth = matrix.sum(axis=1)
        ious = class_ious(matrix)
        iou_equals(answer, ious)
        expected = {
            "pixel_accuracy": matrix.trace() / matrix.sum(),
            "mean_accuracy": (matrix.diagonal() / truth).mean(),
            "mean_iou": np.mean(ious),
            "frequency_weighted_iou": (truth * ious).sum() / truth.sum(),
        }
        for name in SINGLE_SCORES:
            answer.entry(name).equals(expected[name], atol=1e-5)


@check(
    "scores",
    tier="properties",
    needs=("confusion_matrix",),
    hint=_("`scores` takes the matrix in the form in which `confusion_matrix` returns it."),
)
def test_scores_of_own_matrix(learner: Learner) -> None:
    """`scores` works on what `confusion_matrix` returns."""
    label, prediction = some_labels(3, (6, 8), 3)
    matrix = learner.call("confusion_matrix", Label(label), Label(prediction), 3)
    answer = learner.call("scores", matrix)
    iou_equals(answer, class_ious(count(label, prediction, 3)))


@check(
    "scores",
    tier="edge",
    hint=_(
        "A class that is neither there nor predicted was handled neither well nor badly. Its IoU "
        "is 0 / 0: not 0, not 1, but NaN."
    ),
)
def test_scores_absent_class_iou(learner: Learner) -> None:
    """A class that is absent from truth and prediction has IoU NaN."""
    iou_equals(scored(learner, ABSENT), [3 / 6, 4 / 7, float("nan")])


@check(
    "scores",
    tier="edge",
    hint=_(
        "A class whose IoU is NaN takes no part in the mean: it neither makes the mean NaN nor "
        "counts among the classes by which you divide."
    ),
)
def test_scores_absent_class_mean_iou(learner: Learner) -> None:
    """A class that is absent from truth and prediction takes no part in `mean_iou`."""
    scored(learner, ABSENT).entry("mean_iou").equals((3 / 6 + 4 / 7) / 2, atol=1e-5)


@check(
    "scores",
    tier="edge",
    hint=_(
        "A class that is not in the truth has frequency 0 and adds nothing, even where its own "
        "IoU is NaN. What is 0 times NaN?"
    ),
)
def test_scores_absent_class_frequency(learner: Learner) -> None:
    """A class that is absent from the truth adds nothing to `frequency_weighted_iou`."""
    for matrix, expected in (
        (ABSENT, (4 * 3 / 6 + 6 * 4 / 7) / 10),
        (INVENTED, (6 * 3 / 8 + 6 * 4 / 7) / 12),
    ):
        entry = scored(learner, matrix).entry("frequency_weighted_iou")
        entry.equals(expected, atol=1e-5)


@check(
    "scores",
    tier="edge",
    hint=_(
        "To predict a class that is not there is an error, and its IoU says so: nothing in the "
        "intersection, something in the union. Only where the union is empty too is it NaN."
    ),
)
def test_scores_invented_class(learner: Learner) -> None:
    """A class that is predicted but absent from the truth has IoU 0, and the mean counts it."""
    answer = scored(learner, INVENTED)
    iou_equals(answer, [3 / 8, 4 / 7, 0])
    answer.entry("mean_iou").equals((3 / 8 + 4 / 7) / 3, atol=1e-5)


@check(
    "scores",
    tier="edge",
    hint=_(
        "Of a class without a single true pixel nothing could be found or missed: its accuracy is "
        "0 / 0. Leave it out of the sum and out of the number by which you divide."
    ),
)
def test_scores_invented_class_accuracy(learner: Learner) -> None:
    """A class that is absent from the truth takes no part in `mean_accuracy`."""
    scored(learner, INVENTED).entry("mean_accuracy").equals((3 / 6 + 4 / 6) / 2, atol=1e-5)


@check(
    "scores",
    tier="edge",
    hint=_(
        "0 / 0 is expected here, so say so: divide only where the divisor is not 0. If you compute "
        "in NumPy, `np.errstate` tells it that you know what you are doing."
    ),
)
def test_scores_no_warning(learner: Learner) -> None:
    """No warning is printed when a class is absent."""
    for matrix in (ABSENT, INVENTED):
        answer = scored(learner, matrix)
        answer.require(
            not answer.warnings,
            _("A warning was printed: {warning}", warning="; ".join(answer.warnings)),
        )


# --- MeanIoU ---------------------------------------------------------------------------------


def logits_for(prediction: Array, num_classes: int, largest: float, seed: int = 0) -> Array:
    """Logits of both signs, below `largest` in size, whose arg max is `prediction`."""
    rng = np.random.default_rng(seed)
    logits = rng.uniform(-largest, 0.4 * largest, (*prediction.shape, num_classes))
    winners = rng.uniform(0.5 * largest, largest, (*prediction.shape, 1))
    np.put_along_axis(logits, prediction[..., None], winners, axis=-1)
    return logits


def update(learner: Learner, metric: Answer, logits: Array, label: Array) -> None:
    """Feed the metric one batch, in the framework's order of arguments."""
    if learner.framework == "torch":
        metric.method("update", Map(logits), Label(label), may_be_none=True)
    else:
        metric.method("update_state", Label(label), Map(logits), may_be_none=True)


def value(learner: Learner, metric: Answer) -> Answer:
    """The score of what the metric was fed."""
    return metric.method("compute" if learner.framework == "torch" else "result")


def reset(learner: Learner, metric: Answer) -> None:
    """Make the metric forget."""
    name = "reset" if learner.framework == "torch" else "reset_state"
    metric.method(name, may_be_none=True)


def five_images() -> tuple[Array, Array]:
    """Labels and predictions of very different pictures: large and small classes, good and bad."""
    label, prediction = np.zeros((2, 5, 3, 4), int)
    label[0, 0, 0], prediction[0, 2, 3] = 1, 1
    label[1, 1:], prediction[1, 2:] = 1, 1
    label[2, :, 0], prediction[2, :, 0] = 3, 3
    label[3, :, 2:], prediction[3, :, 1:] = 2, 2
    label[4], prediction[4], prediction[4, 0] = 2, 2, 3
    return label, prediction


def feed(learner: Learner, metric: Answer, label: Array, logits: Array, batch_size: int) -> None:
    """Feed the images in batches; the last one may be short."""
    for start in range(0, len(label), batch_size):
        batch = slice(start, start + batch_size)
        update(learner, metric, logits[batch], label[batch])


@check(
    "MeanIoU",
    tier="form",
    hint=_(
        "The object is made first, then fed a batch, then asked for its score. The score is a "
        "single number from 0 to 1."
    ),
)
def test_mean_iou_form(learner: Learner) -> None:
    """After a batch the score is a single number from 0 to 1."""
    label, prediction = some_labels(5, (2, 3, 4), 3)
    metric = learner.call("MeanIoU", num_classes=3)
    update(learner, metric, logits_for(prediction, 3, 5), label)
    score = value(learner, metric).has(Tensor, ())
    score.require(0 <= score.number() <= 1, _("The score does not lie between 0 and 1."))


@check(
    "MeanIoU",
    tier="values",
    hint=_(
        "The predicted class of a pixel is the one with the largest logit. Count before you "
        "divide: start from zero counts, and add nothing that is not a pixel."
    ),
)
def test_mean_iou_one_batch(learner: Learner) -> None:
    """The score of one batch is the mean IoU of its pixels."""
    label = np.array([[[0, 0, 1], [1, 1, 1]]])
    prediction = np.array([[[0, 1, 1], [1, 1, 0]]])
    metric = learner.call("MeanIoU", num_classes=2)
    update(learner, metric, logits_for(prediction, 2, 9), label)
    value(learner, metric).equals((1 / 3 + 3 / 5) / 2, atol=1e-5)


@check(
    "MeanIoU",
    tier="properties",
    hint=_(
        "Add up the counts of all batches and divide once, at the end. The mean of the batches' "
        "scores, or of the images' scores, is a different number."
    ),
)
def test_mean_iou_data_set(learner: Learner) -> None:
    """The score is that of all pixels together, not a mean over images or batches."""
    label, prediction = (part[:4] for part in five_images())
    expected = mean_iou(label, prediction, 4)
    # Enlarged, the score stays the same, but uint8 and float16 cannot hold the counts any more.
    for height, width in [(1, 1), (51, 53)]:
        large_label = label.repeat(height, axis=1).repeat(width, axis=2)
        large_prediction = prediction.repeat(height, axis=1).repeat(width, axis=2)
        metric = learner.call("MeanIoU", num_classes=4)
        feed(learner, metric, large_label, logits_for(large_prediction, 4, 7), 2)
        value(learner, metric).equals(expected, atol=1e-5)


@check(
    "MeanIoU",
    tier="properties",
    hint=_(
        "The batches of a data set are not all of the same size. How many images there were must "
        "come from the data, or better: must not matter at all."
    ),
)
def test_mean_iou_short_batch(learner: Learner) -> None:
    """The last batch may be shorter than the others."""
    label, prediction = five_images()
    logits = logits_for(prediction, 4, 7)
    metric = learner.call("MeanIoU", num_classes=4)
    feed(learner, metric, label, logits, 2)
    value(learner, metric).equals(mean_iou(label, prediction, 4), atol=1e-5)


@check(
    "MeanIoU",
    tier="properties",
    hint=_(
        "Logits are real numbers, and often close together. Find the largest one before anything "
        "is rounded, cast to integers or compared with a threshold."
    ),
)
def test_mean_iou_small_logits(learner: Learner) -> None:
    """Only the order of the logits counts, even if all of them lie between -1 and 1."""
    label, prediction = five_images()
    metric = learner.call("MeanIoU", num_classes=4)
    update(learner, metric, logits_for(prediction, 4, 0.9), label)
    value(learner, metric).equals(mean_iou(label, prediction, 4), atol=1e-5)


@check(
    "MeanIoU",
    tier="properties",
    hint=_(
        "The largest of several negative numbers is the one nearest to 0. Logits are not "
        "probabilities: nothing is wrong with negative ones."
    ),
)
def test_mean_iou_negative_logits(learner: Learner) -> None:
    """The largest logit wins where all of them are negative, too."""
    label, prediction = five_images()
    metric = learner.call("MeanIoU", num_classes=4)
    update(learner, metric, logits_for(prediction, 4, 7) - 9, label)
    value(learner, metric).equals(mean_iou(label, prediction, 4), atol=1e-5)


@check(
    "MeanIoU",
    tier="properties",
    hint=_(
        "To ask for the score must not change what was counted, and asking again must give the "
        "same answer."
    ),
)
def test_mean_iou_asked_between(learner: Learner) -> None:
    """The score may be asked for at any time, and counting goes on afterwards."""
    label, prediction = five_images()
    logits = logits_for(prediction, 4, 7)
    metric = learner.call("MeanIoU", num_classes=4)
    for seen in range(1, 4):
        update(learner, metric, logits[seen - 1 : seen], label[seen - 1 : seen])
        for _again in range(2):
            expected = mean_iou(label[:seen], prediction[:seen], 4)
            value(learner, metric).equals(expected, atol=1e-5)


@check(
    "MeanIoU",
    tier="properties",
    hint=_(
        "Keras compiles `update_state` and `result` into a graph: use TensorFlow operations and "
        "weights made with `add_weight`, no `.numpy()` and no Python numbers that are changed."
    ),
    frameworks=("tensorflow",),
)
def test_mean_iou_in_keras(learner: Learner) -> None:
    """`model.compile(metrics=[...])` takes the metric, and `model.evaluate` reports its score."""
    label, prediction = five_images()
    label = np.where(label == 3, VOID, label)
    logits = logits_for(prediction, 4, 7)
    metric = learner.call("MeanIoU", num_classes=4)
    batches: list[tuple[Tensor, Tensor]] = [
        (Map(logits[i : i + 2]), Label(label[i : i + 2])) for i in (0, 2, 4)
    ]
    metric.evaluate(batches).equals(mean_iou(label, prediction, 4), atol=1e-5)


@check(
    "MeanIoU",
    tier="edge",
    hint=_(
        "Pixels whose label is void are left out, and the label that means void is what "
        "`ignore_index` says. Does the argument reach the place where pixels are counted?"
    ),
)
def test_mean_iou_void(learner: Learner) -> None:
    """Void pixels take no part, whatever number `ignore_index` gives to void."""
    label, prediction = some_labels(8, (3, 4, 5), 3)
    logits = logits_for(prediction, 3, 7)
    for void in (0, VOID):
        truth = np.where(label == VOID, void, label)
        metric = learner.call("MeanIoU", num_classes=3, ignore_index=void)
        update(learner, metric, logits, truth)
        value(learner, metric).equals(mean_iou(truth, prediction, 3, void), atol=1e-5)
    metric = learner.call("MeanIoU", num_classes=3)
    update(learner, metric, logits, label)
    value(learner, metric).equals(mean_iou(label, prediction, 3), atol=1e-5)


@check(
    "MeanIoU",
    tier="edge",
    hint=_(
        "A class that occurs in no truth and in no prediction takes no part in the mean; "
        "a class that was only predicted takes part with 0."
    ),
)
def test_mean_iou_absent_class(learner: Learner) -> None:
    """A class that never occurs takes no part; one that is only predicted counts as 0."""
    label = np.array([[[0, 0, 0, 1]], [[1, 1, 0, 0]]])
    prediction = np.array([[[0, 1, 0, 1]], [[1, 3, 0, 0]]])
    metric = learner.call("MeanIoU", num_classes=5)
    feed(learner, metric, label, logits_for(prediction, 5, 7), 1)
    value(learner, metric).equals((4 / 5 + 2 / 4 + 0) / 3, atol=1e-5)


@check(
    "MeanIoU",
    tier="edge",
    hint=_("After a reset the object must be as it was when it was made: every count is 0 again."),
)
def test_mean_iou_reset(learner: Learner) -> None:
    """After a reset nothing is left of the batches before."""
    label, prediction = five_images()
    logits = logits_for(prediction, 4, 7)
    metric = learner.call("MeanIoU", num_classes=4)
    update(learner, metric, logits[:2], label[:2])
    reset(learner, metric)
    update(learner, metric, logits[2:], label[2:])
    value(learner, metric).equals(mean_iou(label[2:], prediction[2:], 4), atol=1e-5)


@check(
    "MeanIoU",
    tier="edge",
    hint=_(
        "Two objects count two different data sets, such as training and validation. Is what you "
        "count kept in the object itself, or in something that all objects share?"
    ),
)
def test_mean_iou_independent(learner: Learner) -> None:
    """Two objects of the class do not share their counts."""
    label, prediction = five_images()
    logits = logits_for(prediction, 4, 7)
    one = learner.call("MeanIoU", num_classes=4)
    other = learner.call("MeanIoU", num_classes=4)
    update(learner, one, logits[:2], label[:2])
    update(learner, other, logits[2:], label[2:])
    value(learner, one).equals(mean_iou(label[:2], prediction[:2], 4), atol=1e-5)
    value(learner, other).equals(mean_iou(label[2:], prediction[2:], 4), atol=1e-5)
