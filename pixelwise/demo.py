"""`pixelwise demo`: the course's main job, done once in front of a newcomer."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from pixelwise.course import Course, Lesson
from pixelwise.data import Sample, load, photo
from pixelwise.figures.scores import draw_scores
from pixelwise.grading.mistakes import Mistake, load_mistakes
from pixelwise.grading.runtime import is_installed
from pixelwise.grading.values import Array
from pixelwise.i18n import use_language
from pixelwise.messages import Message, _
from pixelwise.training import train
from pixelwise.training.answers import reference
from pixelwise.training.history import Row
from pixelwise.training.loop import Predict
from pixelwise.training.pictures import draw_before_and_after, shown_indices
from pixelwise.training.report import Report

MISTAKES = {
    "masks": {"road_one_hot": "void_is_road", "resize_pair": "label_resized_bilinearly"},
    "metrics": {"MeanIoU": "mean_of_images"},
    "upsampling": {"bilinear_kernel": "every_channel_to_every_channel"},
}
"""The mistakes that the demonstration makes: lesson, exercise, name."""

EPOCHS = 6
"""Of the training: about 20 seconds on two cores."""

LEARNED = 0.7
"""Mean IoU: an answer that never looks at an image, "not road" everywhere, has 0.39."""


def run_demo(course: Course, language: str, console: Console) -> int:
    """Grade the reference answers, grade mistakes, score a photograph, train a network.

    Returns:
        0 if everything came out as it should.
    """
    use_language(language)
    folder = course.root / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()

    def say(message: Message) -> None:
        console.print(message.render(language), highlight=False, soft_wrap=True)

    def heading(message: Message) -> None:
        console.print()
        console.rule(message.render(language), align="left")

    frameworks = [framework for framework in course.frameworks if is_installed(framework)]
    if not frameworks:
        say(_("No framework is installed: {command}", command='pip install ".[torch]"'))
        return 1
    only = [] if len(frameworks) > 1 else ["--framework", frameworks[0]]
    heading(_("1. The reference answers of every lesson"))
    graded = _grade(course, course.root / "solutions", language, console, *only)
    heading(_("2. Answers with typical mistakes, and what a learner would read"))
    _write_mistakes(course, language, frameworks[0], folder / "mistakes")
    found = _grade(course, folder / "mistakes", language, console)
    heading(_("3. The metrics of lesson 2 on a real photograph and its hand-made mask"))
    agree = _score_photo(course, frameworks, folder, console)
    heading(_("4. A network learns to see the road"))
    learned = _train(frameworks[0], folder, console)
    heading(_("5. Your turn"))
    say(_("The pictures are in {folder}.", folder=folder))
    notebook = course.notebook(course.lessons[0], language, frameworks[0], solved=False)
    say(
        _(
            "Open the first lesson, answer its exercises, and grade your work:\n"
            "  {jupyter} lab {notebook}\n"
            "  {pytest} autograder/ --lesson {lesson}",
            jupyter=_program("jupyter"),
            pytest=_program("pytest"),
            notebook=notebook.relative_to(course.root),
            lesson=course.lessons[0].topic,
        )
    )
    return 0 if graded == 0 and found == 1 and agree and learned else 1


def _program(name: str) -> str:
    """How to call a program that stands beside this Python, from the course's folder."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        return name
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _grade(course: Course, path: Path, language: str, console: Console, *options: str) -> int:
    relative = path.relative_to(course.root)
    # Without the grader's own training runs: the demonstration trains once, where it can be seen.
    command = ["autograder/", "--submission", str(relative), "--lang", language, "--no-training"]
    command += options
    console.print("$ pytest " + " ".join(command), style="bold", highlight=False)
    environment = {**os.environ, "PYTHONUTF8": "1"}
    arguments = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
    done = subprocess.run([*arguments, *command], cwd=course.root, env=environment, check=False)
    return done.returncode


