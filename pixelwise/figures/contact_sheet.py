"""Contact sheets of data sets: images, their masks, and both laid over each other."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pixelwise.data.classes import Sample
from pixelwise.data.loading import SegmentationSet
from pixelwise.figures.overlays import Panels, color_table, panels
from pixelwise.figures.publish import Translator, publish
from pixelwise.figures.style import (
    DPI,
    FAINT,
    MAX_WIDTH,
    fit,
    legend_shape,
    line_height,
    text_width,
)

# Lengths are in pixels of the picture, so that no pixel of a mask is mixed with its neighbours.
_WIDTH = round(MAX_WIDTH * DPI)
_MARGIN = 12
_GAP = 6  # between the panels of a sample
_WIDE_GAP = 20  # between samples
_LEGEND_ROW = 16
_NUMBER_ROOM = 15

_TITLE_SIZE = 10.0  # points
_HEADING_SIZE = 9.0
_CAPTION_SIZE = 7.0
_NUMBER_SIZE = 7.0
_LEGEND_SIZE = 8.5

# How bright red, green and blue look (ITU-R BT.601).
_BRIGHTNESS = np.array([0.299, 0.587, 0.114])
_DARK = 100  # of 255: below it white is easier to read than black


def samples(
    data: Sequence[Sample],
    count: int = 6,
    *,
    seed: int | None = None,
    columns: int | None = None,
    height: float = 1.5,
    to: Path | None = None,
) -> None:
    """Show samples of a data set: each image, its mask, and the mask laid over the image.

    Masks have the data set's own colours. For readers who cannot tell these apart, the widest
    place of each class bears its number, and thin lines part the regions in the overlay, where
    void has no colour. The caption below a sample starts with its index in `data`.

    Args:
        data: what `load` returns, or any sequence of samples of one label set.
        count: how many, spread evenly over `data`; all if there are fewer. ``data[:6]`` in place
            of `data` shows the first ones.
        seed: draw them at random instead; the same seed draws the same ones.
        columns: samples a row; by default as many as there is room for.
        height: height of an image in inches; less if a row would be wider than 8 inches.
        to: write a PNG file instead.

    Raises:
        ValueError: `data` is empty, or `count` is less than 1.
        DataError: a file cannot be read.
    """
    if count < 1 or not len(data):
        raise ValueError(f"there is nothing to show: {count} of {len(data)} samples")
    chosen = _chosen(len(data), count, seed)
    shown = [data[index] for index in chosen]
    captions = [_caption(data, index) for index in chosen]
    publish(lambda _: _draw(shown, captions, _title(data, _), columns, height, _), to)


def _chosen(available: int, count: int, seed: int | None) -> list[int]:
    """Indices in rising order."""
    count = min(count, available)
    if seed is None:
        return [number * available // count for number in range(count)]
    drawn = np.random.default_rng(seed).choice(available, count, replace=False)
    return sorted(int(index) for index in drawn)


def _caption(data: Sequence[Sample], index: int) -> str:
    if isinstance(data, SegmentationSet):
        return f"{index} · {data.pairs[index].name}"
    return str(index)


def _title(data: Sequence[Sample], _: Translator) -> str:
    if not isinstance(data, SegmentationSet):
        return ""
    kind = _("images made by the course") if data.small else _("real images")
    return f"{data.facts.title} · {data.split} · {kind}"


class _Sheet:
    """A figure whose coordinates are pixels, x to the right and y down."""

    def __init__(self, width: int, height: int) -> None:
        self.figure = Figure(figsize=(width / DPI, height / DPI))
        self._width, self._height = width, height

    def write(self, text: str, x: float, y: float, size: float, **style: Any) -> None:
        self.figure.text(x / self._width, 1 - y / self._height, text, size=size, **style)

    def paste(self, picture: np.ndarray, x: int, y: int) -> None:
        """Put (h, w, 3) uint8 pixels on the sheet as they are."""
        self.figure.figimage(picture, x, self._height - y - picture.shape[0], origin="upper")


def _draw(
    shown: list[Sample],
    captions: list[str],
    title: str,
    columns: int | None,
    height: float,
    _: Translator,
) -> Figure:
    columns, box = _arrangement(shown, columns, round(height * DPI))
    sample_width = 3 * box[1] + 2 * _GAP
    sample_height = box[0] + _text_height(_CAPTION_SIZE) + _GAP
    inner = columns * (sample_width + _WIDE_GAP) - _WIDE_GAP
    lefts = [_MARGIN + column * (sample_width + _WIDE_GAP) for column in range(columns)]

    title, title_size = fit(title, inner / DPI, 0.5, _TITLE_SIZE)
    title_lines = title.count("\n") + 1 if title else 0
    top = _MARGIN + title_lines * (_text_height(title_size) + 4) + _text_height(_HEADING_SIZE)
    entries = _legend_entries(shown, _)
    legend_rows, legend_columns = legend_shape(list(entries), inner / DPI, _LEGEND_SIZE)
    rows = -(-len(shown) // columns)
    bottom = legend_rows * _LEGEND_ROW + _MARGIN

    sheet = _Sheet(inner + 2 * _MARGIN, top + rows * sample_height + bottom)
    sheet.write(title, _MARGIN + inner / 2, _MARGIN, title_size, ha="center", va="top")
    for left in lefts:
        _draw_headings(sheet, left, top, box[1], _)
    for index, (sample, caption) in enumerate(zip(shown, captions, strict=True)):
        left, upper = lefts[index % columns], top + index // columns * sample_height
        _draw_panels(sheet, panels(sample, box, _NUMBER_ROOM), left, upper, box)
        # Small letters stand on whole pixels, which makes a line up to a tenth longer.
        text = _shortened(caption, 0.9 * sample_width / DPI)
        sheet.write(text, left, upper + box[0] + 3, _CAPTION_SIZE, color=FAINT, va="top")
    _draw_legend(sheet.figure, entries, legend_columns)
    return sheet.figure


def _arrangement(
    shown: list[Sample], columns: int | None, height: int
) -> tuple[int, tuple[int, int]]:
    """Samples a row, and the (height, width) in pixels of the box that every image fits into."""
    ratio = max(sample.label.shape[1] / sample.label.shape[0] for sample in shown)
    room = _WIDTH - 2 * _MARGIN
    if columns is None:
        sample_width = 3 * height * ratio + 2 * _GAP
        columns = max(1, int((room + _WIDE_GAP) / (sample_width + _WIDE_GAP)))
    columns = min(columns, len(shown))
    widest = (room + _WIDE_GAP) // columns - _WIDE_GAP
    width = min(round(height * ratio), (widest - 2 * _GAP) // 3)
    return columns, (round(width / ratio), width)


def _draw_headings(sheet: _Sheet, left: int, top: int, width: int, _: Translator) -> None:
    for number, heading in enumerate((_("image"), _("mask"), _("overlay"))):
        text, size = fit(heading, width / DPI, line_height(_HEADING_SIZE), _HEADING_SIZE)
        middle = left + number * (width + _GAP) + width / 2
        sheet.write(text, middle, top - 5, size, ha="center", va="baseline")


def _draw_panels(sheet: _Sheet, drawn: Panels, left: int, top: int, box: tuple[int, int]) -> None:
    """Image, mask and overlay side by side, each in the middle of its box."""
    height, width = drawn.mask.shape[:2]
    y = top + (box[0] - height) // 2
    lefts = [left + k * (box[1] + _GAP) + (box[1] - width) // 2 for k in range(3)]
    for x, picture in zip(lefts, (drawn.image, drawn.mask, drawn.overlay), strict=True):
        sheet.paste(picture, x, y)
    for number, (row, column) in drawn.places.items():
        brightness = drawn.mask[int(row), int(column)] @ _BRIGHTNESS
        ink = "white" if brightness < _DARK else "black"
        place = lefts[1] + column, y + row
        sheet.write(str(number), *place, _NUMBER_SIZE, color=ink, ha="center", va="center")


def _draw_legend(figure: Figure, entries: dict[str, str], columns: int) -> None:
    figure.legend(
        handles=[
            Patch(facecolor=color, edgecolor=FAINT, label=name) for name, color in entries.items()
        ],
        loc="lower center",
        ncols=columns,
        fontsize=_LEGEND_SIZE,
        handlelength=1.0,
        handleheight=1.0,
        columnspacing=1.2,
        borderaxespad=0.3,
    )


def _legend_entries(shown: list[Sample], _: Translator) -> dict[str, str]:
    """Number and name of each label that occurs, void last, and its colour."""
    classes = shown[0].classes
    colors = color_table(classes)
    labels = {int(label) for sample in shown for label in np.unique(sample.label)}
    names = {label: _(classes.names[label]) for label in sorted(labels) if label < len(classes)}
    if classes.ignore_index in labels:
        names[classes.ignore_index] = _("void")
    return {f"{label} {name}": to_hex(colors[label] / 255) for label, name in names.items()}


def _text_height(size: float) -> int:
    return round(line_height(size) * DPI)


def _shortened(text: str, width: float) -> str:
    """A caption, cut off where it would be wider than `width` inches."""
    if text_width(text, _CAPTION_SIZE) <= width:
        return text
    while text and text_width(text + "…", _CAPTION_SIZE) > width:
        text = text[:-1]
    return text + "…"
