"""From archives to a data set in its place: all of it, or nothing."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from pixelwise.data.errors import DataError
from pixelwise.data.fetching.archives import Archive
from pixelwise.data.fetching.unpacking import UnusableArchive, unpack
from pixelwise.data.loading import find_set, missing_files
from pixelwise.data.sets import Layout
from pixelwise.messages import _


def put_in_place(
    layout: Layout, files: Mapping[Archive, Path], destination: Path, console: Console
) -> None:
    """Unpack the archives of a set and make them the folder `destination`.

    They are unpacked into a temporary folder beside it, which is renamed when the set in it is
    complete: whenever this is interrupted, there is no set rather than half of one. What is in
    `destination` already is replaced.

    Raises:
        UnusableArchive: an archive is damaged or unsafe, or the set is not in it.
        DataError: there is too little room.
        OSError: something cannot be written.
    """
    temporary = destination.with_name(f".{destination.name}.unpacking")
    if temporary.exists():
        shutil.rmtree(temporary)  # left by a run that was killed
    new = temporary / "new"
    try:
        new.mkdir(parents=True)
        for archive, path in files.items():
            unpack(
                path,
                new / archive.into,
                expected=archive.unpacked,
                title=layout.facts.title,
                console=console,
            )
        _require_complete(layout, files, new)
        _exchange(destination, new, temporary / "old")
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _require_complete(layout: Layout, files: Mapping[Archive, Path], folder: Path) -> None:
    """Raise unless the set is in `folder`, with images for each of its splits."""
    try:
        root = find_set(layout, folder)
        complete = root is not None and all(
            _has_images(layout, root, split) for split in layout.facts.splits
        )
    except DataError:
        complete = False
    if not complete:
        raise UnusableArchive(
            _(
                "{files} was unpacked, but does not hold all of {title}: folders, lists or images "
                "are missing. It is not the published archive.",
                files=", ".join(str(path) for path in files.values()),
                title=layout.facts.title,
            )
        )


def _has_images(layout: Layout, root: Path, split: str) -> bool:
    """Whether the split has a pair, and the files of its first pair are there."""
    pairs = layout.pairs(root, split)
    return bool(pairs) and not missing_files(pairs[0])


def _exchange(destination: Path, new: Path, old: Path) -> None:
    """Rename `new` to `destination`, and what was there to `old`."""
    if destination.exists():
        destination.rename(old)
    try:
        new.rename(destination)
    except OSError:
        if old.exists():
            old.rename(destination)
        raise