def _write_mistakes(course: Course, language: str, framework: str, folder: Path) -> None:
    """Copies of the executed notebooks with a few answers replaced by wrong ones."""
    folder.mkdir()
    for lesson in course.lessons:
        notebook = course.notebook(lesson, language, framework, solved=True)
        content = json.loads(notebook.read_text(encoding="utf-8"))
        for mistake in _chosen_mistakes(course, lesson):
            for cell in content["cells"]:
                marked = cell["metadata"].get("pixelwise", {})
                if cell["cell_type"] == "code" and marked.get("exercise") == mistake.exercise:
                    source = "".join(cell["source"])
                    for old, new in mistake.replacements[framework]:
                        source = source.replace(old, new)
                    cell["source"] = source.splitlines(keepends=True)
        (folder / notebook.name).write_text(json.dumps(content), encoding="utf-8")


def _chosen_mistakes(course: Course, lesson: Lesson) -> list[Mistake]:
    chosen = MISTAKES.get(lesson.topic, {})
    mistakes = load_mistakes(course, lesson.topic)
    return [mistake for mistake in mistakes if chosen.get(mistake.exercise) == mistake.name]


def _score_photo(course: Course, frameworks: list[str], folder: Path, console: Console) -> bool:
    """Score a crude segmentation with the answers in each framework; draw where it is wrong.

    Returns:
        Whether the frameworks agree.
    """
    sample = photo()
    prediction = nearest_mean_color(sample)
    found = {}
    for framework in frameworks:
        metrics = reference(course, "metrics", framework)
        matrix = metrics.confusion_matrix(
            _label(framework, sample.label),
            _label(framework, prediction),
            len(sample.classes.names),
        )
        scores = {name: np.asarray(value) for name, value in metrics.scores(matrix).items()}
        found[framework] = scores
        numbers = "  ".join(f"{k} {float(v):.3f}" for k, v in scores.items() if v.ndim == 0)
        console.print(f"{framework:>10}: {numbers}", highlight=False, soft_wrap=True)
    draw_scores(sample, prediction, np.asarray(matrix), found[framework]["iou"], folder)
    first, *others = found.values()
    return all(np.allclose(first[name], other[name]) for other in others for name in first)


def nearest_mean_color(sample: Sample) -> Array:
    """A crude segmentation: each pixel gets the class whose mean colour is nearest to its own.

    Args:
        sample: a photograph with its mask, from which the mean colours are taken.

    Returns:
        (H, W) class numbers.
    """
    count = len(sample.classes.names)
    means = np.stack([sample.image[sample.label == k].mean(axis=0) for k in range(count)])
    distances = [((sample.image - mean) ** 2).sum(axis=-1) for mean in means]
    return np.stack(distances).argmin(axis=0)


def _train(framework: str, folder: Path, console: Console) -> bool:
    """Train lesson 5's network, with few channels on small images, and draw what it has learned.

    Returns:
        Whether it has learned to tell road from what is none.
    """
    report = Report(console)
    rows: list[Row] = []
    predictions: list[list[Array]] = []
    val = load("kitti_road", "val", small=True, quiet=True)

    def watch(row: Row, predict: Predict) -> None:
        rows.append(row)
        predictions.append([predict(index) for index in shown_indices(len(val))])
        report.epoch(row, EPOCHS)

    given = {"small": True, "width": 8, "size": (64, 224), "epochs": EPOCHS}
    train("fcn", framework, "kitti_road", given, out=folder / "road", on_epoch=watch)
    draw_before_and_after(val, predictions[0], predictions[-1], folder / "road.png")
    report.say(
        _(
            "Mean IoU on images that it was not trained on: {before} before, {after} after. The "
            "picture is {picture}; a longer training: {command}",
            before=f"{rows[0].mean_iou:.3f}",
            after=f"{rows[-1].mean_iou:.3f}",
            picture=folder / "road.png",
            command=f"pixelwise train fcn --framework {framework} --data kitti_road",
        )
    )
    return rows[-1].mean_iou > LEARNED


def _label(framework: str, label: Array) -> object:
    """Labels as a tensor of the framework, in its dtype."""
    if framework == "torch":
        import torch

        return torch.as_tensor(label.astype(np.int64))
    import tensorflow as tf

    return tf.constant(label.astype(np.int32))
