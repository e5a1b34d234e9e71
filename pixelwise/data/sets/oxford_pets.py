"""Oxford-IIIT Pet: cats and dogs, with a border class."""

from pathlib import Path

import numpy as np

from pixelwise.data.known import PETS as CLASSES
from pixelwise.data.sets.facts import Facts, Layout, Pair
from pixelwise.data.sets.reading import read_list, read_numbers, translated
from pixelwise.messages import Message, _

FACTS = Facts(
    name="oxford_pets",
    title="Oxford-IIIT Pet",
    about=_("Photographs of cats and dogs of 37 breeds, about 200 of each."),
    label_sets={"trimap": CLASSES},
    splits={"train": 2944, "val": 736, "trainval": 3680, "test": 3669},
    image_size=(375, 500),
    masks=_("Grey PNG, a trimap: 1 is pet, 2 background, 3 border; labels are one less."),
    void=_("None: the border between pet and background is a class of its own."),
    split=_(
        "The published lists `trainval.txt` and `test.txt`; every fifth image of `trainval` is "
        "`val`, the others are `train`."
    ),
    licence=Message("CC BY-SA 4.0"),
    homepage="https://www.robots.ox.ac.uk/~vgg/data/pets/",
    citation="O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar: Cats and Dogs. CVPR 2012.",
)

_LABELS = np.full(256, -1)
_LABELS[1:4] = (0, 1, 2)


def pairs(root: Path, split: str) -> list[Pair]:
    """The pairs that the published lists name; train and val are parts of trainval."""
    annotations = root / "annotations"
    listed = "test" if split == "test" else "trainval"
    # A line is: name, class 1 ... 37, species, breed.
    names = [line.split()[0] for line in read_list(annotations / f"{listed}.txt")]
    if split == "val":
        names = names[4::5]
    elif split == "train":
        names = [name for number, name in enumerate(names) if number % 5 != 4]
    return [
        Pair(name, root / "images" / f"{name}.jpg", annotations / "trimaps" / f"{name}.png")
        for name in names
    ]


def read_mask(path: Path, label_set: str) -> np.ndarray:
    """1, 2, 3 on disk are labels 0, 1, 2."""
    return translated(read_numbers(path), _LABELS, path)


LAYOUT = Layout(FACTS, (("images", "annotations/trimaps"),), pairs, read_mask)
