"""A small set of cats and dogs, in the layout of the Oxford-IIIT Pet set."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.borders import border_mask
from pixelwise.data.small.animal_breeds import BREEDS
from pixelwise.data.small.animal_scenes import SETTINGS, pet
from pixelwise.data.small.soft_noise import generator

_SET = 37
_TRAINVAL, _TEST = 100, 30
_SIZES = (
    (128, 160),
    (144, 112),
    (112, 160),
    (160, 120),
    (136, 136),
    (120, 176),
    (176, 128),
    (128, 144),
)
_PET, _AROUND, _BORDER = 1, 2, 3
_BORDER_WIDTH = 3
# The head of the published list.
_COMMENT = """\
#Image CLASS-ID SPECIES BREED ID
#ID: 1:37 Class ids
#SPECIES: 1:Cat 2:Dog
#BREED ID: 1-25:Cat 1:12:Dog
#All images with 1st letter as captial are cat images
#images with small first letter are dog images
"""


def write_oxford_pets(folder: Path) -> None:
    """Write the set: 100 images for training and validation, 30 for testing.

    Args:
        folder: the root of the set, an empty folder.
    """
    (folder / "images").mkdir()
    (folder / "annotations" / "trimaps").mkdir(parents=True)
    order = [number % len(BREEDS) for number in range(_TRAINVAL + _TEST)]
    lines = []
    for number, breed in enumerate(order):
        name = f"{BREEDS[breed].name}_{number // len(BREEDS) + 1}"
        rng = generator(_SET, number)
        size = _SIZES[rng.integers(len(_SIZES))]
        image, inside = pet(size, BREEDS[breed], SETTINGS[number % len(SETTINGS)], rng)
        Image.fromarray(image).save(folder / "images" / f"{name}.jpg", quality=92)
        trimap = Image.fromarray(_trimap(inside))
        trimap.save(folder / "annotations" / "trimaps" / f"{name}.png")
        lines.append(_line(name, breed))
    # The published lists go by breed.
    _write_list(folder, "list", sorted(lines, key=_place_of), _COMMENT)
    _write_list(folder, "trainval", sorted(lines[:_TRAINVAL], key=_place_of))
    _write_list(folder, "test", sorted(lines[_TRAINVAL:], key=_place_of))


def _trimap(inside: np.ndarray) -> np.ndarray:
    """(H, W) uint8: pet, background, and a strip between them that is neither."""
    trimap = np.where(inside, _PET, _AROUND)
    trimap[border_mask(inside, _BORDER_WIDTH)] = _BORDER
    return trimap.astype(np.uint8)


def _line(name: str, breed: int) -> str:
    """A line of the lists: name, class from 1, species 1 cat or 2 dog, breed within it from 1."""
    species = [other.cat for other in BREEDS]
    cat = species[breed]
    within = species[: breed + 1].count(cat)
    return f"{name} {breed + 1} {1 if cat else 2} {within}"


def _place_of(line: str) -> tuple[int, str]:
    name, class_number, *_rest = line.split()
    return int(class_number), name


def _write_list(folder: Path, name: str, lines: Iterable[str], comment: str = "") -> None:
    text = comment + "".join(f"{line}\n" for line in lines)
    (folder / "annotations" / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
