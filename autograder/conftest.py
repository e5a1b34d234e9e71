"""`pytest autograder/`: its options, a test item for each check and framework, the report."""

from collections.abc import Generator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from pixelwise.course import FRAMEWORKS, load_course
from pixelwise.grading.checks import TRAINING, Check
from pixelwise.grading.grader import Grader
from pixelwise.grading.report import ExerciseResult, write_report
from pixelwise.grading.submissions import NothingToGrade, find_submissions
from pixelwise.grading.terminal import write_feedback, write_summary
from pixelwise.i18n import LANGUAGES, preferred_language
from pixelwise.messages import _

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pixelwise")
    group.addoption(
        "--submission",
        type=Path,
        metavar="PATH",
        help="a notebook, a .py file or a folder of them (default: what is in lessons/)",
    )
    group.addoption("--lesson", metavar="NAME", help="grade one lesson, such as masks")
    group.addoption("--framework", choices=FRAMEWORKS, help="grade one framework's answers")
    group.addoption(
        "--lang", choices=LANGUAGES, help="language of the messages (default: the notebook's)"
    )
    group.addoption(
        "--no-training",
        action="store_true",
        help="leave out the short training runs, which take some seconds for each network",
    )
    group.addoption("--report", type=Path, metavar="FILE.json", help="write the results here")


class Session:
    """What this run grades, and what it has found out so far."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        course = load_course(ROOT)
        lesson, language = config.getoption("--lesson"), config.getoption("--lang")
        spoken = language or preferred_language()
        if lesson not in (None, *course.topics):
            raise pytest.UsageError(
                _(
                    "--lesson {lesson}: there is no such lesson; there are {topics}.",
                    lesson=lesson,
                    topics=", ".join(course.topics),
                ).render(spoken)
            )
        try:
            submissions = find_submissions(
                course, config.getoption("--submission"), lesson, config.getoption("--framework")
            )
        except NothingToGrade as nothing:
            raise pytest.UsageError(nothing.reason.render(spoken)) from None
        self.submissions = submissions
        self.graders = [Grader(course, submission, language) for submission in submissions]
        self.selected: list[tuple[Grader, Check]] = []

    @property
    def language(self) -> str:
        """The language to sum up in: that of the first submission."""
        return self.graders[0].language

    @cached_property
    def results(self) -> list[ExerciseResult]:
        """The selected exercises, once all checks have run.

        Those of which only some checks were selected are judged by these.
        """
        found = []
        for grader in self.graders:
            for exercise in grader.lesson.exercises:
                checks = tuple(
                    grader.run(check)
                    for chosen, check in self.selected
                    if chosen is grader and check.exercise == exercise.name
                )
                if checks:
                    found.append(
                        ExerciseResult(
                            grader.lesson.topic,
                            exercise.name,
                            grader.framework,
                            exercise.points,
                            checks,
                        )
                    )
        return found


SESSION = pytest.StashKey[Session]()


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(
            _("Grading runs in one process: leave out -n.").render(preferred_language())
        )
    config.option.tbstyle = "no"  # learners need our explanation, not our traceback
    config.option.reportchars = ""
    config.option.disable_warnings = True
    config.stash[SESSION] = Session(config)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    check: Check = metafunc.function.check
    graders = [
        grader
        for grader in metafunc.config.stash[SESSION].graders
        if grader.framework in check.frameworks
        and check.exercise in [exercise.name for exercise in grader.lesson.exercises]
    ]
    metafunc.parametrize("learner", graders, ids=[grader.framework for grader in graders])


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    # A check that applies to nothing selected would be listed as skipped: leave it out.
    items[:] = [item for item in items if isinstance(_grader(item), Grader)]
    if config.getoption("--no-training"):
        items[:] = [item for item in items if item.function.check.tier != TRAINING]  # type: ignore[attr-defined]
    config.stash[SESSION].selected = [(_grader(item), item.function.check) for item in items]  # type: ignore[attr-defined]


def _grader(item: pytest.Item) -> Any:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("learner") if callspec else None


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool:
    """Let the grader run the check; it knows about other exercises and known mistakes."""
    result = _grader(pyfuncitem).run(pyfuncitem.function.check)
    pyfuncitem.user_properties.append(("status", result.status))
    if result.status in ("todo", "skipped"):
        pytest.skip(result.hint or result.status)
    if result.status != "passed":
        pytest.fail(f"{result.message}\n{result.hint}", pytrace=False)
    return True


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    status = dict(report.user_properties).get("status")
    if status == "todo" and report.when == "call":
        return "todo", "t", "TODO"
    return None


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if session.config.option.collectonly or exitstatus not in (
        pytest.ExitCode.OK,
        pytest.ExitCode.TESTS_FAILED,
    ):
        return
    grading = session.config.stash[SESSION]
    results = grading.results
    if any(result.status != "passed" for result in results):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    report = session.config.getoption("--report")
    if report:
        write_report(results, report)


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> Generator[None]:
    yield
    if config.option.collectonly:
        return
    grading = config.stash[SESSION]
    results = grading.results
    if not results:
        return

    def write(line: str, **markup: bool) -> None:
        terminalreporter.write_line(line, **markup)

    write_feedback(results, grading.language, write)
    write_summary(results, grading.submissions, grading.language, write)
