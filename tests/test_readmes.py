"""The READMEs say the same in every language, and what they say exists."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixelwise.course import Course, load_course
from pixelwise.figures.cover import draw_cover

ROOT = Path(__file__).parent.parent
READMES = {"en": "README.md", "ru": "README.ru.md", "zh": "README.zh.md"}


def text(language: str) -> str:
    return (ROOT / READMES[language]).read_text(encoding="utf-8")


def code(language: str) -> list[str]:
    """Inline code and commands, without comments and the language that they name."""
    found = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text(language), flags=re.DOTALL))
    blocks = re.findall(r"```sh\n(.*?)```", text(language), flags=re.DOTALL)
    commands = [
        line.split("#")[0].strip().replace(f"--lang {language}", "").replace(f"/{language}/", "/")
        for block in blocks
        for line in block.splitlines()
    ]
    return sorted(found) + commands


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course(ROOT)


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_every_language_has_the_same_headings_links_and_code(language: str) -> None:
    for pattern in (r"^(#+) ", r"\]\(([^)]+)\)", r"^(\|)"):
        find = re.compile(pattern, re.MULTILINE).findall
        # A page that exists in every language is linked in the reader's.
        found = [
            match.replace(f"datasets/README.{language}.", "datasets/README.")
            for match in find(text(language))
        ]
        assert found == find(text("en"))
    assert code(language) == code("en")


@pytest.mark.parametrize("language", list(READMES))
def test_the_lessons_are_those_of_the_course(course: Course, language: str) -> None:
    for lesson in course.lessons:
        row = re.search(rf"^\| {lesson.number} `{lesson.topic}` .*$", text(language), re.MULTILINE)
        assert row
        names = re.findall(r"`(\w+)`", row[0])
        assert names == [lesson.topic, *(exercise.name for exercise in lesson.exercises)]


@pytest.mark.parametrize("language", list(READMES))
def test_links_lead_to_files(language: str) -> None:
    for link in re.findall(r"\]\(([^):]+)\)", text(language)):
        assert (ROOT / link).exists(), link


def test_the_picture_is_what_the_code_draws(tmp_path: Path) -> None:
    draw_cover(tmp_path / "cover.png")
    drawn, committed = (
        np.asarray(Image.open(path), dtype=int)
        for path in (tmp_path / "cover.png", ROOT / "docs" / "cover.png")
    )
    assert drawn.shape == committed.shape
    # Rounding may differ by one between processors.
    assert np.abs(drawn - committed).max() <= 1
