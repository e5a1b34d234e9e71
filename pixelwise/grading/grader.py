"""Grading one submission: which checks apply, what their outcome is, and the hint it deserves."""

import time
from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pixelwise.course import Course
from pixelwise.grading.checks import TRAINING, Check, load_checks
from pixelwise.grading.engine import TIME_LIMIT, Frame, InProcessEngine
from pixelwise.grading.failure import Failure, describe
from pixelwise.grading.learner import Learner
from pixelwise.grading.mistakes import Mistake, load_mistakes
from pixelwise.grading.report import CheckResult, ExerciseResult
from pixelwise.grading.runtime import Runtime, is_installed, make_runtime
from pixelwise.grading.source import Source, is_stub, parse_script
from pixelwise.grading.submissions import Submission
from pixelwise.messages import Message, _

SEARCH_SECONDS = 5.0
"""How long the failing checks of an exercise may be compared with unlikely mistakes.

Those that a check is meant for are always compared. Building a large network for every mistake
would keep a learner waiting.
"""


@cache
def _runtime(framework: str) -> Runtime:
    return make_runtime(framework)


@dataclass(frozen=True)
class Verdict:
    """The outcome of a check before it is worded."""

    status: str
    failure: Failure | None = None
    hint: Message | None = None
    mistake: str | None = None


