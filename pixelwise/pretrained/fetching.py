"""Getting a file of pretrained weights: found, or downloaded and checked."""

import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from pixelwise.data.errors import DataError
from pixelwise.data.fetching.advice import no_access
from pixelwise.data.fetching.downloading import download, downloaded_so_far
from pixelwise.data.fetching.lock import locked
from pixelwise.data.fetching.space import require_space
from pixelwise.data.fetching.talk import say, size_text, told_to_go_on
from pixelwise.messages import _
from pixelwise.pretrained import advice
from pixelwise.pretrained.errors import WeightsError
from pixelwise.pretrained.flaws import flaw
from pixelwise.pretrained.places import find, weights_folder
from pixelwise.pretrained.registry import Published


def existing(published: Published, path: Path | None = None) -> Path:
    """The file on this machine, checked.

    Args:
        published: which weights.
        path: the file, if it lies in none of its `places`.

    Raises:
        WeightsError: it is not there, or not the published file; says how to get it.
    """
    if path is not None and not path.is_file():
        raise advice.no_such_file(path, published)
    file = path or find(published)
    if file is None:
        raise advice.missing(published)
    reason = flaw(file, published.archive)
    if reason is not None:
        raise advice.damaged(file, published, reason)
    return file


def fetch(
    published: Published,
    *,
    console: Console | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Path:
    """Get the file unless it is on this machine; say what happens meanwhile.

    A download that was interrupted goes on where it broke off. A damaged file in the course's
    folder is replaced; one in a framework's cache is left alone.

    Args:
        published: which weights.
        console: where to say what happens; default: standard output.
        pause: waits for a number of seconds before another attempt to connect.

    Returns:
        The file, whose checksum is right; where none is published, its size.

    Raises:
        WeightsError: it cannot be had; says why and what to do.
    """
    console = console or Console()
    try:
        path = _flawless(published) or _downloaded(published, console, pause)
    except OSError as error:
        raise WeightsError(no_access(error).message) from error
    except WeightsError:
        raise
    except DataError as error:  # no room, or another process is getting it
        raise WeightsError(error.message) from error
    say(console, _("{title} is at {path}.", title=published.title, path=path))
    return path


def _flawless(published: Published) -> Path | None:
    """The file on this machine, if there is one and it is the published one."""
    path = find(published)
    return path if path and flaw(path, published.archive) is None else None


def _downloaded(published: Published, console: Console, pause: Callable[[float], None]) -> Path:
    """The file in the course's folder, by one process at a time."""
    folder, archive = weights_folder(), published.archive
    with told_to_go_on(console), locked(folder / f".{archive.file}.lock", published.title):
        # Another process may have got it between the first look and the lock.
        path = _flawless(published)
        if path is not None:
            return path
        path = folder / archive.file
        path.unlink(missing_ok=True)  # damaged
        left = max(archive.size - downloaded_so_far(archive, folder), 0)
        require_space({folder: left}, published.title)
        say(
            console,
            _(
                "{title}: {size} to download into {folder}. Terms of use: {page}",
                title=published.title,
                size=size_text(left),
                folder=folder,
                page=published.page,
            ),
        )
        reasons = download(archive, folder, console, pause, check=flaw)
        if reasons:
            raise advice.not_downloaded(published, reasons, downloaded_so_far(archive, folder))
        return path
