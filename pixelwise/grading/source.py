"""What a submission holds: its cells, and the definitions taken from them by syntax tree.

Imports, functions, classes and literal constants are taken; nothing else of a notebook is run.
"""

import ast
import json
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from pixelwise.course import FRAMEWORKS
from pixelwise.i18n import LANGUAGES
from pixelwise.messages import Message, _

EXTENSIONS = (".ipynb", ".py")
MAX_BYTES = 50_000_000


class UnreadableSubmission(Exception):
    """The file cannot be read as a submission; `reason` says why and what to do."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.render("en"))
        self.reason = reason


@dataclass(frozen=True)
class Cell:
    """One code cell, or a whole .py file. `number` counts a notebook's cells from 1."""

    file: str
    source: str
    number: int | None = None
    exercise: str | None = None

    @property
    def filename(self) -> str:
        """The name under which the cell is compiled: it must tell cells of all files apart."""
        return self.file if self.number is None else f"{self.file}, cell {self.number}"

    def place(self, line: int | None = None) -> Message:
        """Where in the learner's file: the cell, and the line in it."""
        name = Path(self.file).name
        if self.number is None:
            return _("{file}, line {line}", file=name, line=line or 1)
        if line is None:
            return _("{file}, cell {cell} from the top", file=name, cell=self.number)
        return _(
            "{file}, cell {cell} from the top, line {line}", file=name, cell=self.number, line=line
        )

    def line(self, number: int) -> str:
        """Line `number` of the cell, counted from 1, without its indentation."""
        lines = self.source.splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""


