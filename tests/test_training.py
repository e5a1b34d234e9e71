"""Recipes, schedules, files and interruptions: the parts of a training without a framework."""

import errno
import json
import math
import os
import signal
import subprocess
import sys
from itertools import pairwise
from unittest.mock import Mock, call

import numpy as np
import pytest
from typer.testing import CliRunner

from pixelwise.cli import app
from pixelwise.data.order import EpochOrder
from pixelwise.data.sets import LAYOUTS
from pixelwise.data.sets.facts import IMAGENET_MEAN, IMAGENET_STD
from pixelwise.training import Recipe, TrainingError
from pixelwise.training.folder import (
    new_folder,
    read_run,
    require_space,
    write_atomically,
    write_text,
)
from pixelwise.training.history import Row, best_epoch, from_csv, to_csv
from pixelwise.training.interruption import listening
from pixelwise.training.pipelines import training_steps, validation_steps
from pixelwise.training.recipe import Machine, make_recipe, parse_size
from pixelwise.training.schedule import learning_rate
from pixelwise.training.shares import ShareOfOrder

CPU = Machine(gpu=False, precision="float32", pretrained=frozenset())
GPU = Machine(gpu=True, precision="bfloat16", pretrained=frozenset({"vgg16"}))


def recipe(machine=CPU, network="fcn", data="kitti_road", **given):
    return make_recipe(network, "torch", data, machine, given)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("PIXELWISE_LANG", "en")


# Recipes


@pytest.mark.parametrize("machine", [CPU, GPU])
@pytest.mark.parametrize("data", LAYOUTS)
def test_there_is_a_recipe_for_every_data_set_and_machine(data, machine):
    made = recipe(machine, data=data)
    assert (made.size is None) != (made.crop is None)
    # Images of many sizes become one batch only by a crop or a resize.
    assert made.scale is None or made.crop is not None
    assert made.width == (64 if machine.gpu else 8)


def test_streets_of_kitti_are_not_mirrored():
    assert not recipe().flip
    assert recipe(data="voc2012").flip


def test_published_weights_are_used_where_they_are_and_fit():
    assert recipe(GPU).pretrained
    assert not recipe(GPU, width=32).pretrained
    assert not recipe(GPU, pretrained=False).pretrained
    assert not recipe(CPU, width=64).pretrained
    assert recipe(CPU, pretrained=True).width == 64
    with pytest.raises(TrainingError, match="width 64, not 8"):
        recipe(CPU, pretrained=True, width=8)


@pytest.mark.parametrize("pretrained", [True, False])
def test_published_weights_see_colours_as_in_their_own_training(pretrained):
    chosen = recipe(GPU, data="camvid", pretrained=pretrained)
    facts = LAYOUTS["camvid"].facts
    expected = (IMAGENET_MEAN, IMAGENET_STD) if pretrained else (facts.mean, facts.std)
    assert facts.mean != IMAGENET_MEAN
    steps = Mock()
    training_steps(chosen, facts, steps)
    validation_steps(chosen, facts, steps)
    assert steps.normalize.call_args_list == [call(*expected)] * 2
    assert steps.random_crop.call_args == call(chosen.crop, expected[0])


def test_a_size_replaces_the_crop_and_the_other_way_round():
    assert recipe(data="voc2012", size=(64, 96)).crop is None
    assert recipe(data="voc2012", size=(64, 96)).scale is None
    assert recipe(data="kitti_road", crop=(64, 96)).size is None
    with pytest.raises(TrainingError, match="exclude each other"):
        recipe(size=(64, 96), crop=(64, 96))


def test_a_size_that_networks_cannot_halve_is_refused_with_one_that_they_can():
    with pytest.raises(TrainingError, match=r"100x200.*96x192"):
        recipe(size=(100, 200))


