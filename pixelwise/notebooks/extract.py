"""What is to be translated: lesson text, words in figures, messages of grader and programs."""

import ast
import inspect
import io
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.extract import extract

from pixelwise.course import Course
from pixelwise.notebooks import blocks
from pixelwise.notebooks.catalogues import Entry
from pixelwise.notebooks.source import Cell, parse_code, read_source

KEYWORDS = {"_": None, "N_": None, "_n": (1, 2), "ngettext": (1, 2), "N_plural": (1, 2)}
DATA_FOLDER = "pixelwise/data/"
FIGURE_FOLDERS = ("pixelwise/figures/", DATA_FOLDER)
NOT_WORDS = {"to", "fmt"}
"""Arguments of figure functions that hold a file name or a number format."""


def lesson_entries(cells: Iterable[Cell]) -> list[Entry]:
    """The text of a lesson, in reading order."""
    entries = []
    for cell in cells:
        if cell.kind == "markdown":
            only = f", {cell.frameworks[0]} only" if len(cell.frameworks) == 1 else ""
            entries += [
                Entry(block.text, [f"cell {cell.number}{only}"])
                for block in blocks.split(cell.text)
                if block.translatable
            ]
    return entries


def domain_entries(course: Course, domain: str) -> list[Entry]:
    """What a domain is to translate: ``figures`` or ``messages``."""
    return figure_entries(course) if domain == "figures" else message_entries(course)


def figure_entries(course: Course) -> list[Entry]:
    """The words in pictures: from the drawing code, the data's class names and the lessons."""
    entries = library_figure_entries(course)
    for lesson in course.lessons:
        path = course.source(lesson)
        if path.is_file():
            file = path.relative_to(course.root).as_posix()
            texts, _ = figure_texts(read_source(path, lesson))
            entries += [Entry(text, files=[file]) for text in texts]
    return entries


def library_figure_entries(course: Course) -> list[Entry]:
    """The words in pictures that stand in pixelwise/figures and pixelwise/data.

    In pixelwise/data those are class names, marked with ``N_``; sentences marked with ``_`` are
    messages, as everywhere else.
    """
    entries: list[Entry] = []
    for path in sorted((course.root / "pixelwise").rglob("*.py")):
        name = _name(course, path)
        if name.startswith(DATA_FOLDER):
            entries += _marked(course, path, {"N_": None})
        elif name.startswith(FIGURE_FOLDERS):
            entries += _marked(course, path)
    return entries