@dataclass(frozen=True)
class Definition:
    """A statement that binds `names`: an import, a function, a class or a literal constant."""

    names: tuple[str, ...]
    node: ast.stmt
    cell: Cell

    @property
    def is_function_or_class(self) -> bool:
        """Whether the statement could be an answer."""
        return isinstance(self.node, ast.FunctionDef | ast.ClassDef)

    @cached_property
    def uses(self) -> frozenset[str]:
        """Every global name that the statement reads; parameters and local names are its own."""
        # Annotations are never evaluated, so they need nothing.
        code = f"from __future__ import annotations\n{ast.unparse(self.node)}"
        module = symtable.symtable(code, self.cell.filename, "exec")
        read = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_referenced()}
        scopes = module.get_children()
        while scopes:
            scope = scopes.pop()
            scopes += scope.get_children()
            read |= {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        return frozenset(read)


@dataclass(frozen=True)
class BrokenCell:
    """A cell with a syntax error: which names it seems to define, and what is wrong with it."""

    cell: Cell
    names: tuple[str, ...]
    line: int
    reason: str


@dataclass(frozen=True)
class Source:
    """The definitions of one submission, in the order in which they stand."""

    path: Path
    cells: tuple[Cell, ...]
    definitions: tuple[Definition, ...]
    broken: tuple[BrokenCell, ...]

    def definition(self, name: str) -> Definition | None:
        """The definition that counts: the last function or class called `name`."""
        found = self._answers(name)
        return found[-1] if found else None

    def times_defined(self, name: str) -> int:
        """How often a function or class called `name` is defined."""
        return len(self._answers(name))

    def _answers(self, name: str) -> list[Definition]:
        return [
            definition
            for definition in self.definitions
            if definition.is_function_or_class and definition.names == (name,)
        ]

    def broken_cell(self, name: str) -> BrokenCell | None:
        """The cell with a syntax error that `name` would have come from."""
        for broken in reversed(self.broken):
            if name in broken.names or broken.cell.exercise == name:
                return broken
        return None

    def reachable(self, *names: str, without: frozenset[str] = frozenset()) -> list[Definition]:
        """The definitions that `names` need, directly or through others, in source order.

        Names in `without` are not followed: somebody else provides them.
        """
        wanted = set(names) - without
        seen: set[str] = set()
        while wanted - seen:
            name = (wanted - seen).pop()
            seen.add(name)
            for definition in self.definitions:
                if name in definition.names:
                    wanted |= definition.uses - without
        return [
            definition
            for definition in self.definitions
            if "*" in definition.names or wanted & set(definition.names)
        ]

    def bound_elsewhere(self, name: str) -> tuple[Cell, int] | None:
        """A cell and line that bind `name`, but not as a function or class at the left margin."""
        for cell in self.cells:
            try:
                tree = _parse(cell.source)
            except NOT_PARSED:
                continue
            for node in ast.walk(tree):
                named = getattr(node, "name", None) if isinstance(node, DEFINING) else None
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    named = node.id
                if named == name:
                    return cell, node.lineno  # type: ignore[attr-defined]
        return None

    def functions_beside(self, exercise: str) -> list[str]:
        """Functions and classes defined in the cell that was made for `exercise`."""
        return [
            definition.names[0]
            for definition in self.definitions
            if definition.cell.exercise == exercise and definition.is_function_or_class
        ]


DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
NOT_PARSED = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What `ast.parse` raises for text that is not Python."""


def is_stub(definition: Definition) -> bool:
    """Whether an answer has not been started: nothing in it but docstrings and placeholders."""
    node = definition.node
    if isinstance(node, ast.ClassDef):
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
        others = [item for item in node.body if item not in methods and not _is_placeholder(item)]
        return not others and all(_is_empty(method) for method in methods)
    return isinstance(node, ast.FunctionDef) and _is_empty(node)


def _is_empty(function: ast.FunctionDef) -> bool:
    return all(_is_placeholder(statement) for statement in function.body)


def _is_placeholder(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
        case _:
            return False


@dataclass(frozen=True)
class Identity:
    """Which lesson a file answers, in which framework, and in which language it is read."""

    lesson: str
    framework: str
    language: str | None


def identify(path: Path, topics: tuple[str, ...]) -> Identity | None:
    """Recognise a submission by notebook metadata, else by ``…<topic>_<framework>.<ext>``.

    Returns:
        None if the file is no answer to any of the course's `topics`.
    """
    if path.suffix == ".ipynb":
        try:
            metadata = _notebook(path).get("metadata", {})
        except UnreadableSubmission:
            metadata = {}
        named = metadata.get("pixelwise") if isinstance(metadata, dict) else None
        if isinstance(named, dict):
            lesson, framework = named.get("lesson"), named.get("framework")
            if lesson in topics and framework in FRAMEWORKS:
                language = named.get("language")
                return Identity(lesson, framework, language if language in LANGUAGES else None)
    pattern = rf"(?:^|[^a-zA-Z])({'|'.join(topics)})_({'|'.join(FRAMEWORKS)})$"
    match = re.search(pattern, path.stem)
    if path.suffix not in EXTENSIONS or not match:
        return None
    folder = path.parent.name
    return Identity(match[1], match[2], folder if folder in LANGUAGES else None)


def read_source(path: Path) -> Source:
    """Read a notebook or a .py file.

    Raises:
        UnreadableSubmission: it is not text, not JSON, not a notebook, or far too large.
    """
    return _read(path, frozenset())


@lru_cache(maxsize=256)  # a known mistake is compared with many answers
def parse_script(path: Path, text: str) -> Source:
    """The definitions in the text of a .py file that stands, or would stand, at `path`."""
    return _assemble(path, _script_cells(str(path), text), frozenset())


def _read(path: Path, importing: frozenset[Path]) -> Source:
    if path.suffix == ".ipynb":
        return _assemble(path, _notebook_cells(path), importing)
    return _assemble(path, _script_cells(str(path), _text(path)), importing)


def _assemble(path: Path, cells: list[Cell], importing: frozenset[Path]) -> Source:
    definitions: list[Definition] = []
    broken: list[BrokenCell] = []
    for cell in cells:
        try:
            tree = _parse(cell.source)
        except NOT_PARSED as error:
            names = re.findall(r"^(?:def|class)\s+(\w+)", cell.source, flags=re.MULTILINE)
            line = getattr(error, "lineno", None) or 1
            reason = getattr(error, "msg", None) or str(error)
            broken.append(BrokenCell(cell, tuple(names), line, reason))
            continue
        definitions.extend(_definitions(tree, cell, importing | {path}))
    return Source(path, tuple(cells), tuple(definitions), tuple(broken))


def _text(path: Path) -> str:
    name = path.name
    if not path.is_file():
        raise UnreadableSubmission(_("{file} does not exist. Check the path.", file=name))
    if path.stat().st_size > MAX_BYTES:
        raise UnreadableSubmission(
            _(
                "{file} is larger than {limit} MB. Clear the notebook's outputs and save it again.",
                file=name,
                limit=MAX_BYTES // 1_000_000,
            )
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableSubmission(
            _("{file} is not UTF-8 text. Save it again as UTF-8.", file=name)
        ) from None
    except OSError as error:
        raise UnreadableSubmission(
            _("{file} cannot be read: {reason}.", file=name, reason=error.strerror or error)
        ) from None


def _notebook(path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(_text(path))
    except (ValueError, RecursionError):
        raise UnreadableSubmission(
            _(
                "{file} is not a notebook: it does not hold valid JSON. It may have been cut off "
                "or edited by hand. Take a fresh copy and paste your answers into it.",
                file=path.name,
            )
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise UnreadableSubmission(
            _(
                "{file} is JSON but not a notebook: it has no list of cells. Take a fresh copy "
                "and paste your answers into it.",
                file=path.name,
            )
        )
    return notebook


def _notebook_cells(path: Path) -> list[Cell]:
    cells = []
    for number, entry in enumerate(_notebook(path)["cells"], start=1):
        if not isinstance(entry, dict) or entry.get("cell_type") != "code":
            continue
        source = entry.get("source", "")
        lines = source if isinstance(source, list) else [source]
        text = "".join(line for line in lines if isinstance(line, str))
        metadata = entry.get("metadata")
        marked = metadata.get("pixelwise") if isinstance(metadata, dict) else None
        exercise = marked.get("exercise") if isinstance(marked, dict) else None
        cells.append(Cell(str(path), text, number, exercise))
    return cells


def _script_cells(file: str, text: str) -> list[Cell]:
    """One cell; one for each function if the file does not parse, so that the others are graded."""
    try:
        ast.parse(text)
    except NOT_PARSED:
        answers = re.finditer(r"^(?:@[^\n]*\n)*(?:def|class) ", text, re.MULTILINE)
        return list(_pieces(file, text, [match.start() for match in answers]))
    return [Cell(file, text)]


def _pieces(file: str, text: str, starts: list[int]) -> Iterator[Cell]:
    bounds = [0, *starts, len(text)]
    for start, end in pairwise(bounds):
        # Empty lines in front keep the line numbers of the file.
        yield Cell(file, "\n" * text.count("\n", 0, start) + text[start:end])


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        without_magics = _without_magics(source)
        if without_magics == source:
            raise
        return ast.parse(without_magics)


def _without_magics(source: str) -> str:
    """Shell and magic lines replaced by ``pass``; a cell in another language left empty."""
    first, _newline, _rest = source.lstrip().partition("\n")
    if first.startswith("%%") and first.split()[0] not in ("%%time", "%%timeit", "%%capture"):
        return ""
    return re.sub(
        r"^([ \t]*)(?:[%!?].*|[\w, ]+=[ \t]*[!%].*|[\w.]+\?{1,2}[ \t]*)$",
        r"\1pass",
        source,
        flags=re.MULTILINE,
    )


def _definitions(tree: ast.Module, cell: Cell, importing: frozenset[Path]) -> Iterator[Definition]:
    for node in tree.body:
        sibling = _sibling(node, cell)
        if sibling is not None and sibling not in importing:
            # A module beside this one: take what is imported, and what that needs, from there.
            wanted = [alias.name for alias in node.names]  # type: ignore[attr-defined]
            yield from _read(sibling, importing).reachable(*wanted)
        elif names := _bound_names(node):
            yield Definition(names, node, cell)


def _sibling(node: ast.stmt, cell: Cell) -> Path | None:
    """The file that ``from .module import name`` means, if there is one."""
    if not isinstance(node, ast.ImportFrom) or node.level != 1 or not node.module:
        return None
    path = Path(cell.file).with_name(f"{node.module}.py")
    plain = all(alias.asname is None and alias.name != "*" for alias in node.names)
    return path if plain and path.is_file() else None


def _bound_names(node: ast.stmt) -> tuple[str, ...]:
    match node:
        case ast.ImportFrom(module="__future__"):
            return ()
        case ast.Import(names=aliases):
            return tuple((alias.asname or alias.name).split(".")[0] for alias in aliases)
        case ast.ImportFrom(names=aliases):
            return tuple(alias.asname or alias.name for alias in aliases)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Assign(targets=targets, value=value) if _is_literal(value):
            return _plain_names(targets)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_literal(
            value
        ):
            return (name,)
        case ast.Try(body=body, handlers=handlers, orelse=[], finalbody=[]):
            # An import with a substitute for where it fails.
            parts = [*body, *(statement for handler in handlers for statement in handler.body)]
            bound = [_bound_names(part) for part in parts if not isinstance(part, ast.Pass)]
            imports = any(isinstance(part, ast.Import | ast.ImportFrom) for part in body)
            return (
                tuple(name for names in bound for name in names) if imports and all(bound) else ()
            )
        case _:
            return ()


def _plain_names(targets: list[ast.expr]) -> tuple[str, ...]:
    """The names that an assignment binds; none if it assigns into something, as in ``x[0] = 1``."""
    names: list[str] = []
    for target in targets:
        match target:
            case ast.Name(id=name):
                names.append(name)
            case ast.Tuple(elts=parts) | ast.List(elts=parts) if inner := _plain_names(parts):
                names += inner
            case _:
                return ()
    return tuple(names)


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True
