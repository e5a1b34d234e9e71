"""One segmentation in the forms in which well-known data sets keep theirs."""

from pathlib import Path

import numpy as np
from PIL import Image

from pixelwise.data.borders import border_mask
from pixelwise.data.classes import Sample
from pixelwise.data.known import CITYSCAPES, KITTI_ROAD, VOC, voc_colormap

# What other label sets call our classes; a class that is not listed is background in Pascal VOC
# and unlabeled in Cityscapes.
_VOC_NAMES = {
    "car": "car",
    "person": "person",
    "skin": "person",
    "cap": "person",
    "uniform": "person",
}
_CITYSCAPES_NAMES = {
    "sky": "sky",
    "building": "building",
    "road": "road",
    "pavement": "sidewalk",
    "tree": "vegetation",
    "car": "car",
    "person": "person",
    "pole": "pole",
    "background": "wall",
    "skin": "person",
    "cap": "person",
    "uniform": "person",
}
_BORDER_WIDTH = 3


def on_disk(folder: Path | str, scene: Sample) -> dict[str, Path]:
    """Write the segmentation of `scene` as the files of well-known data sets.

    Each file lies where its data set would keep it, below `folder`, and has that set's file mode:

    - ``kitti_road``: RGB PNG; red (255, 0, 0) is not road, magenta (255, 0, 255) is road and
      black (0, 0, 0) is not evaluated: void, and the pavement. Only for scenes with a road.
    - ``voc``: palette PNG (mode P) of class ids with VOC's colour map; 0 is background, 255 a
      strip around every object. Cars and persons are objects.
    - ``pets``: grey PNG (mode L), a trimap: 1 object, 2 background, 3 border.
    - ``cityscapes``: grey PNG (mode L) of label ids, 0 to 33.
    - ``cityscapes_color``: RGBA PNG, the same in Cityscapes' colours.

    Args:
        folder: where to write; made if it does not exist.
        scene: what to write. Its classes are found by name.

    Returns:
        The path of each file by the names above.
    """
    folder = Path(folder)
    voc = _renamed(scene, _VOC_NAMES, VOC.names)
    ids = _renamed(scene, _CITYSCAPES_NAMES, CITYSCAPES.names)
    regions = _regions(scene, voc)
    border = border_mask(regions, _BORDER_WIDTH)
    voc_border = np.where(border, np.uint8(255), voc)
    trimap = np.where(border, 3, np.where(voc > 0, 1, 2)).astype(np.uint8)

    voc_image = Image.fromarray(voc_border)
    voc_image.putpalette(voc_colormap().tobytes())
    opaque = np.full((*ids.shape, 1), 255, dtype=np.uint8)
    color = np.concatenate([CITYSCAPES.palette[ids], opaque], axis=-1)

    city = folder / "gtFine" / "train" / "pixelwise"
    files = {
        "voc": (
            folder / "VOCdevkit" / "VOC2012" / "SegmentationClass" / "2012_000001.png",
            voc_image,
        ),
        "pets": (folder / "annotations" / "trimaps" / "Pixelwise_1.png", Image.fromarray(trimap)),
        "cityscapes": (
            city / "pixelwise_000000_000001_gtFine_labelIds.png",
            Image.fromarray(ids),
        ),
        "cityscapes_color": (
            city / "pixelwise_000000_000001_gtFine_color.png",
            Image.fromarray(color),
        ),
    }
    if "road" in scene.classes.names:
        files["kitti_road"] = (
            folder / "data_road" / "training" / "gt_image_2" / "um_road_000000.png",
            Image.fromarray(_kitti_road(scene)),
        )
    paths = {}
    for form, (path, image) in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
        paths[form] = path
    return paths


def _renamed(scene: Sample, names: dict[str, str], target: tuple[str, ...]) -> np.ndarray:
    """The scene's label in the numbers of another label set; 0 for what that set has not."""
    table = np.zeros(256, dtype=np.uint8)
    for label, name in enumerate(scene.classes.names):
        if name in names:
            table[label] = target.index(names[name])
    return table[scene.label]


def _regions(scene: Sample, voc: np.ndarray) -> np.ndarray:
    """One number for each object of VOC, 0 for the background."""
    instances = np.ones_like(voc) if scene.instances is None else scene.instances
    return np.where(voc > 0, voc.astype(np.int64) * 256 + instances, 0)


def _kitti_road(scene: Sample) -> np.ndarray:
    """KITTI Road's colours, (H, W, 3) uint8."""
    names = scene.classes.names
    road = (scene.label == names.index("road")).astype(np.uint8)
    not_evaluated = scene.label == scene.classes.ignore_index
    if "pavement" in names:
        not_evaluated |= scene.label == names.index("pavement")
    return np.where(not_evaluated[..., None], np.uint8(0), KITTI_ROAD.palette[road])
