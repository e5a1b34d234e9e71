"""Training a learner's network briefly, and asking whether it has learned.

A network can pass every check of its parts and still not learn. So it is trained for real, on
generated scenes (`pixelwise.grading.scenes`), and scored by its mean IoU on scenes that it has not
seen, whose labels it is never given. Networks that are broken stay below a bar that right ones
clear; `python -m benchmarks.smoke` measures both.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pixelwise.grading.failure import Shown
from pixelwise.grading.learner import Answer, Learner
from pixelwise.grading.networks import Convolution, Optimizer, ReLU
from pixelwise.grading.plan import VOID, TrainingPlan, he_weights
from pixelwise.grading.scenes import COARSE, COLORS, CROWD, FINE, MIDDLE, Things, scenes
from pixelwise.grading.values import Array, Label, Map
from pixelwise.messages import _

GPU_WIDTH = 64
"""Of networks that are trained on a GPU: the published size."""

ENCODER_CHANNELS = (8, 12, 16, 20, 24)
"""Of the maps of the encoder that `MobileUNet` is given, from 1/2 to 1/32 of the size."""


@dataclass(frozen=True)
class Trial:
    """What is trained on, how, and what has to be reached.

    Attributes:
        bar: the least mean IoU.
        steps: the number of batches.
        rate: the highest learning rate, for networks of `width`.
        things: what there is in the scenes.
        void: the share of the things in the training scenes that is void.
        count: the number of training scenes.
        batch: the number of scenes in a batch.
        size: of the training scenes, (H, W).
        width: of the network, if it is trained on a CPU.
    """

    bar: float
    steps: int
    rate: float
    things: tuple[Things, ...] = FINE
    void: float = 0.3
    count: int = 240
    batch: int = 8
    size: tuple[int, int] = (64, 96)
    width: int = 6

    @property
    def num_classes(self) -> int:
        """The number of classes, K: the background and the classes of the things."""
        return 1 + max(label for kind in self.things for label in kind.labels)


TRIALS = {
    "train_step": Trial(bar=0.72, steps=60, rate=0.05, void=0.75, batch=4),
    "FCN32s": Trial(bar=0.31, steps=180, rate=0.002, things=COARSE, void=0.1),
    "FCN16s": Trial(bar=0.43, steps=120, rate=0.006, things=MIDDLE),
    "FCN8s": Trial(bar=0.55, steps=120, rate=0.006),
    "SegNet": Trial(
        bar=0.65, steps=150, rate=0.03, things=CROWD, void=0, batch=4, size=(64, 64), width=8
    ),
    "UNet": Trial(bar=0.8, steps=60, rate=0.1, things=CROWD, void=0, batch=4, size=(64, 64)),
    # Its decoder always has the published width.
    "MobileUNet": Trial(
        bar=0.7, steps=50, rate=0.005, things=CROWD, void=0, batch=4, size=(64, 64), width=64
    ),
}
"""By exercise. The bars lie between broken and right networks over several seeds."""

HELD_OUT = 16
"""The number of scenes on which a network is scored."""

HELD_OUT_SIZE = (64, 160)
"""Their size: whoever has only learned where things lie in training scenes is wrong here."""

GLARE = 1000 * COLORS[1]
"""The colour of one image more, which spoils the statistics of the batch that it is in, (3,)."""


@dataclass(frozen=True)
class Outcome:
    """What a short training has led to.

    Attributes:
        logits: the network's answer to the held-out scenes.
        iou: of each class, on the held-out scenes, (K,).
        losses: before each step, (steps,).
    """

    logits: Answer
    iou: Array
    losses: Array

    @property
    def mean_iou(self) -> float:
        """Over the classes."""
        return float(self.iou.mean())


def require_learning(learner: Learner, exercise: str) -> None:
    """Train the learner's network, or with the learner's step, and fail below the bar."""
    outcome = attempt(learner, exercise)
    bar = TRIALS[exercise].bar
    if outcome.mean_iou >= bar:
        return
    outcome.logits.fail(
        _("After a short training, the mean IoU on new scenes is too low."),
        expected=Shown(words=_("mean IoU of {bar} or more", bar=f"{bar:.2f}")),
        got=Shown(
            words=_(
                "mean IoU {mean_iou}; of the classes {iou}\n"
                "loss {first} before the first step, {last} before the last",
                mean_iou=f"{outcome.mean_iou:.2f}",
                iou=", ".join(f"{value:.2f}" for value in outcome.iou),
                first=f"{outcome.losses[0]:.2f}",
                last=f"{outcome.losses[-1]:.2f}",
            )
        ),
    )


def attempt(learner: Learner, exercise: str, seed: int = 0) -> Outcome:
    """Train the learner's network, or with the learner's step, on scenes that the seed decides."""
    train = _train_by_steps if exercise == "train_step" else _train_network
    return train(learner, exercise, seed)


def _train_network(learner: Learner, exercise: str, seed: int) -> Outcome:
    """Train a network that the learner has built, by a loop of the grader's own."""
    trial = TRIALS[exercise]
    width = GPU_WIDTH if learner.has_gpu else trial.width
    # Adam moves every weight by about the rate: where more of them are summed, the rate is lower.
    plan = TrainingPlan(trial.steps, trial.batch, trial.rate * trial.width / width, seed)
    images, labels = scenes(trial.count, 2 * seed, trial.things, trial.void, trial.size)
    if exercise == "MobileUNet":
        encoder = learner.encoder(*_encoder_stages(seed))
        network = learner.build(exercise, trial.num_classes, encoder)
    else:
        network = learner.build(exercise, trial.num_classes, width=width)
    losses = network.train(plan, Map(images), Label(labels))
    return _score(network, trial, losses, seed)


