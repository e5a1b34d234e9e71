"""Whole trainings, tiny ones, in both frameworks."""

import json
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import tiny_networks
import tiny_sets
import training_runs
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner

from pixelwise.cli import app
from pixelwise.data import DataError, load
from pixelwise.training import Ending, TrainingError, train
from pixelwise.training.history import from_csv
from pixelwise.training.report import Steps

ROOT = Path(__file__).parent.parent


framework, surroundings = training_runs.framework, training_runs.surroundings
pictures = training_runs.pictures


@pytest.fixture
def draws():
    """For tests that look at pictures."""


def settings(tmp_path, framework, networks=tiny_networks.FORGETFUL, **given):
    answers = tiny_networks.write_answers(tmp_path / framework, networks[framework])
    plain = {"answers": str(answers), "width": 2, "size": (32, 64), "epochs": 3, "batch_size": 4}
    return {**plain, **given}


def state_of(folder):
    """All arrays that a run needs to go on, by name."""
    if (folder / "last.npz").exists():
        with np.load(folder / "last.npz") as state:
            return dict(state)
    import torch

    state = torch.load(folder / "last.pt", weights_only=True)
    arrays = {name: value.numpy() for name, value in state["model"].items()}
    for number, moments in state["optimizer"]["state"].items():
        arrays |= {f"{number}.{name}": value.numpy() for name, value in moments.items()}
    return arrays


def same(one, other):
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def history(folder):
    """The history without what time makes different."""
    rows = from_csv((folder / "history.csv").read_text(encoding="utf-8"))
    return [(row.epoch, repr(row.loss), row.mean_iou, row.pixel_accuracy) for row in rows]


def interrupt_at(monkeypatch, number):
    """Press Ctrl-C in step `number`, counted from 1 over all epochs."""
    steps = []
    original = Steps.step

    def step(self, loss, images):
        original(self, loss, images)
        steps.append(loss)
        if len(steps) == number:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Steps, "step", step)


