"""The table of contents and the choice of language."""

from pathlib import Path

import pytest

from pixelwise import use_language
from pixelwise.course import find_root, load_course
from pixelwise.i18n import current_language, match_language

ROOT = Path(__file__).parent.parent


def test_the_course_is_found_from_a_folder_inside_it() -> None:
    assert find_root(ROOT / "lessons" / "source") == ROOT


def test_outside_a_course_the_error_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="inside a clone of the course"):
        find_root(tmp_path)


def test_an_unknown_language_in_the_course_is_named(tmp_path: Path) -> None:
    text = (ROOT / "lessons" / "course.toml").read_text(encoding="utf-8")
    (tmp_path / "lessons").mkdir()
    path = tmp_path / "lessons" / "course.toml"
    path.write_text(text.replace('"zh"]', '"xx"]'), encoding="utf-8")
    with pytest.raises(ValueError, match="xx"):
        load_course(tmp_path)


def test_exercise_names_are_unique_in_the_course() -> None:
    lessons = load_course(ROOT).lessons
    names = [exercise.name for lesson in lessons for exercise in lesson.exercises]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("ru_RU.UTF-8", "ru"),
        ("zh-CN", "zh"),
        ("zh", "zh"),
        ("C.UTF-8", "en"),
        ("", "en"),
        (None, "en"),
        ("de_DE", "en"),
    ],
)
def test_locale_names_lead_to_the_nearest_language(locale: str | None, language: str) -> None:
    assert match_language(locale) == language


def test_an_unknown_language_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pixelwise.i18n._current", None)
    monkeypatch.setenv("PIXELWISE_LANG", "ru_RU.UTF-8")
    assert current_language() == "ru"
    with pytest.raises(ValueError, match="en, ru, zh"):
        use_language("fr")
