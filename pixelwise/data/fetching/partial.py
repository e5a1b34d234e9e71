"""A download that is not complete yet, kept between attempts and between runs."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Origin:
    """Which version of which file the bytes are of.

    Attributes:
        url: the address that the download started at.
        validator: what tells this version of the file from others: the server's ETag if it is a
            strong one, else Last-Modified; None if the server gave neither.
        total: the size of the whole file in bytes, if the server gave it.
    """

    url: str
    validator: str | None
    total: int | None


class Part:
    """The bytes so far, in a ``.part`` file, and a note beside it that tells their origin."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_name(f"{path.name}.json")

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def origin(self) -> Origin | None:
        """Where the bytes come from; None if that is not known."""
        try:
            return Origin(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def begin(self, origin: Origin) -> None:
        """Forget the bytes so far and start with those of `origin`."""
        self.drop()
        self._note.write_text(json.dumps(asdict(origin)), encoding="utf-8")
        self.path.touch()

    def drop(self) -> None:
        """Forget the bytes so far."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def finish(self, path: Path) -> None:
        """The bytes are complete: they become the file `path`."""
        self.path.replace(path)
        self._note.unlink(missing_ok=True)
