"""The notebooks in the course as Jupyter, VS Code and Colab see them."""

from pathlib import Path

import nbformat
import pytest

from pixelwise.course import load_course

COURSE = load_course(Path(__file__).parent.parent)
NOTEBOOKS = [
    (COURSE.notebook(lesson, language, framework, solved=solved), lesson, language, framework)
    for lesson in COURSE.lessons
    for language in COURSE.languages
    for framework in COURSE.frameworks
    for solved in (False, True)
]


@pytest.mark.parametrize(
    ("path", "lesson", "language", "framework"),
    NOTEBOOKS,
    ids=[path.relative_to(COURSE.root).as_posix() for path, *_ in NOTEBOOKS],
)
def test_a_notebook_is_valid_and_says_what_it_is(path, lesson, language, framework) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    named = notebook.metadata["pixelwise"]
    assert (named["lesson"], named["framework"], named["language"]) == (
        lesson.topic,
        framework,
        language,
    )
    marked = [cell.metadata.get("pixelwise", {}).get("exercise") for cell in notebook.cells]
    assert [name for name in marked if name] == [exercise.name for exercise in lesson.exercises]
    assert f"lessons/{language}/" in notebook.cells[0].source or "solutions/" in str(path)
    assert f'use_language("{language}")' in notebook.cells[1].source


def test_links_between_lessons_lead_to_notebooks() -> None:
    for path, *_ in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            for part in cell.source.split("](")[1:]:
                target = part.split(")")[0]
                if target.endswith(".ipynb") and "://" not in target:
                    assert (path.parent / target).is_file(), f"{path.name}: {target}"
