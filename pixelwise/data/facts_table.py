"""The pages about the data sets in ``datasets``, one a language, made from the sets' facts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from pixelwise.course import find_root
from pixelwise.data.classes import Classes
from pixelwise.data.fetching.archives import Archive, Source, registry
from pixelwise.data.fetching.talk import size_text
from pixelwise.data.sets import LAYOUTS, Facts, Layout
from pixelwise.i18n import LANGUAGES, translate
from pixelwise.messages import Message, _, _n

_NOTE = "<!-- Written by `pixelwise data readme` from pixelwise/data: change it there. -->"
_LANGUAGE_NAMES = {"en": "English", "ru": "Русский", "zh": "中文"}

_EXAMPLE = """\
```python
from pixelwise.data import load

data = load("camvid", "train")
image, label = data.read(0)
```"""


@dataclass(frozen=True)
class SmallSet:
    """A set that the course makes.

    Attributes:
        splits: how many images each split has.
        sizes: (height, width) of the smallest and of the largest image; one if all are alike.
    """

    splits: Mapping[str, int]
    sizes: Sequence[tuple[int, int]]


SMALL_SETS = {
    "kitti_road": SmallSet({"train": 60, "val": 15, "test": 12}, ((128, 416),)),
    "voc2012": SmallSet({"train": 100, "val": 40, "trainval": 140}, ((136, 136), (150, 200))),
    "oxford_pets": SmallSet(
        {"train": 80, "val": 20, "trainval": 100, "test": 30}, ((144, 112), (176, 128))
    ),
    "cityscapes": SmallSet({"train": 48, "val": 16, "test": 8}, ((128, 256),)),
    "camvid": SmallSet({"train": 60, "val": 20, "test": 20}, ((128, 192),)),
    "nuclei": SmallSet({"train": 60, "val": 20, "test": 20}, ((96, 128), (128, 128))),
}
"""What the small sets hold."""


def readmes(root: Path | None = None) -> dict[Path, str]:
    """The text of each page, by its path in the course at `root` (default: the one around here).

    Raises:
        FileNotFoundError: there is no course here.
    """
    folder = (root or find_root()) / "datasets"
    return {folder / file_name(language): page(language) for language in LANGUAGES}


def file_name(language: str) -> str:
    """The name of the page in a language."""
    return "README.md" if language == "en" else f"README.{language}.md"


def page(language: str) -> str:
    """The page in Markdown as GitHub reads it."""
    words = _Words(language)
    parts = [
        "# " + words.say(_("Data sets")),
        " · ".join(f"[{_LANGUAGE_NAMES[other]}]({file_name(other)})" for other in LANGUAGES),
        _NOTE,
        *_introduction(words),
        _overview(words),
        *_getting(words),
        *_small_sets(words),
    ]
    for layout in LAYOUTS.values():
        parts += _section(layout, words)
    return "\n\n".join(parts) + "\n"


class _Words:
    """What is said in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def say(self, message: Message) -> str:
        return message.render(self._language)

    def class_name(self, name: str) -> str:
        """A class by its name in code and, where that is another, its name among people."""
        translated = translate(name, "figures", self._language)
        return f"`{name}`" if translated == name else f"`{name}` {translated}"

    def table(self, headings: Sequence[Message], rows: Iterable[Sequence[str]]) -> str:
        return _table([self.say(heading) for heading in headings], rows)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _introduction(words: _Words) -> list[str]:
    return [
        words.say(
            _(
                "`load` gives the real images of a data set where they are present, and else "
                "images that the course makes by itself, in the same layout and with the same "
                "classes. So every lesson runs without a download, and runs unchanged on the real "
                "images as soon as you have them. One line says which of the two you have got."
            )
        ),
        _EXAMPLE,
        words.say(
            _(
                "`image` is RGB, `(H, W, 3)`, of type `uint8`. `label` holds the class number of "
                "each pixel, `(H, W)`, of type `uint8`; 255 is void: pixels that belong to no "
                "class. `data.classes` has the names and colours of the classes, `data.facts` what "
                "this page says about the set."
            )
        ),
    ]


def _overview(words: _Words) -> str:
    return words.table(
        (
            _("Data set"),
            _("Name for `load`"),
            _("Images"),
            _("Classes"),
            _("Height × width"),
            _("Licence"),
        ),
        [
            (
                f"[{facts.title}](#{_anchor(facts.title)})",
                f"`{facts.name}`",
                _splits(facts.splits),
                " / ".join(str(len(classes)) for classes in facts.label_sets.values()),
                _size(facts.image_size),
                words.say(facts.licence),
            )
            for facts in _all_facts()
        ],
    )


