"""A training run from its beginning, or from where it was interrupted, to its end."""

import json
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from pixelwise.course import Course, load_course
from pixelwise.data import load
from pixelwise.data.loading import layout_of
from pixelwise.grading.runtime import is_installed
from pixelwise.messages import _
from pixelwise.networks import NETWORKS
from pixelwise.training.answers import broken_answer, network_builder, reference
from pixelwise.training.engine import (
    Engine,
    Task,
    data_error,
    look_at_machine,
    make_engine,
    out_of_memory,
)
from pixelwise.training.errors import TrainingError
from pixelwise.training.folder import (
    RUN_FILE,
    new_folder,
    newest_folder,
    read_run,
    write_matrix,
    write_text,
)
from pixelwise.training.interruption import listening
from pixelwise.training.loop import OnEpoch, Outcome, Run
from pixelwise.training.processes import this_process
from pixelwise.training.recipe import Recipe, make_recipe, require_network, size_text
from pixelwise.training.report import Report


def train(
    network: str,
    framework: str,
    data: str,
    given: Mapping[str, Any],
    *,
    out: Path | None = None,
    resume: bool = False,
    minutes: float | None = None,
    workers: int = 0,
    console: Console | None = None,
    on_epoch: OnEpoch | None = None,
) -> Outcome:
    """Train a network, and write what comes of it into a folder.

    Several processes that `torchrun` or TF_CONFIG describes train together; each calls this.

    Args:
        network: a key of `NETWORKS`.
        framework: ``torch`` or ``tensorflow``.
        data: the name of a data set.
        given: settings of the `Recipe` by name; the others have defaults for this machine. With
            `resume`, all are those of the run, and what is given must be the same.
        out: the folder; default: a new one in ``runs``, with `resume` the newest there.
        resume: go on with the run in the folder.
        minutes: stop after the last epoch that is over in this time.
        workers: processes that read images at the same time; PyTorch only.
        console: where to report; None to be silent.
        on_epoch: called after every epoch, and once before the first, with what was measured and
            with a function that predicts validation image i: (H, W) uint8 classes.

    Raises:
        TrainingError: the run cannot start or go on; says what to do.
        DataError: something is wrong with the data set.
        WeightsError: the published weights are asked for and not here, or do not fit.
    """
    require_network(network)
    layout_of(data)
    _require_installed(framework)
    folder: Path | None = None
    if resume:
        folder = out or newest_folder(network, framework, data)
        asked = {"network": network, "framework": framework, "data": data, **given}
        task = _task_to_resume(folder, asked, workers)
    else:
        task = _new_task(network, framework, data, given, workers)
    with _engine(task) as engine:
        if engine.rank != 0:
            console = None
        report = Report(console)
        begun = folder is not None and (folder / engine.state_name).exists()
        if task.recipe.pretrained and not begun:
            engine.load_pretrained()
        if not resume:
            folder = _begin_folder(engine, task, out, report)
        with listening() as request:
            run = Run(engine, task, folder, report, request, on_epoch)
            return run.go(resume=resume, minutes=minutes)


def evaluate(folder: Path, split: str, *, console: Console | None = None) -> np.ndarray:
    """Measure the best weights of a run on a part of its data set, and report it.

    Args:
        folder: of the run. The confusion matrix is written there, too.
        split: the part, such as ``test``.
        console: where to report; None to be silent.

    Returns:
        (K, K) int64: the confusion matrix, rows are the truth.

    Raises:
        TrainingError: the folder holds no run, or no weights that fit it.
        DataError: there is no such part, or something is wrong with it.
    """
    recipe, _table = read_run(folder)
    _require_installed(recipe.framework)
    task = _task(recipe, workers=0, held_out=split)
    with _engine(task) as engine:
        weights = folder / engine.weights_name
        try:
            engine.load_weights(weights)
        except Exception as error:
            raise TrainingError(
                _("{file} cannot be loaded into the network: {error}", file=weights, error=error)
            ) from error
        matrix = engine.evaluate()
    if not matrix.any():
        raise TrainingError(
            _(
                "{split} of {data} has no masks to compare with: its publishers keep them. Choose "
                "another part by --split.",
                split=split,
                data=recipe.data,
            )
        )
    write_matrix(folder / f"confusion_matrix_{split}.csv", matrix)
    scores = {name: np.asarray(value) for name, value in task.metrics.scores(matrix).items()}
    Report(console).scores(task.val, split, scores)
    return matrix


@contextmanager
def _engine(task: Task) -> Iterator[Engine]:
    """The engine, which is closed in any case; what goes wrong meanwhile is told in our words."""
    framework = task.recipe.framework
    try:
        engine = _make_engine(task)
        try:
            yield engine
        finally:
            engine.close()
    except Exception as error:
        if out_of_memory(framework, error):
            raise _too_large(task.recipe) from error
        wrapped = data_error(framework, error)
        if wrapped is not None:
            raise wrapped from error
        raise


