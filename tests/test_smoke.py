"""The training runs of the grader: right networks clear the bar, broken ones do not."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grading_helpers import COURSE, ROOT, grader, solution, with_answer

from benchmarks.smoke_variants import broken_answers
from pixelwise.grading.checks import TRAINING, load_checks
from pixelwise.grading.engine import InProcessEngine
from pixelwise.grading.failure import Failure
from pixelwise.grading.learner import Learner, Network
from pixelwise.grading.plan import VOID, TrainingPlan
from pixelwise.grading.report import CheckResult
from pixelwise.grading.runtime import is_installed, make_runtime
from pixelwise.grading.scenes import COARSE, FINE, MIDDLE, NUM_CLASSES, scenes
from pixelwise.grading.smoke import TRIALS, iou, require_learning
from pixelwise.grading.source import parse_script
from pixelwise.grading.values import Label, Map

FRAMEWORKS = ("torch", "tensorflow")
both_frameworks = pytest.mark.parametrize("framework", FRAMEWORKS)

TOPICS = {
    "train_step": "training",
    "FCN32s": "fcn",
    "FCN16s": "fcn",
    "FCN8s": "fcn",
    "SegNet": "segnet",
    "UNet": "unet",
    "MobileUNet": "unet",
}


def train(framework: str, exercise: str, text: str) -> None:
    """Train what `text` answers, whether or not it passes its other checks."""
    if not is_installed(framework):
        pytest.skip(f"{framework} is not installed")
    source = parse_script(COURSE.solution(TOPICS[exercise], framework), text)
    engine = InProcessEngine(make_runtime(framework), source.reachable(exercise))
    require_learning(Learner(engine, source, framework), exercise)


# The other networks of the reference answers are trained where `pytest autograder/` is tested.
@both_frameworks
@pytest.mark.parametrize("exercise", ["train_step", "FCN8s"])
def test_the_reference_answer_learns(framework: str, exercise: str) -> None:
    train(framework, exercise, solution(TOPICS[exercise], framework))


@both_frameworks
@pytest.mark.parametrize(
    ("exercise", "fault"),
    [
        ("train_step", "void counted as class 0"),
        ("train_step", "void counted as the last class"),
        ("train_step", "labels shifted by 8 pixels"),
        ("train_step", "softmax before the loss"),
        ("FCN8s", "without the skip from pool3"),
        ("UNet", "without skips"),
    ],
)
def test_a_broken_answer_does_not_learn(framework: str, exercise: str, fault: str) -> None:
    broken = broken_answers(exercise, framework, solution(TOPICS[exercise], framework))
    with pytest.raises(Failure) as caught:
        train(framework, exercise, broken[fault])
    assert "mean IoU on new scenes is too low" in str(caught.value)
    assert caught.value.got is not None
    assert "before the last" in "\n".join(caught.value.got.lines("en"))


def test_a_network_that_needs_the_statistics_of_its_batch_fails() -> None:
    broken = broken_answers("UNet", "torch", solution("unet", "torch"))
    with pytest.raises(Failure, match="mean IoU on new scenes is too low"):
        train("torch", "UNet", broken["batch norm by the batch's own statistics"])


def test_every_trial_is_a_check_of_its_exercise() -> None:
    found = {
        check.exercise
        for lesson in COURSE.lessons
        for check in load_checks(COURSE, lesson)
        if check.tier == TRAINING
    }
    assert found == set(TRIALS) == set(TOPICS)


# --- When training runs ----------------------------------------------------------------------


def training_result(framework: str, text: str) -> CheckResult:
    """The result of the training of `train_step` in `text`."""
    grading = grader("training", framework, text, training=True)
    return next(
        check for check in grading.grade_exercise("train_step").checks if check.name == LEARNS
    )


LEARNS = "train_step_learns"
ANSWERS = {
    "todo": "def train_step(model, optimizer, images, labels):\n    raise NotImplementedError\n",
    "skipped": "def train_step(model, optimizer, images, labels):\n    return 0.0\n",
}


@both_frameworks
@pytest.mark.parametrize("status", ANSWERS)
def test_training_waits_for_the_other_checks(framework: str, status: str) -> None:
    result = training_result(framework, with_answer("training", framework, ANSWERS[status]))
    assert result.status == status
    assert ("other checks of `train_step`" in result.hint) == (status == "skipped")


@both_frameworks
def test_training_counts_when_the_other_checks_pass(
    framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that learns too little fails; the message says how much, and the hint is there."""
    monkeypatch.setitem(TRIALS, "train_step", TRIALS["train_step"].__class__(1.1, 2, 0.03))
    result = training_result(framework, solution("training", framework))
    assert result.status == "failed"
    assert "mean IoU of 1.10 or more" in result.message
    assert "loss 1.39 before the first step" in result.message
    assert "Does the loss fall" in result.hint
    assert result.mistake is None


def test_what_stands_in_for_others_does_not_depend_on_training() -> None:
    """An exercise that only failed to learn is still used by the others that call it."""
    grading = grader("training", "torch", solution("training", "torch"), training=True)
    assert grading._passes("train_step")
    assert LEARNS not in grading._verdicts


