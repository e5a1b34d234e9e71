"""Why a file of pretrained weights cannot be used, and what to do about it."""

from collections.abc import Mapping
from pathlib import Path

from pixelwise.data.fetching.advice import failed_download
from pixelwise.data.fetching.talk import lines, size_text
from pixelwise.messages import Message, _
from pixelwise.pretrained.errors import WeightsError
from pixelwise.pretrained.places import places, weights_folder
from pixelwise.pretrained.registry import Published


def missing(published: Published) -> WeightsError:
    """The file is in none of its places."""
    return WeightsError(
        lines(
            [
                _(
                    "{title} is not on this machine. It was looked for at\n  {places}",
                    title=published.title,
                    places="\n  ".join(str(path) for path in places(published)),
                ),
                _(
                    "Run `{command}`: it downloads {size}.",
                    command=published.command,
                    size=size_text(published.size),
                ),
                _by_hand(published),
            ]
        )
    )


def no_such_file(path: Path, published: Published) -> WeightsError:
    """The path that a person gave is that of no file."""
    return WeightsError(
        _(
            "There is no file {path}. Give the path of {file}, or give none and run `{command}`.",
            path=path,
            file=published.file,
            command=published.command,
        )
    )


def damaged(path: Path, published: Published, flaw: Message) -> WeightsError:
    """The file is not what was published."""
    return WeightsError(
        lines(
            [
                _("{path} is not {title} as it was published.", path=path, title=published.title),
                flaw,
                _(
                    "Delete it and run `{command}`: it downloads {size}.",
                    command=published.command,
                    size=size_text(published.size),
                ),
                _by_hand(published),
            ]
        )
    )


def not_downloaded(published: Published, reasons: Mapping[str, Message], kept: int) -> WeightsError:
    """The address did not give the file; `kept` bytes of it are there."""
    parts = failed_download(published.archive, reasons, kept)
    return WeightsError(lines([*parts, _by_hand(published)]))


def _by_hand(published: Published) -> Message:
    return _(
        "Or download it in another way and put it into {folder}:\n  {address}",
        folder=weights_folder(),
        address=published.url,
    )
