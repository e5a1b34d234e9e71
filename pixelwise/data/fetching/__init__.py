"""Getting the real data sets: download, check, unpack, put in place.

Where a checksum of an archive is published, it decides whether the archive is right. For the other
archives that is decided by the size that the server announces, by the CRC of each file in a zip
archive, and by the unpacked set, which must have its folders, its lists and images for each split.
"""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from pixelwise.data.fetching.advice import login_needed, no_access, not_downloaded, not_usable
from pixelwise.data.fetching.archives import Archive, Source, registry
from pixelwise.data.fetching.by_hand import recognised
from pixelwise.data.fetching.downloading import download, downloaded_so_far
from pixelwise.data.fetching.flaws import flaw
from pixelwise.data.fetching.lock import locked
from pixelwise.data.fetching.place import put_in_place
from pixelwise.data.fetching.space import require_space
from pixelwise.data.fetching.talk import say, size_text, told_to_go_on
from pixelwise.data.fetching.unpacking import UnusableArchive
from pixelwise.data.folders import data_folder
from pixelwise.data.loading import find_set, layout_of, set_folder
from pixelwise.data.sets import Facts, Layout
from pixelwise.messages import _

__all__ = ["Archive", "Source", "fetch", "registry"]


def fetch(
    name: str,
    *,
    archives_by_hand: Sequence[Path] = (),
    force: bool = False,
    console: Console | None = None,
    source: Source | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Path:
    """Get a real data set into the data folder; say what happens meanwhile.

    What is downloaded lies in ``.downloads`` in the data folder until the set is in place, so that
    after an interruption the next call goes on from there.

    Args:
        name: the data set, a key of `LAYOUTS`.
        archives_by_hand: archives of the set that are on this machine already. They are checked,
            used instead of downloads, and left where they are.
        force: get the set even if it is there, and replace what is in its folder.
        console: where to say what happens; default: standard output.
        source: where the set comes from; default: what the registry says.
        pause: waits for a number of seconds before another attempt to connect.

    Returns:
        The folder of the set in the data folder.

    Raises:
        DataError: the set cannot be had; says why and what to do. The folder of the set is then
            as it was before.
    """
    layout = layout_of(name)
    source = source or registry()[name]
    console = console or Console()
    folder = set_folder(name)
    downloads = data_folder() / ".downloads" / name
    try:
        if not force and _is_there(layout, console):
            return folder
        with (
            told_to_go_on(console),
            locked(downloads.with_name(f"{name}.lock"), layout.facts.title),
        ):
            # Another process may have got it between the first look and the lock.
            if not force and _is_there(layout, console):
                return folder
            _get(layout, source, archives_by_hand, downloads, console, pause)
    except OSError as error:
        raise no_access(error) from error
    say(console, _("{title} is in {folder}.", title=layout.facts.title, folder=folder))
    return folder


def _is_there(layout: Layout, console: Console) -> bool:
    """Whether the set is in its folder; if so, says it."""
    root = find_set(layout)
    if root is not None:
        say(
            console,
            _(
                "{title} is already in {folder}. To get it again: `pixelwise data fetch {name} "
                "--force`",
                title=layout.facts.title,
                folder=root,
                name=layout.facts.name,
            ),
        )
    return root is not None


def _get(
    layout: Layout,
    source: Source,
    archives_by_hand: Sequence[Path],
    downloads: Path,
    console: Console,
    pause: Callable[[float], None],
) -> None:
    """Have all archives, unpack them, and clear up."""
    given = recognised(archives_by_hand, source.archives)
    wanted = [archive for archive in source.archives if archive not in given]
    behind_login = [archive for archive in wanted if not archive.urls]
    if behind_login:
        raise login_needed(layout.facts, source, behind_login)
    # A link to another disk is followed, not replaced.
    destination = set_folder(layout.facts.name).resolve()
    downloads.mkdir(parents=True, exist_ok=True)
    downloaded = {archive: downloads / archive.file for archive in wanted}
    for archive, path in downloaded.items():
        if path.exists() and flaw(path, archive) is not None:
            path.unlink()  # damaged since an earlier run downloaded it
    to_download = sum(
        max(archive.size - downloaded_so_far(archive, downloads), 0) for archive in wanted
    )
    to_unpack = sum(archive.unpacked for archive in source.archives)
    require_space({downloads: to_download, destination.parent: to_unpack}, layout.facts.title)
    _download(layout.facts, downloaded, to_download, console, pause)
    files = {**downloaded, **given}
    try:
        in_order = {archive: files[archive] for archive in source.archives}
        put_in_place(layout, in_order, destination, console)
    except UnusableArchive as error:
        # Kept, it would only be found and refused again by the next run.
        for path in downloaded.values():
            path.unlink()
        raise not_usable(layout.facts, error, deleted=bool(downloaded)) from error
    shutil.rmtree(downloads, ignore_errors=True)


def _download(
    facts: Facts,
    files: Mapping[Archive, Path],
    size: int,
    console: Console,
    pause: Callable[[float], None],
) -> None:
    """Download the archives that are not there yet, about `size` bytes in all."""
    missing = [archive for archive, path in files.items() if not path.exists()]
    if missing:
        say(
            console,
            _(
                "{title}: about {size} to download into {folder}. Licence: {licence}, see {page}",
                title=facts.title,
                size=size_text(size),
                folder=data_folder(),
                licence=facts.licence,
                page=facts.homepage,
            ),
        )
    for number, archive in enumerate(missing):
        folder = files[archive].parent
        reasons = download(archive, folder, console, pause)
        if reasons:
            kept = downloaded_so_far(archive, folder)
            raise not_downloaded(facts, missing[number:], reasons, kept)