def _getting(words: _Words) -> list[str]:
    commands = {
        "pixelwise data list": _("lists the sets, and says which of them you have"),
        "pixelwise data fetch NAME": _(
            "downloads a set, checks it and puts it in its place; where a login is needed, it says "
            "what to download and takes the files with `--from`"
        ),
        "pixelwise data check NAME": _("reads every file and tells everything that is wrong"),
        "pixelwise data show NAME": _("draws some images, their masks and both together"),
    }
    return [
        "## " + words.say(_("The real images")),
        words.say(
            _(
                "No data set is in this repository. The real images belong to the people who "
                "made them. Each set has its own terms, some allow research only: read them on "
                "the set's home page before you use it, and cite its paper where you publish."
            )
        ),
        words.table(
            (_("Command"), _("What it does")),
            [(f"`{command}`", words.say(does)) for command, does in commands.items()],
        ),
        words.say(
            _(
                "A set lies in `datasets/NAME`, or up to three folders deeper if its archive has "
                "folders of its own. Outside of the course the place is `~/.pixelwise/datasets`. "
                "Set the environment variable `PIXELWISE_DATA` to keep all sets in another folder."
            )
        ),
    ]


def _small_sets(words: _Words) -> list[str]:
    return [
        "## " + words.say(_("The images made by the course")),
        words.say(
            _(
                "Each real set has a small counterpart, which code of the course paints when it is "
                "first asked for, within seconds, into `datasets/mini`. Folders, names, kinds of "
                "files, colours and void are those of the real set. It is made for learning and "
                "for tests: a score on it says nothing about the real set. With "
                "`PIXELWISE_SMALL_DATA=1`, `load` gives these images even where the real ones are "
                "present. They are under CC BY 4.0, as the text of the course is."
            )
        ),
        words.table(
            (_("Data set"), _("Images"), _("Height × width")),
            [
                (
                    LAYOUTS[name].facts.title,
                    _splits(small.splits),
                    " … ".join(_size(size) for size in small.sizes),
                )
                for name, small in SMALL_SETS.items()
            ],
        ),
    ]


def _section(layout: Layout, words: _Words) -> list[str]:
    """All that is known about one set."""
    facts = layout.facts
    rows = [
        (_("Images"), _splits(facts.splits)),
        (_("Splits"), words.say(facts.split)),
        (_("Typical height × width"), _size(facts.image_size)),
        (_("Masks"), words.say(facts.masks)),
        (_("Void"), words.say(facts.void)),
        (_("Mean and standard deviation"), words.say(_statistics(facts))),
        (_("Folders that must be there"), words.say(_folders(layout.markers))),
        (_("Archives"), _archives(registry()[facts.name])),
        (_("Licence"), words.say(facts.licence)),
        (_("Home page"), f"<{facts.homepage}>"),
        (_("To cite"), facts.citation),
    ]
    parts = [
        f"## {facts.title}",
        words.say(facts.about),
        _table(("", ""), [(words.say(what), _cell(text)) for what, text in rows]),
    ]
    for name, classes in facts.label_sets.items():
        parts.append(
            words.say(
                _n(
                    "The label set `{name}` has {count} class:",
                    "The label set `{name}` has {count} classes:",
                    len(classes),
                    name=name,
                )
            )
        )
        parts.append(_class_table(classes, words))
    return parts


def _class_table(classes: Classes, words: _Words) -> str:
    colors = ["#{:02X}{:02X}{:02X}".format(*color) for color in classes.palette.tolist()]
    return words.table(
        (_("Label"), _("Class"), _("Colour")),
        [
            (str(label), words.class_name(name), f"`{color}`")
            for label, (name, color) in enumerate(zip(classes.names, colors, strict=True))
        ],
    )


def _statistics(facts: Facts) -> Message:
    known = {"mean": _numbers(facts.mean), "std": _numbers(facts.std)}
    if facts.measured:
        return _(
            "`{mean}` and `{std}`: red, green, blue in [0, 1], measured on the training images.",
            **known,
        )
    return _(
        "`{mean}` and `{std}`: red, green, blue in [0, 1], those of ImageNet, which networks "
        "trained on it expect.",
        **known,
    )


def _folders(markers: Sequence[Sequence[str]]) -> Message:
    """The folders of each group; any of the groups will do."""
    groups = [Message(" + ".join(f"`{marker}`" for marker in group)) for group in markers]
    return reduce(
        lambda first, second: _("{first} or {second}", first=first, second=second), groups
    )


def _archives(source: Source) -> str:
    return "<br>".join(_archive(archive, source.page) for archive in source.archives)


def _archive(archive: Archive, page_with_login: str) -> str:
    address = archive.urls[0] if archive.urls else page_with_login
    link, size = f"[{archive.file}]({address})", size_text(archive.size)
    if archive.checksum:
        return f"{link} · {size} · `{archive.checksum}`"
    return f"{link} · ≈ {size}"


def _all_facts() -> list[Facts]:
    return [layout.facts for layout in LAYOUTS.values()]


def _splits(splits: Mapping[str, int]) -> str:
    return " · ".join(f"`{split}` {count}" for split, count in splits.items())


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(str(value) for value in values)


def _cell(text: str) -> str:
    """Text that may stand in a table."""
    return text.replace("|", r"\|").replace("\n", " ")


def _anchor(title: str) -> str:
    """What GitHub calls the place of a heading."""
    return re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
