"""What a learner reads in the terminal after grading."""

from collections.abc import Callable, Sequence

from pixelwise.grading.report import CheckResult, ExerciseResult
from pixelwise.grading.submissions import Submission
from pixelwise.messages import Message, _, _n

Write = Callable[..., None]
"""Writes one line; keyword arguments such as ``red=True`` choose its colour."""

MARKS = {"passed": "✓", "failed": "✗", "error": "✗", "todo": "·", "skipped": "–"}
COLOURS = {"passed": "green", "failed": "red", "error": "red", "todo": "yellow", "skipped": "cyan"}


def status_word(status: str) -> Message:
    """A status as people say it."""
    return {
        "passed": _("passed"),
        "failed": _("failed"),
        "error": _("cannot be run"),
        "todo": _("not started"),
        "skipped": _("skipped"),
    }[status]


def write_feedback(results: Sequence[ExerciseResult], language: str, write: Write) -> None:
    """For each exercise that is wrong, the first check that fails, in full; the others by title."""
    said = set()
    for result in results:
        wrong = [check for check in result.checks if check.status in ("failed", "error")]
        # An unreadable file is explained once, not once for each exercise in it.
        if not wrong or (result.status == "error" and wrong[0].message in said):
            continue
        said.add(wrong[0].message)
        write("")
        write(f"━━ {result.exercise} ({result.lesson}, {result.framework})", bold=True)
        write_check(wrong[0], language, write)
        also = [check for check in wrong[1:] if check.message != wrong[0].message]
        if also:
            write(_("Also not right yet:").render(language))
            for check in also:
                write(f"  ✗ {check.title}", red=True)


def write_check(check: CheckResult, language: str, write: Write) -> None:
    """One failed check: what it requires, what happened, and the hint."""
    write(f"✗ {check.title}", red=True)
    for line in check.message.splitlines():
        write(f"  {line}")
    if check.hint:
        hint = _("Hint: {hint}", hint=check.hint).render(language)
        write(f"  ➜ {hint}", yellow=True)


def write_summary(
    results: Sequence[ExerciseResult],
    submissions: Sequence[Submission],
    language: str,
    write: Write,
) -> None:
    """A line for each exercise, the points, and what to do next."""
    files = {(s.identity.lesson, s.identity.framework): s.path.name for s in submissions}
    width = max((len(result.exercise) for result in results), default=0)
    previous = None
    for result in results:
        current = (result.lesson, result.framework)
        if current != previous:
            write("")
            write(files.get(current, " ".join(current)), bold=True)
            previous = current
        word = status_word(result.status).render(language)
        write(
            f"  {MARKS[result.status]} {result.exercise:<{width}}  "
            f"{result.points:>2}/{result.max_points}  {word}",
            **{COLOURS[result.status]: True},
        )
    write("")
    earned, possible = sum(r.points for r in results), sum(r.max_points for r in results)
    write(
        _("Points: {earned} of {possible}", earned=earned, possible=possible).render(language),
        bold=True,
    )
    write(_next_step(results).render(language))


def _next_step(results: Sequence[ExerciseResult]) -> Message:
    skipped = next((result for result in results if result.status == "skipped"), None)
    wrong = [result for result in results if result.status in ("failed", "error")]
    todo = [result for result in results if result.status == "todo"]
    if wrong:
        return _n(
            "{count} exercise is not right yet. Start with `{name}`: its message is above.",
            "{count} exercises are not right yet. Start with `{name}`: its message is above.",
            len(wrong),
            name=wrong[0].exercise,
        )
    if todo:
        return _n(
            "{count} exercise is not started. Next: `{name}`, lesson {lesson}.",
            "{count} exercises are not started. Next: `{name}`, lesson {lesson}.",
            len(todo),
            name=todo[0].exercise,
            lesson=todo[0].lesson,
        )
    if skipped:
        return _(
            "{framework} is not installed, so its answers were not graded. Install it with "
            '`pip install ".[{framework}]"`, or choose the other with --framework.',
            framework=skipped.framework,
        )
    return _("Everything passed. Well done!")
