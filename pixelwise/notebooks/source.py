"""Lesson sources: lessons/source/<stem>.md, in jupytext's MyST notebook format."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import jupytext
from nbformat import NotebookNode

from pixelwise.course import FRAMEWORKS, Lesson
from pixelwise.notebooks import LessonError

IGNORE_OUTPUT = "nbval-ignore-output"
TAGS = {*FRAMEWORKS, IGNORE_OUTPUT}
METADATA = {"tags", "exercise", "given"}


@dataclass(frozen=True)
class Cell:
    """A cell of a lesson source, before it becomes one of a certain notebook.

    Attributes:
        number: the place in the source, from 1; errors and catalogues name cells by it.
        kind: Markdown or code.
        text: what the cell says, in English.
        frameworks: the frameworks whose notebooks have this cell.
        exercise: the function or class that belongs here, else None.
        given: answers of other lessons that belong here, such as ``training.predict``.
        ignore_output: whether the output differs from run to run.
    """

    number: int
    kind: Literal["markdown", "code"]
    text: str
    frameworks: tuple[str, ...]
    exercise: str | None
    given: tuple[str, ...]
    ignore_output: bool


def read_source(path: Path, lesson: Lesson) -> list[Cell]:
    """The cells of a lesson source.

    Raises:
        LessonError: with one line for each fault, naming the file and the cell.
    """
    if not path.is_file():
        raise LessonError(f"{path}: no such file; course.toml lists the lesson {lesson.topic!r}")
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    faults: list[str] = []
    cells = []
    for number, node in enumerate(notebook.cells, start=1):
        tags = node.metadata.get("tags", [])
        faults += [f"cell {number}: {fault}" for fault in _cell_faults(node, lesson)]
        cells.append(
            Cell(
                number=number,
                kind=node.cell_type,
                text=node.source.strip("\n"),
                frameworks=tuple(f for f in FRAMEWORKS if f in tags) or FRAMEWORKS,
                exercise=node.metadata.get("exercise"),
                given=_given(node),
                ignore_output=IGNORE_OUTPUT in tags,
            )
        )
    faults += _ambiguous_text(path.read_text(encoding="utf-8")) + _lesson_faults(cells, lesson)
    if faults:
        raise LessonError("\n".join(f"{path}: {fault}" for fault in faults))
    return cells


def _cell_faults(node: NotebookNode, lesson: Lesson) -> list[str]:
    """What is wrong with one cell by itself."""
    faults = []
    if node.cell_type not in ("markdown", "code"):
        faults.append(f"is a {node.cell_type} cell; only Markdown and code cells are built")
    if unknown := set(node.metadata) - METADATA:
        known = ", ".join(sorted(METADATA))
        faults.append(f"unknown option {', '.join(sorted(unknown))}; known are {known}")
    if unknown := set(node.metadata.get("tags", [])) - TAGS:
        faults.append(f"unknown tag {', '.join(sorted(unknown))}; known are {sorted(TAGS)}")
    exercise = node.metadata.get("exercise")
    if exercise is not None:
        if exercise not in {entry.name for entry in lesson.exercises}:
            faults.append(f"exercise {exercise!r} is not one of {lesson.topic} in course.toml")
        if node.source.strip():
            faults.append(f"exercise {exercise!r} must be empty: its code comes from solutions/")
    elif given := _given(node):
        if wrong := [name for name in given if name.count(".") != 1]:
            faults.append(f"given {', '.join(wrong)}: write lesson.name, such as training.predict")
        if node.source.strip():
            faults.append("a given cell must be empty: its code comes from solutions/")
    elif node.cell_type == "code":
        try:
            parse_code(node.source)
        except SyntaxError as error:
            faults.append(f"is not Python: {error.msg} (line {error.lineno})")
    return faults


def _given(node: NotebookNode) -> tuple[str, ...]:
    """The names behind the option `given`, which commas separate."""
    return tuple(name.strip() for name in node.metadata.get("given", "").split(",") if name.strip())


def _ambiguous_text(text: str) -> list[str]:
    """Text right after a code cell of one framework: whom is it for? The author has to say."""
    option = r"^```\{code-cell\}[^\n]*\n:tags: \[[^\]]*(?:torch|tensorflow)[^\]]*\]\n"
    rest = r"(?:(?!```)[^\n]*\n)*```\n"
    text_follows = r"\s*(?!\s|\+\+\+|```)"
    return [
        f"line {text.count(chr(10), 0, match.end()) + 1}: the text after a code cell of one "
        'framework needs a line `+++` before it, or `+++ {"tags": […]}` if it is for that one only'
        for match in re.finditer(option + rest + text_follows, text, re.MULTILINE)
    ]


def _lesson_faults(cells: list[Cell], lesson: Lesson) -> list[str]:
    """What is wrong with the lesson as a whole."""
    faults = []
    if not cells or cells[0].kind != "markdown" or not cells[0].text.startswith("# "):
        faults.append("cell 1: must be Markdown that begins with the title, '# …'")
    for framework in FRAMEWORKS:
        names = [cell.exercise for cell in cells if framework in cell.frameworks]
        for exercise in lesson.exercises:
            if (count := names.count(exercise.name)) != 1:
                faults.append(
                    f"exercise {exercise.name!r} of course.toml stands {count} times in the "
                    f"{framework} lesson, not once"
                )
    return faults


def parse_code(code: str) -> ast.Module:
    """The syntax tree of a code cell, its lines of IPython magic left out."""
    lines = [
        line[: len(line) - len(line.lstrip())] + "pass" if line.lstrip()[:1] in ("%", "!") else line
        for line in code.splitlines()
    ]
    return ast.parse("\n".join(lines))
