"""Building the notebooks of a course, and telling which committed files are stale."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pixelwise.course import Course, Lesson
from pixelwise.notebooks import catalogues, execute, extract
from pixelwise.notebooks.assemble import Plan, assemble, to_text
from pixelwise.notebooks.exercises import read_solution
from pixelwise.notebooks.source import Cell, read_source
from pixelwise.notebooks.translate import compiled_catalogues, lesson_translations

MAX_NOTEBOOK_BYTES = 1_500_000
MAX_PICTURE_BYTES = 200_000

Report = Callable[[str], None]


# What no output of a notebook depends on.
_NOT_SHOWN = (
    "pixelwise/data/checking.py",
    "pixelwise/data/facts_table.py",
    "pixelwise/data/fetching/",
    "pixelwise/data/registry.toml",
)


@dataclass(frozen=True)
class Options:
    """What to build.

    Attributes:
        lessons: the lessons.
        frameworks: the frameworks.
        execute: run every solution notebook, even where its outputs are still good.
        allow_untranslated: leave English where a translation is missing.
    """

    lessons: tuple[Lesson, ...]
    frameworks: tuple[str, ...]
    execute: bool = False
    allow_untranslated: bool = False


def build(course: Course, options: Options, report: Report = print) -> list[Path]:
    """Write the notebooks and compiled catalogues; return the files that changed.

    Raises:
        LessonError: a lesson cannot be built; nothing of it is written.
    """
    changed = write(compiled_catalogues(course))
    for plan in _plans(course, options):
        changed += write(_notebooks(plan, options, report))
    return changed


def stale(course: Course, options: Options) -> list[Path]:
    """The committed files that `build` would change; nothing is executed or written.

    Raises:
        LessonError: a lesson cannot be built.
    """
    paths = differing(compiled_catalogues(course))
    for plan in _plans(course, options):
        paths += differing(_learner_notebooks(plan, options))
        paths += _stale_solutions(plan, options)
    return paths


def write(files: dict[Path, bytes]) -> list[Path]:
    """Write the files whose content differs; return these."""
    changed = differing(files)
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[path])
    return changed


def differing(files: dict[Path, bytes]) -> list[Path]:
    """The files that are missing or hold something else."""
    return [
        path
        for path, content in files.items()
        if not path.is_file() or _unix(path.read_bytes(), path) != content
    ]


def _unix(content: bytes, path: Path) -> bytes:
    """The content as committed: a checkout on Windows may have changed the line ends."""
    return content if path.suffix == ".mo" else content.replace(b"\r\n", b"\n")


def _plans(course: Course, options: Options) -> Iterator[Plan]:
    """One English solution notebook for each lesson and framework."""
    for lesson in options.lessons:
        cells = read_source(course.source(lesson), lesson)
        for framework in options.frameworks:
            solution = read_solution(course.solution(lesson.topic, framework))
            yield Plan(course, lesson, cells, solution, framework, "en", {}, solved=True)


def _in_language(plan: Plan, language: str, options: Options) -> Plan:
    translations = lesson_translations(
        plan.course,
        plan.lesson,
        language,
        plan.cells,
        allow_untranslated=options.allow_untranslated,
    )
    return replace(plan, language=language, translations=translations)


def _path(plan: Plan) -> Path:
    return plan.course.notebook(plan.lesson, plan.language, plan.framework, solved=plan.solved)


def _learner_notebooks(plan: Plan, options: Options) -> dict[Path, bytes]:
    files = {}
    for language in plan.course.languages:
        local = replace(_in_language(plan, language, options), solved=False)
        files[_path(local)] = to_text(assemble(local)).encode("utf-8")
    return files


def _notebooks(plan: Plan, options: Options, report: Report) -> dict[Path, bytes]:
    """All notebooks of one lesson and framework, executed where that is needed."""
    files = _learner_notebooks(plan, options)
    unsolved = assemble(plan)
    digest = execution_digest(plan, unsolved)
    outputs = None
    for language in plan.course.languages:
        local = _in_language(plan, language, options)
        kept = None if options.execute else _kept_outputs(_path(local), digest)
        if kept is None:
            if outputs is None:
                name = f"{plan.lesson.stem} ({plan.framework})"
                report(f"executing {name}")
                outputs = execute.execute(unsolved, name)
            kept = execute.in_language(outputs, language)
        text = _solution_text(local, kept, digest)
        for warning in oversized(_path(local), text):
            report(f"warning: {warning}")
        files[_path(local)] = text.encode("utf-8")
    return files


def _stale_solutions(plan: Plan, options: Options) -> list[Path]:
    digest = execution_digest(plan, assemble(plan))
    paths = []
    for language in plan.course.languages:
        local = _in_language(plan, language, options)
        kept = _kept_outputs(_path(local), digest)
        if kept is None:
            paths.append(_path(local))
        else:
            text = _solution_text(local, kept, digest)
            paths += differing({_path(local): text.encode("utf-8")})
    return paths


def _solution_text(plan: Plan, outputs: execute.Outputs, digest: str) -> str:
    notebook = execute.with_outputs(assemble(plan), outputs)
    notebook.metadata.pixelwise["digest"] = digest
    return to_text(notebook)


def _kept_outputs(path: Path, digest: str) -> execute.Outputs | None:
    """The outputs in a built notebook; None if something else was executed there."""
    if not path.is_file():
        return None
    notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    if notebook.metadata.get("pixelwise", {}).get("digest") != digest:
        return None
    return [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]


def execution_digest(plan: Plan, notebook: NotebookNode) -> str:
    """What the outputs depend on: code, words in figures and their translations, drawing code."""
    hashed = hashlib.sha256()
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    hashed.update(json.dumps([code, _figure_translations(plan.course, plan.cells)]).encode())
    for folder in extract.FIGURE_FOLDERS:
        for path in sorted((plan.course.root / folder).rglob("*")):
            name = path.relative_to(plan.course.root).as_posix()
            if path.is_file() and "__pycache__" not in name and not name.startswith(_NOT_SHOWN):
                content = path.read_bytes()
                if path.suffix in (".py", ".toml"):
                    content = content.replace(b"\r\n", b"\n")
                hashed.update(name.encode() + hashlib.sha256(content).digest())
    return hashed.hexdigest()


def _figure_translations(course: Course, cells: Sequence[Cell]) -> list[list[str]]:
    """Language, English text and translation of every word that the lesson's figures may show."""
    texts, _ = extract.figure_texts(cells)
    shown = {*texts, *(str(entry.id) for entry in extract.library_figure_entries(course))}
    found = []
    for language in course.languages:
        path = catalogues.domain_path(course, "figures", language)
        if language != "en":
            translations = catalogues.translations(catalogues.read(path, language))
            found += [[language, text, translations.get(text, "")] for text in sorted(shown)]
    return found


def oversized(path: Path, text: str) -> list[str]:
    """What makes a built notebook too large to open and clone with ease."""
    faults = []
    if (size := len(text.encode("utf-8"))) > MAX_NOTEBOOK_BYTES:
        faults.append(
            f"{path}: {size / 1e6:.1f} MB, more than {MAX_NOTEBOOK_BYTES / 1e6:.1f} MB; "
            "draw fewer or smaller pictures"
        )
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        for output in cell.get("outputs", []):
            picture = "".join(output.get("data", {}).get("image/png", ""))
            if (size := len(picture) * 3 // 4) > MAX_PICTURE_BYTES:
                faults.append(
                    f"{path}: cell {number}: a picture of {size / 1e3:.0f} kB, more than "
                    f"{MAX_PICTURE_BYTES / 1e3:.0f} kB; make it smaller"
                )
    return faults