def _require_installed(framework: str) -> None:
    if not is_installed(framework):
        command = f'pip install ".[{framework}]"'
        raise TrainingError(
            _("{framework} is not installed: {command}", framework=framework, command=command)
        )


def _new_task(
    network: str, framework: str, data: str, given: Mapping[str, Any], workers: int
) -> Task:
    images = load(data, "train", small=given.get("small"), quiet=True)
    machine = look_at_machine(framework)
    recipe = make_recipe(network, framework, data, machine, {**given, "small": images.small})
    return _task(recipe, workers)


def _task_to_resume(folder: Path, asked: Mapping[str, Any], workers: int) -> Task:
    recipe, table = read_run(folder)
    differences = recipe.differences(asked)
    if differences:
        raise TrainingError(
            _(
                "The run in {folder} has other settings: {differences}. Leave out what differs "
                "to go on with that run, or leave out --resume to begin another one.",
                folder=folder,
                differences="; ".join(
                    f"{name}: {here} ≠ {there}" for name, (here, there) in differences.items()
                ),
            )
        )
    task = _task(recipe, workers)
    if table.get("images") != _counts(task):
        raise TrainingError(
            _(
                "The run in {folder} began with other images: {before} then, {now} now. Begin "
                "another run: leave out --resume.",
                folder=folder,
                before=table.get("images"),
                now=_counts(task),
            )
        )
    return task


def _task(recipe: Recipe, workers: int, held_out: str = "val") -> Task:
    course = _course()
    answers = None if recipe.answers is None else Path(recipe.answers)
    build = network_builder(course, NETWORKS[recipe.network], recipe.framework, answers)
    quiet = this_process(recipe.framework)[0] != 0
    images = {
        split: load(recipe.data, split, small=recipe.small, quiet=quiet)
        for split in ("train", held_out)
    }
    if recipe.batch_size > len(images["train"]):
        raise TrainingError(
            _(
                "A batch of {batch} images is larger than the training set, which has {count}. "
                "Lower --batch-size.",
                batch=recipe.batch_size,
                count=len(images["train"]),
            )
        )
    if recipe.small:
        images = {split: data.in_memory() for split, data in images.items()}
    return Task(
        recipe=recipe,
        build=build,
        training=reference(course, "training", recipe.framework),
        metrics=reference(course, "metrics", recipe.framework),
        weights=NETWORKS[recipe.network].weights,
        train=images["train"],
        val=images[held_out],
        workers=workers,
    )


def _course() -> Course:
    try:
        return load_course()
    except FileNotFoundError:
        raise TrainingError(
            _(
                "Neither this folder nor one above it is a clone of the course, which holds the "
                "networks. Change to one."
            )
        ) from None


def _make_engine(task: Task) -> Engine:
    """The engine, after a look whether the network does what the loop needs."""
    recipe = task.recipe
    network = NETWORKS[recipe.network]
    answers = None if recipe.answers is None else Path(recipe.answers)
    K = len(task.train.classes)
    try:
        engine = make_engine(task)
        shape = engine.try_network()
    except TrainingError:
        raise
    except Exception as error:
        if answers is None or out_of_memory(recipe.framework, error):
            raise
        raise broken_answer(network, answers, error) from error
    if shape != (1, 64, 96, K):
        raise TrainingError(
            _(
                "{name} must give {classes} numbers for every pixel, but for an image of 64×96 "
                "pixels its output has the shape {shape} (classes last).",
                name=network.name,
                classes=K,
                shape=shape,
            )
        )
    return engine


def _begin_folder(engine: Engine, task: Task, out: Path | None, report: Report) -> Path | None:
    """The folder of a new run, with its run.json; None where another process has made it."""
    if engine.rank != 0:
        return None
    recipe = task.recipe
    folder = new_folder(recipe, out)
    libraries = {"torch": ("torch",), "tensorflow": ("tensorflow", "keras")}[recipe.framework]
    environment = {
        "device": engine.device,
        "processes": engine.processes,
        "copies_of_the_network": engine.replicas,
        "python": platform.python_version(),
        **{name: version(name) for name in ("pixelwise", "numpy", *libraries)},
    }
    table = {"recipe": recipe.to_json(), "images": _counts(task), "environment": environment}
    write_text(folder / RUN_FILE, json.dumps(table, indent=2) + "\n")
    report.settings({**recipe.to_json(), **environment})
    return folder


def _counts(task: Task) -> dict[str, int]:
    return {"train": len(task.train), "val": len(task.val)}


def _too_large(recipe: Recipe) -> TrainingError:
    return TrainingError(
        _(
            "The memory is full. Tried: {network} of width {width} on batches of {batch} images "
            "of {size} pixels, in {precision}. Lower --batch-size first, then {option}, then "
            "--width.",
            network=recipe.network,
            width=recipe.width,
            batch=recipe.batch_size,
            size=size_text(recipe.size or recipe.crop or (0, 0)),
            precision=recipe.precision,
            option="--crop" if recipe.size is None else "--size",
        )
    )
