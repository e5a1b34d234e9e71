"""Data sets, real and made by the course, and pictures that need no download."""

from pixelwise.data.classes import Classes, Sample
from pixelwise.data.errors import DataError
from pixelwise.data.forms import on_disk
from pixelwise.data.known import (
    CAMVID,
    CITYSCAPES,
    CITYSCAPES_TRAIN,
    KITTI_ROAD,
    NUCLEI,
    PETS,
    VOC,
)
from pixelwise.data.loading import SegmentationSet, load
from pixelwise.data.photo import photo
from pixelwise.data.street import street

__all__ = [
    "CAMVID",
    "CITYSCAPES",
    "CITYSCAPES_TRAIN",
    "KITTI_ROAD",
    "NUCLEI",
    "PETS",
    "VOC",
    "Classes",
    "DataError",
    "Sample",
    "SegmentationSet",
    "load",
    "on_disk",
    "photo",
    "street",
]
