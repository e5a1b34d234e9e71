"""The folder of a run: what lies in it, and writing it so that a crash leaves no half file."""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from pixelwise.messages import Message, _
from pixelwise.training.errors import TrainingError
from pixelwise.training.recipe import Recipe

RUNS = Path("runs")
"""Where runs lie that are not put elsewhere."""

RUN_FILE = "run.json"


def new_folder(recipe: Recipe, out: Path | None) -> Path:
    """Make the folder of a new run.

    Args:
        recipe: what the folder is named for.
        out: the folder to take; None for ``runs/<network>-<framework>-<data>-<time>``.

    Raises:
        TrainingError: there is a run in it already, or it cannot be made.
    """
    stem = f"{_prefix(recipe.network, recipe.framework, recipe.data)}{datetime.now():%Y%m%d-%H%M%S}"
    folder = out or _free(RUNS / stem)
    if (folder / RUN_FILE).exists():
        raise TrainingError(
            _(
                "{folder} holds a run already. Go on with it by --resume, or choose another "
                "folder as --out.",
                folder=folder,
            )
        )
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def newest_folder(network: str, framework: str, data: str) -> Path:
    """The last begun of the runs of a network on a data set.

    Raises:
        TrainingError: there is none.
    """
    prefix = _prefix(network, framework, data)
    found = sorted(path.parent for path in RUNS.glob(f"{prefix}*/{RUN_FILE}"))
    if not found:
        raise TrainingError(
            _(
                "There is no run to resume: no folder {pattern} holds one. Name the run's folder "
                "by --out, or leave out --resume to begin a run.",
                pattern=RUNS / f"{prefix}*",
            )
        )
    return found[-1]


def _prefix(network: str, framework: str, data: str) -> str:
    return f"{network}-{framework}-{data}-"


def _free(folder: Path) -> Path:
    """The folder, with a number behind its name if another run began in the same second."""
    number = 1
    free = folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def read_run(folder: Path) -> tuple[Recipe, dict[str, Any]]:
    """The recipe of the run in `folder`, and all of its run.json.

    Raises:
        TrainingError: there is no run, or its file is damaged.
    """
    path = folder / RUN_FILE
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return Recipe.from_json(table["recipe"]), table
    except FileNotFoundError:
        reason: Message | str = _("there is no {file} in it", file=RUN_FILE)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = _("{file} is damaged ({error})", file=RUN_FILE, error=error)
    raise TrainingError(
        _("{folder} holds no run of `pixelwise train`: {reason}.", folder=folder, reason=reason)
    )


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell what the system says when a file or folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise TrainingError(
            _(
                "{path} cannot be written: {reason}. Free some space, or choose another folder "
                "as --out. What was saved before is still there.",
                path=error.filename or path,
                reason=error.strerror or error,
            )
        ) from error


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Replace a file by what `write` writes, at once: a crash leaves the old one or the new one.

    Args:
        path: the file.
        write: called with another path in the same folder, whose name ends alike.

    Raises:
        TrainingError: the disk is full, or the folder cannot be written to.
    """
    unfinished = path.with_name(f"unfinished.{path.name}")
    with writing(path):
        try:
            write(unfinished)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def require_space(path: Path, size: int) -> None:
    """Raise `OSError` if the disk has less room than a file at `path` of `size` bytes needs."""
    if shutil.disk_usage(path.parent).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def write_text(path: Path, text: str) -> None:
    """`write_atomically` for text."""
    write_atomically(path, lambda unfinished: unfinished.write_text(text, encoding="utf-8"))


def write_matrix(path: Path, matrix: np.ndarray) -> None:
    """`write_text` for a confusion matrix: rows are the truth."""
    lines = (",".join(map(str, row)) for row in matrix.tolist())
    write_text(path, "\n".join(lines) + "\n")
