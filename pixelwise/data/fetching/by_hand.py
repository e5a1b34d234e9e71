"""Archives that a person has downloaded, given to ``pixelwise data fetch`` with ``--from``."""

from collections.abc import Sequence
from pathlib import Path

from pixelwise.data.errors import DataError
from pixelwise.data.fetching.archives import Archive
from pixelwise.data.fetching.flaws import digest_of, flaw
from pixelwise.messages import _


def recognised(files: Sequence[Path], archives: Sequence[Archive]) -> dict[Archive, Path]:
    """Which file is which archive.

    A file is recognised by its name, of which browsers keep the beginning (``data_road (1).zip``);
    else by its checksum; else, if only one archive is left, it must be that one.

    Raises:
        DataError: a file is missing, a folder, no archive, none of these archives, another
            version, or there twice; names the file.
    """
    found: dict[Archive, Path] = {}
    for file in files:
        _require_file(file, archives)
    # Names first: they leave fewer archives for the files without one.
    for file in sorted(files, key=lambda file: _named(file, archives) is None):
        archive = _named(file, archives) or _of_same_checksum(file, archives)
        left = [archive for archive in archives if archive not in found]
        if archive is None and len(left) == 1:
            archive = left[0]
        if archive is None:
            raise DataError(
                _(
                    "{file} is none of the archives of this data set. They are: {names}. Give the "
                    "file the name of the archive that it is.",
                    file=file,
                    names=_names(archives),
                )
            )
        if archive in found:
            raise DataError(
                _(
                    "{file} and {other} are both the archive {name}. Give only one of them.",
                    file=file,
                    other=found[archive],
                    name=archive.file,
                )
            )
        _require_flawless(file, archive)
        found[archive] = file
    return found


def _named(file: Path, archives: Sequence[Archive]) -> Archive | None:
    name = file.name.lower()
    for archive in archives:
        stem, ending = _split(archive.file.lower())
        if name.startswith(stem) and name.endswith(ending):
            return archive
    return None


def _split(name: str) -> tuple[str, str]:
    """``images.tar.gz`` as ``images`` and ``.tar.gz``."""
    for ending in (".tar.gz", ".tar", ".zip"):
        if name.endswith(ending):
            return name.removesuffix(ending), ending
    return name, ""


def _of_same_checksum(file: Path, archives: Sequence[Archive]) -> Archive | None:
    for archive in archives:
        if archive.checksum and digest_of(file, archive.checksum) == archive.checksum:
            return archive
    return None


def _require_file(file: Path, archives: Sequence[Archive]) -> None:
    if file.is_dir():
        raise DataError(
            _(
                "{file} is a folder. Give the archives as they were downloaded: {names}.",
                file=file,
                names=_names(archives),
            )
        )
    if not file.exists():
        raise DataError(
            _(
                "{file} does not exist. Give the path of a downloaded archive: {names}.",
                file=file,
                names=_names(archives),
            )
        )


def _require_flawless(file: Path, archive: Archive) -> None:
    reason = flaw(file, archive)
    if reason is not None:
        raise DataError(
            _(
                "{file} cannot be used as the archive {name}. {reason} Download it again.",
                file=file,
                name=archive.file,
                reason=reason,
            )
        )


def _names(archives: Sequence[Archive]) -> str:
    return ", ".join(archive.file for archive in archives)
