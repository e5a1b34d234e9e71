"""`load`: the real data set where it is present, else the small one that the course makes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np

from pixelwise.data.announce import announce
from pixelwise.data.classes import Classes, Sample
from pixelwise.data.errors import DataError
from pixelwise.data.folders import data_folder, only_small
from pixelwise.data.sets import LAYOUTS, Facts, Layout, Pair
from pixelwise.data.sets.reading import VOID, read_image
from pixelwise.data.small import small_set
from pixelwise.messages import Message, _, _n

DEPTH = 3
"""How deep below the set's folder an archive may have put it."""


@dataclass(frozen=True, eq=False)
class SegmentationSet(Sequence[Sample]):
    """The images and masks of one split, read from disk when they are asked for.

    ``data[i]`` is a `Sample`, ``len(data)`` the number of images, ``data[:8]`` a smaller set.

    Attributes:
        name: the data set, a key of `LAYOUTS`.
        split: the part of it, such as ``train``.
        root: the folder that the set's files lie in.
        pairs: the files, in a fixed order.
        label_set: which classes the labels are numbers of.
        small: whether this is the set that the course makes.
    """

    name: str
    split: str
    root: Path
    pairs: tuple[Pair, ...]
    label_set: str
    small: bool

    @property
    def facts(self) -> Facts:
        """What is known about the data set."""
        return LAYOUTS[self.name].facts

    @property
    def classes(self) -> Classes:
        """What the labels mean."""
        return self.facts.label_sets[self.label_set]

    def __len__(self) -> int:
        return len(self.pairs)

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Image and label as they are on disk, at full size.

        Returns:
            (H, W, 3) uint8 RGB, and (H, W) uint8 with class numbers and 255 for void. Where no
            mask is published, all of the label is void.

        Raises:
            DataError: a file is missing, damaged, of another size, or holds what no mask of this
                set can hold; names the file and says what to do.
        """
        pair = self.pairs[index]
        image = read_image(pair.image)
        if pair.mask is None:
            return image, np.full(image.shape[:2], VOID, dtype=np.uint8)
        label = LAYOUTS[self.name].read_mask(pair.mask, self.label_set)
        if label.shape != image.shape[:2]:
            raise DataError(
                _(
                    "{mask} is {size} pixels in size (height × width), but its image {image} is "
                    "{image_size}. Get both files again from the same source.",
                    mask=pair.mask,
                    size=f"{label.shape[0]}×{label.shape[1]}",
                    image=pair.image,
                    image_size=f"{image.shape[0]}×{image.shape[1]}",
                )
            )
        return image, label

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> "SegmentationSet": ...
    def __getitem__(self, index: int | slice) -> "Sample | SegmentationSet":
        if isinstance(index, slice):
            return replace(self, pairs=self.pairs[index])
        image, label = self.read(index)
        return Sample(image, label, self.classes)

    def in_memory(self) -> "SegmentationSet":
        """The same set, whose files are read once, when first asked for, and then kept."""
        return _InMemory(**{field.name: getattr(self, field.name) for field in fields(self)})

    def __repr__(self) -> str:
        kind = ", small=True" if self.small else ""
        return f"load({self.name!r}, {self.split!r}{kind}): {len(self)} images in {self.root}"


@dataclass(frozen=True, eq=False, repr=False)
class _InMemory(SegmentationSet):
    @cached_property
    def _kept(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        return {}

    def read(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        # Two threads may read the same file at the same time: the result is the same.
        if index not in self._kept:
            self._kept[index] = super().read(index)
        image, label = self._kept[index]
        return image.copy(), label.copy()


def load(
    name: str,
    split: str = "train",
    *,
    folder: Path | str | None = None,
    label_set: str | None = None,
    small: bool | None = None,
    quiet: bool = False,
) -> SegmentationSet:
    """A split of a data set: of the real one where it is present, else of the small one.

    Says in one line which of the two it is.

    Args:
        name: ``kitti_road``, ``voc2012``, ``oxford_pets``, ``cityscapes``, ``camvid`` or
            ``nuclei``.
        split: ``train``, ``val``, or another one that the set has.
        folder: where the real set lies; default: its folder in `data_folder`.
        label_set: the classes that labels are numbers of, where a set has several: Cityscapes has
            ``train_ids`` (19 classes, the default) and ``ids`` (34).
        small: True for the small set even where the real one is present, False to be refused
            where it is not.
        quiet: whether to say nothing.

    Raises:
        DataError: there is no such set, split or label set; the real set was asked for and is not
            there; the folder of the set holds something else; a file that the set's lists name
            is missing.
    """
    layout = layout_of(name)
    _require_split(layout.facts, split)
    label_set = _chosen_label_set(layout.facts, label_set)
    if small is None and folder is None and only_small():
        small = True
    root = None if small else find_set(layout, folder)
    must_be_real = not small and (small is False or folder is not None)
    if root is None and must_be_real:
        raise _not_there(layout.facts, Path(folder) if folder else set_folder(name))
    lying = root or small_set(name)
    found = SegmentationSet(
        name=name,
        split=split,
        root=lying,
        pairs=_present_pairs(layout, lying, split),
        label_set=label_set,
        small=root is None,
    )
    if not quiet:
        announce(_introduction(found))
    return found


def layout_of(name: str) -> Layout:
    """The layout of the data set called `name`.

    Raises:
        DataError: there is none of that name; lists the names.
    """
    if name not in LAYOUTS:
        raise DataError(
            _(
                "There is no data set {name}. The data sets are {known}.",
                name=repr(name),
                known=", ".join(LAYOUTS),
            )
        )
    return LAYOUTS[name]


def set_folder(name: str) -> Path:
    """The folder that the real data set has, or would have, in the data folder."""
    return data_folder() / name


def find_set(layout: Layout, folder: Path | str | None = None) -> Path | None:
    """The root of the real data set, wherever below its folder an archive has put it.

    Args:
        layout: which data set.
        folder: where to look; default: the set's folder in the data folder.

    Returns:
        None where there is no such folder, or an empty one.

    Raises:
        DataError: the folder holds something, but not this data set.
    """
    start = Path(folder) if folder is not None else set_folder(layout.facts.name)
    if not start.is_dir() or not any(start.iterdir()):
        return None
    level = [start]
    for _depth in range(DEPTH + 1):
        for candidate in level:
            if is_root(layout, candidate):
                return candidate
        level = sorted(child for parent in level for child in parent.iterdir() if child.is_dir())
    raise DataError(
        _(
            "{folder} does not hold {title}: there must be the folders {folders} in it. If the "
            "extraction was interrupted, get the set again with "
            "`pixelwise data fetch {name} --force`",
            folder=start,
            title=layout.facts.title,
            folders=", ".join(layout.markers[0]),
            name=layout.facts.name,
        )
    )


def is_root(layout: Layout, folder: Path) -> bool:
    """Whether the data set's files lie directly in `folder`."""
    return any(all((folder / marker).is_dir() for marker in group) for group in layout.markers)


