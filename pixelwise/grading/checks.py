"""Marking functions as checks, and finding the checks of a lesson."""

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from pixelwise.course import FRAMEWORKS, Course, Lesson
from pixelwise.grading.learner import Learner
from pixelwise.messages import Message

CheckFunction = Callable[[Learner], None]

TIERS = ("form", "values", "properties", "edge")
"""From the first thing to get right to the last: shape and type, values on tiny inputs,
properties on random inputs, edge cases."""

TRAINING = "training"
"""The tier of checks that train a network: they run when an exercise passes all others."""


@dataclass(frozen=True)
class Check:
    """One thing that an answer must do.

    Attributes:
        exercise: the function or class that is asked.
        name: the check's own name, as in reports.
        title: one sentence that says what is required; the first line of the docstring.
        tier: one of `TIERS`, or `TRAINING`.
        hint: what to think about when it fails.
        needs: other exercises that the check calls.
        frameworks: where the check applies.
        function: asks a `Learner`; raises `Failure`.
    """

    exercise: str
    name: str
    title: Message
    tier: str
    hint: Message
    needs: tuple[str, ...]
    frameworks: tuple[str, ...]
    function: CheckFunction


def check(
    exercise: str,
    *,
    tier: str,
    hint: Message,
    needs: tuple[str, ...] = (),
    frameworks: tuple[str, ...] = FRAMEWORKS,
) -> Callable[[CheckFunction], CheckFunction]:
    """Mark a function ``test_…(learner)`` as a check of `exercise`."""
    if tier not in (*TIERS, TRAINING):
        raise ValueError(f"tier must be one of {(*TIERS, TRAINING)}, not {tier!r}")

    def mark(function: CheckFunction) -> CheckFunction:
        title = (function.__doc__ or "").strip().splitlines()
        if not title:
            raise ValueError(f"{function.__name__} needs a docstring: learners read its first line")
        name = function.__name__.removeprefix("test_")
        function.check = Check(  # type: ignore[attr-defined]
            exercise, name, Message(title[0]), tier, hint, needs, frameworks, function
        )
        return function

    return mark


def checks_in(module: ModuleType) -> list[Check]:
    """The checks of a module, in the order in which they are written."""
    return [value.check for value in vars(module).values() if hasattr(value, "check")]


def load_checks(course: Course, lesson: Lesson) -> list[Check]:
    """The checks of a lesson, from autograder/test_<number>_<topic>.py."""
    path: Path = course.root / "autograder" / f"test_{lesson.stem}.py"
    name = f"pixelwise_checks_{abs(hash(path))}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return checks_in(sys.modules[name])
