"""Room on disk: asked for before gigabytes are written, not found missing afterwards."""

import shutil
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from pixelwise.data.errors import DataError
from pixelwise.data.fetching.talk import size_text
from pixelwise.data.folders import DATA_FOLDER
from pixelwise.messages import _


def require_space(needs: Mapping[Path, int], title: str) -> None:
    """Raise `DataError` where a volume has too little room.

    Args:
        needs: how many bytes are going to be written below each folder; the folders need not
            exist yet. Needs on the same volume add up.
        title: the data set that the room is for.
    """
    by_volume: defaultdict[int, int] = defaultdict(int)
    for folder, size in needs.items():
        existing = _existing(folder)
        volume = existing.stat().st_dev
        by_volume[volume] += size
        free = shutil.disk_usage(existing).free
        if by_volume[volume] > free:
            raise DataError(
                _(
                    "{title} needs about {needed} of room in {folder}, but only {free} are free "
                    "there. Make room, or set the environment variable {variable} to a folder on "
                    "another disk.",
                    title=title,
                    needed=size_text(by_volume[volume]),
                    folder=existing,
                    free=size_text(free),
                    variable=DATA_FOLDER,
                )
            )


def _existing(folder: Path) -> Path:
    """`folder`, or the closest folder above it that exists."""
    return next(path for path in (folder, *folder.parents) if path.is_dir())
