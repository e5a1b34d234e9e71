"""Where files of pretrained weights lie on this machine."""

import os
from pathlib import Path

from pixelwise.data.folders import data_folder
from pixelwise.pretrained.registry import Published


def weights_folder() -> Path:
    """The folder that weights are downloaded into: ``weights``, beside the data sets."""
    return data_folder() / "weights"


def places(published: Published) -> tuple[Path, ...]:
    """Where the file may lie: in the course's folder, else where the framework keeps it."""
    caches = {"torch": _torch_cache, "tensorflow": _keras_cache}
    folders = (weights_folder(), caches[published.framework]())
    return tuple(folder / published.file for folder in folders)


def find(published: Published) -> Path | None:
    """The file on this machine; None if it is in none of its places."""
    return next((path for path in places(published) if path.is_file()), None)


def _torch_cache() -> Path:
    """Where torchvision keeps what it downloads, as `torch.hub.get_dir` tells it.

    Found without importing torch, which takes seconds.
    """
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    home = os.environ.get("TORCH_HOME", f"{cache}/torch")
    return Path(home).expanduser() / "hub" / "checkpoints"


def _keras_cache() -> Path:
    """Where `keras.applications` keeps what it downloads."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"
