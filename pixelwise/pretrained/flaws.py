"""Whether a file is the published one."""

from pathlib import Path

from pixelwise.data.fetching import flaws
from pixelwise.data.fetching.archives import Archive
from pixelwise.messages import Message, _


def flaw(path: Path, archive: Archive) -> Message | None:
    """What shows that the file is not the published one; None if nothing does.

    Where no checksum is published, only the size can tell; whether the file holds what it should
    shows when it is read.
    """
    found = path.stat().st_size
    if archive.checksum or _is_page(path):
        return flaws.flaw(path, archive)
    if found == archive.size:
        return None
    return _(
        "It has {found} bytes, but {expected} are published: it is cut off, damaged or another "
        "version.",
        found=found,
        expected=archive.size,
    )


def _is_page(path: Path) -> bool:
    with path.open("rb") as file:
        return flaws.looks_like_page(file.read(512))
