"""The archives that the data sets are published in, as ``registry.toml`` lists them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REGISTRY = Path(__file__).parents[1] / "registry.toml"


@dataclass(frozen=True)
class Archive:
    """A zip or tar file that holds a data set or a part of it.

    Attributes:
        file: what the publisher calls it.
        urls: where it can be downloaded without a login; the first that works is taken.
        size: in bytes; exact where there is a checksum, else about.
        unpacked: about how many bytes its files take on disk.
        checksum: ``sha256:`` or ``md5:`` and the digest in hexadecimal; empty where none is known.
        into: the folder of the set that it is unpacked into.
    """

    file: str
    urls: tuple[str, ...]
    size: int
    unpacked: int
    checksum: str = ""
    into: str = ""


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    Attributes:
        archives: all of them are needed.
        page: for a set behind a login, the page to register at and to download from; else empty.
    """

    archives: tuple[Archive, ...]
    page: str = ""


@cache
def registry() -> dict[str, Source]:
    """The source of every data set, by the set's name."""
    tables = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))
    return {name: _source(table) for name, table in tables.items()}


def _source(table: dict) -> Source:
    archives = tuple(
        Archive(**{**entry, "urls": tuple(entry["urls"])}) for entry in table["archives"]
    )
    return Source(archives, table.get("page", ""))
