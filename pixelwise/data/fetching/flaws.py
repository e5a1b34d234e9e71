"""Whether a file is the archive that it should be."""

import hashlib
import tarfile
import zipfile
from pathlib import Path

from pixelwise.data.fetching.archives import Archive
from pixelwise.messages import Message, _


def looks_like_page(head: bytes) -> bool:
    """Whether a file that starts with `head` is a web page (HTML or XML); no archive starts so."""
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def is_archive(path: Path) -> bool:
    """Whether the file is a zip file with its table of contents, or starts as a tar file does."""
    return zipfile.is_zipfile(path) or tarfile.is_tarfile(path)


def digest_of(path: Path, checksum: str) -> str:
    """The checksum of a file, by the method of `checksum` and written like it."""
    method = checksum.partition(":")[0]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.new(method, usedforsecurity=False))
    return f"{method}:{digest.hexdigest()}"


def flaw(path: Path, archive: Archive) -> Message | None:
    """What shows that the file is not the published archive; None if nothing does.

    Where no checksum is published, this only finds what is no archive at all; what else may be
    wrong shows when it is unpacked: archives hold a CRC of each file, and the set must be complete.
    """
    if archive.checksum:
        found = digest_of(path, archive.checksum)
        if found == archive.checksum:
            return None
    with path.open("rb") as file:
        if looks_like_page(file.read(512)):
            return _("It is a web page, not the archive.")
    if archive.checksum:
        return _(
            "Its checksum is {found}, but {expected} is published: it is cut off, damaged or "
            "another version.",
            found=found,
            expected=archive.checksum,
        )
    if not is_archive(path):
        return _("It is no archive, or one that is cut off.")
    return None
