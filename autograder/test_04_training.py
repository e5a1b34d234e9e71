"""Checks of lesson 4: loss, schedule, loop, picture."""

import numpy as np

from pixelwise.grading.checks import check
from pixelwise.grading.failure import Shown
from pixelwise.grading.learner import Answer, Learner, Network
from pixelwise.grading.networks import (
    EPSILON,
    MOMENTUM,
    BatchNorm,
    Convolution,
    Dropout,
    Optimizer,
)
from pixelwise.grading.smoke import require_learning
from pixelwise.grading.values import Array, Kernel, Label, Map, Tensor
from pixelwise.messages import _

VOID = 255
FLOATS = ("float32", "float64")
INTEGERS = ("int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64")

WRONG_GRADIENT = _("The gradient with respect to the first argument is wrong.")


def _tensor(answer: Answer) -> Answer:
    """`answer`, which must be a tensor of the framework."""
    answer.require(
        answer.value.kind == "tensor",
        _("A tensor should have come back, not {type}.", type=f"`{answer.value.type_name}`"),
    )
    return answer


def some_logits(seed: int, *shape: int) -> Array:
    """Logits (N, H, W, K) of both signs; the classes are differently frequent."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape, scale=2) + np.linspace(1, -1, shape[-1])


def some_labels(seed: int, *shape: int, num_classes: int, void_share: float = 0.0) -> Array:
    """Labels (N, H, W) with every class and, if asked for, void pixels."""
    rng = np.random.default_rng(seed)
    label = rng.permutation(np.arange(np.prod(shape)) % num_classes).reshape(shape)
    return np.where(rng.random(shape) < void_share, VOID, label)


def softmax(logits: Array) -> Array:
    """Probabilities over the last axis."""
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def truth(label: Array, num_classes: int, void: int = VOID) -> tuple[Array, Array]:
    """The one-hot label, zero at void pixels, and (N, H, W, 1): 1 where a pixel is evaluated."""
    evaluated = (label != void)[..., None]
    return (label[..., None] == np.arange(num_classes)) * evaluated, evaluated


def cross_entropy(logits: Array, label: Array, void: int = VOID) -> float:
    """The mean cross-entropy of the evaluated pixels, 0 if there are none."""
    logits = np.asarray(logits, np.float64)
    g, evaluated = truth(label, logits.shape[-1], void)
    above = logits - logits.max(axis=-1, keepdims=True)
    log_p = above - np.log(np.exp(above).sum(axis=-1, keepdims=True))
    return float(-(g * log_p).sum() / max(evaluated.sum(), 1))


def cross_entropy_gradient(logits: Array, label: Array, void: int = VOID) -> Array:
    """The derivative of `cross_entropy` by every logit."""
    g, evaluated = truth(label, logits.shape[-1], void)
    return (softmax(logits) - g) * evaluated / max(evaluated.sum(), 1)


# --- pixel_cross_entropy ---------------------------------------------------------------------

LOG_3 = np.log(3)


@check(
    "pixel_cross_entropy",
    tier="form",
    hint=_(
        "The losses of all pixels are averaged into one number. It has to stay a tensor: a Python "
        "number does not know any more which logits it came from."
    ),
)
def test_pixel_cross_entropy_form(learner: Learner) -> None:
    """The loss is a tensor that holds a single number."""
    logits, label = some_logits(0, 2, 3, 4, 3), some_labels(0, 2, 3, 4, num_classes=3)
    answer = learner.call("pixel_cross_entropy", Map(logits), Label(label))
    _tensor(answer).has(Tensor, (), FLOATS)


@check(
    "pixel_cross_entropy",
    tier="values",
    hint=_(
        "The softmax of the logits 0 and log 3 is 1/4 and 3/4. A pixel costs minus the natural "
        "logarithm of the probability that its own class gets: here log 4 and log 4/3."
    ),
)
def test_pixel_cross_entropy_by_hand(learner: Learner) -> None:
    """Two pixels whose classes have the probabilities 1/4 and 3/4 cost (log 4 + log 4/3) / 2."""
    logits, label = Map([[[[0, LOG_3], [0, LOG_3]]]]), Label([[[0, 1]]])
    expected = (np.log(4) + np.log(4 / 3)) / 2
    learner.call("pixel_cross_entropy", logits, label).equals(expected, atol=1e-5)


@check(
    "pixel_cross_entropy",
    tier="properties",
    hint=_(
        "Compare with a loop over the pixels: the softmax over the classes, of it the entry of the "
        "pixel's label, of that minus the logarithm. Which axis of your framework holds the "
        "classes?"
    ),
)
def test_pixel_cross_entropy_batch(learner: Learner) -> None:
    """For any batch and any number of classes, it is the mean over all pixels."""
    for num_classes in (2, 5):
        logits = some_logits(1, 2, 3, 4, num_classes)
        label = some_labels(1, 2, 3, 4, num_classes=num_classes)
        answer = learner.call("pixel_cross_entropy", Map(logits), Label(label))
        answer.equals(cross_entropy(logits, label), atol=1e-4)


@check(
    "pixel_cross_entropy",
    tier="properties",
    hint=_(
        "The gradient of a pixel is its softmax minus its one-hot label, divided by the number of "
        "pixels. If yours is 0 everywhere, something has cut the path back to the logits: an "
        "argmax, NumPy, or a tensor that was turned into a number."
    ),
)
def test_pixel_cross_entropy_gradient(learner: Learner) -> None:
    """Gradients reach the logits: softmax minus one-hot label, over the number of pixels."""
    logits, label = some_logits(2, 2, 2, 3, 4), some_labels(2, 2, 2, 3, num_classes=4)
    gradient = learner.gradient("pixel_cross_entropy", Map(logits), Label(label))
    expected = cross_entropy_gradient(logits, label)
    gradient.equals(Map(expected), atol=1e-5, headline=WRONG_GRADIENT)


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "Void pixels have to be left out twice: of the sum of the losses, and of the number by "
        "which it is divided. And 255 is no class: what does your framework do with such a label?"
    ),
)
def test_pixel_cross_entropy_void(learner: Learner) -> None:
    """The mean is over the pixels that are not void."""
    logits = some_logits(3, 2, 3, 4, 3)
    label = some_labels(3, 2, 3, 4, num_classes=3, void_share=0.4)
    answer = learner.call("pixel_cross_entropy", Map(logits), Label(label))
    answer.equals(cross_entropy(logits, label), atol=1e-4)


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "Nothing that the network says at a void pixel may matter. Where do the logits of void "
        "pixels still enter what you compute?"
    ),
)
def test_pixel_cross_entropy_void_gradient(learner: Learner) -> None:
    """The gradient at void pixels is exactly 0, and right at all others."""
    logits = some_logits(4, 1, 3, 4, 3)
    label = some_labels(4, 1, 3, 4, num_classes=3, void_share=0.4)
    gradient = learner.gradient("pixel_cross_entropy", Map(logits), Label(label))
    expected = cross_entropy_gradient(logits, label)
    gradient.equals(Map(expected), atol=1e-5, headline=WRONG_GRADIENT)
    gradient.require(
        (gradient.numpy(Map)[label == VOID] == 0).all(),
        _("The gradient is very small at some void pixels, but not 0."),
    )


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "Every evaluated pixel has the same weight, whichever image it lies in. The mean of the "
        "images' means is another number as soon as one image has more void than the other."
    ),
)
def test_pixel_cross_entropy_uneven_void(learner: Learner) -> None:
    """An image counts by its evaluated pixels, however few they are."""
    logits, label = some_logits(5, 2, 3, 4, 2), some_labels(5, 2, 3, 4, num_classes=2)
    label[0].flat[1:] = VOID
    answer = learner.call("pixel_cross_entropy", Map(logits), Label(label))
    answer.equals(cross_entropy(logits, label), atol=1e-4)


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "Without an evaluated pixel the mean is 0 / 0, which is NaN, and a single NaN that gets "
        "into the weights makes all of training worthless. By what else can you divide?"
    ),
)
def test_pixel_cross_entropy_all_void(learner: Learner) -> None:
    """The loss is 0, not NaN, where every pixel is void."""
    logits, label = some_logits(6, 2, 2, 3, 3), np.full((2, 2, 3), VOID)
    answer = learner.call("pixel_cross_entropy", Map(logits), Label(label))
    answer.equals(0.0, atol=1e-6)


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "The loss can be 0 and its gradient NaN: to choose between two results sends a gradient "
        "back through both, and 0 times infinity is NaN. Do not divide by 0 in the first place."
    ),
)
def test_pixel_cross_entropy_all_void_gradient(learner: Learner) -> None:
    """The gradient is 0, not NaN, where every pixel is void."""
    logits, label = some_logits(7, 1, 2, 3, 3), np.full((1, 2, 3), VOID)
    gradient = learner.gradient("pixel_cross_entropy", Map(logits), Label(label))
    gradient.equals(Map(np.zeros_like(logits)), headline=WRONG_GRADIENT)


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "Which label means void is what `ignore_index` says. Is it used wherever your function "
        "looks for void pixels?"
    ),
)
def test_pixel_cross_entropy_ignore_index(learner: Learner) -> None:
    """Another number than 255 can stand for void, also 0 or -1."""
    logits = some_logits(8, 2, 2, 4, 3)
    label = some_labels(8, 2, 2, 4, num_classes=3, void_share=0.4)
    for void in (1, 0, -1):
        renamed = np.where(label == VOID, void, label)
        answer = learner.call("pixel_cross_entropy", Map(logits), Label(renamed), ignore_index=void)
        answer.equals(cross_entropy(logits, renamed, void), atol=1e-4)


@check(
    "pixel_cross_entropy",
    tier="edge",
    hint=_(
        "The exponential of 10000 is infinite, and the logarithm of 0 is minus infinity. "
        "Frameworks take softmax and logarithm in one step that subtracts the largest logit "
        "before: use it, and give it the logits themselves."
    ),
)
def test_pixel_cross_entropy_large_logits(learner: Learner) -> None:
    """Logits of 10000 and -10000 give the right loss and the right gradient."""
    logits = 1e4 * np.array([[[[1, -1, 0], [-1, 1, 1], [-1, -1, 1]]]])
    for label in ([[[0, 1, 2]]], [[[1, 0, 0]]], [[[0, VOID, 1]]]):
        tensors = Map(logits), Label(label)
        # Near 10000, float32 knows a number to 1/1000: no more is asked of exponents.
        learner.call("pixel_cross_entropy", *tensors).equals(
            cross_entropy(logits, np.array(label)), atol=1e-2
        )
        gradient = learner.gradient("pixel_cross_entropy", *tensors)
        expected = cross_entropy_gradient(logits, np.array(label))
        gradient.equals(Map(expected), atol=1e-3, headline=WRONG_GRADIENT)


# --- dice_loss -------------------------------------------------------------------------------


def dice(logits: Array, label: Array, void: int = VOID, eps: float = 1.0) -> float:
    """One minus the mean Dice coefficient of the classes."""
    g, evaluated = truth(label, logits.shape[-1], void)
    p = softmax(logits) * evaluated
    overlap, total = (p * g).sum(axis=(0, 1, 2)), (p + g).sum(axis=(0, 1, 2))
    return float(1 - ((2 * overlap + eps) / (total + eps)).mean())


def dice_gradient(logits: Array, label: Array) -> Array:
    """The derivative of `dice` by every logit: that by the probabilities, through the softmax."""
    g, evaluated = truth(label, logits.shape[-1])
    p = softmax(logits)
    masked = p * evaluated
    overlap, total = (masked * g).sum(axis=(0, 1, 2)), (masked + g).sum(axis=(0, 1, 2))
    coefficient = (2 * overlap + 1) / (total + 1)
    by_p = -(2 * g - coefficient) / (total + 1) / logits.shape[-1] * evaluated
    return p * (by_p - (p * by_p).sum(axis=-1, keepdims=True))


@check(
    "dice_loss",
    tier="form",
    hint=_(
        "Each class has a coefficient; the loss is one number for all of them. It has to stay a "
        "tensor, so that gradients can flow back through it."
    ),
)
def test_dice_loss_form(learner: Learner) -> None:
    """The loss is a tensor that holds a single number."""
    logits, label = some_logits(10, 2, 3, 4, 3), some_labels(10, 2, 3, 4, num_classes=3)
    _tensor(learner.call("dice_loss", Map(logits), Label(label))).has(Tensor, (), FLOATS)


@check(
    "dice_loss",
    tier="values",
    hint=_(
        "With equal logits both probabilities are 1/2. The pixel is of class 0, so its coefficient "
        "is (2 * 1/2 + 1) / (1/2 + 1 + 1) = 4/5; that of class 1 is (0 + 1) / (1/2 + 0 + 1) = 2/3. "
        "Average the two and subtract from 1."
    ),
)
def test_dice_loss_by_hand(learner: Learner) -> None:
    """A single pixel with two equal logits has the loss 1 - (4/5 + 2/3) / 2."""
    answer = learner.call("dice_loss", Map([[[[0, 0]]]]), Label([[[0]]]))
    answer.equals(1 - (4 / 5 + 2 / 3) / 2, atol=1e-5)


@check(
    "dice_loss",
    tier="values",
    hint=_(
        "Where the probabilities equal the one-hot label, each coefficient is n/n = 1. What is "
        "left over in yours: a missing factor 2, an `eps` that stands on one side only, or "
        "something that is no probability?"
    ),
)
def test_dice_loss_perfect(learner: Learner) -> None:
    """A perfect prediction has the loss 0."""
    label = some_labels(11, 1, 3, 4, num_classes=3)
    logits = 50.0 * truth(label, 3)[0]
    learner.call("dice_loss", Map(logits), Label(label)).equals(0.0, atol=1e-5)


@check(
    "dice_loss",
    tier="properties",
    hint=_(
        "Compute the three sums of one class by hand: the probability where the class is true, the "
        "probability everywhere, the number of its pixels. The softmax is over the classes, the "
        "sums are over everything else."
    ),
)
def test_dice_loss_one_image(learner: Learner) -> None:
    """For any image and any number of classes, it is 1 minus the mean of the coefficients."""
    for num_classes in (2, 5):
        logits = some_logits(12, 1, 3, 4, num_classes)
        label = some_labels(12, 1, 3, 4, num_classes=num_classes)
        answer = learner.call("dice_loss", Map(logits), Label(label))
        answer.equals(dice(logits, label), atol=1e-4)


@check(
    "dice_loss",
    tier="properties",
    hint=_(
        "The sums run over the batch as well as over height and width: a class has one coefficient "
        "for all images together."
    ),
)
def test_dice_loss_batch(learner: Learner) -> None:
    """All images of the batch are summed up together, however different they are."""
    logits, label = some_logits(13, 3, 2, 4, 3), some_labels(13, 3, 2, 4, num_classes=3)
    label[0], label[1] = 1, 2
    answer = learner.call("dice_loss", Map(logits), Label(label))
    answer.equals(dice(logits, label), atol=1e-4)


@check(
    "dice_loss",
    tier="properties",
    hint=_(
        "`eps` is added in every class, once above the fraction line and once below it. Is it the "
        "argument that you add, or the number 1?"
    ),
)
def test_dice_loss_eps(learner: Learner) -> None:
    """`eps` may be another number than 1."""
    logits, label = some_logits(14, 2, 2, 3, 3), some_labels(14, 2, 2, 3, num_classes=3)
    for eps in (0.01, 5.0):
        answer = learner.call("dice_loss", Map(logits), Label(label), eps=eps)
        answer.equals(dice(logits, label, eps=eps), atol=1e-4)


@check(
    "dice_loss",
    tier="properties",
    hint=_(
        "Dice counts with probabilities in place of predicted pixels because these have a slope: a "
        "little more probability is a little less loss. An argmax or a threshold has none, and "
        "then nothing is learnt."
    ),
)
def test_dice_loss_gradient(learner: Learner) -> None:
    """Gradients reach the logits, and are 0 at void pixels."""
    logits = some_logits(15, 2, 2, 3, 3)
    label = some_labels(15, 2, 2, 3, num_classes=3, void_share=0.3)
    gradient = learner.gradient("dice_loss", Map(logits), Label(label))
    gradient.equals(Map(dice_gradient(logits, label)), atol=1e-5, headline=WRONG_GRADIENT)


@check(
    "dice_loss",
    tier="edge",
    hint=_(
        "There are three sums, and void pixels are left out of each: of the overlap, of the "
        "probabilities and of the labels. At a void pixel the softmax still adds up to 1."
    ),
)
def test_dice_loss_void(learner: Learner) -> None:
    """Void pixels are left out of every sum."""
    logits = some_logits(16, 2, 3, 4, 3)
    label = some_labels(16, 2, 3, 4, num_classes=3, void_share=0.4)
    answer = learner.call("dice_loss", Map(logits), Label(label))
    answer.equals(dice(logits, label), atol=1e-4)


@check(
    "dice_loss",
    tier="edge",
    hint=_(
        "A class without a pixel has a coefficient too: eps / (Σp + eps). It is part of the mean, "
        "so that probability given to an absent class costs something."
    ),
)
def test_dice_loss_absent_class(learner: Learner) -> None:
    """A class that does not occur counts in the mean like every other."""
    logits, label = some_logits(17, 2, 2, 3, 4), some_labels(17, 2, 2, 3, num_classes=2)
    answer = learner.call("dice_loss", Map(logits), Label(label))
    answer.equals(dice(logits, label), atol=1e-4)


@check(
    "dice_loss",
    tier="edge",
    hint=_("All sums are 0, so each coefficient is eps / eps = 1. Where does yours differ?"),
)
def test_dice_loss_all_void(learner: Learner) -> None:
    """The loss is 0 where every pixel is void."""
    logits, label = some_logits(18, 2, 2, 3, 3), np.full((2, 2, 3), VOID)
    learner.call("dice_loss", Map(logits), Label(label)).equals(0.0, atol=1e-6)


@check(
    "dice_loss",
    tier="edge",
    hint=_(
        "Which label means void is what `ignore_index` says, and it may be one that would else be "
        "a class."
    ),
)
def test_dice_loss_ignore_index(learner: Learner) -> None:
    """Another number than 255 can stand for void, also 0 or -1."""
    logits = some_logits(19, 2, 2, 4, 3)
    label = some_labels(19, 2, 2, 4, num_classes=3, void_share=0.4)
    for void in (1, 0, -1):
        renamed = np.where(label == VOID, void, label)
        answer = learner.call("dice_loss", Map(logits), Label(renamed), ignore_index=void)
        answer.equals(dice(logits, renamed, void), atol=1e-4)


@check(
    "dice_loss",
    tier="edge",
    hint=_(
        "The exponential of 10000 is infinite, and infinity divided by infinity is NaN. The "
        "framework's softmax subtracts the largest logit before."
    ),
)
def test_dice_loss_large_logits(learner: Learner) -> None:
    """Logits of 10000 and -10000 give the right loss."""
    label = some_labels(20, 1, 3, 4, num_classes=3)
    logits = np.random.default_rng(20).choice([-1e4, 0, 1e4], (1, 3, 4, 3))
    answer = learner.call("dice_loss", Map(logits), Label(label))
    answer.equals(dice(logits, label), atol=1e-4)


# --- step_decay ------------------------------------------------------------------------------


def require_rate(
    learner: Learner, expected: float, epoch: int, initial_lr: float, **options: float
) -> None:
    """Require the learning rate of an epoch; float32 is precise enough."""
    answer = learner.call("step_decay", epoch, initial_lr, **options)
    answer.equals(expected, atol=1e-6 * abs(expected))


@check(
    "step_decay",
    tier="form",
    hint=_("One epoch goes in and one number comes out: the learning rate of this epoch."),
)
def test_step_decay_form(learner: Learner) -> None:
    """The learning rate is a single number."""
    learner.call("step_decay", 7, 0.1).number()


@check(
    "step_decay",
    tier="values",
    hint=_("Epochs are counted from 0, and in the first of them nothing has decayed yet."),
)
def test_step_decay_start(learner: Learner) -> None:
    """Epoch 0 has the initial learning rate."""
    require_rate(learner, 0.1, 0, 0.1)
    require_rate(learner, 0.003, 0, 0.003)


@check(
    "step_decay",
    tier="values",
    hint=_(
        "30 epochs, 0 to 29, run at one rate, the next 30 at half of it. How many times has the "
        "rate been halved by epoch 29, and how many times by epoch 30?"
    ),
)
def test_step_decay_first_step(learner: Learner) -> None:
    """The rate stays up to epoch 29 and is halved at epoch 30."""
    # A rate of its own for each epoch: a wrong answer tells for which epoch it was given.
    for epoch, initial_lr in ((1, 0.1), (29, 0.2), (30, 0.3), (31, 0.4)):
        require_rate(learner, initial_lr / (2 if epoch >= 30 else 1), epoch, initial_lr)


@check(
    "step_decay",
    tier="properties",
    hint=_(
        "With every step the rate is multiplied by the factor once more: after two steps it is a "
        "quarter, after three an eighth."
    ),
)
def test_step_decay_many_steps(learner: Learner) -> None:
    """The rate goes on falling: 1/4 at epoch 60, 1/8 at epoch 90, and so on."""
    for epoch in (59, 61, 60, 89, 90, 119, 150, 300):
        require_rate(learner, 0.01 * epoch / 2 ** (epoch // 30), epoch, 0.01 * epoch)


@check(
    "step_decay",
    tier="properties",
    hint=_("Where does your function use `factor`, and where `every`?"),
)
def test_step_decay_other_steps(learner: Learner) -> None:
    """`factor` and `every` may be other numbers than 0.5 and 30."""
    for epoch in (6, 8, 7, 13, 14, 22):
        expected = 0.1 * epoch * 0.4 ** (epoch // 7)
        require_rate(learner, expected, epoch, 0.1 * epoch, factor=0.4, every=7)


@check(
    "step_decay",
    tier="edge",
    hint=_("With `every=1` there is a step after each epoch, the first one at epoch 1."),
)
def test_step_decay_every_epoch(learner: Learner) -> None:
    """The rate may decay after every epoch, or never."""
    for epoch in (3, 2, 1, 0):
        require_rate(learner, 0.9**epoch, epoch, 1.0, factor=0.9, every=1)
        require_rate(learner, 1.0, epoch, 1.0, factor=1.0, every=1)


# --- train_step ------------------------------------------------------------------------------

AFTER_STEP = _("After the step, the kernel of the convolution is wrong.")
AFTER_STEP_BIAS = _("After the step, the bias of the convolution is wrong.")
WRONG_LOSS = _("The loss that came back is wrong.")


def convolution(
    seed: int, channels_in: int, channels_out: int, name: str = "score", *, frozen: bool = False
) -> Convolution:
    """A 1x1 convolution with random weights: a linear classifier of every pixel."""
    rng = np.random.default_rng(1000 + seed)  # other numbers than those of the images
    kernel = rng.normal(size=(1, 1, channels_in, channels_out)).astype(np.float32)
    return Convolution(name, kernel, rng.normal(size=channels_out).astype(np.float32), frozen)


def some_images(seed: int, *shape: int) -> Array:
    """Normalised images (N, H, W, 3)."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def scored(images: Array, layer: Convolution) -> Array:
    """What a 1x1 convolution makes of images (N, H, W, C)."""
    return images.astype(np.float64) @ layer.kernel[0, 0] + layer.bias


