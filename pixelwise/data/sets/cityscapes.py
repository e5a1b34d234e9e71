"""Cityscapes: streets of fifty cities."""

from pathlib import Path

import numpy as np

from pixelwise.data.known import CITYSCAPES, CITYSCAPES_TRAIN, CITYSCAPES_TRAIN_IDS
from pixelwise.data.sets.facts import Facts, Layout, Pair
from pixelwise.data.sets.reading import VOID, read_numbers, translated
from pixelwise.messages import _

FACTS = Facts(
    name="cityscapes",
    title="Cityscapes",
    about=_("Streets of 50 cities, most of them German, finely annotated."),
    label_sets={"train_ids": CITYSCAPES_TRAIN, "ids": CITYSCAPES},
    splits={"train": 2975, "val": 500, "test": 1525},
    image_size=(1024, 2048),
    masks=_(
        "Grey PNG of 34 label ids. By default they become the 19 training ids of the benchmark; "
        '`label_set="ids"` keeps all 34.'
    ),
    void=_("With training ids, the 15 other ids; with all 34 ids none: unlabeled is a class then."),
    split=_("The published folders. The masks of test are not published."),
    licence=_("Cityscapes terms of use (research, no redistribution)"),
    homepage="https://www.cityscapes-dataset.com/",
    citation=(
        "M. Cordts, M. Omran, S. Ramos, T. Rehfeld, M. Enzweiler, R. Benenson, U. Franke, S. Roth, "
        "B. Schiele: The Cityscapes Dataset for Semantic Urban Scene Understanding. CVPR 2016."
    ),
)

_IDS = np.full(256, -1)
_IDS[: len(CITYSCAPES)] = np.arange(len(CITYSCAPES))
_TRAIN_IDS = np.where(_IDS >= 0, VOID, -1)
_TRAIN_IDS[list(CITYSCAPES_TRAIN_IDS)] = np.arange(len(CITYSCAPES_TRAIN))
_LABELS = {"train_ids": _TRAIN_IDS, "ids": _IDS}


def pairs(root: Path, split: str) -> list[Pair]:
    """The images of a split, city by city, and their masks."""
    found = []
    for image in sorted((root / "leftImg8bit" / split).glob("*/*_leftImg8bit.png")):
        name = image.stem.removesuffix("_leftImg8bit")
        mask = root / "gtFine" / split / image.parent.name / f"{name}_gtFine_labelIds.png"
        # The masks of test that come with the set are empty.
        found.append(Pair(name, image, None if split == "test" else mask))
    return found


def read_mask(path: Path, label_set: str) -> np.ndarray:
    """Label ids, or the training ids that they stand for."""
    return translated(read_numbers(path), _LABELS[label_set], path)


LAYOUT = Layout(FACTS, (("leftImg8bit", "gtFine"),), pairs, read_mask)
