"""Wrong answers that people really give: the reference answer with one thing changed.

`autograder/mistakes/<topic>.toml` holds, for each mistake, the exercise, a name, the check meant
to catch it, the hint it deserves, and for each framework the replacements that turn the reference
answer into the wrong one.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pixelwise.course import Course
from pixelwise.messages import Message


@dataclass(frozen=True)
class Mistake:
    """One known wrong answer.

    Attributes:
        exercise: the function that is wrong.
        name: the mistake's own name.
        check: the check meant to catch it.
        hint: what to tell who made it.
        replacements: for each framework, pairs of old and new text.
    """

    exercise: str
    name: str
    check: str
    hint: Message
    replacements: dict[str, tuple[tuple[str, str], ...]]

    def source(self, solution: str, framework: str) -> str:
        """The text of a reference module with this mistake made in it.

        Raises:
            ValueError: a text to be replaced does not stand in the module exactly once.
        """
        for old, new in self.replacements[framework]:
            if solution.count(old) != 1:
                raise ValueError(
                    f"mistake {self.name!r} of {self.exercise} ({framework}): {old!r} stands "
                    f"{solution.count(old)} times in the reference answer, must stand once"
                )
            solution = solution.replace(old, new)
        return solution


def load_mistakes(course: Course, topic: str) -> list[Mistake]:
    """The known mistakes of a lesson."""
    path: Path = course.root / "autograder" / "mistakes" / f"{topic}.toml"
    if not path.is_file():
        return []
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_mistake(entry, course.frameworks) for entry in table["mistake"]]


def _mistake(entry: dict[str, object], frameworks: Sequence[str]) -> Mistake:
    replacements = {}
    for framework in frameworks:
        if framework in entry:
            pairs: list[list[str]] = entry[framework]  # type: ignore[assignment]
            replacements[framework] = tuple((old, new) for old, new in pairs)
    return Mistake(
        exercise=str(entry["exercise"]),
        name=str(entry["name"]),
        check=str(entry["check"]),
        hint=Message(str(entry["hint"])),
        replacements=replacements,
    )
