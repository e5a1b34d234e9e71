"""The small data sets that the course makes by itself, in the layouts of the real ones."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path

from pixelwise.data.errors import DataError
from pixelwise.data.folders import DATA_FOLDER, data_folder
from pixelwise.messages import _

MODULES = {
    "kitti_road": "roads",
    "camvid": "roads",
    "cityscapes": "roads",
    "voc2012": "objects",
    "oxford_pets": "animals",
    "nuclei": "cells",
}
"""The module in this folder that makes each set, by a function ``write_<name>(folder)``."""

_STAMP = "made.json"


def small_set(name: str) -> Path:
    """The root folder of the small set called `name`; made now if it is not there.

    It lies in ``mini`` in the data folder, and is made anew when the code that makes it has
    changed.

    Raises:
        DataError: the data folder cannot be written to.
    """
    folder = data_folder() / "mini" / name
    if not _is_current(folder):
        try:
            _make(name, folder)
        except OSError as error:
            raise DataError(
                _(
                    "{folder} cannot be written ({reason}). Set the environment variable "
                    "{variable} to a folder where there is room and that you may write to.",
                    folder=folder,
                    reason=error.strerror or error,
                    variable=DATA_FOLDER,
                )
            ) from error
    return folder


def _make(name: str, folder: Path) -> None:
    """Make the set beside its place and move it there, so that no one ever sees half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{name}-") as temporary:
        new = Path(temporary) / "new"
        new.mkdir()
        writer_of(name)(new)
        (new / _STAMP).write_text(json.dumps({"digest": _digest()}), encoding="utf-8")
        if folder.exists():
            folder.rename(Path(temporary) / "old")
        try:
            new.rename(folder)
        except OSError:
            # Another process was faster: its set is as good as ours.
            if not _is_current(folder):
                raise


def writer_of(name: str) -> Callable[[Path], None]:
    """The function that writes the small set called `name` into an empty folder."""
    module = import_module(f"{__name__}.{MODULES[name]}")
    writer: Callable[[Path], None] = getattr(module, f"write_{name}")
    return writer


def _is_current(folder: Path) -> bool:
    try:
        stamp = json.loads((folder / _STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(stamp == {"digest": _digest()})


@cache
def _digest() -> str:
    """Of the code that paints: another digest, other images."""
    here = Path(__file__).parent
    shared = (here.parent / f"{name}.py" for name in ("borders", "canvas", "known"))
    painters = sorted([*here.glob("*.py"), *shared])
    hashed = hashlib.sha256()
    for path in painters:
        hashed.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return hashed.hexdigest()
