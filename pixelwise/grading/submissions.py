"""Finding the files to grade: a given file or folder, or what a learner has in lessons/."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pixelwise.course import Course
from pixelwise.grading.source import (
    EXTENSIONS,
    Identity,
    Source,
    UnreadableSubmission,
    identify,
    is_stub,
    read_source,
)
from pixelwise.i18n import preferred_language
from pixelwise.messages import Message, _


@dataclass(frozen=True)
class Submission:
    """One file with a learner's answers to one lesson; `source` is None if it is unreadable."""

    path: Path
    identity: Identity
    source: Source | None
    problem: Message | None = None

    def started(self, course: Course) -> int:
        """How many exercises the learner has begun; an unreadable file counts as begun."""
        if self.source is None:
            return 1
        lesson = course.lesson(self.identity.lesson)
        return sum(self._is_started(self.source, exercise.name) for exercise in lesson.exercises)

    @staticmethod
    def _is_started(source: Source, name: str) -> bool:
        definition = source.definition(name)
        if definition is not None:
            return not is_stub(definition)
        return source.broken_cell(name) is not None


class NothingToGrade(Exception):
    """No submission was found; `reason` says where was looked and what would be recognised."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.render("en"))
        self.reason = reason


def find_submissions(
    course: Course,
    path: Path | None = None,
    lesson: str | None = None,
    framework: str | None = None,
) -> list[Submission]:
    """The files to grade, at most one for each lesson and framework, in the order of the course.

    Of several files for one lesson and framework the one with most answers counts; then the one
    nearest to the top, then the first by name. Without `path`, files are taken from lessons/: a
    framework in which nothing has been begun is left out if something has in another, and where
    nothing has been begun in any language, that of the person is taken.

    Raises:
        NothingToGrade: there is no file that could be an answer.
    """
    files = _files(course, path)
    submissions = [
        read_submission(file, identity)
        for file in files
        if (identity := identify(file, course.topics))
        and lesson in (None, identity.lesson)
        and framework in (None, identity.framework)
    ]
    if not submissions:
        raise NothingToGrade(
            _(
                "Nothing to grade in {path}. A submission is a notebook or .py file whose name "
                "ends in <topic>_<framework>, such as {example}.",
                path=path or course.root / "lessons",
                example="01_masks_torch.ipynb, masks_tensorflow.py",
            )
        )
    chosen = _one_each(course, submissions)
    if path is None:
        begun = {s.identity.framework for s in chosen if s.started(course)}
        chosen = [s for s in chosen if not begun or s.identity.framework in begun]
    return chosen


def read_submission(path: Path, identity: Identity) -> Submission:
    """Read one file; what makes it unreadable is kept as its problem."""
    try:
        return Submission(path, identity, read_source(path))
    except UnreadableSubmission as error:
        return Submission(path, identity, None, error.reason)


def _files(course: Course, path: Path | None) -> list[Path]:
    if path is None:
        languages = sorted(course.languages, key=lambda name: name != preferred_language())
        folders = [course.root / "lessons" / language for language in languages]
        return [file for folder in folders for file in _answers_in(folder, folder.glob("*"))]
    if not path.exists():
        raise NothingToGrade(_("{path} does not exist. Check the path.", path=path))
    return [path] if path.is_file() else _answers_in(path, path.rglob("*"))


def _answers_in(folder: Path, files: Iterable[Path]) -> list[Path]:
    answers = (file for file in files if file.suffix in EXTENSIONS and file.is_file())
    hidden = (".ipynb_checkpoints", "__pycache__", ".venv")
    kept = (file for file in answers if not set(hidden) & set(file.relative_to(folder).parts))
    return sorted(kept, key=lambda file: (len(file.parts), str(file)))


def _one_each(course: Course, submissions: Sequence[Submission]) -> list[Submission]:
    best: dict[tuple[str, str], Submission] = {}
    for submission in submissions:
        key = submission.identity.lesson, submission.identity.framework
        if key not in best or submission.started(course) > best[key].started(course):
            best[key] = submission
    order = [
        (lesson.topic, framework) for lesson in course.lessons for framework in course.frameworks
    ]
    return [best[key] for key in order if key in best]