def weight_gradients(images: Array, label: Array, layer: Convolution) -> tuple[Array, Array]:
    """The derivatives of the cross-entropy by kernel (1, 1, in, out) and bias (out,)."""
    by_logits = cross_entropy_gradient(scored(images, layer), label)
    kernel = np.einsum("nhwi,nhwo->io", images, by_logits)
    return kernel[None, None], by_logits.sum(axis=(0, 1, 2))


def normalised(images: Array) -> Array:
    """What a batch norm of scale 1 and shift 0 makes of images in training mode."""
    images = images.astype(np.float64)
    variance = images.var(axis=(0, 1, 2)) + EPSILON
    return (images - images.mean(axis=(0, 1, 2))) / np.sqrt(variance)


def step(
    learner: Learner, network: Network, optimizer: Answer, images: Array, label: Array
) -> Answer:
    """One call of the learner's `train_step`."""
    return learner.call("train_step", network, optimizer, Map(images), Label(label))


def require_weights(network: Network, layer: Convolution, atol: float = 1e-5) -> None:
    """Require that the network's layer of this name has these weights."""
    weights = network.weights()
    weights[f"{layer.name}.kernel"].equals(Kernel(layer.kernel), atol=atol, headline=AFTER_STEP)
    weights[f"{layer.name}.bias"].equals(layer.bias, atol=atol, headline=AFTER_STEP_BIAS)


