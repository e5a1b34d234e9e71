"""A small set of nuclei under the microscope, in the layout of the Data Science Bowl 2018."""

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.small.cell_fluorescence import LARGE, MIXED, OVAL, ROUND, TINY, fluorescence
from pixelwise.data.small.cell_tissue import stained_tissue
from pixelwise.data.small.soft_noise import generator

_SET = 2018
_COUNT = 100
_TISSUE = None
# What the images show in turn; every fifth is stained tissue.
_KINDS = (MIXED, TINY, ROUND, _TISSUE, LARGE, TINY, OVAL, MIXED, _TISSUE, ROUND)


def write_nuclei(folder: Path) -> None:
    """Write the set: 100 images, ``stage1_train/<id>/images`` and ``masks``.

    Args:
        folder: the root of the set, an empty folder.
    """
    # Splits go by the order of the ids: every group of five images holds all splits. The kinds
    # change from group to group, so that each split gets the same mixture.
    names = sorted(_digest(f"image {number}") for number in range(_COUNT))
    for number, name in enumerate(names):
        group, place = divmod(number, 5)
        kind = _KINDS[(group + 2 * place) % len(_KINDS)]
        rng = generator(_SET, number)
        shape = (96, 128) if rng.random() < 0.3 else (128, 128)
        image, numbers = (
            stained_tissue(shape, rng) if kind is None else fluorescence(shape, kind, rng)
        )
        _write(folder / "stage1_train" / name, image, numbers)


def _digest(text: str) -> str:
    """64 hexadecimal digits: what the names of this set look like."""
    return hashlib.sha256(text.encode()).hexdigest()


def _write(folder: Path, image: np.ndarray, numbers: np.ndarray) -> None:
    """One image, with an opaque fourth channel as in the original, and a mask a nucleus."""
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    opaque = np.full((*image.shape[:2], 1), 255, np.uint8)
    rgba = Image.fromarray(np.concatenate([image, opaque], axis=2))
    rgba.save(folder / "images" / f"{folder.name}.png")
    for number in range(1, int(numbers.max()) + 1):
        mask = np.where(numbers == number, np.uint8(255), np.uint8(0))
        name = _digest(f"{folder.name} {number}")
        Image.fromarray(mask).save(folder / "masks" / f"{name}.png")
