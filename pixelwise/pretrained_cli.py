"""The command line for pretrained weights: ``pixelwise weights``."""

from typing import Annotated

import typer
from rich.table import Table

from pixelwise.command_line import Lang, said, speaking
from pixelwise.messages import _

app = typer.Typer(
    help="Pretrained weights: what there is, getting them.",
    no_args_is_help=True,
)


@app.command("list")
def list_weights(lang: Lang = None) -> None:
    """List the pretrained weights: size, and where they are."""
    from pixelwise.data.fetching.talk import size_text
    from pixelwise.pretrained.places import find, weights_folder
    from pixelwise.pretrained.registry import registry

    with speaking(lang) as console:
        table = Table(box=None, pad_edge=False)
        for heading in (_("name"), _("framework"), _("weights"), _("download"), _("present")):
            table.add_column(said(heading))
        for entry in registry().values():
            path = find(entry)
            table.add_row(
                entry.name,
                entry.framework,
                entry.title,
                size_text(entry.size),
                said(str(path) if path else _("no")),
            )
        console.print(table)
        console.print(
            said(_("Downloads go into the folder {folder}.", folder=weights_folder().resolve()))
        )


@app.command()
def fetch(
    name: Annotated[
        str, typer.Argument(help="The network, such as vgg16; pixelwise weights list shows all.")
    ],
    framework: Annotated[str, typer.Option(help="torch or tensorflow.")],
    lang: Lang = None,
) -> None:
    """Download pretrained weights, verify them and put them beside the data sets."""
    from pixelwise.pretrained.fetching import fetch as fetching
    from pixelwise.pretrained.registry import published

    with speaking(lang) as console:
        fetching(published(name, framework), console=console)
