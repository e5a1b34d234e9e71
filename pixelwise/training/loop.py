"""The loop over the epochs: train, measure, save, draw; stop where somebody asks to."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from pixelwise.messages import _
from pixelwise.training.engine import Engine, Task
from pixelwise.training.errors import TrainingError
from pixelwise.training.folder import write_atomically, write_matrix, write_text
from pixelwise.training.history import Row, best_epoch, from_csv, to_csv
from pixelwise.training.interruption import StopRequest
from pixelwise.training.pictures import draw_curves, draw_overlays
from pixelwise.training.report import Report, Steps

HISTORY = "history.csv"
MATRIX = "confusion_matrix.csv"


class Ending(Enum):
    """Why a run has come to its end."""

    FINISHED = "all epochs are over"
    TIME_IS_UP = "another epoch would take longer than there is time"
    INTERRUPTED = "somebody has stopped it"


@dataclass(frozen=True)
class Outcome:
    """What a run has brought.

    Attributes:
        folder: where its files are; None in a process that writes none.
        rows: what was measured; row k is epoch k, row 0 the network before any training.
        iou: (K,) float64, of the validation images after the best epoch; NaN for absent classes.
        ending: why it has ended.
    """

    folder: Path | None
    rows: tuple[Row, ...]
    iou: np.ndarray
    ending: Ending


Predict = Callable[[int], np.ndarray]
"""From the index of a validation image to its predicted classes, (H, W) uint8."""

OnEpoch = Callable[[Row, Predict], object]
"""Called with what was measured after an epoch, and with the network as it is then."""


class Run:
    """One process's part in a run.

    Args:
        engine: the network in training.
        task: what it is trained on.
        folder: where the files are; None for a process that has none to read or write.
        report: tells the person who waits.
        request: whether that person wants to stop.
        on_epoch: called in the process that writes the files, first before any training.
    """

    def __init__(
        self,
        engine: Engine,
        task: Task,
        folder: Path | None,
        report: Report,
        request: StopRequest,
        on_epoch: OnEpoch | None = None,
    ) -> None:
        self._engine = engine
        self._task = task
        self._recipe = task.recipe
        self._folder = folder
        self._writes = folder is not None and engine.rank == 0
        self._report = report
        self._request = request
        self._on_epoch = on_epoch
        self._rows: list[Row] = []
        # Of the best epoch so far.
        self._matrix = np.zeros((0, 0), np.int64)

    def go(self, *, resume: bool, minutes: float | None) -> Outcome:
        """Train until all epochs are over, the time is up, or somebody stops it.

        Args:
            resume: go on with what the folder holds.
            minutes: how much time there is.

        Raises:
            TrainingError: the loss is no number any more, or a file cannot be read or written.
        """
        if not (resume and self._take_over()):
            # For comparison, and to find faults of validation before hours have passed.
            self._add_row(epoch=0, loss=math.nan, seconds=math.nan)
        ending = self._epochs(math.inf if minutes is None else 60 * minutes)
        self._conclude(ending)
        iou = self._scores(self._matrix)["iou"]
        return Outcome(self._folder, tuple(self._rows), iou, ending)

    def _take_over(self) -> bool:
        """Go back to the end of the last epoch that was saved; False where none was."""
        folder = self._folder
        if folder is None or not (folder / self._engine.state_name).exists():
            return False
        try:
            epochs_done = self._engine.load_state(folder / self._engine.state_name)
            text = (folder / HISTORY).read_text(encoding="utf-8")
            # An epoch whose row was written, but whose state was not, is done again.
            self._rows = from_csv(text)[: epochs_done + 1]
            self._matrix = np.loadtxt(folder / MATRIX, np.int64, delimiter=",", ndmin=2)
        except Exception as error:
            raise TrainingError(
                _(
                    "The run in {folder} cannot go on, a file of it is damaged: {error}. Begin "
                    "another one: leave out --resume.",
                    folder=folder,
                    error=error,
                )
            ) from error
        return True

    def _epochs(self, seconds: float) -> Ending:
        """All epochs that are left, or as many as there is time for."""
        epochs = self._recipe.epochs
        done = len(self._rows) - 1
        began = time.monotonic()
        with self._report.progress(epochs, self._engine.steps, done) as steps:
            for epoch in range(done, epochs):
                epoch_began = time.monotonic()
                if not self._train_epoch(epoch, steps):
                    return Ending.INTERRUPTED
                now = time.monotonic()
                longer = (now - began) + (now - epoch_began) > seconds
                if epoch + 1 < epochs and self._engine.any_process(longer):
                    return Ending.TIME_IS_UP
        return Ending.FINISHED

    def _train_epoch(self, epoch: int, steps: Steps) -> bool:
        """Train, measure and save; False if somebody stopped it before the epoch was over."""
        steps.start_epoch(epoch)
        began = time.perf_counter()
        losses = []
        for loss in self._engine.train_epoch(epoch):
            losses.append(loss)
            steps.step(loss, self._recipe.batch_size)
            if not math.isfinite(loss):
                raise self._no_number(epoch, len(losses))
            if self._engine.any_process(self._request.asked):
                return False
        seconds = time.perf_counter() - began
        self._add_row(epoch + 1, float(np.mean(losses)), seconds)
        if self._writes and self._folder is not None:
            state = self._folder / self._engine.state_name
            write_atomically(state, lambda path: self._engine.save_state(path, epoch + 1))
            draw_curves(self._rows, self._folder / "curves.png")
        return True

    def _add_row(self, epoch: int, loss: float, seconds: float) -> None:
        """Measure on the validation images, and keep the weights if they are the best so far."""
        matrix = self._engine.evaluate()
        scores = self._scores(matrix)
        images = self._engine.steps * self._recipe.batch_size
        row = Row(
            epoch=epoch,
            loss=loss,
            mean_iou=float(scores["mean_iou"]),
            pixel_accuracy=float(scores["pixel_accuracy"]),
            seconds=seconds,
            images_per_second=images / seconds,
        )
        self._rows.append(row)
        best = best_epoch(self._rows) == epoch
        if best:
            self._matrix = matrix
        if self._writes:
            self._write_row(best)
            if self._on_epoch is not None:
                self._on_epoch(row, self._engine.predict)
        self._report.epoch(row, self._recipe.epochs)

    def _write_row(self, best: bool) -> None:
        assert self._folder is not None
        write_text(self._folder / HISTORY, to_csv(self._rows))
        if best:
            weights = self._folder / self._engine.weights_name
            write_atomically(weights, self._engine.save_weights)
            write_matrix(self._folder / MATRIX, self._matrix)
        overlays = self._folder / "overlays.png"
        write_atomically(
            overlays, lambda path: draw_overlays(self._task.val, self._engine.predict, path)
        )

    def _scores(self, matrix: np.ndarray) -> dict[str, np.ndarray]:
        """By the reference answer of lesson 2, as NumPy arrays."""
        found = self._task.metrics.scores(matrix)
        return {name: np.asarray(value) for name, value in found.items()}

    def _no_number(self, epoch: int, step: int) -> TrainingError:
        return TrainingError(
            _(
                "The loss is no finite number in epoch {epoch}, step {step}, so no later step "
                "can help. Begin another run with a lower --learning-rate; this one had {rate}.",
                epoch=epoch + 1,
                step=step,
                rate=self._recipe.learning_rate,
            )
        )

    def _conclude(self, ending: Ending) -> None:
        """Say what has come of it, and how to go on."""
        done = len(self._rows) - 1
        if done > 0:
            iou = self._scores(self._matrix)["iou"]
            self._report.classes(self._task.val.classes, iou, best_epoch(self._rows))
        if self._folder is not None:
            self._report.files(self._folder)
        if ending is not Ending.FINISHED:
            self._report.say(
                _(
                    "Stopped after {done} of {epochs} epochs; an epoch that was begun will be "
                    "done again. Go on with: {command}",
                    done=done,
                    epochs=self._recipe.epochs,
                    command=self._command(),
                )
            )

    def _command(self) -> str:
        recipe = self._recipe
        return (
            f"pixelwise train {recipe.network} --framework {recipe.framework} "
            f"--data {recipe.data} --resume --out {self._folder}"
        )
