"""The command line for data sets: ``pixelwise data``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from pixelwise.command_line import Lang, said, speaking
from pixelwise.messages import _

app = typer.Typer(
    help="Data sets: what there is, getting them, checking them, looking at them.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="The data set; pixelwise data list shows the names.")]
Folder = Annotated[
    Path | None, typer.Option(help="Where the real set lies, if not in the data folder.")
]
Small = Annotated[
    bool, typer.Option("--small", help="The course's own set, even if the real one is there.")
]


@app.command("list")
def list_sets(lang: Lang = None) -> None:
    """List the data sets: images, classes, size, and what is present."""
    from pixelwise.data.errors import DataError
    from pixelwise.data.fetching import registry
    from pixelwise.data.fetching.talk import size_text
    from pixelwise.data.folders import data_folder
    from pixelwise.data.loading import find_set
    from pixelwise.data.sets import LAYOUTS

    with speaking(lang) as console:
        table = Table(box=None, pad_edge=False)
        for heading in (
            _("name"),
            _("data set"),
            _("images"),
            _("classes"),
            _("download"),
            _("present"),
        ):
            table.add_column(said(heading))
        for name, layout in LAYOUTS.items():
            facts = layout.facts
            try:
                present = _("yes") if find_set(layout) else _("small set only")
            except DataError:
                present = _("damaged: see `pixelwise data check {name}`", name=name)
            images = ", ".join(f"{split} {count}" for split, count in facts.splits.items())
            classes = " / ".join(str(len(classes)) for classes in facts.label_sets.values())
            source = registry()[name]
            size = size_text(sum(archive.size for archive in source.archives))
            download = _("{size}, behind a login", size=size) if source.page else size
            table.add_row(name, facts.title, images, classes, said(download), said(present))
        console.print(table)
        console.print(said(_("The data folder is {folder}.", folder=data_folder().resolve())))


@app.command()
def fetch(
    name: Name,
    from_: Annotated[
        list[Path] | None,
        typer.Option("--from", help="An archive that was fetched by hand; may be repeated."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a set that is there.")] = False,
    lang: Lang = None,
) -> None:
    """Download a real data set, verify it and put it in the data folder."""
    from pixelwise.data.fetching import fetch as fetching

    with speaking(lang) as console:
        fetching(name, archives_by_hand=from_ or (), force=force, console=console)


@app.command()
def check(name: Name, folder: Folder = None, small: Small = False, lang: Lang = None) -> None:
    """Read every file of a data set and name all that is wrong."""
    from pixelwise.data.checking import check_set

    with speaking(lang) as console:
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task(name, total=None)
            report = check_set(
                name,
                folder,
                small=small,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        for problem in report.problems:
            console.print(f"✗ {said(problem)}", style="red")
        for warning in report.warnings:
            console.print(f"! {said(warning)}", style="yellow")
        console.print(said(report.summary()))
    if report.problems:
        raise typer.Exit(1)


@app.command()
def show(
    name: Name,
    split: Annotated[str, typer.Option(help="Which part of the set.")] = "train",
    count: Annotated[int, typer.Option(min=1, max=60, help="How many images.")] = 6,
    to: Annotated[Path | None, typer.Option(help="The picture; default: NAME_SPLIT.png.")] = None,
    folder: Folder = None,
    small: Annotated[
        bool,
        typer.Option("--small", help="The set made by the course, even if the real one is there."),
    ] = False,
    label_set: Annotated[
        str | None, typer.Option(help="Which classes, where a set has several: train_ids or ids.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Draw a contact sheet: images, masks, overlays and the classes."""
    from pixelwise.data.loading import load
    from pixelwise.figures import samples

    with speaking(lang) as console:
        data = load(name, split, folder=folder, small=True if small else None, label_set=label_set)
        path = to or Path(f"{name}_{split}.png")
        samples(data, count, to=path)
        console.print(said(_("The picture is in {path}.", path=path)))


@app.command()
def readme(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; name the files that are stale.")
    ] = False,
) -> None:
    """Write datasets/README.md in every language from the tables of facts (for authors)."""
    from pixelwise.data.facts_table import readmes
    from pixelwise.notebooks.build import differing, write

    files = {path: text.encode("utf-8") for path, text in readmes().items()}
    changed = differing(files) if check else write(files)
    for path in changed:
        typer.echo(f"{'stale' if check else 'wrote'}: {path}")
    if check and changed:
        raise typer.Exit(1)
