"""`pytest autograder/` as people call it: options, exit status, report."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pixelwise.course import Course, load_course
from pixelwise.grading.runtime import is_installed

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


def autograder(*options: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "autograder/", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *map(str, options)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "PIXELWISE_LANG": "en"},
        check=False,
    )


def test_an_untouched_course_is_all_todo(course: Course, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    # The learners' notebooks are copied, since whoever runs this may have begun the course.
    for lesson in course.lessons:
        for framework in course.frameworks:
            built = course.notebook(lesson, "en", framework, solved=False)
            (tmp_path / built.name).write_bytes(built.read_bytes())
    done = autograder("--submission", tmp_path, "--report", report)
    results = json.loads(report.read_text(encoding="utf-8"))
    exercises = [exercise.name for lesson in course.lessons for exercise in lesson.exercises]
    assert len(results) == len(exercises) * len(course.frameworks)
    assert {result["status"] for result in results} == {"todo"}
    assert done.returncode == 1


@pytest.mark.parametrize("framework", ["torch", "tensorflow"])
def test_the_reference_answers_pass(course: Course, tmp_path: Path, framework: str) -> None:
    if not is_installed(framework):
        pytest.skip(f"{framework} is not installed")
    report = tmp_path / "report.json"
    done = autograder(
        "--submission", "solutions", "--framework", framework, "--report", report, "--lang", "en"
    )
    assert done.returncode == 0, done.stdout
    results = json.loads(report.read_text(encoding="utf-8"))
    assert [(result["lesson"], result["exercise"]) for result in results] == [
        (lesson.topic, exercise.name) for lesson in course.lessons for exercise in lesson.exercises
    ]
    for result in results:
        assert result["status"] == "passed"
        assert result["points"] == result["max_points"] > 0
        assert result["framework"] == framework
        assert result["checks"]
        for check in result["checks"]:
            assert set(check) == {"name", "status", "message", "hint"}


def test_the_reference_notebooks_pass_with_all_their_other_cells() -> None:
    if not is_installed("torch"):
        pytest.skip("torch is not installed")
    done = autograder("--submission", "solutions/ru", "--framework", "torch", "--no-training")
    assert done.returncode == 0, done.stdout


def test_several_processes_are_refused() -> None:
    done = autograder("--submission", "lessons/en", "-n", "2")
    assert done.returncode == 4
    assert "leave out -n" in done.stderr


def test_one_lesson_can_be_chosen(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    autograder("--submission", "lessons/en", "--lesson", "metrics", "--report", report)
    results = json.loads(report.read_text(encoding="utf-8"))
    assert {result["lesson"] for result in results} == {"metrics"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--lesson", "mask"), "there are masks, metrics, upsampling"),
        (("--submission", "no/such/folder"), "does not exist"),
        (("--submission", "autograder"), "Nothing to grade"),
        (("--framework", "jax"), "invalid choice"),
    ],
)
def test_options_that_cannot_be_met_are_explained(options: tuple[str, str], expected: str) -> None:
    done = autograder(*options)
    assert done.returncode == 4
    assert expected in done.stderr + done.stdout


def test_messages_follow_the_notebooks_language_or_the_option() -> None:
    notebook = "lessons/ru/01_masks_torch.ipynb"
    assert "не начато" in autograder("--submission", notebook).stdout
    assert "not started" in autograder("--submission", notebook, "--lang", "en").stdout


def test_no_framework_is_imported_for_the_other(tmp_path: Path) -> None:
    """A PyTorch learner never waits for TensorFlow, nor the other way round."""
    if not is_installed("torch"):
        pytest.skip("torch is not installed")
    code = (
        "import sys, pytest\n"
        "pytest.main(['autograder/', '-q', '--submission', 'solutions', '--lesson', 'metrics',"
        " '--framework', 'torch', '-p', 'no:cacheprovider', '-p', 'no:nbval'])\n"
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'jupytext', 'nbformat', 'babel'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert "loaded: []" in done.stdout


def test_an_unreadable_notebook_is_explained_once(tmp_path: Path) -> None:
    (tmp_path / "01_masks_torch.ipynb").write_text("{", encoding="utf-8")
    done = autograder("--submission", tmp_path, "--lang", "en")
    assert done.returncode == 1
    assert done.stdout.count("not hold valid JSON") == 1
    assert done.stdout.count("cannot be run") == 8
