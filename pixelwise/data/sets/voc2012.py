"""Pascal VOC 2012: twenty kinds of objects."""

from pathlib import Path

import numpy as np

from pixelwise.data.known import VOC as CLASSES
from pixelwise.data.sets.facts import Facts, Layout, Pair
from pixelwise.data.sets.reading import VOID, read_list, read_numbers, translated
from pixelwise.messages import _

FACTS = Facts(
    name="voc2012",
    title="Pascal VOC 2012",
    about=_("Photographs of everyday life with 20 kinds of objects."),
    label_sets={"classes": CLASSES},
    splits={"train": 1464, "val": 1449, "trainval": 2913},
    image_size=(375, 500),
    masks=_("Palette PNG: the number of a pixel is its class, the colours only help the eye."),
    void=_("255: a strip around each object, and objects that are hard to make out."),
    split=_(
        "The published lists in `ImageSets/Segmentation`; `trainval` is `train` and `val` together."
    ),
    licence=_("Flickr terms of use"),
    homepage="http://host.robots.ox.ac.uk/pascal/VOC/voc2012/",
    citation=(
        "M. Everingham, S. M. A. Eslami, L. Van Gool, C. K. I. Williams, J. Winn, A. Zisserman: "
        "The Pascal Visual Object Classes Challenge: A Retrospective. IJCV 111, 2015."
    ),
)

_LABELS = np.full(256, -1)
_LABELS[: len(CLASSES)] = np.arange(len(CLASSES))
_LABELS[VOID] = VOID


def pairs(root: Path, split: str) -> list[Pair]:
    """The pairs that ImageSets/Segmentation lists."""
    names = read_list(root / "ImageSets" / "Segmentation" / f"{split}.txt")
    return [
        Pair(
            name,
            root / "JPEGImages" / f"{name}.jpg",
            root / "SegmentationClass" / f"{name}.png",
        )
        for name in names
    ]


def read_mask(path: Path, label_set: str) -> np.ndarray:
    """The palette's numbers are the labels."""
    return translated(read_numbers(path), _LABELS, path)


LAYOUT = Layout(
    FACTS, (("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"),), pairs, read_mask
)