def _encoder_stages(seed: int) -> list[list[Convolution | ReLU]]:
    """An encoder of random features, of which there are enough to tell things from background."""
    rng = np.random.default_rng(seed)
    stages: list[list[Convolution | ReLU]] = []
    for number, (before, after) in enumerate(pairwise((3, *ENCODER_CHANNELS))):
        kernel = he_weights(rng, (3, 3, before, after), 3 * 3 * before)
        convolution = Convolution(f"conv{number}", kernel, np.zeros(after, np.float32))
        stages.append([convolution, ReLU(f"relu{number}")])
    return stages


def _train_by_steps(learner: Learner, exercise: str, seed: int) -> Outcome:
    """Train a small network of the grader's own by steps of the learner's."""
    trial = TRIALS[exercise]
    plan = TrainingPlan(trial.steps, trial.batch, trial.rate, seed)
    images, labels = scenes(trial.count, 2 * seed, trial.things, trial.void, trial.size)
    network = learner.network(*_small_network(trial.num_classes, seed))
    optimizer = learner.optimizer(network, Optimizer("SGD", trial.rate, momentum=0.9))
    losses = [
        learner.call(
            exercise, network, optimizer, Map(images[batch]), Label(labels[batch])
        ).number()
        for batch in plan.batches(len(images))
    ]
    return _score(network, trial, np.array(losses), seed)


def _small_network(num_classes: int, seed: int) -> list[Convolution | ReLU]:
    """Enough to tell the classes apart by their colour; all scores are 0 at first."""
    rng = np.random.default_rng(seed)
    kernels = [
        he_weights(rng, (3, 3, 3, 16), 3 * 3 * 3),
        he_weights(rng, (3, 3, 16, 16), 3 * 3 * 16),
        np.zeros((1, 1, 16, num_classes), np.float32),
    ]
    layers: list[Convolution | ReLU] = []
    for number, kernel in enumerate(kernels):
        layers.append(Convolution(f"conv{number}", kernel, np.zeros(kernel.shape[3], np.float32)))
        layers.append(ReLU(f"relu{number}"))
    return layers[:-1]


def _score(network: Answer, trial: Trial, losses: Array, seed: int) -> Outcome:
    images, labels = scenes(HELD_OUT, 2 * seed + 1, trial.things, 0, HELD_OUT_SIZE)
    # Batch norm must use its moving statistics here: those of this batch would be far off.
    glare = np.broadcast_to(GLARE, (1, *HELD_OUT_SIZE, 3)).astype(np.float32)
    logits = network(Map(np.concatenate([images, glare])))
    logits.has(Map, (1 + HELD_OUT, *HELD_OUT_SIZE, trial.num_classes))
    predictions = logits.numpy()[:-1].argmax(axis=-1)
    return Outcome(logits, iou(labels, predictions, trial.num_classes), losses)


def iou(labels: Array, predictions: Array, num_classes: int) -> Array:
    """The intersection over union of each class, (K,); every class occurs in `labels`."""
    found = []
    for number in range(num_classes):
        truth, predicted = labels == number, predictions == number
        evaluated = labels != VOID
        intersection = (truth & predicted & evaluated).sum()
        found.append(intersection / ((truth | predicted) & evaluated).sum())
    return np.array(found)
