"""Unpacking zip and tar files that nobody has looked into yet.

Only plain files and folders are unpacked, under names that stay inside the target folder; their
contents alone are taken over, no links, owners or permissions. An archive with anything else in it
is refused as a whole, before any of it is written.
"""

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from rich.console import Console

from pixelwise.data.errors import DataError
from pixelwise.data.fetching.space import require_space
from pixelwise.data.fetching.talk import progress, size_text
from pixelwise.messages import Message, _

_ABSURD = 4
"""An archive that takes this many times the expected room is not what it should be."""

_BLOCK = 4096
_CHUNK = 1 << 20

# What zipfile and tarfile raise for damaged archives.
_READING_ERRORS = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    UnicodeDecodeError,
)
# What zipfile raises in addition for files that are encrypted or compressed in an unknown way.
_OPENING_ERRORS = (*_READING_ERRORS, RuntimeError, NotImplementedError)


class UnusableArchive(DataError):
    """An archive is damaged, unsafe, or not the one that it should be."""


@dataclass(frozen=True)
class _Member:
    """A file or folder in an archive, as both kinds of archive have them."""

    name: str
    size: int
    is_file: bool
    is_folder: bool
    open: Callable[[], IO[bytes]]

    @property
    def size_on_disk(self) -> int:
        """Even an empty file takes something: this counts whole blocks."""
        return (self.size // _BLOCK + 1) * _BLOCK


def unpack(path: Path, folder: Path, *, expected: int, title: str, console: Console) -> None:
    """Unpack the archive `path` into `folder`.

    Args:
        path: a zip, tar or tar.gz file.
        folder: where to; made if it does not exist. Nothing is written outside.
        expected: about how many bytes the files take on disk.
        title: the data set, for messages.
        console: where progress is shown.

    Raises:
        UnusableArchive: the archive is damaged, holds what could be written elsewhere or is no
            plain file, or unpacks to absurdly much.
        DataError: there is too little room.
        OSError: something cannot be written.
    """
    with _members_of(path) as members:
        files = _safe_files(path, members, expected * _ABSURD)
        require_space({folder: sum(member.size_on_disk for member in files.values())}, title)
        folder.mkdir(parents=True, exist_ok=True)
        with progress(console, _("unpacking {file}", file=path.name)) as bar:
            done = 0
            bar.begin(done, sum(member.size for member in files.values()))
            for place, member in files.items():
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                # There are no links here that this could write through. Two archives of a set
                # may hold the same file, such as its licence.
                with target.open("wb") as file:
                    for chunk in _contents(path, member):
                        file.write(chunk)
                        done += len(chunk)
                        bar.at(done)


@contextmanager
def _members_of(path: Path) -> Iterator[Iterator[_Member]]:
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield _zip_members(archive)
        else:
            with tarfile.open(path) as archive:
                yield _tar_members(archive)
    except _READING_ERRORS as error:
        raise _damaged(path, error) from error


def _zip_members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for info in archive.infolist():
        # Only archives made on Unix tell the kind of file; elsewhere there are no others.
        kind = stat.S_IFMT(info.external_attr >> 16)
        yield _Member(
            name=info.orig_filename,
            size=info.file_size,
            is_file=not info.is_dir() and kind in (0, stat.S_IFREG),
            is_folder=info.is_dir(),
            open=partial(archive.open, info),
        )


def _tar_members(archive: tarfile.TarFile) -> Iterator[_Member]:
    for info in archive:
        yield _Member(
            name=info.name,
            size=info.size,
            is_file=info.isreg(),
            is_folder=info.isdir(),
            open=partial(_tar_file, archive, info),
        )


def _tar_file(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(info)
    assert file is not None, "only what is a file is opened"
    return file


def _safe_files(path: Path, members: Iterator[_Member], at_most: int) -> dict[str, _Member]:
    """The files by their place in the target folder; raises if anything in the archive is unsafe.

    Stops at the member that makes it too much: a tar file is decompressed to find the next one.
    """
    files = {}
    total = 0
    for member in members:
        place = _place_of(path, member)
        total += member.size_on_disk
        if total > at_most:
            raise UnusableArchive(
                _(
                    "{path} would take more than {size} when unpacked, far more than the data "
                    "set does. It was not unpacked.",
                    path=path,
                    size=size_text(at_most),
                )
            )
        if member.is_file and not _is_clutter(place):
            files[str(place)] = member
    return files


def _place_of(path: Path, member: _Member) -> PurePosixPath:
    """Where a member belongs, relative to the target folder.

    Backslashes and colons are refused everywhere: on Windows they separate folders and follow a
    drive's letter.
    """
    place = PurePosixPath(member.name)
    outside = place.is_absolute() or ".." in place.parts or any(c in member.name for c in "\\:\0")
    if outside:
        raise UnusableArchive(
            _(
                "{path} holds a file that would be written outside the data set: {name}. It was "
                "not unpacked: this is not the published archive.",
                path=path,
                name=repr(member.name),
            )
        )
    if not member.is_file and not member.is_folder:
        raise UnusableArchive(
            _(
                "{path} holds {name}, which is a link or a device, no plain file. It was not "
                "unpacked: this is not the published archive.",
                path=path,
                name=repr(member.name),
            )
        )
    return place


def _is_clutter(place: PurePosixPath) -> bool:
    """Whether macOS has put the file into the archive for itself."""
    return "__MACOSX" in place.parts or place.name == ".DS_Store" or place.name.startswith("._")


def _contents(path: Path, member: _Member) -> Iterator[bytes]:
    """The bytes of a member; the errors of reading are told apart from those of writing."""
    try:
        with member.open() as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except _OPENING_ERRORS as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> UnusableArchive:
    message: Message = _(
        "{path} is damaged or cut off, it cannot be unpacked ({reason}).", path=path, reason=error
    )
    return UnusableArchive(message)
