"""What the commands share: options, the language spoken, how errors are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pixelwise.i18n import LANGUAGES, current_language, preferred_language, use_language
from pixelwise.messages import Message


class Framework(StrEnum):
    """A framework as an option of a command."""

    torch = "torch"
    tensorflow = "tensorflow"


Lang = Annotated[
    str | None, typer.Option(help="en, ru or zh; default: the language of this machine.")
]


@contextmanager
def speaking(lang: str | None) -> Iterator[Console]:
    """A console in the language asked for; what people can mend is told, without a traceback."""
    if lang is not None and lang not in LANGUAGES:
        raise typer.BadParameter(f"--lang is one of {', '.join(LANGUAGES)}, not {lang}")
    # It needs NumPy, which takes longer to load than other commands take to run.
    from pixelwise.data.errors import DataError

    use_language(lang or preferred_language())
    try:
        yield Console(soft_wrap=True, highlight=False)
    except DataError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(escape(str(error)), style="red")
        raise typer.Exit(1) from error


def said(text: Message | str) -> str:
    """A text in the language that is spoken; square brackets in it are text, not markup."""
    spoken = text.render(current_language()) if isinstance(text, Message) else text
    return escape(spoken)
