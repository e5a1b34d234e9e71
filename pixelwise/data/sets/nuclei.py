"""Nuclei of the 2018 Data Science Bowl: many small objects that touch."""

from pathlib import Path

import numpy as np

from pixelwise.data.errors import DataError
from pixelwise.data.known import NUCLEI as CLASSES
from pixelwise.data.sets.facts import Facts, Layout, Pair
from pixelwise.data.sets.reading import read_numbers
from pixelwise.messages import Message, _

FACTS = Facts(
    name="nuclei",
    title="Data Science Bowl 2018",
    about=_("Nuclei of cells under the microscope, fluorescent or stained."),
    label_sets={"nuclei": CLASSES},
    splits={"train": 402, "val": 134, "test": 134},
    image_size=(256, 256),
    masks=_(
        "A folder an image, with one black-and-white PNG a nucleus; together they are one class. "
        "A folder `instances` with one PNG of nucleus numbers an image is read, too."
    ),
    void=_("None."),
    split=_(
        "670 images are published with masks; their names are random numbers. In the order of "
        "names, the fourth of every five is `val`, the fifth is `test`, the others are `train`."
    ),
    licence=Message("CC0"),
    homepage="https://bbbc.broadinstitute.org/BBBC038",
    citation=(
        "J. C. Caicedo et al.: Nucleus segmentation across imaging experiments: the 2018 Data "
        "Science Bowl. Nature Methods 16, 2019."
    ),
)


def pairs(root: Path, split: str) -> list[Pair]:
    """Every fifth image by name is test, the one before it is val."""
    all_pairs = _compact(root) if (root / "instances").is_dir() else _published(root)
    place = {"val": (3,), "test": (4,), "train": (0, 1, 2)}[split]
    return [pair for number, pair in enumerate(all_pairs) if number % 5 in place]


def _published(root: Path) -> list[Pair]:
    folders = sorted(folder for folder in (root / "stage1_train").iterdir() if folder.is_dir())
    return [
        Pair(folder.name, folder / "images" / f"{folder.name}.png", folder / "masks")
        for folder in folders
    ]


def _compact(root: Path) -> list[Pair]:
    images = sorted(path for path in (root / "images").iterdir() if path.is_file())
    return [Pair(image.stem, image, root / "instances" / f"{image.stem}.png") for image in images]


def read_mask(path: Path, label_set: str) -> np.ndarray:
    """The union of all nuclei, from a folder with a file a nucleus or from one numbered file."""
    if not path.is_dir():
        return (read_numbers(path) > 0).astype(np.uint8)
    files = sorted(path.glob("*.png"))
    if not files:
        raise DataError(
            _("{path} holds no masks of nuclei. The set is not complete: get it again.", path=path)
        )
    label = (read_numbers(files[0]) > 0).astype(np.uint8)
    for file in files[1:]:
        nucleus = read_numbers(file) > 0
        if nucleus.shape != label.shape:
            raise DataError(
                _(
                    "{path} is {size} in size, but {other} is {other_size}. Get the set again.",
                    path=file,
                    size="×".join(map(str, nucleus.shape)),
                    other=files[0],
                    other_size="×".join(map(str, label.shape)),
                )
            )
        label[nucleus] = 1
    return label


LAYOUT = Layout(FACTS, (("stage1_train",), ("images", "instances")), pairs, read_mask)