def changed(layer: Convolution, kernel: Array, bias: Array) -> Convolution:
    """The layer with these changes added to its weights."""
    return Convolution(layer.name, layer.kernel + kernel, layer.bias + bias, layer.frozen)


@check(
    "train_step",
    tier="form",
    hint=_(
        "Turn the loss into a Python float before you return it. The tensor remembers everything "
        "that it was computed from: whoever collects the losses of an epoch fills the memory."
    ),
)
def test_train_step_form(learner: Learner) -> None:
    """The loss comes back as a float."""
    network = learner.network(convolution(30, 3, 2))
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.1))
    label = some_labels(30, 2, 3, 4, num_classes=2)
    answer = step(learner, network, optimizer, some_images(30, 2, 3, 4, 3), label)
    if answer.value.kind != "number" or answer.array.dtype.kind != "f":
        answer.fail(_("A Python float should have come back."), expected=Shown(words="`float`"))


@check(
    "train_step",
    tier="values",
    hint=_(
        "The loss is that of the weights before they changed: it comes from the very pass that "
        "gave the gradients. Are the model's outputs handed to `pixel_cross_entropy` as they are?"
    ),
)
def test_train_step_loss(learner: Learner) -> None:
    """What comes back is the cross-entropy before the step."""
    layer = convolution(31, 3, 3)
    network = learner.network(layer)
    optimizer = learner.optimizer(network, Optimizer("SGD", 1.0))
    images, label = some_images(31, 2, 3, 4, 3), some_labels(31, 2, 3, 4, num_classes=3)
    answer = step(learner, network, optimizer, images, label)
    answer.equals(cross_entropy(scored(images, layer), label), atol=1e-4, headline=WRONG_LOSS)