def test_training_can_be_left_out(tmp_path: Path) -> None:
    if not is_installed("torch"):
        pytest.skip("torch is not installed")
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "pytest", "autograder/", "-p", "no:cacheprovider"]
    options = ["--lesson", "training", "--framework", "torch", "--report", str(report)]
    done = subprocess.run(
        [*command, "--submission", "solutions", "--no-training", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stdout
    results = {one["exercise"]: one for one in json.loads(report.read_text(encoding="utf-8"))}
    names = [check["name"] for check in results["train_step"]["checks"]]
    assert names
    assert LEARNS not in names
    assert results["train_step"]["points"] == 4


# --- Scenes, plan, score ----------------------------------------------------------------------


@pytest.mark.parametrize("things", [FINE, MIDDLE, COARSE])
def test_scenes_are_reproducible_and_hold_every_class(things: Any) -> None:
    images, labels = scenes(8, 0, things, 0.3, (64, 96))
    again = scenes(8, 0, things, 0.3, (64, 96))
    assert images.shape == (8, 64, 96, 3)
    assert images.dtype == np.float32
    assert labels.shape == (8, 64, 96)
    np.testing.assert_array_equal(images, again[0])
    np.testing.assert_array_equal(labels, again[1])
    assert set(np.unique(labels)) == {*range(NUM_CLASSES), VOID}
    assert not np.array_equal(labels, scenes(8, 1, things, 0.3, (64, 96))[1])
    assert VOID not in scenes(8, 0, things, 0, (64, 160))[1]


def test_the_plan_sees_every_image_before_one_comes_again() -> None:
    plan = TrainingPlan(steps=5, batch=4, rate=0.1, seed=3)
    batches = list(plan.batches(10))
    assert [len(batch) for batch in batches] == [4] * 5
    assert sorted(np.concatenate(batches)[:10]) == list(range(10))
    assert sorted(np.concatenate(batches)[10:]) == list(range(10))


def test_the_rate_rises_and_falls() -> None:
    rates = TrainingPlan(steps=10, batch=1, rate=0.5).rates()
    assert len(rates) == 10
    assert max(rates) == 0.5
    assert rates[0] < rates[1] == 0.5
    assert rates[2:] == sorted(rates[2:], reverse=True)


def test_iou_by_hand() -> None:
    labels = np.array([[0, 0, 1, 2, 3, VOID]])
    predictions = np.array([[0, 1, 1, 2, 0, 3]])
    np.testing.assert_allclose(iou(labels, predictions, 4), [1 / 3, 1 / 2, 1, 0])


def narrow(exercise: str, framework: str, text: str, **options: int) -> Network:
    """The narrowest network that `text` builds."""
    if not is_installed(framework):
        pytest.skip(f"{framework} is not installed")
    source = parse_script(COURSE.solution(TOPICS[exercise], framework), text)
    engine = InProcessEngine(make_runtime(framework), source.reachable(exercise))
    return Learner(engine, source, framework).build(exercise, NUM_CLASSES, width=1, **options)


def train_on_four(network: Network, steps: int) -> np.ndarray:
    """The losses of a training on four scenes."""
    images, labels = scenes(4, 0, FINE, 0.3, (64, 96))
    return network.train(TrainingPlan(steps, 2, 0.01), Map(images), Label(labels))


@both_frameworks
def test_training_is_reproducible(framework: str) -> None:
    text = solution("fcn", framework)
    first, second = (train_on_four(narrow("FCN32s", framework, text), 3) for _ in range(2))
    assert first[0] == pytest.approx(np.log(NUM_CLASSES), abs=1e-4)  # all scores are 0
    assert first[-1] < first[0]
    np.testing.assert_allclose(first, second, rtol=1e-4)


@both_frameworks
def test_frozen_weights_are_not_trained(framework: str) -> None:
    broken = broken_answers("FCN32s", framework, solution("fcn", framework))
    network = narrow("FCN32s", framework, broken["encoder frozen"])
    train_on_four(network, 1)
    before = {name: weight.array for name, weight in network.weights().items()}
    train_on_four(network, 3)
    changed = {
        name
        for name, weight in network.weights().items()
        if not np.array_equal(weight.array, before[name])
    }
    assert any("score_fr" in name for name in changed)
    assert not any("fc6" in name or "conv1_1" in name for name in changed)


MOMENTUM = {
    "torch": ("BatchNorm2d(out_channels)", "BatchNorm2d(out_channels, momentum=0.01)"),
    "tensorflow": ("momentum=0.9,", "momentum=0.99,"),
}
"""The reference's, and Keras's default."""


@both_frameworks
def test_moving_statistics_do_not_depend_on_the_momentum(framework: str) -> None:
    """A momentum that is slow for so short a training is no fault."""
    text = solution("unet", framework)
    statistics = []
    for answer in (text, text.replace(*MOMENTUM[framework])):
        network = narrow("UNet", framework, answer, depth=1)
        train_on_four(network, 3)
        weights = network.weights().items()
        statistics.append([weight.array for name, weight in weights if ".mean" in name])
    assert statistics[0]
    for first, second in zip(*statistics, strict=True):
        assert first.any()
        np.testing.assert_allclose(first, second, rtol=1e-3, atol=1e-5)