def _require_split(facts: Facts, split: str) -> None:
    if split not in facts.splits:
        raise DataError(
            _(
                "{title} has no split {split}. Its splits are {known}.",
                title=facts.title,
                split=repr(split),
                known=", ".join(facts.splits),
            )
        )


def _chosen_label_set(facts: Facts, label_set: str | None) -> str:
    if label_set is None:
        return next(iter(facts.label_sets))
    if label_set not in facts.label_sets:
        raise DataError(
            _(
                "{title} has no label set {label_set}. It has {known}.",
                title=facts.title,
                label_set=repr(label_set),
                known=", ".join(facts.label_sets),
            )
        )
    return label_set


def _not_there(facts: Facts, folder: Path) -> DataError:
    return DataError(
        _(
            "{title} is not in {folder}. Get it with `pixelwise data fetch {name}`",
            title=facts.title,
            folder=folder,
            name=facts.name,
        )
    )


def _present_pairs(layout: Layout, root: Path, split: str) -> tuple[Pair, ...]:
    """The pairs of a split, after a look whether their files are there."""
    pairs = tuple(layout.pairs(root, split))
    if not pairs:
        raise DataError(
            _(
                "{title} in {root} has no images for the split {split}. The set is not complete: "
                "see `pixelwise data check {name}`",
                title=layout.facts.title,
                root=root,
                split=split,
                name=layout.facts.name,
            )
        )
    missing = [path for pair in pairs for path in missing_files(pair)]
    if missing:
        raise DataError(
            _n(
                "{path} is missing; no other file is. To see all that is wrong: `pixelwise data "
                "check {name}`",
                "{path} and others are missing: {count} files. To see all that is wrong: "
                "`pixelwise data check {name}`",
                len(missing),
                path=missing[0],
                name=layout.facts.name,
            )
        )
    return pairs


def missing_files(pair: Pair) -> list[Path]:
    """The files of a pair that are not there."""
    return [path for path in (pair.image, pair.mask) if path is not None and not path.exists()]


def _introduction(data: SegmentationSet) -> Message:
    """Which set this is, in one line."""
    if data.small:
        return _n(
            "{title}, {split}: {count} image made by the course. For the real images: `pixelwise "
            "data fetch {name}`",
            "{title}, {split}: {count} images made by the course. For the real images: `pixelwise "
            "data fetch {name}`",
            len(data),
            title=data.facts.title,
            split=data.split,
            name=data.name,
        )
    return _n(
        "{title}, {split}: {count} real image.",
        "{title}, {split}: {count} real images.",
        len(data),
        title=data.facts.title,
        split=data.split,
    )