@check(
    "train_step",
    tier="values",
    hint=_(
        "A step is two things and no more: gradients of the loss by the model's weights, computed "
        "afresh; and the optimizer, which changes the weights once. Which of them is missing, "
        "done twice or in the wrong order?"
    ),
)
def test_train_step_weights(learner: Learner) -> None:
    """Plain gradient descent takes its learning rate times the gradient off every weight."""
    layer = convolution(32, 3, 3)
    network = learner.network(layer)
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.5))
    images, label = some_images(32, 2, 3, 4, 3), some_labels(32, 2, 3, 4, num_classes=3)
    kernel, bias = weight_gradients(images, label, layer)
    step(learner, network, optimizer, images, label)
    require_weights(network, changed(layer, -0.5 * kernel, -0.5 * bias))


@check(
    "train_step",
    tier="properties",
    hint=_(
        "In training mode, the moving mean takes a tenth of the way to the mean of the batch, each "
        "time that the batch comes by; in inference mode it stays. PyTorch: the network was left "
        "in inference mode by a prediction. Keras: the mode belongs to the call, and if none is "
        "given, it is inference mode."
    ),
)
def test_train_step_batch_norm(learner: Learner) -> None:
    """Batch norm is in training mode and sees the batch exactly once."""
    images, label = some_images(33, 2, 3, 4, 3) + 2, some_labels(33, 2, 3, 4, num_classes=3)
    norm = BatchNorm("norm", np.array([1.0, 0.0, -1.0]), np.array([4.0, 1.0, 0.25]))
    layer = convolution(33, 3, 3)
    network = learner.network(norm, layer, training=False)
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.5))
    answer = step(learner, network, optimizer, images, label)
    mean = MOMENTUM * norm.mean + (1 - MOMENTUM) * images.mean(axis=(0, 1, 2))
    network.weights()["norm.mean"].equals(
        mean, atol=1e-5, headline=_("After the step, the moving mean of the batch norm is wrong.")
    )
    expected = cross_entropy(scored(normalised(images), layer), label)
    answer.equals(expected, atol=1e-4, headline=WRONG_LOSS)