def message_entries(course: Course) -> list[Entry]:
    """The grader's and the programs' sentences: marked ones, titles of checks and hints."""
    entries: list[Entry] = []
    for path in sorted((course.root / "pixelwise").rglob("*.py")):
        name = _name(course, path)
        if name.startswith(DATA_FOLDER):
            entries += _marked(course, path, {"_": None, "_n": (1, 2)})
        elif not name.startswith(FIGURE_FOLDERS):
            entries += _marked(course, path)
    for path in sorted((course.root / "autograder").rglob("*.py")):
        entries += _check_titles(course, path)
        entries += _marked(course, path)
    for path in sorted((course.root / "autograder" / "mistakes").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        entries += [
            Entry(mistake["hint"], files=[_name(course, path)]) for mistake in table["mistake"]
        ]
    for entry in entries:
        entry.braces = True
    return entries


def _name(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


def _marked(
    course: Course, path: Path, keywords: Mapping[str, tuple[int, int] | None] = KEYWORDS
) -> Iterator[Entry]:
    """The texts that a program marks with ``_("…")``, ``N_("…")`` and their like."""
    file = io.BytesIO(path.read_bytes())
    for _, text, _, _ in extract("python", file, keywords):
        id = text if isinstance(text, str) else (text[0], text[1])
        yield Entry(id, files=[_name(course, path)])


def _check_titles(course: Course, path: Path) -> Iterator[Entry]:
    """First lines of the docstrings of checks: what learners read as a check's title."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(map(_is_check, node.decorator_list)):
            title = inspect.cleandoc(ast.get_docstring(node) or "").split("\n")[0]
            if title:
                yield Entry(title, files=[_name(course, path)])


def _is_check(decorator: ast.expr) -> bool:
    return (
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "check"
    )


def figure_texts(cells: Iterable[Cell]) -> tuple[list[str], list[str]]:
    """The words that a lesson's code hands to the functions of pixelwise.figures.

    Returns:
        The texts, and one line for each f-string with words in it, which nobody could translate.
    """
    texts: list[str] = []
    faults: list[str] = []
    code = [(cell, parse_code(cell.text)) for cell in cells if cell.kind == "code"]
    drawing, labelling, values = _bindings(tree for _, tree in code)
    for cell, tree in code:
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call):
                continue
            root = _root(call.func)
            if root in drawing:
                arguments = [*call.args, *_keywords(call)]
            elif root in labelling:
                arguments = [*call.args[1:2], *_keywords(call)]
            else:
                continue
            for literal in _literals(arguments, values):
                if isinstance(literal, str):
                    if re.search(r"[A-Za-z]{2}", literal):
                        texts.append(literal)
                elif spoken := _spoken(literal):
                    faults.append(
                        f"cell {cell.number}: the f-string {ast.unparse(literal)} has the words "
                        f"{', '.join(spoken)}, which cannot be translated"
                    )
    return list(dict.fromkeys(texts)), faults


def drawing_cells(cells: Iterable[Cell]) -> set[int]:
    """The numbers of the code cells that call a function of pixelwise.figures."""
    code = [(cell.number, parse_code(cell.text)) for cell in cells if cell.kind == "code"]
    drawing, _, _ = _bindings(tree for _, tree in code)
    return {
        number
        for number, tree in code
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _root(node.func) in drawing
    }


def _bindings(
    trees: Iterable[ast.Module],
) -> tuple[set[str], set[str], dict[str, ast.expr]]:
    """Names from pixelwise.figures, names of `Classes`, and names of literal values."""
    drawing: set[str] = set()
    labelling: set[str] = set()
    values: dict[str, ast.expr] = {}
    for tree in trees:
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module="pixelwise", names=names):
                    drawing |= {a.asname or a.name for a in names if a.name == "figures"}
                case ast.ImportFrom(module=str(module), names=names):
                    if module.startswith("pixelwise.figures"):
                        drawing |= {a.asname or a.name for a in names}
                    if module.startswith("pixelwise.data"):
                        labelling |= {a.asname or a.name for a in names if a.name == "Classes"}
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    values[name] = value
    return drawing, labelling, values


def _root(function: ast.expr) -> str | None:
    """The first name of a dotted one: ``ideas`` of ``ideas.tasks``."""
    while isinstance(function, ast.Attribute):
        function = function.value
    return function.id if isinstance(function, ast.Name) else None


def _keywords(call: ast.Call) -> list[ast.expr]:
    return [keyword.value for keyword in call.keywords if keyword.arg not in NOT_WORDS]


def _literals(
    nodes: Iterable[ast.AST], values: dict[str, ast.expr], depth: int = 1
) -> Iterator[str | ast.JoinedStr]:
    """Strings and f-strings in arguments, also in lists and in names of such literals.

    What stands inside another call or an index is that one's business.
    """
    for node in nodes:
        match node:
            case ast.Constant(value=str(text)):
                yield text
            case ast.JoinedStr():
                yield node
            case ast.Name(id=name) if name in values and depth:
                yield from _literals([values[name]], values, depth - 1)
            case ast.Call() | ast.Subscript() | ast.Compare() | ast.Lambda():
                pass
            case _:
                yield from _literals(ast.iter_child_nodes(node), values, depth)


def _spoken(literal: ast.JoinedStr) -> list[str]:
    """The words in an f-string that are no identifiers, such as IoU, mIoU, mean_iou or k."""
    fixed = " ".join(str(part.value) for part in literal.values if isinstance(part, ast.Constant))
    found = re.findall(r"[A-Za-z_]\w*", fixed)
    return [word for word in found if len(word) > 1 and re.fullmatch(r"[A-Za-z][a-z]+", word)]
