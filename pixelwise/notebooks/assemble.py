"""The cells of one notebook: from source, solution and translation, before any output."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode, v4

from pixelwise.course import Course, Lesson
from pixelwise.i18n import N_
from pixelwise.notebooks import catalogues, exercises, extract
from pixelwise.notebooks.source import IGNORE_OUTPUT, Cell
from pixelwise.notebooks.translate import translate_cell

BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
OPEN_IN_COLAB = N_("Open in Colab")

SETUP = """\
# Colab lacks the course's package; everywhere else this cell only chooses the language.
import importlib.util

if importlib.util.find_spec("pixelwise") is None:
    %pip install --quiet "pixelwise @ git+{repository}@{branch}"

import pixelwise

pixelwise.use_language("{language}")"""


@dataclass(frozen=True)
class Plan:
    """Which notebook is to be built, and from what.

    Attributes:
        cells: the lesson source.
        solution: the module with the answers.
        translations: the lesson's text blocks in `language`; empty for English.
        solved: whether answers take the place of stubs.
    """

    course: Course
    lesson: Lesson
    cells: list[Cell]
    solution: exercises.Solution
    framework: str
    language: str
    translations: dict[str, str]
    solved: bool


def assemble(plan: Plan) -> NotebookNode:
    """The notebook without outputs."""
    notebook = v4.new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "pixelwise": {
                "lesson": plan.lesson.topic,
                "framework": plan.framework,
                "language": plan.language,
            }
            | ({"solution": True} if plan.solved else {}),
        }
    )
    title, *rest = [cell for cell in plan.cells if plan.framework in cell.frameworks]
    given, names, imports = exercises.given_code(plan.solution)
    requested = {}
    present = list(names)
    for cell in rest:
        if cell.given:
            code, more, needed = exercises.requested_code(plan.solution, cell.given, present)
            requested[cell.number] = _code(_given_id(cell), code, pixelwise={"given": more})
            present += more
            imports = [*imports, *needed]
    setup = SETUP.format(
        repository=plan.course.repository, branch=plan.course.branch, language=plan.language
    )
    names_in_order = [cell.exercise for cell in rest if cell.exercise is not None]
    cells_for = exercises.answer_cells if plan.solved else exercises.stub_cells
    answers = cells_for(plan.solution, names_in_order)

    notebook.cells = [
        _markdown("title", _with_badge(plan, translate_cell(title, plan.translations))),
        _code("setup", setup),
        _code("imports", exercises.imports_code(plan.solution, imports)),
    ]
    if given:
        notebook.cells.append(_code("given", given, pixelwise={"given": names}))
    drawing = extract.drawing_cells(plan.cells)
    ids: Counter[str] = Counter()
    for cell in rest:
        identity = _cell_id(cell, ids)
        if cell.kind == "markdown":
            text = translate_cell(cell, plan.translations)
            # Links from lesson to lesson stay within the framework.
            notebook.cells.append(_markdown(identity, text.replace("{framework}", plan.framework)))
        elif cell.exercise is not None:
            answer = answers[cell.exercise]
            notebook.cells.append(_code(identity, answer, pixelwise={"exercise": cell.exercise}))
        elif cell.given:
            notebook.cells.append(requested[cell.number])
        elif plan.solved and (cell.ignore_output or cell.number in drawing):
            notebook.cells.append(_code(identity, cell.text, tags=[IGNORE_OUTPUT]))
        else:
            notebook.cells.append(_code(identity, cell.text))
    return notebook


def _markdown(identity: str, text: str) -> NotebookNode:
    return v4.new_markdown_cell(text, id=identity)


def _code(identity: str, text: str, **metadata: Any) -> NotebookNode:
    return v4.new_code_cell(text, id=identity, metadata=metadata)


def _cell_id(cell: Cell, seen: Counter[str]) -> str:
    """An id that stays the same as long as the English cell does, in every language."""
    if cell.exercise is not None:
        return f"exercise-{cell.exercise}"
    digest = hashlib.sha256(f"{cell.kind}\n{cell.text}".encode()).hexdigest()[:8]
    seen[digest] += 1
    return digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _given_id(cell: Cell) -> str:
    digest = hashlib.sha256(",".join(cell.given).encode()).hexdigest()[:8]
    return f"given-{digest}"


def _with_badge(plan: Plan, title: str) -> str:
    """The title cell with a badge below its heading that opens the notebook on Colab."""
    course = plan.course
    site = "https://github.com/"
    if not course.repository.startswith(site):
        return title
    path = course.notebook(plan.lesson, plan.language, plan.framework, solved=plan.solved)
    link = (
        f"https://colab.research.google.com/github/{course.repository.removeprefix(site)}"
        f"/blob/{course.branch}/{path.relative_to(course.root).as_posix()}"
    )
    label = _open_in_colab(course, plan.language)
    heading, _, text = title.partition("\n")
    return f"{heading}\n\n[![{label}]({BADGE})]({link})\n\n{text.strip()}".strip()


def _open_in_colab(course: Course, language: str) -> str:
    if language == "en":
        return OPEN_IN_COLAB
    path = catalogues.domain_path(course, "messages", language)
    return catalogues.translations(catalogues.read(path, language)).get(
        OPEN_IN_COLAB, OPEN_IN_COLAB
    )


def to_text(notebook: NotebookNode) -> str:
    """The notebook as the text of its file: sorted, one line a line of code, LF at the end."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook).rstrip("\n") + "\n"