@check(
    "train_step",
    tier="properties",
    hint=_(
        "In training mode, dropout sets values to 0 at random and here doubles the others, so the "
        "loss differs from that of inference mode. In which mode is the model when you call it?"
    ),
)
def test_train_step_dropout(learner: Learner) -> None:
    """Dropout is active."""
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[..., 0, 0] = 2
    layer = Convolution("score", kernel, np.zeros(2, np.float32))
    network = learner.network(Dropout("dropout", 0.5), layer, training=False)
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.1))
    images, label = np.ones((2, 8, 9, 3), np.float32), np.zeros((2, 8, 9), int)
    answer = step(learner, network, optimizer, images, label)
    # The first value of a pixel is dropped, or doubled, or left as it is in inference mode.
    logits = np.array([[[[0.0, 0.0]]], [[[4.0, 0.0]]], [[[2.0, 0.0]]]])
    dropped, kept, untouched = (cross_entropy(one, np.zeros((1, 1), int)) for one in logits)
    loss = answer.number()
    if abs(loss - untouched) < 1e-4:
        answer.fail(
            _("The loss is that of inference mode: dropout was not active."),
            got=Shown(answer.array),
        )
    answer.require(kept < loss < dropped, _("No choice of dropped values gives this loss."))


@check(
    "train_step",
    tier="properties",
    hint=_(
        "The first step is right, so look at what it leaves behind for the next one. Gradients in "
        "PyTorch add up until they are cleared; the optimizer's momentum must not be lost."
    ),
)
def test_train_step_several(learner: Learner) -> None:
    """Several steps in a row, with momentum and batches of different size, are all right."""
    layer = convolution(34, 3, 3)
    network = learner.network(layer)
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.3, momentum=0.9))
    velocity: list[Array] = [np.zeros(1), np.zeros(1)]
    for seed, batch_size in ((34, 2), (35, 1), (36, 3)):
        images = some_images(seed, batch_size, 2, 3, 3)
        label = some_labels(seed, batch_size, 2, 3, num_classes=3)
        answer = step(learner, network, optimizer, images, label)
        answer.equals(cross_entropy(scored(images, layer), label), atol=1e-4, headline=WRONG_LOSS)
        gradients = weight_gradients(images, label, layer)
        velocity = [0.9 * v + g for v, g in zip(velocity, gradients, strict=True)]
        layer = changed(layer, -0.3 * velocity[0], -0.3 * velocity[1])
        require_weights(network, layer, atol=1e-4)


