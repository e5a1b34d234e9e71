"""KITTI Road: find the road in front of a car."""

from itertools import groupby
from pathlib import Path

import numpy as np

from pixelwise.data.known import KITTI_ROAD as CLASSES
from pixelwise.data.sets.facts import Facts, Layout, Pair
from pixelwise.data.sets.reading import VOID, read_image, unknown_color
from pixelwise.messages import Message, _

FACTS = Facts(
    name="kitti_road",
    title="KITTI Road",
    about=_("Roads of Karlsruhe, seen from a driving car."),
    label_sets={"road": CLASSES},
    splits={"train": 230, "val": 59, "test": 290},
    image_size=(375, 1242),
    masks=_(
        "RGB PNG: red is not road, magenta is road. Each um image has a second mask, of the car's "
        "own lane; it is not read."
    ),
    void=_("Black pixels were not evaluated."),
    split=_(
        "289 training images are published with masks; the last fifth by name of each category "
        "(`um`, `umm`, `uu`) is `val`. The masks of the 290 test images are not published."
    ),
    licence=Message("CC BY-NC-SA 3.0"),
    homepage="https://www.cvlibs.net/datasets/kitti/eval_road.php",
    citation=(
        "J. Fritsch, T. Kühnl, A. Geiger: A New Performance Measure and Evaluation Benchmark for "
        "Road Detection Algorithms. ITSC 2013."
    ),
)


def pairs(root: Path, split: str) -> list[Pair]:
    """The pairs of ``train`` and ``val``, or the images of ``test``, in order of names.

    The published training images come from drives, where neighbours look alike: val is the end of
    each category, so that few of its images have a neighbour in train.
    """
    if split == "test":
        images = sorted((root / "testing" / "image_2").glob("*.png"))
        return [Pair(image.stem, image, None) for image in images]
    names = sorted(path.stem for path in (root / "training" / "image_2").glob("*.png"))
    chosen = []
    for _category, members in groupby(names, key=_category_of):
        group = list(members)
        first_val = len(group) - -(-len(group) // 5) if len(group) > 1 else len(group)
        chosen += group[first_val:] if split == "val" else group[:first_val]
    return [_pair(root, name) for name in chosen]


def _category_of(name: str) -> str:
    return name.rpartition("_")[0]


def _pair(root: Path, name: str) -> Pair:
    category, _underscore, number = name.rpartition("_")
    mask = root / "training" / "gt_image_2" / f"{category}_road_{number}.png"
    return Pair(name, root / "training" / "image_2" / f"{name}.png", mask)


def read_mask(path: Path, label_set: str) -> np.ndarray:
    """Colours to labels, as KITTI's development kit does it.

    A pixel is evaluated where red is above 0, and is road where blue is, too.
    """
    colors = read_image(path)
    red, green, blue = colors[..., 0], colors[..., 1], colors[..., 2]
    unknown = (green > 0) | ~np.isin(red, (0, 255)) | ~np.isin(blue, (0, 255))
    if unknown.any():
        raise unknown_color(path, colors, unknown)
    return np.where(red > 0, (blue > 0).astype(np.uint8), np.uint8(VOID))


LAYOUT = Layout(FACTS, (("training/image_2", "training/gt_image_2"),), pairs, read_mask)
