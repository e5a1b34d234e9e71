"""What a run tells the person who waits for it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from pixelwise.data import Classes, SegmentationSet
from pixelwise.i18n import current_language, translate
from pixelwise.messages import Message, _, _n
from pixelwise.training.history import Row


class Report:
    """Speaks to a console, or to nobody.

    Args:
        console: None for a process that is not to be heard.
    """

    def __init__(self, console: Console | None) -> None:
        self._console = console or Console(quiet=True)
        self._progress: Progress | None = None

    def say(self, message: Message) -> None:
        """A line."""
        self._console.print(escape(_text(message)), soft_wrap=True, highlight=False)

    def settings(self, settings: dict[str, Any]) -> None:
        """A table of names, as the command line and run.json have them, and values."""
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, value in settings.items():
            table.add_row(name, escape(_shown(value)))
        self._console.print(table)

    @contextmanager
    def progress(self, epochs: int, steps: int, done: int) -> Iterator["Steps"]:
        """A bar for all steps of a run; none where output does not go to a terminal.

        Args:
            epochs: of the run.
            steps: an epoch.
            done: epochs that are over already.
        """
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[measured]}"),
            TimeRemainingColumn(),
        )
        disable = not self._console.is_terminal
        with Progress(*columns, console=self._console, transient=True, disable=disable) as bar:
            yield Steps(bar, epochs, steps, done)

    def epoch(self, row: Row, epochs: int) -> None:
        """What an epoch has brought."""
        scores = {"mean_iou": f"{row.mean_iou:.3f}", "accuracy": f"{row.pixel_accuracy:.3f}"}
        if row.epoch == 0:
            self.say(
                _(
                    "Before training: mean IoU {mean_iou}, pixel accuracy {accuracy} on the "
                    "validation images.",
                    **scores,
                )
            )
            return
        self.say(
            _(
                "Epoch {epoch} of {epochs}: loss {loss}, mean IoU {mean_iou}, pixel accuracy "
                "{accuracy}; {seconds} s, {speed} images/s.",
                epoch=row.epoch,
                epochs=epochs,
                loss=f"{row.loss:.4f}",
                seconds=f"{row.seconds:.1f}",
                speed=f"{row.images_per_second:.1f}",
                **scores,
            )
        )

    def classes(self, classes: Classes, iou: np.ndarray, epoch: int) -> None:
        """The IoU of each class, as it was after the best epoch."""
        self.say(_("IoU of each class after epoch {epoch}, the best one:", epoch=epoch))
        self._table(classes, iou)

    def scores(self, images: SegmentationSet, split: str, scores: dict[str, np.ndarray]) -> None:
        """What trained weights reach on a part of a data set."""
        self.say(
            _n(
                "{split}, {count} image: pixel accuracy {accuracy}, IoU of each class:",
                "{split}, {count} images: pixel accuracy {accuracy}, IoU of each class:",
                len(images),
                split=split,
                accuracy=f"{float(scores['pixel_accuracy']):.3f}",
            )
        )
        self._table(images.classes, scores["iou"])

    def _table(self, classes: Classes, iou: np.ndarray) -> None:
        table = Table()
        table.add_column(_text(_("class")))
        table.add_column(_text(_("IoU")), justify="right")
        absent = _text(_("absent"))
        for name, value in zip(classes.names, iou, strict=True):
            shown = absent if np.isnan(value) else f"{value:.3f}"
            table.add_row(escape(translate(name, "figures")), shown)
        table.add_section()
        table.add_row(_text(_("mean")), f"{np.nanmean(iou):.3f}")
        self._console.print(table)

    def files(self, folder: Path) -> None:
        """Where the results lie."""
        self.say(_("Weights, curves and pictures are in {folder}.", folder=folder))


class Steps:
    """The bar of a run, moved by one step after the other."""

    def __init__(self, bar: Progress, epochs: int, steps: int, done: int) -> None:
        self._bar, self._epochs = bar, epochs
        self._task = bar.add_task("", total=epochs * steps, completed=done * steps, measured="")

    def start_epoch(self, epoch: int) -> None:
        """Epochs are counted from 0."""
        text = _("epoch {epoch}/{epochs}", epoch=epoch + 1, epochs=self._epochs)
        self._bar.update(self._task, description=_text(text))
        self._images, self._began = 0, time.perf_counter()

    def step(self, loss: float, images: int) -> None:
        """A step is over: its batch had so many images."""
        self._images += images
        speed = self._images / (time.perf_counter() - self._began)
        measured = _("loss {loss}, {speed} images/s", loss=f"{loss:.3f}", speed=f"{speed:.1f}")
        self._bar.update(self._task, advance=1, measured=_text(measured))


def _text(message: Message) -> str:
    return message.render(current_language())


def _shown(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " × ".join(str(part) for part in value)
    return "-" if value is None else str(value)
