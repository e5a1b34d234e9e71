"""One process at a time: two that fetch the same data set would spoil each other's files."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pixelwise.data.errors import DataError
from pixelwise.messages import _

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def locked(path: Path, title: str) -> Iterator[None]:
    """Hold the lock that the file `path` stands for.

    The operating system keeps the lock and gives it up when the process ends, however it ends: the
    file may stay, the lock does not.

    Raises:
        DataError: another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        if not _acquire(file):
            raise DataError(
                _(
                    "Another process is getting {title} at this moment (it holds {path}). Wait "
                    "until it is done, or end it, and run the same command again.",
                    title=title,
                    path=path,
                )
            )
        try:
            yield
        finally:
            _release(file)


if sys.platform == "win32":

    def _acquire(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _release(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:

    def _acquire(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network file systems have no locks: working without is better than not at all.
            return True
        return True

    def _release(file: IO[bytes]) -> None:
        """Closing the file gives the lock up."""
