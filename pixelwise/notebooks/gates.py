"""What keeps the course whole: each gate lists what is wrong, where, and how to mend it."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixelwise.course import Course, Lesson
from pixelwise.grading.source import is_stub
from pixelwise.grading.source import read_source as read_submission
from pixelwise.notebooks import build, catalogues, extract, wording
from pixelwise.notebooks.exercises import NOT_IMPLEMENTED, Solution, read_solution
from pixelwise.notebooks.glossary import load_glossary
from pixelwise.notebooks.source import parse_code, read_source
from pixelwise.notebooks.translate import jobs, shorten, update_catalogues

LONG_STATEMENT = 32
"""Characters without spaces: a statement of this length is nobody's by accident."""


@dataclass(frozen=True)
class Problem:
    """Something to mend."""

    file: str
    entry: str
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.entry}: {self.what} ({self.remedy})"


def _name(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


# Translations


def unfinished_translations(course: Course) -> list[Problem]:
    """Texts that are missing in a catalogue, fuzzy, or empty in one of their plural forms."""
    problems = []
    for job in jobs(course):
        catalogue = catalogues.read(job.path, job.language)
        present = {tuple(catalogues.ids(entry)): entry for entry in catalogues.messages(catalogue)}
        for wanted in catalogues.combine(job.entries):
            key = (wanted.id,) if isinstance(wanted.id, str) else wanted.id
            entry = present.get(key)
            if entry is None:
                what, remedy = "is missing", "run pixelwise translate, then translate it"
            elif entry.fuzzy:
                what, remedy = "is fuzzy", "correct it and remove the flag"
            elif not all(catalogues.forms(entry, catalogue)):
                what, remedy = "is empty", "translate it, every plural form"
            else:
                continue
            problems.append(Problem(_name(course, job.path), shorten(key[0]), what, remedy))
    return problems


def _pairs(course: Course) -> Iterator[tuple[str, wording.Pair]]:
    """Every finished translation, form by form, with the name of its file."""
    for job in jobs(course):
        markdown = job.path.stem not in catalogues.DOMAINS
        catalogue = catalogues.read(job.path, job.language)
        for entry in catalogues.messages(catalogue):
            # English has "one" where other languages have 1, 21 and 31: the plural has the field.
            english = catalogues.ids(entry)[-1]
            if catalogues.is_done(entry, catalogue):
                for form in catalogues.forms(entry, catalogue):
                    yield (
                        _name(course, job.path),
                        wording.Pair(english, form, job.language, markdown),
                    )


def _worded(
    course: Course, faults_of: Callable[[wording.Pair], list[str]], remedy: str
) -> list[Problem]:
    return [
        Problem(file, shorten(pair.english), what, remedy)
        for file, pair in _pairs(course)
        for what in faults_of(pair)
    ]


def differing_translations(course: Course) -> list[Problem]:
    """Translations whose links, numbers, formulas, code, fields or Markdown differ."""
    return _worded(
        course,
        lambda pair: wording.differing_parts(pair) + wording.differing_structure(pair),
        "make it the same as in the English text",
    )


def wrong_terms(course: Course) -> list[Problem]:
    """Translations that do not say a term as the glossary does."""
    terms = load_glossary(course)
    return _worded(
        course,
        lambda pair: wording.wrong_terms(pair, terms),
        "use the term, or add this form to lessons/glossary.toml",
    )


def wrong_typography(course: Course) -> list[Problem]:
    """Translations that are not punctuated as their language is."""
    return _worded(course, wording.wrong_typography, "write it as the language does")


def untranslated_texts(course: Course) -> list[Problem]:
    """Translations that are still English."""
    terms = load_glossary(course)
    return _worded(course, lambda pair: wording.left_in_english(pair, terms), "translate it")


def untranslatable_figures(course: Course) -> list[Problem]:
    """f-strings with words in calls of figure functions: the words would stay English."""
    problems = []
    for lesson in course.lessons:
        _, faults = extract.figure_texts(read_source(course.source(lesson), lesson))
        for fault in faults:
            cell, _, what = fault.partition(": ")
            problems.append(
                Problem(_name(course, course.source(lesson)), cell, what, "use a plain string")
            )
    return problems


# Built files


def stale_files(course: Course) -> list[Problem]:
    """Notebooks and catalogues that are not what their sources make, and left-over ones."""
    # A text without translation is another gate's find, and makes no file stale.
    options = build.Options(course.lessons, course.frameworks, allow_untranslated=True)
    files, _ = update_catalogues(course)
    stale = [(path, "pixelwise translate") for path in build.differing(files)]
    stale += [(path, "pixelwise build") for path in build.stale(course, options)]
    problems = [
        Problem(_name(course, path), "file", "is stale", f"run {command}")
        for path, command in stale
    ]
    built = {
        course.notebook(lesson, language, framework, solved=solved)
        for solved in (False, True)
        for lesson, language, framework in _notebooks(course)
    }
    for folder in ("lessons", "solutions"):
        for path in sorted((course.root / folder).glob("??/*.ipynb")):
            if path not in built:
                problems.append(
                    Problem(_name(course, path), "file", "belongs to no lesson", "remove it")
                )
    return problems


def _notebooks(course: Course) -> Iterator[tuple[Lesson, str, str]]:
    for lesson in course.lessons:
        for language in course.languages:
            for framework in course.frameworks:
                yield lesson, language, framework


def _built(course: Course, *, solved: bool) -> Iterator[tuple[Lesson, str, Path, dict[str, Any]]]:
    """The built notebooks that exist, with their lesson and framework."""
    for lesson, language, framework in _notebooks(course):
        path = course.notebook(lesson, language, framework, solved=solved)
        if path.is_file():
            yield lesson, framework, path, json.loads(path.read_text(encoding="utf-8"))


def oversized_notebooks(course: Course) -> list[Problem]:
    """Solution notebooks and pictures that are too large."""
    return [
        Problem(_name(course, path), "size", fault.removeprefix(f"{path}: "), "make it smaller")
        for _, _, path, _ in _built(course, solved=True)
        for fault in build.oversized(path, path.read_text(encoding="utf-8"))
    ]


def worded_outputs(course: Course) -> list[Problem]:
    """Outputs with English sentences or addresses in memory: code speaks no language."""
    problems = []
    for _, _, path, notebook in _built(course, solved=True):
        for number, cell in enumerate(notebook["cells"], start=1):
            for output in cell.get("outputs", []):
                text = _output_text(output)
                # What came in every language is in the reader's.
                translated = "pixelwise" in output.get("metadata", {})
                words = (
                    None
                    if translated
                    else re.search(r"\b[A-Za-z]{2,}(?: +[A-Za-z]{2,}\b){2,}", text)
                )
                address = re.search(r"0x[0-9a-f]{6,}", text)
                for found in filter(None, (words if not translated else None, address)):
                    problems.append(
                        Problem(
                            _name(course, path),
                            f"cell {number}",
                            f"prints {found[0]!r}",
                            "print numbers, shapes and identifiers only",
                        )
                    )
    return problems


def _output_text(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    parts = [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
    return "\n".join("".join(part) for part in parts)


# Answers


def started_stubs(course: Course) -> list[Problem]:
    """Learners' notebooks whose exercises are not stubs, or that have outputs."""
    problems = []
    for lesson, _, path, notebook in _built(course, solved=False):
        source = read_submission(path)
        for exercise in lesson.exercises:
            definition = source.definition(exercise.name)
            if definition is None or source.times_defined(exercise.name) != 1:
                what = f"is defined {source.times_defined(exercise.name)} times, not once"
            elif not is_stub(definition):
                what = "is not a stub"
            else:
                continue
            problems.append(
                Problem(_name(course, path), exercise.name, what, "run pixelwise build")
            )
        for number, cell in enumerate(notebook["cells"], start=1):
            if cell.get("outputs") or cell.get("execution_count") is not None:
                problems.append(
                    Problem(
                        _name(course, path), f"cell {number}", "has outputs", "run pixelwise build"
                    )
                )
    return problems


def leaked_answers(course: Course) -> list[Problem]:
    """Statements of reference answers that stand in a learner's notebook.

    One long statement is an answer given away; so are short ones if they are more than half of a
    function. Code given on purpose, from another lesson, does not count in its own notebook.
    """
    answers = [
        (f"{name} of {path.name}", name, statements)
        for topic in course.topics
        for framework in course.frameworks
        if (path := course.solution(topic, framework)).is_file()
        for name, statements in _statements(read_solution(path))
    ]
    problems = []
    for _, _, path, notebook in _built(course, solved=False):
        given, code, text = _contents(notebook)
        for where, name, statements in answers:
            if name in given:
                continue
            long = {s for s in statements if len(s) >= LONG_STATEMENT and s in text}
            short = statements & code
            if len(short) * 2 <= len(statements) or len("".join(short)) < LONG_STATEMENT:
                short = set()
            if leaked := long | short:
                problems.append(
                    Problem(
                        _name(course, path),
                        where,
                        f"the lesson gives it away: {shorten(max(leaked, key=len))}",
                        "say it in another form in the lesson source",
                    )
                )
    return problems


def _statements(solution: Solution) -> Iterator[tuple[str, set[str]]]:
    """The statements of each function and method, with the name of what it is part of."""
    for name, definition in solution.definitions.items():
        for node in ast.walk(definition.node):
            if isinstance(node, ast.FunctionDef):
                yield name, {_normal(line) for line in _lines(node)}


def _lines(tree: ast.AST) -> Iterator[str]:
    """Each statement below `tree`: what it assigns or returns; of compound ones the first line.

    Definitions, constants (docstrings among them) and NotImplementedError are nobody's answer.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        said = getattr(node, "value", None) or node
        text = ast.unparse(said).split("\n")[0]
        if not isinstance(said, ast.Constant) and text != NOT_IMPLEMENTED:
            yield text


def _normal(text: str) -> str:
    """The text so that layout and the choice of quotation marks do not matter."""
    return re.sub(r",(?=[)\]}])", "", re.sub(r"\s", "", text).replace('"', "'"))


def _contents(notebook: dict[str, Any]) -> tuple[set[str], set[str], str]:
    """The names of given code, all statements, and all text of a notebook."""
    given: set[str] = set()
    code: set[str] = set()
    texts = []
    for cell in notebook["cells"]:
        names = cell["metadata"].get("pixelwise", {}).get("given")
        if names:
            given |= set(names)
            continue
        source = "".join(cell["source"])
        texts += [source, json.dumps(cell["metadata"], ensure_ascii=False)]
        texts += [_output_text(output) for output in cell.get("outputs", [])]
        snippets = [source] if cell["cell_type"] == "code" else _fenced(source)
        for snippet in snippets:
            lines = list(_lines(parse_code(snippet)))
            code |= {_normal(line) for line in lines}
            texts += lines
    texts.append(json.dumps(notebook["metadata"], ensure_ascii=False))
    return given, code, "\n".join(map(_normal, texts))


def _fenced(markdown: str) -> Iterator[str]:
    """The code in a Markdown cell's fences, if it is Python."""
    for match in re.finditer(r"^```\w*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL):
        try:
            ast.parse(match[1])
        except SyntaxError:
            continue
        yield match[1]
