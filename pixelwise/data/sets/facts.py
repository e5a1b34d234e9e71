"""What is known about a data set, and how one is read: the shape of a table of facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pixelwise.data.classes import Classes
from pixelwise.messages import Message

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
"""Of the images of ImageNet, as torchvision's pretrained networks expect them; RGB in [0, 1]."""


@dataclass(frozen=True)
class Pair:
    """An image file and the file of its mask.

    Attributes:
        name: unique within the data set, such as ``um_000000``.
        image: the image file.
        mask: the mask file, or a folder of masks where a set keeps one a thing; None for the
            images of a test split whose masks are not published.
    """

    name: str
    image: Path
    mask: Path | None


@dataclass(frozen=True)
class Facts:
    """What lessons, loaders and plots need to know about a data set.

    Attributes:
        name: what `load` and the command line call the set.
        title: its name among people.
        about: what the images show, in a sentence.
        label_sets: the classes by the name of the label set; the first is the default.
        splits: how many images each published split has.
        image_size: a typical (height, width) in pixels, for the table.
        mean: of each channel, RGB in [0, 1]; what `normalize_image` subtracts.
        std: of each channel, likewise.
        measured: whether mean and std are the training images' own; else they are ImageNet's.
        masks: how the mask files are made, in a sentence.
        void: which pixels belong to no class, in a sentence.
        split: how the splits are made, in a sentence.
        licence: the name of the licence as the authors of the set give it.
        homepage: the address of the authors' page.
        citation: the papers to cite.
    """

    name: str
    title: str
    about: Message
    label_sets: Mapping[str, Classes]
    splits: Mapping[str, int]
    image_size: tuple[int, int]
    masks: Message
    void: Message
    split: Message
    licence: Message
    homepage: str
    citation: str
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    measured: bool = False

    @property
    def classes(self) -> Classes:
        """The default label set."""
        return next(iter(self.label_sets.values()))


@dataclass(frozen=True)
class Layout:
    """How the files of a data set lie, and what the masks mean.

    Attributes:
        facts: what is known about the set.
        markers: folders by which the set is recognised, relative to its root; any of the groups
            will do, all folders of a group must be there.
        pairs: from the set's root and the name of a split to its pairs, in a fixed order. Raises
            `DataError` where a list is missing; does not look whether each image is there.
        read_mask: from a mask file and the name of a label set to an (H, W) uint8 label: class
            numbers and 255 for void. Raises `DataError` for what the set's masks cannot hold.
    """

    facts: Facts
    markers: tuple[tuple[str, ...], ...]
    pairs: Callable[[Path, str], list[Pair]]
    read_mask: Callable[[Path, str], np.ndarray]