@pytest.mark.parametrize(("text", "size"), [("160x576", (160, 576)), ("64 × 96", (64, 96))])
def test_sizes_are_read(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["160", "160x", "x5", "axb", "-32x64"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(TrainingError, match="160x576"):
        parse_size(text)


def test_a_recipe_survives_its_file(tmp_path):
    made = recipe(data="voc2012", seed=3)
    write_text(tmp_path / "run.json", json.dumps({"recipe": made.to_json()}))
    assert read_run(tmp_path)[0] == made


def test_differences_are_those_that_were_asked_for():
    made = recipe(width=2)
    assert made.differences({"width": 3, "seed": 0}) == {"width": (2, 3)}


def test_an_unknown_network_is_told_the_names():
    with pytest.raises(TrainingError, match=r"'fcm'.*fcn, fcn16s, fcn32s"):
        recipe(network="fcm")


# The learning rate


def test_the_learning_rate_rises_shortly_and_falls_to_zero():
    rates = [learning_rate(step, 100, 1.0) for step in range(100)]
    assert rates[0] == pytest.approx(0.2)
    assert rates[4] == rates[5] == 1.0
    assert all(a > b for a, b in pairwise(rates[5:]))
    assert 0 < rates[-1] < 0.02


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_very_short_runs_have_a_learning_rate(steps):
    assert all(0 < learning_rate(step, steps, 1.0) <= 1 for step in range(steps))


# Shares


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_processes_together_see_the_batches_of_one(processes):
    order = EpochOrder(length=20, steps=2, seed=5, shuffle=True)
    alone = list(order.visits(4))[:18]
    shares = [ShareOfOrder(order, 6, rank, processes) for rank in range(processes)]
    part = 6 // processes
    parts = [list(share.visits(4)) for share in shares]
    assert [len(found) for found in parts] == [share.length for share in shares]
    for batch in range(3):
        together = [visit for found in parts for visit in found[batch * part : (batch + 1) * part]]
        assert together == alone[batch * 6 : (batch + 1) * 6]


# Files


def row(epoch, mean_iou=0.5):
    return Row(epoch, math.nan if epoch == 0 else 0.1, mean_iou, 0.75, 2.5, 24.0)


def test_the_history_is_read_as_it_was_written():
    rows = [row(1, 0.25), row(2, 1 / 3)]
    assert from_csv(to_csv(rows)) == rows
    (first,) = from_csv(to_csv([row(0)]))
    assert math.isnan(first.loss)
    with pytest.raises(ValueError, match="columns"):
        from_csv("a,b\n1,2\n")


def test_of_equal_epochs_the_last_is_the_best():
    assert best_epoch([row(0, 0.4), row(1, 0.4), row(2, 0.3)]) == 1


def test_a_file_is_replaced_at_once_or_not_at_all(tmp_path):
    path = tmp_path / "state.txt"
    write_text(path, "old")

    def break_off(unfinished):
        unfinished.write_text("ne", encoding="utf-8")
        assert path.read_text(encoding="utf-8") == "old"
        raise OSError(errno.ENOSPC, "No space left on device", str(unfinished))

    with pytest.raises(TrainingError, match="No space left"):
        write_atomically(path, break_off)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_larger_than_the_disk_is_not_begun(tmp_path):
    require_space(tmp_path / "small", 1)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        require_space(tmp_path / "large", 2**60)


def test_a_run_is_not_overwritten(tmp_path):
    write_text(tmp_path / "run.json", "{}")
    with pytest.raises(TrainingError, match="--resume"):
        new_folder(recipe(), tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="cannot be written"):
        new_folder(recipe(), tmp_path / "file" / "run")


def test_runs_of_the_same_second_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = {new_folder(recipe(), None) for _ in range(3)}
    assert len(folders) == 3
    assert all(folder.name.startswith("fcn-torch-kitti_road-2") for folder in folders)


@pytest.mark.parametrize("text", [None, "{", "{}", '{"recipe": 5}', '{"recipe": {"width": 8}}'])
def test_a_folder_without_a_run_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=r"run\.json"):
        read_run(tmp_path)


# Ctrl-C


def test_the_first_ctrl_c_asks_and_the_second_stops(monkeypatch):
    before = signal.getsignal(signal.SIGINT)
    with listening() as request:
        assert not request.asked
        signal.raise_signal(signal.SIGINT)
        assert request.asked
        # What torchrun hands on at once is the same Ctrl-C.
        signal.raise_signal(signal.SIGINT)
        monkeypatch.setattr("pixelwise.training.interruption._SAME", 0.0)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


# The command


def run(*arguments):
    return CliRunner().invoke(app, ["train", *map(str, arguments)])


def test_other_commands_do_not_wait_for_the_training_part():
    heavy = "{'numpy', 'torch', 'tensorflow', 'matplotlib'}"
    code = f"import sys, pixelwise.cli; print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_package_can_be_run_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "pixelwise", "train", "--help"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "200"},
        check=True,
    )
    assert "--resume" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fcm", "--framework", "torch"], "There is no network 'fcm'"),
        (["fcn", "--framework", "torch", "--data", "kitti"], "There is no data set 'kitti'"),
        (["fcn", "--framework", "torch", "--size", "64"], "'64' is not a size"),
    ],
)
def test_what_is_wrong_is_told_without_a_traceback(arguments, words):
    done = run(*arguments, "--lang", "en")
    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output


def test_an_unknown_language_is_refused():
    assert run("fcn", "--framework", "torch", "--lang", "de").exit_code == 2


def test_the_recipe_is_complete():
    # What is not in the recipe cannot be resumed, and is not in run.json.
    made = recipe()
    assert Recipe.from_json(made.to_json()) == made
    assert np.isfinite(made.learning_rate)
