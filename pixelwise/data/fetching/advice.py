"""Why a data set could not be had, and what its owner-to-be can do about it."""

from collections.abc import Mapping, Sequence

from pixelwise.data.errors import DataError
from pixelwise.data.fetching.archives import Archive, Source
from pixelwise.data.fetching.talk import lines, size_text
from pixelwise.data.fetching.unpacking import UnusableArchive
from pixelwise.data.folders import DATA_FOLDER, data_folder
from pixelwise.data.sets import Facts
from pixelwise.messages import Message, _

_UNTIL_THEN = _("Until then the small set that the course makes works without a download.")


def login_needed(facts: Facts, source: Source, missing: Sequence[Archive]) -> DataError:
    """Archives are missing that only registered people can download."""
    return DataError(
        lines(
            [
                _("{title} is given only to people who have registered.", title=facts.title),
                _("1. Register and log in at {page}", page=source.page),
                _(
                    "2. Download there {files} (about {size}).",
                    files=", ".join(archive.file for archive in missing),
                    size=size_text(sum(archive.size for archive in missing)),
                ),
                _(
                    "3. Run `{command}` with the paths of your files.",
                    command=_command(facts, source.archives),
                ),
                _UNTIL_THEN,
            ]
        )
    )


def not_downloaded(
    facts: Facts, missing: Sequence[Archive], reasons: Mapping[str, Message], kept: int
) -> DataError:
    """No address gave the first of the missing archives.

    Args:
        facts: of the data set.
        missing: the archives that are still to be downloaded.
        reasons: why each address of the first of them failed.
        kept: how many bytes of it are there.
    """
    parts = failed_download(missing[0], reasons, kept)
    parts += [
        _(
            "Or download with a browser or on another machine:\n  {addresses}\n"
            "and then run `{command}`",
            addresses="\n  ".join(archive.urls[0] for archive in missing),
            command=_command(facts, missing),
        ),
        _UNTIL_THEN,
    ]
    return DataError(lines(parts))


def failed_download(archive: Archive, reasons: Mapping[str, Message], kept: int) -> list[Message]:
    """Why no address gave a file, a line each, and what may help.

    Args:
        archive: the file.
        reasons: why each address failed.
        kept: how many bytes of it are there.
    """
    parts = [_("{file} could not be downloaded.", file=archive.file)]
    parts += [
        _("- {reason} {address}", address=url, reason=reason) for url, reason in reasons.items()
    ]
    if kept:
        parts.append(
            _(
                "The first {size} are kept: run the same command again, and it goes on from there.",
                size=size_text(kept),
            )
        )
    parts.append(
        _(
            "Check the connection to the Internet; behind a proxy, the environment variables "
            "HTTP_PROXY and HTTPS_PROXY."
        )
    )
    return parts


def not_usable(facts: Facts, error: UnusableArchive, *, deleted: bool) -> DataError:
    """An archive turned out to be of no use; `deleted` if it had been downloaded from here."""
    advice = (
        _("What was downloaded has been deleted. Run the same command again to get it anew.")
        if deleted
        else _("Download it again from {page}", page=facts.homepage)
    )
    return DataError(lines([error.message, advice]))


def no_access(error: OSError) -> DataError:
    """A file or folder cannot be read or written."""
    return DataError(
        _(
            "{path} cannot be read or written ({reason}). Check that there is room and that you "
            "may write there, or set the environment variable {variable} to another folder.",
            path=error.filename or data_folder(),
            reason=error.strerror or error,
            variable=DATA_FOLDER,
        )
    )


def _command(facts: Facts, archives: Sequence[Archive]) -> str:
    options = " ".join(f"--from {archive.file}" for archive in archives)
    return f"pixelwise data fetch {facts.name} {options}"
