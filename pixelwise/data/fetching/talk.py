"""What a person sees while a data set is fetched: lines, and how far a long step is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.filesize import decimal
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from pixelwise.i18n import current_language
from pixelwise.messages import Message, _


def say(console: Console, message: Message) -> None:
    """Print a message; square brackets in it are text, not markup."""
    text = message.render(current_language())
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def lines(messages: Sequence[Message]) -> Message:
    """Messages below one another, as one."""
    fields = {f"line{number}": message for number, message in enumerate(messages)}
    return Message("\n".join(f"{{{name}}}" for name in fields), fields)


def size_text(size: int) -> str:
    """A number of bytes as people write it: ``480.0 MB``."""
    return decimal(size)


@contextmanager
def told_to_go_on(console: Console) -> Iterator[None]:
    """Tell a person who interrupts a download that another run goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        say(
            console,
            _(
                "Interrupted. What has been downloaded is kept: run the same command again, and "
                "it goes on from there."
            ),
        )
        raise


class Bar(Protocol):
    """Shows how many of the bytes of a long step are done."""

    def begin(self, done: int, total: int) -> None:
        """The step starts, or starts again, with `done` of `total` bytes there already."""

    def at(self, done: int) -> None:
        """`done` bytes are there."""


@contextmanager
def progress(console: Console, label: Message) -> Iterator[Bar]:
    """A bar with speed and remaining time; where the output is no terminal, a line a tenth."""
    text = label.render(current_language())
    if not (console.is_terminal or console.is_jupyter):
        yield _Lines(console, text)
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as shown:
        yield _Live(shown, shown.add_task(text, total=None))


class _Live:
    def __init__(self, shown: Progress, task: TaskID) -> None:
        self._shown = shown
        self._task = task

    def begin(self, done: int, total: int) -> None:
        # A reset, so that bytes of an earlier run do not count for the speed of this one.
        self._shown.reset(self._task, completed=done, total=total)

    def at(self, done: int) -> None:
        self._shown.update(self._task, completed=done)


class _Lines:
    def __init__(self, console: Console, text: str) -> None:
        self._console = console
        self._text = text
        self._total = 0
        self._tenth = 0

    def begin(self, done: int, total: int) -> None:
        self._total = total
        self._tenth = self._tenth_of(done)

    def at(self, done: int) -> None:
        if self._tenth_of(done) > self._tenth:
            self._tenth = self._tenth_of(done)
            message = _(
                "{step}: {done} of {total}",
                step=self._text,
                done=size_text(done),
                total=size_text(max(done, self._total)),
            )
            say(self._console, message)

    def _tenth_of(self, done: int) -> int:
        return done * 10 // max(self._total, 1)