class Grader:
    """Grades the exercises of one submission, each on its own.

    Args:
        course: the course that the submission belongs to.
        submission: what was handed in.
        language: of the messages; by default that of the submission.
        seconds: how long one call of the learner's code may take.
        training: whether networks are trained, which takes seconds for each.
    """

    def __init__(
        self,
        course: Course,
        submission: Submission,
        language: str | None = None,
        seconds: float = TIME_LIMIT,
        training: bool = True,
    ) -> None:
        self.course = course
        self.submission = submission
        self.lesson = course.lesson(submission.identity.lesson)
        self.framework = submission.identity.framework
        self.language = language or submission.identity.language or "en"
        self._seconds = seconds
        self._training = training
        self._engines: dict[str, InProcessEngine] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._stopped: dict[str, Failure] = {}
        self._in_progress: set[str] = set()
        self._recognised: set[str] = set()
        self._searched: dict[str, float] = defaultdict(float)

    @cached_property
    def checks(self) -> list[Check]:
        """The checks of this lesson that apply to this framework."""
        found = load_checks(self.course, self.lesson)
        return [
            check
            for check in found
            if self.framework in check.frameworks and (self._training or check.tier != TRAINING)
        ]

    def grade(self) -> list[ExerciseResult]:
        """The results of every exercise of the lesson."""
        return [self.grade_exercise(exercise.name) for exercise in self.lesson.exercises]

    def grade_exercise(self, name: str) -> ExerciseResult:
        """The result of one exercise."""
        results = tuple(self.run(check) for check in self.checks if check.exercise == name)
        points = self.lesson.exercise(name).points
        return ExerciseResult(self.lesson.topic, name, self.framework, points, results)

    def run(self, check: Check) -> CheckResult:
        """The outcome of one check, in the learner's language."""
        verdict = self.verdict(check)
        message = hint = ""
        if verdict.failure is not None:
            message = self._word(verdict.failure)
        if verdict.hint is not None:
            hint = verdict.hint.render(self.language)
        title = check.title.render(self.language)
        return CheckResult(check.name, title, verdict.status, message, hint, verdict.mistake)

    def verdict(self, check: Check) -> Verdict:
        """The outcome of one check; each is run once."""
        if check.name not in self._verdicts:
            ready = check.tier != TRAINING or self._passes(check.exercise)
            self._in_progress.add(check.exercise)
            self._verdicts[check.name] = self._judge(check, ready)
            self._in_progress.discard(check.exercise)
        return self._verdicts[check.name]

    def _judge(self, check: Check, ready: bool) -> Verdict:
        source = self.submission.source
        if source is None:
            assert self.submission.problem is not None
            return Verdict("error", Failure(self.submission.problem))
        obstacle = self._obstacle(source, check.exercise)
        if obstacle is not None:
            return obstacle
        if not is_installed(self.framework):
            return Verdict(
                "skipped",
                hint=_(
                    '{framework} is not installed: `pip install ".[{framework}]"`',
                    framework=self.framework,
                ),
            )
        if not ready:
            return Verdict(
                "skipped",
                hint=_(
                    "Training waits until the other checks of `{name}` pass.", name=check.exercise
                ),
            )
        if check.exercise in self._stopped:
            return Verdict("failed", self._stopped[check.exercise])
        engine = self._engine(source, check)
        failure = _failure(check, Learner(engine, source, self.framework))
        engine.forget()
        if failure is None:
            return Verdict("passed")
        if failure.timed_out:
            self._stopped[check.exercise] = failure
        # To recognise one after training, every known mistake would have to be trained as well.
        mistake = None if check.tier == TRAINING else self._mistake(check, failure)
        hint = mistake.hint if mistake else failure.hint or check.hint
        for name in self._stand_ins(check):
            hint = _(
                "{hint} (`{name}` is not right yet, so the reference answer stood in for it.)",
                hint=hint,
                name=name,
            )
        return Verdict("failed", failure, hint, mistake.name if mistake else None)

    def _obstacle(self, source: Source, name: str) -> Verdict | None:
        """Why the exercise cannot be run at all, if it cannot."""
        broken = source.broken_cell(name)
        definition = source.definition(name)
        if definition is None and broken is not None:
            return Verdict(
                "error",
                Failure(
                    _("This cell has a syntax error: {reason}.", reason=broken.reason),
                    frame=Frame(broken.cell, broken.line),
                ),
                _(
                    "Python stopped reading at this line; the cause is often just before it: a "
                    "bracket that is not closed, a missing colon, wrong indentation."
                ),
            )
        if definition is None:
            return Verdict("error", *self._missing(source, name))
        return Verdict("todo") if is_stub(definition) else None

    def _missing(self, source: Source, name: str) -> tuple[Failure, Message]:
        beside = source.functions_beside(name)
        others = [exercise.name for exercise in self.lesson.exercises]
        renamed = [found for found in beside if found not in others]
        defined = [d.names[0] for d in source.definitions if d.is_function_or_class]
        similar = get_close_matches(name, [found for found in defined if found not in others], n=1)
        if renamed or similar:
            found = (renamed or similar)[0]
            definition = source.definition(found)
            assert definition is not None
            failure = Failure(
                _("There is no `{name}`, but there is `{found}`.", name=name, found=found),
                frame=Frame(definition.cell, definition.node.lineno),
            )
            return failure, _(
                "The grader finds an answer by its name: rename `{found}` to `{name}`.",
                found=found,
                name=name,
            )
        elsewhere = source.bound_elsewhere(name)
        if elsewhere is not None:
            failure = Failure(
                _("`{name}` is there, but not as a function or class of its own.", name=name),
                frame=Frame(*elsewhere),
            )
            return failure, _(
                "The grader takes a `def` or `class` at the left margin of a cell: no `lambda`, no "
                "`async def`, and nothing inside an `if`."
            )
        failure = Failure(
            _("{file} does not define `{name}`.", file=self.submission.path.name, name=name)
        )
        return failure, _(
            "Was the cell deleted? Copy the exercise's cell from a fresh copy of the notebook and "
            "paste your answer into it."
        )

    def _engine(self, source: Source, check: Check) -> InProcessEngine:
        """The learner's code for one exercise, with the reference in place of what fails beside it.

        An exercise may call others of its lesson. Where those are not right yet, the reference
        answers stand in, so that one bug does not sink the next task.
        """
        names = (check.exercise, *check.needs)
        key = " ".join(names)
        if key not in self._engines:
            others = {exercise.name for exercise in self.lesson.exercises} - {check.exercise}
            needed = set(names).union(*(d.uses for d in source.reachable(*names)))
            failing = frozenset(name for name in others & needed if not self._passes(name))
            # Of an earlier lesson's answers, which are given, the learner may have no need.
            failing |= {name for name in check.needs if source.definition(name) is None}
            provided = self._references(failing)
            reachable = source.reachable(*names, without=failing)
            self._engines[key] = InProcessEngine(
                _runtime(self.framework), reachable, provided, self._seconds
            )
        return self._engines[key]

    def _stand_ins(self, check: Check) -> list[str]:
        """The exercises that the check calls itself and for which the reference stands in."""
        return [name for name in check.needs if not self._passes(name)]

    def _passes(self, exercise: str) -> bool:
        if exercise in self._in_progress:  # two answers that call each other
            return True
        checks = [
            check for check in self.checks if check.exercise == exercise and check.tier != TRAINING
        ]
        return all(self.verdict(check).status == "passed" for check in checks)

    def _references(self, names: frozenset[str]) -> dict[str, Any]:
        if not names:
            return {}
        solution = parse_script(self._solution_path, self._solution)
        engine = InProcessEngine(_runtime(self.framework), solution.reachable(*names))
        return {name: engine.function(name) for name in names}

    def _mistake(self, check: Check, failure: Failure) -> Mistake | None:
        """The known mistake that fails this check in the same way."""
        if not failure.can_be_compared:
            return None
        candidates = [mistake for mistake in self._mistakes if mistake.exercise == check.exercise]
        # A mistake made once fails several checks.
        candidates.sort(key=lambda m: (m.name not in self._recognised, m.check != check.name))
        for mistake in candidates:
            likely = mistake.name in self._recognised or mistake.check == check.name
            if not likely and self._searched[check.exercise] > SEARCH_SECONDS:
                return None
            began = time.monotonic()
            text = mistake.source(self._solution, self.framework)
            source = parse_script(self._solution_path, text)
            names = (check.exercise, *check.needs)
            engine = InProcessEngine(
                _runtime(self.framework), source.reachable(*names), seconds=self._seconds
            )
            same = _failure(check, Learner(engine, source, self.framework))
            self._searched[check.exercise] += time.monotonic() - began
            if same is not None and failure.same_as(same):
                self._recognised.add(mistake.name)
                return mistake
        return None

    @property
    def _solution_path(self) -> Path:
        return self.course.solution(self.lesson.topic, self.framework)

    @cached_property
    def _solution(self) -> str:
        """The text of the reference answers."""
        return self._solution_path.read_text(encoding="utf-8")

    @cached_property
    def _mistakes(self) -> list[Mistake]:
        """The lesson's known mistakes in this framework."""
        known = load_mistakes(self.course, self.lesson.topic)
        return [mistake for mistake in known if self.framework in mistake.replacements]

    def _word(self, failure: Failure) -> str:
        lines = [failure.headline.render(self.language)]
        for label, content in describe(failure, self.language):
            lines.append(label)
            lines += [f"    {line}" for line in content]
        return "\n".join(lines)


def _failure(check: Check, learner: Learner) -> Failure | None:
    try:
        check.function(learner)
    except Failure as failure:
        return failure
    except Exception as error:  # whatever came back, the other exercises are still to be graded
        return Failure(
            _("The grader cannot read what came back ({problem}).", problem=error),
            frame=learner.definition_frame(check.exercise),
        )
    return None