@check(
    "train_step",
    tier="properties",
    hint=_(
        "How the weights change is the optimizer's business: yours may do gradient descent by "
        "itself. Hand the gradients to the optimizer that was passed in."
    ),
)
def test_train_step_adam(learner: Learner) -> None:
    """The optimizer decides on the step: Adam takes the step of Adam."""
    layer = convolution(37, 3, 3)
    network = learner.network(layer)
    optimizer = learner.optimizer(network, Optimizer("Adam", 0.05))
    images, label = some_images(37, 2, 3, 4, 3), some_labels(37, 2, 3, 4, num_classes=3)
    first: list[Array] = [np.zeros(1), np.zeros(1)]
    second: list[Array] = [np.zeros(1), np.zeros(1)]
    for time in (1, 2):
        step(learner, network, optimizer, images, label)
        gradients = weight_gradients(images, label, layer)
        first = [0.9 * m + 0.1 * g for m, g in zip(first, gradients, strict=True)]
        second = [0.999 * v + 0.001 * g**2 for v, g in zip(second, gradients, strict=True)]
        kernel, bias = (
            -0.05 * m / (1 - 0.9**time) / np.sqrt(v / (1 - 0.999**time))
            for m, v in zip(first, second, strict=True)
        )
        layer = changed(layer, kernel, bias)
        require_weights(network, layer, atol=1e-4)


@check(
    "train_step",
    tier="edge",
    hint=_(
        "Labels of 255 are void: they take part neither in the loss nor in the step. Is the loss "
        "that of `pixel_cross_entropy`?"
    ),
)
def test_train_step_void(learner: Learner) -> None:
    """Void pixels do not count, neither in the loss nor in the step."""
    layer = convolution(38, 3, 3)
    network = learner.network(layer)
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.5))
    images = some_images(38, 2, 3, 4, 3)
    label = some_labels(38, 2, 3, 4, num_classes=3, void_share=0.4)
    kernel, bias = weight_gradients(images, label, layer)
    answer = step(learner, network, optimizer, images, label)
    answer.equals(cross_entropy(scored(images, layer), label), atol=1e-4, headline=WRONG_LOSS)
    require_weights(network, changed(layer, -0.5 * kernel, -0.5 * bias))


@check(
    "train_step",
    tier="edge",
    hint=_(
        "Parts of a network can be frozen, such as an encoder that was trained before. Which "
        "weights do you compute gradients for: all, or those that can be trained?"
    ),
)
def test_train_step_frozen(learner: Learner) -> None:
    """A frozen layer stays as it is, and the others learn."""
    frozen, layer = convolution(39, 3, 4, "encoder", frozen=True), convolution(40, 4, 3)
    network = learner.network(frozen, layer)
    optimizer = learner.optimizer(network, Optimizer("SGD", 0.5))
    images, label = some_images(39, 2, 3, 4, 3), some_labels(39, 2, 3, 4, num_classes=3)
    kernel, bias = weight_gradients(scored(images, frozen), label, layer)
    step(learner, network, optimizer, images, label)
    network.weights()["encoder.kernel"].equals(
        Kernel(frozen.kernel), headline=_("The weights of the frozen layer have changed.")
    )
    require_weights(network, changed(layer, -0.5 * kernel, -0.5 * bias), atol=1e-4)


# --- predict ---------------------------------------------------------------------------------

PASS_ON = Convolution("score", np.eye(3, dtype=np.float32)[None, None], np.zeros(3, np.float32))
"""The channels of the image are the logits of three classes."""


def classes(image: Array, layer: Convolution) -> Array:
    """The largest of the logits that a 1x1 convolution gives each pixel of an image (H, W, C)."""
    return scored(image, layer).argmax(axis=-1)


def require_modes(learner: Learner, network: Network, image: Array) -> None:
    """Require that a prediction leaves every part of the network switched as it is."""
    before = network.modes()
    answer = learner.call("predict", network, Map(image))
    after = network.modes()
    if after != before:
        answer.fail(
            _(
                "After the call, `{switch}` is not everywhere what it was before.",
                switch="training" if learner.framework == "torch" else "trainable",
            ),
            expected=switches(before),
            got=switches(after),
        )


def switches(modes: dict[str, bool]) -> Shown:
    """One line for each part of a network."""
    words = "\n".join(f"{name}: {mode}" for name, mode in modes.items())
    return Shown(np.array(list(modes.values())), words=words)


@check(
    "predict",
    tier="form",
    hint=_(
        "A network takes batches and gives K logits for each pixel. Your function takes one image, "
        "so it makes a batch of one of it; of what comes back it removes this axis, and it turns "
        "the K logits of a pixel into one class number."
    ),
)
def test_predict_form(learner: Learner) -> None:
    """One image of size H x W becomes a label map of size H x W, a tensor of integers."""
    network = learner.network(convolution(50, 3, 4))
    answer = learner.call("predict", network, Map(some_images(50, 3, 5, 3)))
    _tensor(answer).has(Label, (3, 5), INTEGERS)


@check(
    "predict",
    tier="values",
    hint=_(
        "Each pixel gets the number of its largest logit. The network passes its input on, so the "
        "logits of a pixel are its three channels."
    ),
)
def test_predict_by_hand(learner: Learner) -> None:
    """The class of a pixel is the number of its largest logit."""
    label = np.array([[0, 1, 2, 2], [2, 0, 0, 1]])
    image = 3 * np.eye(3)[label] - 1
    learner.call("predict", learner.network(PASS_ON), Map(image)).equals(Label(label))


@check(
    "predict",
    tier="properties",
    hint=_(
        "Logits are real numbers, often close together and often all negative. Find the largest "
        "before anything is rounded, cast to integers or compared with a threshold."
    ),
)
def test_predict_small_logits(learner: Learner) -> None:
    """Only the order of the logits counts, even if all lie between -1 and 1 or below 0."""
    network = learner.network(PASS_ON)
    image = np.random.default_rng(51).uniform(-0.9, 0.9, (4, 5, 3)).astype(np.float32)
    for shift in (0, -2):
        answer = learner.call("predict", network, Map(image + np.float32(shift)))
        answer.equals(Label(classes(image, PASS_ON)))


