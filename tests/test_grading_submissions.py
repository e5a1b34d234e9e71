"""Which files are graded when several could be."""

import json
from pathlib import Path

import pytest

from pixelwise.course import Course, load_course
from pixelwise.grading.submissions import NothingToGrade, find_submissions

BEGUN = "def first(x):\n    return x\n"
STUB = "def first(x):\n    raise NotImplementedError\n"
TABLE = """
title = "Two lessons"
repository = "https://example.org/course"
branch = "main"
languages = ["en", "ru", "zh"]
frameworks = ["torch", "tensorflow"]
lesson = [
    { number = 1, topic = "masks", exercises = [{ name = "first", points = 1 }] },
    { number = 2, topic = "metrics", exercises = [{ name = "first", points = 1 }] },
]
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "course.toml").write_text(TABLE, encoding="utf-8")
    return load_course(tmp_path)


def put(course: Course, language: str, name: str, text: str) -> Path:
    path = course.root / "lessons" / language / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    cells = [{"cell_type": "code", "source": text, "metadata": {}}]
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    return path


def test_the_language_that_was_begun_is_graded(course: Course) -> None:
    for language in ("en", "ru", "zh"):
        put(course, language, "01_masks_torch", BEGUN if language == "ru" else STUB)
    (found,) = find_submissions(course)
    assert found.identity.language == "ru"


def test_a_framework_that_was_not_begun_is_left_out(course: Course) -> None:
    put(course, "en", "01_masks_torch", BEGUN)
    put(course, "en", "01_masks_tensorflow", STUB)
    put(course, "en", "02_metrics_torch", STUB)
    found = [(s.identity.lesson, s.identity.framework) for s in find_submissions(course)]
    assert found == [("masks", "torch"), ("metrics", "torch")]


def test_where_nothing_was_begun_both_frameworks_are_listed(course: Course) -> None:
    put(course, "en", "01_masks_torch", STUB)
    put(course, "en", "01_masks_tensorflow", STUB)
    assert len(find_submissions(course)) == 2


def test_a_given_folder_is_searched_whole(course: Course, tmp_path: Path) -> None:
    folder = tmp_path / "work" / "anna"
    folder.mkdir(parents=True)
    (folder / "my_masks_torch.py").write_text(BEGUN, encoding="utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "metrics_torch.py").write_text(BEGUN, encoding="utf-8")
    (found,) = find_submissions(course, tmp_path / "work")
    assert found.path.name == "my_masks_torch.py"


def test_of_two_files_the_one_nearer_the_top_counts(course: Course, tmp_path: Path) -> None:
    deep = tmp_path / "work" / "old"
    deep.mkdir(parents=True)
    for folder in (deep, deep.parent):
        (folder / "masks_torch.py").write_text(BEGUN, encoding="utf-8")
    (found,) = find_submissions(course, tmp_path / "work")
    assert found.path.parent == deep.parent


def test_nothing_to_grade_says_what_would_be_recognised(course: Course, tmp_path: Path) -> None:
    with pytest.raises(NothingToGrade, match=r"01_masks_torch\.ipynb"):
        find_submissions(course, tmp_path / "lessons")
    with pytest.raises(NothingToGrade, match="does not exist"):
        find_submissions(course, tmp_path / "absent")
