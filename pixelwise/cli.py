"""The command line: ``pixelwise``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pixelwise.command_line import Framework
from pixelwise.course import Course, Lesson, load_course
from pixelwise.data_cli import app as data_app
from pixelwise.pretrained_cli import app as weights_app
from pixelwise.train_cli import evaluate, train

if TYPE_CHECKING:
    from pixelwise.notebooks.translate import Progress

app = typer.Typer(
    help="Pixelwise: a graded course on semantic segmentation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(data_app, name="data")
app.add_typer(weights_app, name="weights")
app.command()(train)
app.command()(evaluate)


def _course() -> Course:
    try:
        return load_course()
    except FileNotFoundError as error:
        raise _failure(str(error)) from error


def _failure(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)


def _chosen(course: Course, names: list[str] | None) -> tuple[Lesson, ...]:
    """The lessons called by topic, number or stem; all if none is named."""
    known = {key: lesson for lesson in course.lessons for key in (lesson.topic, lesson.stem)}
    known |= {str(lesson.number): lesson for lesson in course.lessons}
    for name in names or ():
        if name not in known:
            raise _failure(f"no lesson {name!r}; there are {', '.join(course.topics)}")
    return tuple(known[name] for name in names) if names else course.lessons


def _shown(path: Path, course: Course) -> str:
    return path.relative_to(course.root).as_posix()


@app.command()
def build(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Topics such as masks; default: all lessons.")
    ] = None,
    framework: Annotated[
        Framework | None, typer.Option(help="Only this framework's notebooks.")
    ] = None,
    execute: Annotated[
        bool, typer.Option("--execute", help="Run solutions even where nothing has changed.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that are stale.")
    ] = False,
    allow_untranslated: Annotated[
        bool, typer.Option("--allow-untranslated", help="Leave missing translations in English.")
    ] = False,
) -> None:
    """Build the notebooks from lessons/source, solutions and lessons/locale (for authors)."""
    from pixelwise.notebooks import LessonError
    from pixelwise.notebooks import build as building

    course = _course()
    options = building.Options(
        lessons=_chosen(course, lessons),
        frameworks=(framework.value,) if framework else course.frameworks,
        execute=execute,
        allow_untranslated=allow_untranslated,
    )
    try:
        if check:
            paths = building.stale(course, options)
        else:
            paths = building.build(course, options, typer.echo)
    except LessonError as error:
        raise _failure(str(error)) from error
    for path in paths:
        typer.echo(f"{'stale' if check else 'wrote'}: {_shown(path, course)}")
    if check and paths:
        raise _failure("run pixelwise build")


@app.command()
def translate(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that are stale.")
    ] = False,
) -> None:
    """Bring the translations in step with the English texts (for authors and translators)."""
    from pixelwise.notebooks import LessonError, translate
    from pixelwise.notebooks.build import differing, write

    course = _course()
    try:
        files, progress = translate.update_catalogues(course)
        paths = differing(files) if check else write(files)
        compiled = translate.compiled_catalogues(course)
        paths += differing(compiled) if check else write(compiled)
    except LessonError as error:
        raise _failure(str(error)) from error
    for path in paths:
        typer.echo(f"{'stale' if check else 'wrote'}: {_shown(path, course)}")
    if check and paths:
        raise _failure("run pixelwise translate")
    _report_progress(course, progress)


def _report_progress(course: Course, progress: "list[Progress]") -> None:
    """One line a catalogue, then one a language."""
    for entry in progress:
        if entry.missing or entry.fuzzy:
            typer.echo(
                f"{_shown(entry.path, course)}: {entry.total} texts, "
                f"{entry.missing} missing, {entry.fuzzy} fuzzy"
            )
    for language in dict.fromkeys(entry.language for entry in progress):
        of_language = [entry for entry in progress if entry.language == language]
        typer.echo(
            f"{language}: {sum(entry.total for entry in of_language)} texts, "
            f"{sum(entry.missing for entry in of_language)} missing, "
            f"{sum(entry.fuzzy for entry in of_language)} fuzzy"
        )


@app.command()
def demo(
    lang: Annotated[
        str, typer.Option(help="en, ru or zh; a locale such as ru_RU.UTF-8 will do.")
    ] = "en",
) -> None:
    """Show what the course does: grade, explain mistakes, score a photograph, train a network."""
    from rich.console import Console

    from pixelwise.demo import run_demo
    from pixelwise.i18n import match_language

    raise typer.Exit(run_demo(_course(), match_language(lang), Console()))


if __name__ == "__main__":
    app()