@check(
    "predict",
    tier="properties",
    hint=_(
        "The number of classes is the number of logits at each pixel. Along which axis do you look "
        "for the largest, after the batch axis has gone?"
    ),
)
def test_predict_many_classes(learner: Learner) -> None:
    """Any number of classes, and every pixel by itself."""
    for num_classes in (2, 7):
        layer = convolution(52, 3, num_classes)
        image = some_images(52, 6, 5, 3)
        answer = learner.call("predict", learner.network(layer), Map(image))
        answer.equals(Label(classes(image, layer)))


@check(
    "predict",
    tier="properties",
    hint=_(
        "In training mode, batch norm takes mean and variance from the single image that it sees; "
        "in inference mode, those that it has gathered in training. In which mode is the network "
        "when you call it?"
    ),
)
def test_predict_batch_norm(learner: Learner) -> None:
    """Batch norm is in inference mode: it uses its moving statistics."""
    norm = BatchNorm("norm", np.array([2.0, 0.0, -2.0]), np.array([0.25, 1.0, 4.0]))
    layer = convolution(53, 3, 3)
    image = some_images(53, 4, 6, 3)
    answer = learner.call("predict", learner.network(norm, layer), Map(image))
    known = (image - norm.mean) / np.sqrt(norm.variance + EPSILON)
    answer.equals(Label(classes(known, layer)))


@check(
    "predict",
    tier="properties",
    hint=_(
        "Dropout is for training only. If it is active, the same image gets another answer each "
        "time that it is asked for."
    ),
)
def test_predict_dropout(learner: Learner) -> None:
    """Dropout is off."""
    kernel = np.zeros((1, 1, 3, 2), np.float32)
    kernel[..., 0, 1] = 1
    # A dropped value is of class 0, one that is kept is of class 1.
    layer = Convolution("score", kernel, np.array([0.5, 0], np.float32))
    network = learner.network(Dropout("dropout", 0.5), layer)
    answer = learner.call("predict", network, Map(np.ones((6, 7, 3))))
    answer.equals(Label(np.ones((6, 7))))


@check(
    "predict",
    tier="properties",
    hint=_(
        "A prediction looks at a network and does not teach it anything. What has changed is shown "
        "above: the moving statistics change in training mode."
    ),
)
def test_predict_weights(learner: Learner) -> None:
    """Weights and moving statistics of the network stay as they are."""
    norm = BatchNorm("norm", np.array([1.0, 0.0, -1.0]), np.ones(3))
    network = learner.network(norm, convolution(54, 3, 3))
    before = network.weights()
    learner.call("predict", network, Map(some_images(54, 4, 5, 3)))
    after = network.weights()
    for name, weight in before.items():
        after[name].equals(
            weight.array, headline=_("After the call, {name} has changed.", name=f"`{name}`")
        )


@check(
    "predict",
    tier="properties",
    hint=_(
        "Training goes on after a prediction. PyTorch: a network that was in training mode must be "
        "in it again. Keras: the mode belongs to the call, so nothing needs to be switched at all."
    ),
)
def test_predict_modes(learner: Learner) -> None:
    """In the middle of training, a prediction leaves the network's mode as it was."""
    norm = BatchNorm("norm", np.zeros(3), np.ones(3))
    network = learner.network(norm, Dropout("dropout", 0.5), convolution(55, 3, 2))
    require_modes(learner, network, some_images(55, 2, 3, 3))


@check(
    "predict",
    tier="edge",
    frameworks=("torch",),
    hint=_(
        "Predict twice in a row: the second time the network is in inference mode already, and "
        "must stay in it. Do not assume a mode: look which one it is."
    ),
)
def test_predict_modes_inference(learner: Learner) -> None:
    """A network that was in inference mode is in inference mode afterwards."""
    norm = BatchNorm("norm", np.zeros(3), np.ones(3))
    network = learner.network(norm, convolution(56, 3, 2), training=False)
    require_modes(learner, network, some_images(56, 2, 3, 3))


@check(
    "predict",
    tier="edge",
    hint=_(
        "Not every part of a network needs to be in the same mode: here an encoder is frozen and "
        "the rest is not. Switching the whole network switches every part, so note the mode of "
        "each."
    ),
)
def test_predict_modes_mixed(learner: Learner) -> None:
    """Every part of the network is left in its own mode, a frozen one too."""
    norm = BatchNorm("frozen_norm", np.zeros(3), np.ones(3), frozen=True)
    network = learner.network(
        convolution(57, 3, 3, "encoder", frozen=True),
        norm,
        Dropout("dropout", 0.5),
        convolution(58, 3, 2),
    )
    require_modes(learner, network, some_images(57, 2, 3, 3))


@check(
    "predict",
    tier="edge",
    hint=_(
        "The batch axis is the first one, and only this one has to go. To remove every axis of "
        "length 1 removes height or width, too, where the image has just one row or column."
    ),
)
def test_predict_narrow(learner: Learner) -> None:
    """An image of a single row, column or pixel keeps both of its axes."""
    network = learner.network(PASS_ON)
    for height, width in ((1, 4), (3, 1), (1, 1)):
        image = some_images(59, height, width, 3)
        answer = learner.call("predict", network, Map(image)).has(Label, (height, width))
        answer.equals(Label(classes(image, PASS_ON)))


@check(
    "predict",
    tier="edge",
    frameworks=("torch",),
    hint=_(
        "Inference mode and gradients are two different things: `eval()` changes what dropout and "
        "batch norm do, but everything that gradients would need is still kept. PyTorch has a "
        "context that turns this off."
    ),
)
def test_predict_no_gradients(learner: Learner) -> None:
    """Nothing is recorded for gradients."""
    network = learner.network(convolution(60, 3, 2))
    answer = learner.call("predict", network, Map(some_images(60, 2, 3, 3)))
    if network.has_recorded():
        # The label map cannot tell: integers have no gradients in any case.
        answer.fail(
            _("The logits that the network gave could still be asked for gradients."),
            expected=Shown(np.array(False), words="requires_grad: False"),
            got=Shown(np.array(True), words="requires_grad: True"),
        )


# --- overlay ---------------------------------------------------------------------------------


