"""Where the code of a network comes from: the reference answers, or a learner's own."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from pixelwise.course import Course
from pixelwise.grading.engine import CallFailed, InProcessEngine, TimeLimitReached
from pixelwise.grading.runtime import import_tensorflow, make_runtime
from pixelwise.grading.source import Source, UnreadableSubmission, identify, is_stub, read_source
from pixelwise.messages import _
from pixelwise.networks import PUBLISHED_WIDTH, Network
from pixelwise.training.errors import TrainingError

Builder = Callable[..., Any]
"""What builds a network: ``build(num_classes, width=width)``."""


def reference(course: Course, topic: str, framework: str) -> ModuleType:
    """The module of reference answers of one lesson in one framework, imported."""
    if framework == "tensorflow":
        import_tensorflow()
    if str(course.root) not in sys.path:
        sys.path.insert(0, str(course.root))
    return import_module(f"solutions.{topic}_{framework}")


def network_builder(
    course: Course, network: Network, framework: str, answers: Path | None
) -> Builder:
    """What builds the network.

    Args:
        course: holds the reference answers.
        network: which one.
        framework: ``torch`` or ``tensorflow``.
        answers: a notebook or .py file with a learner's answers; None for the reference answers.

    Raises:
        TrainingError: the file cannot be read, is of the other framework, or does not hold the
            network.
    """
    if answers is None:
        builder = getattr(reference(course, network.topic, framework), network.name)
        return _by_width(network, framework, builder)
    source = _read(answers, course, framework)
    definition = source.definition(network.name)
    if definition is None or is_stub(definition):
        raise TrainingError(
            _(
                "{name} is not written in {file}. Write it there, or leave out --answers to train "
                "the reference answer.",
                name=network.name,
                file=answers,
            )
        )
    engine = InProcessEngine(make_runtime(framework), source.reachable(network.name))
    try:
        found = engine.function(network.name)
    except CallFailed as failed:
        raise broken_answer(network, answers, failed.error) from failed.error
    except TimeLimitReached:
        raise TrainingError(
            _("The definitions in {file} take too long to run. Look for a loop.", file=answers)
        ) from None
    return _by_width(network, framework, found)


def _by_width(network: Network, framework: str, builder: Builder) -> Builder:
    """The same builder, but where it takes an encoder, it takes the width of one."""
    if not network.takes_encoder:
        return builder
    encoders = import_module(f"pixelwise.encoders.mobilenet_v2_{framework}")

    def build(num_classes: int, width: int) -> Any:
        return builder(num_classes, encoders.MobileNetV2Encoder(width / PUBLISHED_WIDTH))

    return build


def broken_answer(network: Network, answers: Path | None, error: BaseException) -> TrainingError:
    """The error for a network whose code raises one."""
    return TrainingError(
        _(
            "{name} of {file} does not run: {kind}: {text}. Grade it first with `pytest "
            "autograder/ --lesson {lesson}`",
            name=network.name,
            file=answers or "solutions/",
            kind=type(error).__name__,
            text=str(error).strip() or "-",
            lesson=network.topic,
        )
    )


def _read(answers: Path, course: Course, framework: str) -> Source:
    identity = identify(answers, course.topics)
    if identity is not None and identity.framework != framework:
        raise TrainingError(
            _(
                "{file} holds answers in {found}, but --framework is {framework}.",
                file=answers,
                found=identity.framework,
                framework=framework,
            )
        )
    try:
        return read_source(answers)
    except UnreadableSubmission as error:
        raise TrainingError(error.reason) from error
