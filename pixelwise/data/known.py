"""The classes of well-known data sets, with their official colours."""

import numpy as np

from pixelwise.data.classes import Classes
from pixelwise.i18n import N_


def voc_colormap(size: int = 256) -> np.ndarray:
    """Pascal VOC's colour map, (size, 3) uint8, as the VOC development kit makes it.

    The bits of a label are dealt out to red, green and blue in turn, lowest bit first, and fill
    each colour from its highest bit down.
    """
    labels = np.arange(size)
    colors = np.zeros((size, 3), dtype=np.uint8)
    for bit in range(8):
        for channel in range(3):
            taken = (labels >> (3 * bit + channel)) & 1
            colors[:, channel] |= (taken << (7 - bit)).astype(np.uint8)
    return colors


VOC = Classes(
    "Pascal VOC",
    (
        N_("background"),
        N_("aeroplane"),
        N_("bicycle"),
        N_("bird"),
        N_("boat"),
        N_("bottle"),
        N_("bus"),
        N_("car"),
        N_("cat"),
        N_("chair"),
        N_("cow"),
        N_("dining table"),
        N_("dog"),
        N_("horse"),
        N_("motorbike"),
        N_("person"),
        N_("potted plant"),
        N_("sheep"),
        N_("sofa"),
        N_("train"),
        N_("tv monitor"),
    ),
    voc_colormap(21),
    void_color=(224, 224, 192),
)

# Label ids, not train ids: 0 ... 33, in the order of cityscapesScripts' labels.py. The licence
# plate, id -1 there, has no place in the mask files.
_CITYSCAPES = (
    (N_("unlabeled"), (0, 0, 0)),
    (N_("ego vehicle"), (0, 0, 0)),
    (N_("rectification border"), (0, 0, 0)),
    (N_("out of region of interest"), (0, 0, 0)),
    (N_("static"), (0, 0, 0)),
    (N_("dynamic"), (111, 74, 0)),
    (N_("ground"), (81, 0, 81)),
    (N_("road"), (128, 64, 128)),
    (N_("sidewalk"), (244, 35, 232)),
    (N_("parking"), (250, 170, 160)),
    (N_("rail track"), (230, 150, 140)),
    (N_("building"), (70, 70, 70)),
    (N_("wall"), (102, 102, 156)),
    (N_("fence"), (190, 153, 153)),
    (N_("guard rail"), (180, 165, 180)),
    (N_("bridge"), (150, 100, 100)),
    (N_("tunnel"), (150, 120, 90)),
    (N_("pole"), (153, 153, 153)),
    (N_("pole group"), (153, 153, 153)),
    (N_("traffic light"), (250, 170, 30)),
    (N_("traffic sign"), (220, 220, 0)),
    (N_("vegetation"), (107, 142, 35)),
    (N_("terrain"), (152, 251, 152)),
    (N_("sky"), (70, 130, 180)),
    (N_("person"), (220, 20, 60)),
    (N_("rider"), (255, 0, 0)),
    (N_("car"), (0, 0, 142)),
    (N_("truck"), (0, 0, 70)),
    (N_("bus"), (0, 60, 100)),
    (N_("caravan"), (0, 0, 90)),
    (N_("trailer"), (0, 0, 110)),
    (N_("train"), (0, 80, 100)),
    (N_("motorcycle"), (0, 0, 230)),
    (N_("bicycle"), (119, 11, 32)),
)

CITYSCAPES = Classes(
    "Cityscapes",
    tuple(name for name, _ in _CITYSCAPES),
    np.array([color for _, color in _CITYSCAPES]),
    void_color=(0, 0, 0),
)

# The ids that the benchmark scores, in the order of its training ids 0 ... 18.
CITYSCAPES_TRAIN_IDS = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)

CITYSCAPES_TRAIN = Classes(
    "Cityscapes (training ids)",
    tuple(_CITYSCAPES[id_][0] for id_ in CITYSCAPES_TRAIN_IDS),
    np.array([_CITYSCAPES[id_][1] for id_ in CITYSCAPES_TRAIN_IDS]),
    void_color=(0, 0, 0),
)

# The trimaps on disk hold 1, 2 and 3: subtract 1 to get these labels. They have no colours of
# their own, so these are ours.
PETS = Classes(
    "Oxford-IIIT Pet",
    (N_("pet"), N_("background"), N_("border")),
    np.array([(230, 159, 0), (0, 114, 178), (240, 228, 66)]),
)

KITTI_ROAD = Classes(
    "KITTI Road",
    (N_("not road"), N_("road")),
    np.array([(255, 0, 0), (255, 0, 255)]),
    void_color=(0, 0, 0),
)

# The 11 classes of the SegNet paper, in its order and colours.
_CAMVID = (
    (N_("sky"), (128, 128, 128)),
    (N_("building"), (128, 0, 0)),
    (N_("pole"), (192, 192, 128)),
    (N_("road"), (128, 64, 128)),
    (N_("pavement"), (60, 40, 222)),
    (N_("tree"), (128, 128, 0)),
    (N_("sign or symbol"), (192, 128, 128)),
    (N_("fence"), (64, 64, 128)),
    (N_("car"), (64, 0, 128)),
    (N_("pedestrian"), (64, 64, 0)),
    (N_("cyclist"), (0, 128, 192)),
)

CAMVID = Classes(
    "CamVid",
    tuple(name for name, _ in _CAMVID),
    np.array([color for _, color in _CAMVID]),
    void_color=(0, 0, 0),
)

# The masks on disk have no colours of their own, so these are ours.
NUCLEI = Classes(
    "Data Science Bowl 2018",
    (N_("background"), N_("nucleus")),
    np.array([(0, 114, 178), (240, 228, 66)]),
)
