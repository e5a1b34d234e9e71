"""Checking a data set: reading every file, and telling everything that is wrong at once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from pathlib import Path, PurePath

import numpy as np

from pixelwise.data.errors import DataError
from pixelwise.data.loading import DEPTH, SegmentationSet, find_set, layout_of, set_folder
from pixelwise.data.sets import Facts, Layout, Pair
from pixelwise.data.sets.reading import VOID, read_image
from pixelwise.data.small import small_set
from pixelwise.messages import Message, _, _n

Progress = Callable[[int, int], None]

# Of all splits only this one is made of others.
_UNION = "trainval"
_PARTS = ("train", "val")


@dataclass(frozen=True, eq=False)
class Report:
    """What has come out when every file of a data set was read.

    Attributes:
        facts: what is known about the data set.
        root: the folder that its files lie in; None where it was not found.
        problems: what is wrong. Each names the file and says what to do.
        warnings: what may be wrong, or may be meant.
        counts: how many images each split has.
        pixels: for each split with masks, how many pixels each class has: (K + 1,) int64, void
            last. Files with problems are left out.
    """

    facts: Facts
    root: Path | None
    problems: Sequence[Message] = ()
    warnings: Sequence[Message] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    pixels: Mapping[str, np.ndarray] = field(default_factory=dict)

    def pixel_shares(self, split: str) -> np.ndarray:
        """The share of each class in the pixels of a split, void last: (K + 1,), sums to 1."""
        return self.pixels[split] / self.pixels[split].sum()

    def summary(self) -> Message:
        """How many problems there are, in one line."""
        if self.root is None:
            return _("{title} was not checked.", title=self.facts.title)
        images = " · ".join(f"{split} {count}" for split, count in self.counts.items())
        known = {"title": self.facts.title, "root": self.root, "images": images}
        if not self.problems:
            return _("{title} in {root} ({images}): every file is sound.", **known)
        return _n(
            "{title} in {root} ({images}): {count} problem.",
            "{title} in {root} ({images}): {count} problems.",
            len(self.problems),
            **known,
        )


def check_set(
    name: str,
    folder: Path | str | None = None,
    *,
    small: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """Read every image and mask of all splits of a data set, each once.

    Args:
        name: the data set, as `load` calls it.
        folder: where the real set lies; default: its folder in the data folder.
        small: check the set that the course makes, whose number of images is not the published
            one.
        on_progress: called with the number of pairs read so far and the number of all pairs.

    Returns:
        What is wrong, all of it, and how many pixels each class has. The classes are those of the
        set's default label set.

    Raises:
        DataError: there is no data set of that name; the small set cannot be written.
    """
    layout = layout_of(name)
    if small:
        return _report(layout, small_set(name), on_progress, small=True)
    start = Path(folder) if folder is not None else set_folder(name)
    try:
        root = find_set(layout, start)
    except DataError as error:
        return Report(layout.facts, None, _missing_parts(layout, start) or [error.message])
    if root is None:
        return Report(layout.facts, None, [_nothing_there(layout.facts, start)])
    return _report(layout, root, on_progress, small=False)


def _report(layout: Layout, root: Path, on_progress: Progress | None, *, small: bool) -> Report:
    splits, problems = _listed(layout, root)
    problems += _empty(layout, root, splits) + _repeated(splits) + _shared(splits)
    data = SegmentationSet(
        name=layout.facts.name,
        split=" + ".join(splits),
        root=root,
        pairs=tuple(dict.fromkeys(pair for pairs in splits.values() for pair in pairs)),
        label_set=next(iter(layout.facts.label_sets)),
        small=small,
    )
    pixels = {}
    for done, (pair, found) in enumerate(zip(data.pairs, _read_all(data), strict=True), start=1):
        if isinstance(found, np.ndarray):
            pixels[pair] = found
        else:
            problems += found
        if on_progress:
            on_progress(done, len(data))
    return Report(
        layout.facts,
        root,
        problems,
        [] if small else _unusual_counts(layout.facts, splits),
        {split: len(pairs) for split, pairs in splits.items()},
        _pixels_of_splits(splits, pixels),
    )


# Where the set lies


def _nothing_there(facts: Facts, folder: Path) -> Message:
    return _(
        "There is no {title} in {folder}. If it lies elsewhere, name its folder with --folder; "
        "else get it with `pixelwise data fetch {name}`",
        title=facts.title,
        folder=folder,
        name=facts.name,
    )


def _missing_parts(layout: Layout, start: Path) -> list[Message]:
    """What a set lacks of which only some of the folders are there that it is recognised by."""
    found = []
    for group in layout.markers:
        roots = {root for marker in group for root in _with_marker(start, marker)}
        for root in sorted(roots):
            there = [marker for marker in group if (root / marker).is_dir()]
            missing = [marker for marker in group if marker not in there]
            found.append(
                _(
                    "{root} has {there}, but not {missing}: a part of {title} is missing. Extract "
                    "all of its archives to the end, or get it again with `pixelwise data fetch "
                    "{name} --force`",
                    root=root,
                    there=", ".join(there),
                    missing=", ".join(missing),
                    title=layout.facts.title,
                    name=layout.facts.name,
                )
            )
    return found


def _with_marker(start: Path, marker: str) -> Iterator[Path]:
    """The folders, `start` itself or some way below it, in which the folder `marker` lies."""
    for depth in range(DEPTH + 1):
        for path in start.glob("/".join(["*"] * depth + [marker])):
            if path.is_dir():
                yield path.parents[len(PurePath(marker).parts) - 1]


# What the splits name


def _listed(layout: Layout, root: Path) -> tuple[dict[str, list[Pair]], list[Message]]:
    """The pairs of each split, and what is wrong with the lists that name them."""
    splits: dict[str, list[Pair]] = {}
    problems: list[Message] = []
    for split in layout.facts.splits:
        try:
            splits[split] = layout.pairs(root, split)
        except DataError as error:
            # Splits may be made from one list, which is missing once only.
            if error.message not in problems:
                problems.append(error.message)
    return splits, problems


def _empty(layout: Layout, root: Path, splits: Mapping[str, list[Pair]]) -> list[Message]:
    return [
        _(
            "The split {split} is empty: {root} has no images for it. Get the set again with "
            "`pixelwise data fetch {name} --force`",
            split=split,
            root=root,
            name=layout.facts.name,
        )
        for split, pairs in splits.items()
        if not pairs
    ]


def _repeated(splits: Mapping[str, list[Pair]]) -> list[Message]:
    """Images that a split names more than once."""
    return [
        _(
            "{path} is listed more than once for the split {split}. Keep one of the lines, or get "
            "the list again.",
            path=path,
            split=split,
        )
        for split, pairs in splits.items()
        for path, times in Counter(pair.image for pair in pairs).items()
        if times > 1
    ]


def _shared(splits: Mapping[str, list[Pair]]) -> list[Message]:
    """Images that are in two splits that must have none in common."""
    problems = []
    for first, second in combinations(splits, 2):
        if _UNION in (first, second) and (first in _PARTS or second in _PARTS):
            continue
        others = {pair.image for pair in splits[second]}
        both = dict.fromkeys(pair.image for pair in splits[first] if pair.image in others)
        problems += [
            _(
                "{path} is in the split {first} and in {second}: a network must not be tested on "
                "what it has been trained on. Remove it from one of the lists, or get the lists "
                "again.",
                path=path,
                first=first,
                second=second,
            )
            for path in both
        ]
    return problems


def _unusual_counts(facts: Facts, splits: Mapping[str, list[Pair]]) -> list[Message]:
    return [
        _n(
            "{title} has {count} image in the split {split}; the complete set has {published}. "
            "Unless a part of it is all you want, get the set again with `pixelwise data fetch "
            "{name} --force`",
            "{title} has {count} images in the split {split}; the complete set has {published}. "
            "Unless a part of it is all you want, get the set again with `pixelwise data fetch "
            "{name} --force`",
            len(pairs),
            title=facts.title,
            split=split,
            published=facts.splits[split],
            name=facts.name,
        )
        for split, pairs in splits.items()
        if pairs and len(pairs) != facts.splits[split]
    ]


# What is in the files


def _read_all(data: SegmentationSet) -> Iterator[np.ndarray | list[Message]]:
    """For each pair, in order, its pixels of each class, or what is wrong with it.

    Pillow decodes outside of Python's interpreter lock, so threads do work side by side.
    """
    with ThreadPoolExecutor() as pool:
        yield from pool.map(partial(_read, data), range(len(data)))


def _read(data: SegmentationSet, index: int) -> np.ndarray | list[Message]:
    try:
        _image, label = data.read(index)
    except DataError as error:
        return _faults_of_files(data, data.pairs[index]) or [error.message]
    counts = np.bincount(label.ravel(), minlength=VOID + 1)
    return counts[[*range(len(data.classes)), VOID]]


def _faults_of_files(data: SegmentationSet, pair: Pair) -> list[Message]:
    """What is wrong with the image, and what with the mask, each read for itself."""
    readers: list[Callable[[], object]] = [partial(read_image, pair.image)]
    if pair.mask is not None:
        readers.append(partial(layout_of(data.name).read_mask, pair.mask, data.label_set))
    faults = []
    for read in readers:
        try:
            read()
        except DataError as error:
            faults.append(error.message)
    return faults


def _pixels_of_splits(
    splits: Mapping[str, list[Pair]], pixels: Mapping[Pair, np.ndarray]
) -> dict[str, np.ndarray]:
    """The sums over each split; none for a split that has no readable mask."""
    found = {}
    for split, pairs in splits.items():
        counts = [pixels[pair] for pair in pairs if pair.mask is not None and pair in pixels]
        if counts:
            found[split] = np.sum(counts, axis=0)
    return found
