"""Pictures with segmentations that need no download, and the classes of well-known data sets."""

from pixelwise.data.classes import Classes, Sample
from pixelwise.data.forms import on_disk
from pixelwise.data.known import CITYSCAPES, KITTI_ROAD, PETS, VOC
from pixelwise.data.photo import photo
from pixelwise.data.street import street

__all__ = [
    "CITYSCAPES",
    "KITTI_ROAD",
    "PETS",
    "VOC",
    "Classes",
    "Sample",
    "on_disk",
    "photo",
    "street",
]
