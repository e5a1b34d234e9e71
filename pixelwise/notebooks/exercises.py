"""Solution modules as notebook cells: imports, given functions, answers and stubs.

Everything is cut out of the source text, found by syntax tree, so that comments and layout
arrive in the notebook as they were written.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pixelwise.notebooks import LessonError

NOT_IMPLEMENTED = "raise NotImplementedError"


@dataclass(frozen=True)
class Definition:
    """A function, class or constant at the top level of a solution module."""

    name: str
    node: ast.stmt
    source: str


@dataclass(frozen=True)
class Solution:
    """A solution module, taken apart.

    Attributes:
        path: the module's file.
        lines: its text.
        imports: its absolute imports, in order.
        given: what it imports from other solution modules: (module name, name) pairs.
        definitions: its functions, classes and constants by name, in order.
    """

    path: Path
    lines: list[str]
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    given: list[tuple[str, str]] = field(default_factory=list)
    definitions: dict[str, Definition] = field(default_factory=dict)

    def text(self, first: int, last: int) -> str:
        """Lines `first` to `last`, counted from 1, both included."""
        return "\n".join(self.lines[first - 1 : last])


def read_solution(path: Path) -> Solution:
    """Take a solution module apart.

    Raises:
        LessonError: the file is missing, or has a top-level statement that notebooks cannot hold.
    """
    if not path.is_file():
        raise LessonError(f"{path}: no such file; every lesson needs one for each framework")
    text = path.read_text(encoding="utf-8")
    solution = Solution(path, text.splitlines())
    for index, node in enumerate(ast.parse(text, str(path)).body):
        match node:
            case ast.ImportFrom(level=1, module=str(module), names=names):
                if any(alias.asname for alias in names):
                    raise LessonError(f"{path}:{node.lineno}: relative imports keep their names")
                solution.given.extend((module, alias.name) for alias in names)
            case ast.Import() | ast.ImportFrom(level=0):
                solution.imports.append(node)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                solution.definitions[name] = _definition(solution, name, node)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                solution.definitions[name] = _definition(solution, name, node)
            case ast.Expr(value=ast.Constant(value=str())) if index == 0:
                pass  # the module's docstring
            case _:
                raise LessonError(
                    f"{path}:{node.lineno}: only imports, functions, classes and constants may "
                    "stand at the top level of a solution"
                )
    return solution


def _first_line(node: ast.stmt) -> int:
    """Where a definition begins, its decorators included."""
    return min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])


def _definition(solution: Solution, name: str, node: ast.stmt) -> Definition:
    first = _first_line(node)
    while first > 1 and solution.lines[first - 2].startswith("#"):
        first -= 1  # the comment directly above belongs to what it explains
    return Definition(name, node, solution.text(first, node.end_lineno or first))


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _closure(solution: Solution, nodes: Iterable[ast.AST], stop: set[str]) -> list[Definition]:
    """The definitions that `nodes` need, and those need in turn, in the module's order.

    Names in `stop` are taken as defined elsewhere.
    """
    needed: set[str] = set()
    waiting = list(nodes)
    while waiting:
        found = _names(waiting.pop()) & set(solution.definitions) - stop - needed
        needed |= found
        waiting += [solution.definitions[name].node for name in found]
    return [entry for name, entry in solution.definitions.items() if name in needed]


def _join(parts: Iterable[str]) -> str:
    return "\n\n\n".join(parts)


def answer_cells(solution: Solution, exercises: list[str]) -> dict[str, str]:
    """The full code of each exercise, helpers in front of the first exercise that needs them.

    Args:
        solution: the module with the answers.
        exercises: the names of the exercises, in the order of the lesson.

    Raises:
        LessonError: the module lacks an exercise.
    """
    return _exercise_cells(solution, exercises, stubs=False)


def stub_cells(solution: Solution, exercises: list[str]) -> dict[str, str]:
    """What learners get in place of each answer: signature, docstring, NotImplementedError.

    Constants and classes that a signature itself names come along.

    Raises:
        LessonError: the module lacks an exercise, or an exercise has no docstring.
    """
    return _exercise_cells(solution, exercises, stubs=True)


def _exercise_cells(solution: Solution, exercises: list[str], *, stubs: bool) -> dict[str, str]:
    cells = {}
    emitted = set(exercises)
    for name in exercises:
        definition = solution.definitions.get(name)
        if definition is None or not isinstance(definition.node, ast.FunctionDef | ast.ClassDef):
            raise LessonError(f"{solution.path}: no function or class {name!r}")
        source = stub(solution, definition.node) if stubs else definition.source
        needing = ast.parse(source) if stubs else definition.node
        helpers = _closure(solution, [needing], emitted)
        emitted |= {helper.name for helper in helpers}
        cells[name] = _join([*(helper.source for helper in helpers), source])
    return cells


def stub(solution: Solution, node: ast.FunctionDef | ast.ClassDef) -> str:
    """The signature and docstring of a function or class, its code replaced.

    A class keeps its methods as stubs, but for the private ones: they are the author's own way.
    """
    if ast.get_docstring(node) is None:
        raise LessonError(f"{solution.path}:{node.lineno}: exercise {node.name!r} has no docstring")
    if isinstance(node, ast.FunctionDef):
        return _function_stub(solution, node)
    methods = [
        _function_stub(solution, method)
        for method in node.body
        if isinstance(method, ast.FunctionDef) and _is_public(method.name)
    ]
    return "\n\n".join([_head(solution, node), *methods])


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _function_stub(solution: Solution, node: ast.FunctionDef) -> str:
    head = _head(solution, node)
    return f"{head}\n{' ' * (node.col_offset + 4)}{NOT_IMPLEMENTED}"


def _head(solution: Solution, node: ast.FunctionDef | ast.ClassDef) -> str:
    """Decorators, signature and, where there is one, the docstring."""
    body = node.body[0]
    if ast.get_docstring(node) is not None:
        return solution.text(_first_line(node), body.end_lineno or body.lineno)
    last = _first_line(body) - 1
    while not solution.lines[last - 1].split("#")[0].rstrip().endswith(":"):
        last -= 1  # comments and blank lines above the first statement
    return solution.text(_first_line(node), last)


def given_code(solution: Solution) -> tuple[str, list[str], list[ast.Import | ast.ImportFrom]]:
    """The functions that a module imports from other lessons' solutions.

    Returns:
        Their full source (empty if there are none), their names, and the imports they need.

    Raises:
        LessonError: another module lacks the name, or a given name is defined twice.
    """
    definitions, imports = _given(solution)
    if twice := set(definitions) & set(solution.definitions):
        raise LessonError(
            f"{solution.path}: {', '.join(sorted(twice))} is also part of the code that "
            "comes from other lessons; rename one"
        )
    return _join(entry.source for entry in definitions.values()), list(definitions), imports


def requested_code(
    solution: Solution, requests: Iterable[str], present: Iterable[str]
) -> tuple[str, list[str], list[ast.Import | ast.ImportFrom]]:
    """Answers of other lessons that a cell of the lesson asks for.

    Args:
        solution: the lesson's own solution module, whose neighbours are searched.
        requests: lessons and names, such as ``training.predict``.
        present: what the notebook has already been given.

    Returns:
        The full source of what is not present yet, its names, and the imports it needs.

    Raises:
        LessonError: there is no such lesson or name, or the notebook has one of that name.
    """
    framework = solution.path.stem.rpartition("_")[2]
    pairs = []
    for request in requests:
        lesson, _, name = request.partition(".")
        pairs.append((f"{lesson}_{framework}", name))
    definitions, imports = _from_neighbours(solution.path, pairs)
    missing = {name: entry for name, entry in definitions.items() if name not in set(present)}
    if twice := set(missing) & set(solution.definitions):
        raise LessonError(f"{solution.path}: has {', '.join(sorted(twice))} itself; ask for less")
    return _join(entry.source for entry in missing.values()), list(missing), imports


def _given(
    solution: Solution,
) -> tuple[dict[str, Definition], list[ast.Import | ast.ImportFrom]]:
    return _from_neighbours(solution.path, solution.given)


def _from_neighbours(
    path: Path, pairs: Iterable[tuple[str, str]]
) -> tuple[dict[str, Definition], list[ast.Import | ast.ImportFrom]]:
    """What the solution module at `path` takes from others, (module, name) `pairs`."""
    wanted: dict[str, list[str]] = {}
    for module, name in pairs:
        wanted.setdefault(module, []).append(name)
    definitions: dict[str, Definition] = {}
    imports: list[ast.Import | ast.ImportFrom] = []
    for module, names in wanted.items():
        other = read_solution(path.with_name(f"{module}.py"))
        if missing := [name for name in names if name not in other.definitions]:
            raise LessonError(f"{path}: {other.path.name} has no {', '.join(missing)}")
        needed = _closure(other, [ast.Name(id=name) for name in names], set())
        used = set().union(*(_names(entry.node) for entry in needed))
        inherited, inherited_imports = _given(other)
        if used & set(inherited):
            definitions |= inherited
            imports += inherited_imports
        definitions |= {entry.name: entry for entry in needed}
        imports += [node for node in other.imports if _bound(node) & used]
    return definitions, imports


def _bound(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The names that an import binds."""
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def imports_code(solution: Solution, more: list[ast.Import | ast.ImportFrom]) -> str:
    """The module's absolute imports with their blank lines, and `more` that it lacks."""
    lines: list[str] = []
    last = None
    for node in solution.imports:
        if last is not None and node.lineno > last + 1:
            lines.append("")
        last = node.end_lineno or node.lineno
        lines.append(solution.text(node.lineno, last))
    present = {ast.unparse(node) for node in solution.imports}
    for statement in dict.fromkeys(ast.unparse(node) for node in more):
        if statement not in present:
            lines.append(statement)
    return "\n".join(lines)
