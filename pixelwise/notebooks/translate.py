"""Keeping the catalogues in step with what there is to translate, and using them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pixelwise.course import Course, Lesson
from pixelwise.notebooks import LessonError, blocks, catalogues, extract
from pixelwise.notebooks.source import Cell, read_source


@dataclass(frozen=True)
class Progress:
    """How far the translation of one catalogue is."""

    path: Path
    language: str
    total: int
    missing: int
    fuzzy: int


@dataclass(frozen=True)
class Job:
    """A catalogue and the entries that it is to hold."""

    path: Path
    language: str
    entries: list[catalogues.Entry]


def jobs(course: Course) -> Iterator[Job]:
    """Every catalogue of the course, lessons without a source left out."""
    languages = [language for language in course.languages if language != "en"]
    for lesson in course.lessons:
        source = course.source(lesson)
        if source.is_file():
            entries = extract.lesson_entries(read_source(source, lesson))
            for language in languages:
                yield Job(course.catalogue(lesson, language), language, entries)
    for domain in catalogues.DOMAINS:
        entries = extract.domain_entries(course, domain)
        for language in languages:
            yield Job(catalogues.domain_path(course, domain, language), language, entries)


def merged(job: Job) -> catalogues.StableCatalog:
    """The catalogue of a job as it should be: its entries, with the translations there are."""
    return catalogues.merge(job.entries, catalogues.read(job.path, job.language), job.language)


def update_catalogues(course: Course) -> tuple[dict[Path, bytes], list[Progress]]:
    """All .po files merged with their sources, and how far each is; writes nothing."""
    files = {}
    progress = []
    for job in jobs(course):
        catalogue = merged(job)
        files[job.path] = catalogues.po_text(catalogue).encode("utf-8")
        entries = catalogues.messages(catalogue)
        progress.append(
            Progress(
                path=job.path,
                language=job.language,
                total=len(entries),
                missing=sum(
                    not message.fuzzy and not catalogues.is_done(message, catalogue)
                    for message in entries
                ),
                fuzzy=sum(message.fuzzy for message in entries),
            )
        )
    return files, progress


def compiled_catalogues(course: Course) -> dict[Path, bytes]:
    """The .mo file of each domain and language, from the .po file beside it."""
    files = {}
    for domain in catalogues.DOMAINS:
        for language in course.languages:
            path = catalogues.domain_path(course, domain, language)
            if language != "en":
                catalogue = catalogues.read(path, language)
                files[path.with_suffix(".mo")] = catalogues.mo_bytes(catalogue)
    return files


def lesson_translations(
    course: Course,
    lesson: Lesson,
    language: str,
    cells: Iterable[Cell],
    *,
    allow_untranslated: bool,
) -> dict[str, str]:
    """The translation of every text block of a lesson, by its English text.

    Raises:
        LessonError: texts without a finished translation, all of them named, unless
            `allow_untranslated`; then they stay in English.
    """
    if language == "en":
        return {}
    path = course.catalogue(lesson, language)
    catalogue = catalogues.read(path, language)
    done = catalogues.translations(catalogue)
    if allow_untranslated:
        return done
    present = {message.id: message for message in catalogues.messages(catalogue)}
    faults = []
    for entry in catalogues.combine(extract.lesson_entries(cells)):
        if entry.id not in done:
            message = present.get(entry.id)
            state = "missing" if message is None else "fuzzy" if message.fuzzy else "empty"
            faults.append(f"{path}: {', '.join(entry.comments)}: {state}: {shorten(str(entry.id))}")
    if faults:
        faults.append("run pixelwise translate, then translate these; or --allow-untranslated")
        raise LessonError("\n".join(faults))
    return done


def translate_cell(cell: Cell, translations: dict[str, str]) -> str:
    """The text of a Markdown cell, with the blocks replaced that `translations` has."""
    return blocks.join(blocks.split(cell.text), translations)


def shorten(text: str, width: int = 70) -> str:
    """The text on one line, cut to about `width` characters, in quotation marks."""
    line = " ".join(text.split())
    return f'"{line if len(line) <= width else line[: width - 1] + "…"}"'
