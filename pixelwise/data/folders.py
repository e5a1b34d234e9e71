"""Where data sets lie on this machine."""

import os
from pathlib import Path

from pixelwise.course import find_root

DATA_FOLDER = "PIXELWISE_DATA"
ONLY_SMALL = "PIXELWISE_SMALL_DATA"


def data_folder() -> Path:
    """The folder that holds a folder a data set.

    That is what the environment variable PIXELWISE_DATA names, else ``datasets`` in the course
    around the current folder, else ``~/.pixelwise/datasets``.
    """
    if os.environ.get(DATA_FOLDER):
        return Path(os.environ[DATA_FOLDER]).expanduser()
    try:
        return find_root() / "datasets"
    except FileNotFoundError:
        return Path.home() / ".pixelwise" / "datasets"


def only_small() -> bool:
    """Whether the environment variable PIXELWISE_SMALL_DATA=1 asks for the small sets always."""
    return os.environ.get(ONLY_SMALL) == "1"
