"""What grading found out, and its JSON form."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATUSES = ("error", "failed", "todo", "skipped", "passed")
"""From the gravest to the best: an exercise has the gravest of its checks."""


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check, worded in the learner's language.

    Attributes:
        name: the check's own name.
        title: what it requires.
        status: one of `STATUSES`.
        message: what was asked, expected and received; empty where nothing went wrong.
        hint: what to think about.
        mistake: the name of the known mistake that gives the same wrong answer.
    """

    name: str
    title: str
    status: str
    message: str = ""
    hint: str = ""
    mistake: str | None = None


@dataclass(frozen=True)
class ExerciseResult:
    """The outcome of one exercise: points for it are earned by passing all of its checks."""

    lesson: str
    exercise: str
    framework: str
    max_points: int
    checks: tuple[CheckResult, ...]

    @property
    def status(self) -> str:
        """``passed`` if all checks passed, else the gravest status among them."""
        statuses = {check.status for check in self.checks}
        return next((status for status in STATUSES if status in statuses), "error")

    @property
    def points(self) -> int:
        """All points or none."""
        return self.max_points if self.status == "passed" else 0

    def as_json(self) -> dict[str, Any]:
        """The entry of the report."""
        return {
            "lesson": self.lesson,
            "exercise": self.exercise,
            "framework": self.framework,
            "status": self.status,
            "points": self.points,
            "max_points": self.max_points,
            "checks": [
                {
                    "name": check.name,
                    "status": check.status,
                    "message": check.message,
                    "hint": check.hint,
                }
                for check in self.checks
            ],
        }


def write_report(results: Iterable[ExerciseResult], path: Path) -> None:
    """Write the results as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [result.as_json() for result in results]
    path.write_text(json.dumps(entries, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
