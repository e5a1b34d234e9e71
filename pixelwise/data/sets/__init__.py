"""The data sets of the course: facts, and how to read each."""

from pixelwise.data.sets import camvid, cityscapes, kitti_road, nuclei, oxford_pets, voc2012
from pixelwise.data.sets.facts import Facts, Layout, Pair

LAYOUTS: dict[str, Layout] = {
    layout.facts.name: layout
    for layout in (
        kitti_road.LAYOUT,
        voc2012.LAYOUT,
        oxford_pets.LAYOUT,
        cityscapes.LAYOUT,
        camvid.LAYOUT,
        nuclei.LAYOUT,
    )
}
"""Every data set by the name that `load` and the command line call it."""

__all__ = ["LAYOUTS", "Facts", "Layout", "Pair"]
