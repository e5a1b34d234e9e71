"""The course as `lessons/course.toml` describes it, and where its files lie."""

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pixelwise.i18n import LANGUAGES

FRAMEWORKS = ("torch", "tensorflow")


@dataclass(frozen=True)
class Exercise:
    """A function or class that learners write."""

    name: str
    points: int


@dataclass(frozen=True)
class Lesson:
    """One lesson: its place in the course, its topic and its exercises in order."""

    number: int
    topic: str
    exercises: tuple[Exercise, ...]

    @property
    def stem(self) -> str:
        """The name that the lesson's files share, such as ``01_masks``."""
        return f"{self.number:02d}_{self.topic}"

    def exercise(self, name: str) -> Exercise:
        """The exercise called `name`; KeyError if the lesson has none of that name."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise KeyError(name)


@dataclass(frozen=True)
class Course:
    """The table of contents, read once from `root`/lessons/course.toml."""

    root: Path
    title: str
    repository: str
    branch: str
    languages: tuple[str, ...]
    frameworks: tuple[str, ...]
    lessons: tuple[Lesson, ...]

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Every lesson's topic, in order."""
        return tuple(lesson.topic for lesson in self.lessons)

    def lesson(self, topic: str) -> Lesson:
        """The lesson on `topic`; KeyError if there is none."""
        for lesson in self.lessons:
            if lesson.topic == topic:
                return lesson
        raise KeyError(topic)

    def source(self, lesson: Lesson) -> Path:
        """The English source that authors edit."""
        return self.root / "lessons" / "source" / f"{lesson.stem}.md"

    def solution(self, topic: str, framework: str) -> Path:
        """The reference answers of a lesson in one framework."""
        return self.root / "solutions" / f"{topic}_{framework}.py"

    def catalogue(self, lesson: Lesson, language: str) -> Path:
        """The translations of a lesson's text."""
        return self.root / "lessons" / "locale" / language / f"{lesson.stem}.po"

    def notebook(self, lesson: Lesson, language: str, framework: str, *, solved: bool) -> Path:
        """The built notebook: the learner's, or the executed one with the answers."""
        folder = self.root / ("solutions" if solved else "lessons") / language
        return folder / f"{lesson.stem}_{framework}.ipynb"


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: here) that holds lessons/course.toml.

    Raises:
        FileNotFoundError: there is none; the message says how to get one.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "lessons" / "course.toml").is_file():
            return folder
    raise FileNotFoundError(
        f"no lessons/course.toml in {start} or above it: run this inside a clone of the course"
    )


def load_course(root: Path | None = None) -> Course:
    """Read lessons/course.toml of the course at `root` (default: the one around this folder).

    Raises:
        ValueError: the file names a language or framework that the code does not know.
    """
    root = root or find_root()
    path = root / "lessons" / "course.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for key, known in (("languages", LANGUAGES), ("frameworks", FRAMEWORKS)):
        unknown = set(table[key]) - set(known)
        if unknown:
            raise ValueError(f"{path}: {key} has {sorted(unknown)}, known are {list(known)}")
    lessons = tuple(
        Lesson(
            number=entry["number"],
            topic=entry["topic"],
            exercises=tuple(Exercise(**exercise) for exercise in entry["exercises"]),
        )
        for entry in table["lesson"]
    )
    return Course(
        root=root,
        title=table["title"],
        repository=table["repository"],
        branch=table["branch"],
        languages=tuple(table["languages"]),
        frameworks=tuple(table["frameworks"]),
        lessons=lessons,
    )