def test_a_reference_network_learns_and_leaves_its_files(framework, tmp_path, small_data, draws):
    given = {"width": 4, "size": (32, 96), "epochs": 5, "batch_size": 4, "small": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIXELWISE_DATA", str(small_data))
        outcome = train("fcn", framework, "kitti_road", given, out=tmp_path / "run")
    assert outcome.ending is Ending.FINISHED
    assert [row.epoch for row in outcome.rows] == list(range(6))
    # All of an untrained network's scores are 0, so it sees no road: the IoU of road is 0.
    assert outcome.rows[0].mean_iou < 0.45
    assert outcome.rows[-1].loss < outcome.rows[1].loss
    assert max(row.mean_iou for row in outcome.rows) > 0.6
    assert np.nanmean(outcome.iou) == pytest.approx(max(row.mean_iou for row in outcome.rows))

    names = {path.name for path in outcome.folder.iterdir()}
    assert {"run.json", "history.csv", "curves.png", "overlays.png"} < names
    assert not any("unfinished" in name for name in names)
    for name in ("curves.png", "overlays.png"):
        with Image.open(outcome.folder / name) as picture:
            assert min(picture.size) > 100
    run = json.loads((outcome.folder / "run.json").read_text(encoding="utf-8"))
    assert run["recipe"]["width"] == 4
    assert run["images"] == {"train": 60, "val": 15}
    assert run["environment"][framework]


def test_the_score_is_that_of_the_best_weights_over_the_whole_set(framework, tmp_path):
    """Counted again, from the file of weights and the images at full size, by other means."""
    given = settings(tmp_path, framework)
    seen = []
    outcome = train(
        "fcn",
        framework,
        "kitti_road",
        given,
        out=tmp_path / "run",
        on_epoch=lambda row, predict: seen.append((row, [predict(i) for i in range(3)])),
    )
    val = load("kitti_road", "val", quiet=True)
    row, predictions = max(seen, key=lambda pair: (pair[0].mean_iou, pair[0].epoch))
    labels = np.stack([val.read(i)[1] for i in range(3)])
    predictions = np.stack(predictions)
    ious = [
        ((labels == k) & (predictions == k)).sum()
        / ((labels == k) | ((predictions == k) & (labels != 255))).sum()
        for k in (0, 1)
    ]
    assert row.mean_iou == pytest.approx(np.mean(ious))
    assert outcome.iou == pytest.approx(ious)


def test_an_interrupted_run_ends_with_the_same_weights(framework, tmp_path, monkeypatch):
    given = settings(tmp_path, framework)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    train("fcn", framework, "kitti_road", given, out=whole)

    # In the middle of the second epoch of three steps.
    with monkeypatch.context() as patch:
        interrupt_at(patch, 5)
        outcome = train("fcn", framework, "kitti_road", given, out=broken)
    assert outcome.ending is Ending.INTERRUPTED
    assert len(outcome.rows) == 2
    assert not same(state_of(whole), state_of(broken))

    outcome = train("fcn", framework, "kitti_road", {}, out=broken, resume=True)
    assert outcome.ending is Ending.FINISHED
    assert same(state_of(whole), state_of(broken))
    assert history(whole) == history(broken)


def test_a_crash_before_the_state_was_saved_costs_only_that_epoch(framework, tmp_path):
    given = settings(tmp_path, framework)
    folder, name = tmp_path / "run", {"torch": "last.pt", "tensorflow": "last.npz"}[framework]

    def keep_first_state(row, _predict):
        # The row of epoch 2 has been written by now; the state is still that of epoch 1.
        if row.epoch == 2:
            shutil.copy(folder / name, tmp_path / name)

    train("fcn", framework, "kitti_road", given, out=folder, on_epoch=keep_first_state)
    finished, rows = state_of(folder), history(folder)
    shutil.copy(tmp_path / name, folder / name)
    train("fcn", framework, "kitti_road", {}, out=folder, resume=True)
    assert same(state_of(folder), finished)
    assert history(folder) == rows


def test_time_that_is_up_ends_a_run_after_an_epoch(framework, tmp_path):
    given = settings(tmp_path, framework)
    outcome = train("fcn", framework, "kitti_road", given, out=tmp_path / "run", minutes=0)
    assert outcome.ending is Ending.TIME_IS_UP
    assert len(outcome.rows) == 2


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_mixed_precision_keeps_weights_and_loss_in_float32(framework, tmp_path, precision):
    full = train(
        "fcn",
        framework,
        "kitti_road",
        settings(tmp_path, framework, tiny_networks.PLAIN, epochs=1),
        out=tmp_path / "full",
    )
    given = settings(tmp_path, framework, tiny_networks.PLAIN, epochs=1, precision=precision)
    mixed = train("fcn", framework, "kitti_road", given, out=tmp_path / "mixed")
    assert mixed.rows[-1].loss == pytest.approx(full.rows[-1].loss, rel=0.02)
    assert mixed.rows[-1].loss != full.rows[-1].loss
    one, other = state_of(tmp_path / "full"), state_of(tmp_path / "mixed")
    kernel = "first.weight" if framework == "torch" else "variable0"
    assert other[kernel].dtype == np.float32
    assert np.allclose(one[kernel], other[kernel], atol=0.02)


def test_crops_are_trained_on_and_whole_images_are_measured(framework, tmp_path):
    given = settings(tmp_path, framework, size=None, crop=(32, 32), scale=(0.5, 2.0), epochs=1)
    del given["size"]
    shapes = []
    train(
        "fcn",
        framework,
        "kitti_road",
        given,
        out=tmp_path / "run",
        on_epoch=lambda _row, predict: shapes.append(predict(0).shape),
    )
    assert shapes == [tiny_sets.SIZE] * 2


def test_a_loss_that_is_no_number_stops_the_run(framework, tmp_path):
    given = settings(tmp_path, framework, tiny_networks.PLAIN, learning_rate=1e30)
    with pytest.raises(TrainingError, match=r"no finite number.*--learning-rate"):
        train("fcn", framework, "kitti_road", given, out=tmp_path / "run")


def test_full_memory_is_told_with_what_to_lower(framework, tmp_path):
    huge = {
        "torch": (
            "import torch\n\ndef FCN8s(num_classes, width=64):\n"
            "    return torch.nn.Linear(10**9, 10**6)\n"
        ),
        "tensorflow": (
            "import keras\n\ndef FCN8s(num_classes, width=64):\n"
            "    image = keras.Input((None, None, 3))\n"
            "    x = keras.layers.Conv2D(10**9, 999)(image)\n"
            "    return keras.Model(image, x)\n"
        ),
    }
    given = settings(tmp_path, framework, huge)
    with pytest.raises(TrainingError, match=r"memory is full.*32x64.*--batch-size") as raised:
        train("fcn", framework, "kitti_road", given, out=tmp_path / "run")
    assert "batches of 4" in str(raised.value)
    assert not (tmp_path / "run").exists()


def test_a_damaged_image_is_named(framework, tmp_path):
    image = tmp_path / "data" / "kitti_road" / "training" / "image_2" / "um_000001.png"
    image.write_bytes(image.read_bytes()[:60])
    given = settings(tmp_path, framework, tiny_networks.PLAIN)
    with pytest.raises(DataError) as raised:
        train("fcn", framework, "kitti_road", given, out=tmp_path / "run")
    assert "um_000001.png" in str(raised.value)
    assert "Traceback" not in str(raised.value)


def test_an_answer_that_fails_is_told(framework, tmp_path):
    failing = {framework: "def FCN8s(num_classes, width=64):\n    return undefined\n"}
    given = settings(tmp_path, framework, failing)
    with pytest.raises(TrainingError, match=r"FCN8s of .* does not run: NameError"):
        train("fcn", framework, "kitti_road", given, out=tmp_path / "run")


def test_an_answer_that_gives_another_shape_is_told(framework, tmp_path):
    source = tiny_networks.PLAIN[framework]
    for old in ("nn.Conv2d(width, num_classes", "layers.Conv2D(num_classes"):
        source = source.replace(old, old.replace("num_classes", "num_classes + 1"))
    given = settings(tmp_path, framework, {framework: source})
    with pytest.raises(TrainingError, match=r"must give 2 numbers.*\(1, 64, 96, 3\)"):
        train("fcn", framework, "kitti_road", given, out=tmp_path / "run")


# What does not depend on the framework.


@pytest.fixture
def any_framework():
    for name in ("torch", "tensorflow"):
        if find_spec(name) is not None:
            return name
    pytest.skip("no framework is installed")


def test_a_stub_and_answers_of_the_other_framework_are_refused(any_framework, tmp_path):
    stub = {any_framework: "def FCN8s(num_classes, width=64):\n    raise NotImplementedError\n"}
    with pytest.raises(TrainingError, match="is not written"):
        train("fcn", any_framework, "kitti_road", settings(tmp_path, any_framework, stub))
    other = {"torch": "tensorflow", "tensorflow": "torch"}[any_framework]
    given = {"answers": str(ROOT / "solutions" / f"fcn_{other}.py")}
    with pytest.raises(TrainingError, match=f"holds answers in {other}"):
        train("fcn", any_framework, "kitti_road", given)


def test_resuming_with_other_settings_or_images_is_refused(any_framework, tmp_path):
    folder = tmp_path / "run"
    given = settings(tmp_path, any_framework, tiny_networks.PLAIN, epochs=2)
    train("fcn", any_framework, "kitti_road", given, out=folder, minutes=0)
    with pytest.raises(TrainingError, match="width: 2 ≠ 3; seed: 0 ≠ 1"):
        train("fcn", any_framework, "kitti_road", {"width": 3, "seed": 1}, out=folder, resume=True)
    with pytest.raises(TrainingError, match="network: fcn ≠ fcn16s"):
        train("fcn16s", any_framework, "kitti_road", {}, out=folder, resume=True)
    tiny_sets.kitti_road(tmp_path / "data" / "kitti_road", counts=(6, 6, 6))
    with pytest.raises(TrainingError, match="other images"):
        train("fcn", any_framework, "kitti_road", {}, out=folder, resume=True)


def test_a_damaged_state_is_told(any_framework, tmp_path):
    folder = tmp_path / "run"
    given = settings(tmp_path, any_framework, tiny_networks.PLAIN, epochs=2)
    train("fcn", any_framework, "kitti_road", given, out=folder, minutes=0)
    (state,) = folder.glob("last.*")
    state.write_bytes(state.read_bytes()[:100])
    with pytest.raises(TrainingError, match="cannot go on, a file of it is damaged"):
        train("fcn", any_framework, "kitti_road", {}, out=folder, resume=True)


def test_a_batch_larger_than_the_set_is_refused(any_framework, tmp_path):
    given = settings(tmp_path, any_framework, tiny_networks.PLAIN, batch_size=13)
    with pytest.raises(TrainingError, match=r"13 images .* has 12"):
        train("fcn", any_framework, "kitti_road", given, out=tmp_path / "run")


def test_the_command_trains_and_tells_how_to_go_on(any_framework, tmp_path, monkeypatch):
    answers = tiny_networks.write_answers(tmp_path, tiny_networks.PLAIN[any_framework])
    command = ["train", "fcn", "--framework", any_framework, "--out", str(tmp_path / "run")]
    options = ["--answers", str(answers), "--size", "32x64", "--width", "2", "--epochs", "2"]
    with monkeypatch.context() as patch:
        interrupt_at(patch, 4)
        done = CliRunner().invoke(app, [*command, *options, "--batch-size", "4", "--lang", "en"])
    assert done.exit_code == 130, done.output
    assert "Stopped after 1 of 2 epochs" in done.output
    assert f"--resume --out {tmp_path / 'run'}" in done.output

    done = CliRunner().invoke(app, [*command, "--resume", "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "Epoch 2 of 2" in done.output
    assert "Epoch 1 of 2" not in done.output
    assert "not road" in done.output


def test_weights_are_measured_on_a_part_of_the_set(framework, tmp_path):
    given = settings(tmp_path, framework)
    outcome = train("fcn", framework, "kitti_road", given, out=tmp_path / "run")
    for split in ("val", "train"):
        done = CliRunner().invoke(app, ["evaluate", str(tmp_path / "run"), "--split", split])
        assert done.exit_code == 0, done.output
        matrix = np.loadtxt(
            tmp_path / "run" / f"confusion_matrix_{split}.csv", np.int64, delimiter=","
        )
        images = load("kitti_road", split, quiet=True)
        assert matrix.sum() == sum((images.read(i)[1] != 255).sum() for i in range(len(images)))
        assert f"{split}, {len(images)} images: pixel accuracy" in done.output
        if split == "val":
            iou = matrix.diagonal() / (matrix.sum(0) + matrix.sum(1) - matrix.diagonal())
            assert iou == pytest.approx(outcome.iou)
            assert f"{iou.mean():.3f}" in done.output


def test_what_cannot_be_measured_is_told(any_framework, tmp_path):
    def told(*command):
        done = CliRunner().invoke(app, ["evaluate", *command])
        assert done.exit_code == 1
        return " ".join(done.output.split())

    assert "holds no run" in told(str(tmp_path))
    given = settings(tmp_path, any_framework, tiny_networks.PLAIN, epochs=1)
    folder = train("fcn", any_framework, "kitti_road", given, out=tmp_path / "run").folder
    assert "test of kitti_road has no masks" in told(str(folder))
    assert "'tset'" in told(str(folder), "--split", "tset")
    (weights,) = folder.glob("best.*")
    weights.write_bytes(b"no weights")
    assert f"{weights} cannot be loaded" in told(str(folder), "--split", "val")


@pytest.mark.parametrize("terminal", [False, True])
def test_a_bar_is_drawn_only_on_a_terminal(any_framework, tmp_path, terminal):
    given = settings(tmp_path, any_framework, tiny_networks.PLAIN, epochs=1)
    with (tmp_path / "output.txt").open("w+", encoding="utf-8") as file:
        console = Console(file=file, force_terminal=terminal, width=120)
        train("fcn", any_framework, "kitti_road", given, out=tmp_path / "run", console=console)
        file.seek(0)
        text = file.read()
    assert ("epoch 1/1" in text) is terminal
    assert "Epoch 1 of 1" in text
