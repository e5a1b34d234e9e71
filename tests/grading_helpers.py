"""What the tests of the lessons' graders share: grading texts in place of files.

A test hands in the text of a module: a reference answer, one with a known mistake in it, or one
with another answer put in an exercise's place.
"""

import ast
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pixelwise.course import load_course
from pixelwise.grading.checks import TRAINING, Check, load_checks
from pixelwise.grading.grader import Grader, Verdict
from pixelwise.grading.mistakes import Mistake, load_mistakes
from pixelwise.grading.report import CheckResult, ExerciseResult
from pixelwise.grading.runtime import is_installed
from pixelwise.grading.source import Identity, Source, parse_script
from pixelwise.grading.submissions import Submission

ROOT = Path(__file__).parents[1]
COURSE = load_course(ROOT)


def exercises(topic: str) -> list[str]:
    """The names of a lesson's exercises."""
    return [exercise.name for exercise in COURSE.lesson(topic).exercises]


def checks(topic: str, framework: str, exercise: str | None = None) -> list[Check]:
    """A lesson's checks in one framework, or those of one of its exercises; no training runs."""
    return [
        check
        for check in load_checks(COURSE, COURSE.lesson(topic))
        if framework in check.frameworks
        and exercise in (None, check.exercise)
        and check.tier != TRAINING
    ]


def mistakes(topic: str) -> list[tuple[str, Mistake]]:
    """Every known mistake of a lesson, with each framework in which it can be made."""
    return [
        (framework, mistake)
        for mistake in load_mistakes(COURSE, topic)
        for framework in mistake.replacements
    ]


@cache
def solution(topic: str, framework: str) -> str:
    """The text of the reference answers."""
    return COURSE.solution(topic, framework).read_text(encoding="utf-8")


def with_answer(topic: str, framework: str, code: str) -> str:
    """The reference answers followed by `code`: of two answers with one name the last counts."""
    return f"{solution(topic, framework)}\n\n{code}\n"


def answers_in(others: dict[str, dict[str, list[str]]]) -> list[Any]:
    """Test parameters (framework, exercise, code) for answers listed by framework and exercise."""
    return [
        pytest.param(framework, exercise, code, id=f"{framework}-{exercise}-{number}")
        for framework, answers in others.items()
        for exercise, codes in answers.items()
        for number, code in enumerate(codes)
    ]


SECONDS = 60.0
"""How long a call may take: right answers pass on a busy machine, too."""


def grader(topic: str, framework: str, text: str, *, training: bool = False) -> Grader:
    """A grader of `text`, handed in as a .py file; skips where the framework is missing."""
    if not is_installed(framework):
        pytest.skip(f"{framework} is not installed")
    path = COURSE.solution(topic, framework)
    submission = Submission(path, Identity(topic, framework, "en"), parse_script(path, text))
    return Grader(COURSE, submission, seconds=SECONDS, training=training)


def grade(topic: str, framework: str, text: str, exercise: str) -> ExerciseResult:
    """The result of one exercise of `text`."""
    return grader(topic, framework, text).grade_exercise(exercise)


def run_check(
    topic: str, framework: str, text: str, name: str, *, recognise: bool = True
) -> CheckResult:
    """The outcome of the one check called `name`.

    Unless it is to `recognise` known mistakes, which takes longer, none is found.
    """
    grading = grader(topic, framework, text)
    if not recognise:
        grading._mistakes = []
    (check,) = (check for check in grading.checks if check.name == name)
    _presume_others(grading, topic, framework, text, check.exercise)
    return grading.run(check)


def _presume_others(grading: Grader, topic: str, framework: str, text: str, exercise: str) -> None:
    """Other exercises that are as in the reference answers need not show again that they pass."""
    changed = _changed(topic, framework, text)
    for check in grading.checks:
        if check.exercise not in changed | {exercise}:
            grading._verdicts[check.name] = Verdict("passed")


def _changed(topic: str, framework: str, text: str) -> set[str]:
    """The exercises that differ from the reference answer, or that use something that does."""
    path = COURSE.solution(topic, framework)
    mine, reference = parse_script(path, text), parse_script(path, solution(topic, framework))

    def code(source: Source, name: str) -> list[str]:
        return [ast.dump(definition.node) for definition in source.reachable(name)]

    return {name for name in exercises(topic) if code(mine, name) != code(reference, name)}


def passes(topic: str, framework: str, text: str, exercise: str) -> bool:
    """Whether `text` passes every check of one exercise; stops at the first that fails."""
    grading = grader(topic, framework, text)
    grading._mistakes = []  # which mistake it is does not matter here
    _presume_others(grading, topic, framework, text, exercise)
    asked = [check for check in grading.checks if check.exercise == exercise]
    return all(grading.run(check).status == "passed" for check in asked)


def failures(result: ExerciseResult) -> str:
    """What went wrong, for the message of an assertion; empty if nothing did."""
    wrong = [check for check in result.checks if check.status != "passed"]
    return "\n\n".join(f"{check.name}: {check.status}\n{check.message}" for check in wrong)


def assert_mistake_is_caught(topic: str, framework: str, mistake: Mistake) -> None:
    """The check that a mistake names fails and recognises it."""
    text = mistake.source(solution(topic, framework), framework)
    result = run_check(topic, framework, text, mistake.check)
    assert result.status == "failed", f"{mistake.check} is {result.status}"
    assert result.mistake == mistake.name, f"taken for {result.mistake}:\n{result.message}"
    assert result.hint == mistake.hint.render("en")


CHEAP = {
    "torch": {
        "zeros": "torch.zeros_like(x)",
        "ones": "torch.ones_like(x)",
        "not_a_number": "torch.full_like(x, float('nan') if x.is_floating_point() else 77)",
        "list": "x.tolist()",
    },
    "tensorflow": {
        "zeros": "tf.zeros_like(x)",
        "ones": "tf.ones_like(x)",
        "not_a_number": "tf.zeros_like(x) + (float('nan') if x.dtype.is_floating else 77)",
        "list": "x.numpy().tolist()",
    },
}
"""What an answer without thought makes of each tensor `x` that should come back."""


def cheap_answers(topic: str, framework: str, exercise: str) -> dict[str, str]:
    """Modules in which the function `exercise` answers in the right form, but without thought.

    Shapes, dtypes and tuples are those of the reference answer, values are not: None, constants,
    NaN, lists, the arguments handed back.
    """
    reference = solution(topic, framework)
    assert reference.count(f"def {exercise}(") == 1, "only functions can be made cheap"
    renamed = reference.replace(f"def {exercise}(", f"def the_reference_of_{exercise}(")
    start = f"{renamed}\n\ndef {exercise}(*arguments, **options):\n"
    found = {
        "none": f"{start}    return\n",
        "echo": f"{start}    return arguments[0]\n",
        "echo_two": f"{start}    return arguments[:2]\n",
    }
    for name, expression in CHEAP[framework].items():
        found[name] = (
            f"{start}"
            f"    result = the_reference_of_{exercise}(*arguments, **options)\n"
            f"    cheap = lambda x: {expression}\n"
            f"    several = isinstance(result, list | tuple)\n"
            f"    return tuple(cheap(x) for x in result) if several else cheap(result)\n"
        )
    return found