def some_picture(seed: int, height: int, width: int) -> tuple[Array, Array]:
    """A uint8 picture with dark and bright places, and a mask of about half of it."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (height, width, 3)).astype(np.uint8), rng.random(
        (height, width)
    ) < 0.5


def painted(image: Array, mask: Array, color: tuple[int, ...], alpha: float) -> Array:
    """The image with paint, rounded."""
    mixed = (1 - alpha) * image.astype(np.float64) + alpha * np.array(color)
    return np.where(mask[..., None], np.rint(mixed), image).astype(np.uint8)


@check(
    "overlay",
    tier="form",
    hint=_(
        "A picture goes in and a picture of the same size comes out: the colours last, uint8. What "
        "was computed with fractions has to be converted back."
    ),
)
def test_overlay_form(learner: Learner) -> None:
    """The result is a uint8 picture of the size of the image."""
    answer = learner.call("overlay", *some_picture(70, 3, 5))
    answer.has(Tensor, (3, 5, 3), "uint8")


@check(
    "overlay",
    tier="values",
    hint=_(
        "Half image, half green: (100, 200, 50) becomes (50, 227 or 228, 25). A pixel outside of "
        "the mask keeps its colour."
    ),
)
def test_overlay_by_hand(learner: Learner) -> None:
    """By default, a pixel under the mask becomes half green."""
    image = np.array([[[100, 200, 50], [100, 200, 50], [9, 8, 7]]], np.uint8)
    mask = np.array([[True, False, True]])
    expected = np.array([[[50, 228, 25], [100, 200, 50], [4, 132, 4]]])
    learner.call("overlay", image, mask).equals(expected, atol=1)


@check(
    "overlay",
    tier="values",
    hint=_(
        "Outside of the mask nothing may change, not even by a rounding: take the pixel of the "
        "image there, not one that was mixed with no paint."
    ),
)
def test_overlay_untouched(learner: Learner) -> None:
    """Where the mask does not hold, the image is exactly as it was."""
    image, mask = some_picture(71, 4, 7)
    answer = learner.call("overlay", image, mask).has(Tensor, image.shape)
    expected = np.where(mask[..., None], answer.array, image)
    answer.equals(expected)


@check(
    "overlay",
    tier="properties",
    hint=_(
        "`alpha` is how much there is of the paint, 1 - alpha how much is left of the image. With "
        "0.5 nobody can tell one from the other; with 0.2 the image must still dominate."
    ),
)
def test_overlay_alpha(learner: Learner) -> None:
    """`alpha` is the share of the paint."""
    image, mask = some_picture(72, 4, 5)
    for alpha in (0.2, 0.75):
        answer = learner.call("overlay", image, mask, alpha=alpha)
        answer.equals(painted(image, mask, (0, 255, 0), alpha), atol=1)


@check(
    "overlay",
    tier="properties",
    hint=_("The three numbers of `color` are red, green and blue, in this order, as in the image."),
)
def test_overlay_color(learner: Learner) -> None:
    """The paint has the colour that is asked for."""
    image, mask = some_picture(73, 4, 5)
    for color in ((255, 0, 0), (10, 20, 200)):
        answer = learner.call("overlay", image, mask, color)
        answer.equals(painted(image, mask, color, 0.5), atol=1)


@check(
    "overlay",
    tier="properties",
    hint=_(
        "uint8 ends at 255 and begins again at 0: 200 + 100 is 44. Where do you add or multiply "
        "before the numbers are wider than uint8?"
    ),
)
def test_overlay_bright(learner: Learner) -> None:
    """Bright paint on a bright image stays bright."""
    image = np.random.default_rng(74).integers(240, 256, (3, 5, 3)).astype(np.uint8)
    mask = np.ones((3, 5), bool)
    for alpha in (0.5, 0.3):
        answer = learner.call("overlay", image, mask, (255, 250, 255), alpha)
        answer.equals(painted(image, mask, (255, 250, 255), alpha), atol=1)


@check(
    "overlay",
    tier="edge",
    hint=_("With alpha 0 there is no paint at all; with alpha 1 nothing of the image is left."),
)
def test_overlay_alpha_ends(learner: Learner) -> None:
    """Alpha 0 leaves the image as it is, alpha 1 covers it."""
    image, mask = some_picture(75, 3, 4)
    for alpha in (0.0, 1.0):
        answer = learner.call("overlay", image, mask, (30, 140, 250), alpha)
        answer.equals(painted(image, mask, (30, 140, 250), alpha), atol=1)


@check(
    "overlay",
    tier="edge",
    hint=_(
        "A mask may hold nowhere, where there is no road, or everywhere. A maximum taken of the "
        "mask, or a list of its pixels, must not be in the way."
    ),
)
def test_overlay_empty_mask(learner: Learner) -> None:
    """The mask may hold nowhere or everywhere."""
    image, mask = some_picture(76, 3, 4)
    expected = painted(image, np.ones_like(mask), (0, 255, 0), 0.5)
    learner.call("overlay", image, np.ones_like(mask)).equals(expected, atol=1)
    learner.call("overlay", image, np.zeros_like(mask)).equals(image)


@check(
    "overlay",
    tier="edge",
    hint=_(
        "The image is often a NumPy array and the mask a tensor, because it comes from a network. "
        "Begin by turning both into one kind."
    ),
)
def test_overlay_tensors(learner: Learner) -> None:
    """Image and mask may be tensors, or one of them a tensor and the other a NumPy array."""
    image, mask = some_picture(77, 3, 4)
    expected = painted(image, mask, (0, 255, 0), 0.5)
    for some_image in (Tensor(image), image):
        for some_mask in (Tensor(mask), mask):
            learner.call("overlay", some_image, some_mask).equals(expected, atol=1)


# --- Training: when an exercise passes all of its other checks --------------------------------


@check(
    "train_step",
    tier="training",
    needs=("pixel_cross_entropy",),
    hint=_(
        "Does the loss fall, and the mean IoU stay low? Then something else is learned than what "
        "is asked: are the labels those of the same images, is void left out, do the logits go "
        "into the loss as they are? If the loss does not fall, the weights do not change."
    ),
)
def test_train_step_learns(learner: Learner) -> None:
    """Sixty of your steps teach a small network to label scenes that it has not seen."""
    require_learning(learner, "train_step")
