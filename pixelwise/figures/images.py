"""Pictures of images, label maps and feature maps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from pixelwise.data.classes import Classes
from pixelwise.figures.arrays import as_array
from pixelwise.figures.publish import Translator, publish
from pixelwise.figures.style import (
    DPI,
    FAINT,
    MAX_WIDTH,
    fit,
    legend_shape,
    line_height,
)

_GAP = 0.15  # inches
_TITLE_SIZE = 10.0
_LEGEND = 9.0
_BAR = 0.6  # inches: a colour bar with its numbers
# What learners' labels may hold by mistake: a number that is neither a class nor void.
_UNKNOWN_COLOR = (0, 0, 0)
# For label maps whose classes have no names: 0 is dark, other labels go round in these colours.
_ZERO = (70, 70, 70)
_NUMBERED = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)
# A longer legend of numbers would tell nothing.
_MOST_NUMBERS = 12


def show(
    images: Any,
    titles: str | Sequence[str] | None = None,
    *,
    classes: Classes | None = None,
    columns: int | None = None,
    height: float = 2.2,
    colorbar: bool = False,
    to: Path | None = None,
) -> None:
    """Show images, label maps and feature maps side by side.

    NumPy arrays and tensors of both frameworks are taken. A 3-D array whose first axis has length
    1 or 3, and whose last has not, is channels first. What is shown depends on the type:

    - (H, W, 3) uint8: RGB; floats are clipped to [0, 1];
    - (H, W) or (H, W, 1) bool or float: grey, black for the lowest value or for 0;
    - (H, W) integer: a label map in the colours of `classes`, with a legend of the classes that
      occur in any of the images.

    Args:
        images: one array, or a list of arrays, or a batch (4-D).
        titles: a text above each image; English, translated when shown.
        classes: names and colours for label maps; without it they are numbered.
        columns: images a row; by default up to 4.
        height: height of an image in inches; less if a row would be wider than 8 inches.
        colorbar: show floats in viridis colours, with a scale.
        to: write a PNG file instead.

    Raises:
        ValueError: an array is no image, or there is not one title an image.
    """
    arrays = [_channels_last(as_array(image)) for image in _listed(images)]
    names = _titles(titles, len(arrays))
    publish(lambda _: _draw(arrays, names, classes, columns, height, colorbar, _), to)


def _listed(images: Any) -> list[Any]:
    if isinstance(images, list | tuple):
        return list(images)
    array = as_array(images)
    return list(array) if array.ndim == 4 else [array]


def _titles(titles: str | Sequence[str] | None, count: int) -> list[str]:
    names = [""] * count if titles is None else [titles] if isinstance(titles, str) else titles
    if len(names) != count:
        raise ValueError(f"{len(names)} titles for {count} images")
    return list(names)


def _channels_last(array: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, 3), whatever the layout was."""
    if array.ndim == 3 and array.shape[0] in (1, 3) and array.shape[2] not in (1, 3):
        array = np.moveaxis(array, 0, 2)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3):
        return array
    raise ValueError(f"an image has shape (H, W) or (H, W, 3), not {array.shape}")


def _is_label(array: np.ndarray) -> bool:
    return array.ndim == 2 and np.issubdtype(array.dtype, np.integer)


def _draw(
    arrays: list[np.ndarray],
    titles: list[str],
    classes: Classes | None,
    columns: int | None,
    height: float,
    colorbar: bool,
    _: Translator,
) -> Figure:
    bars = [colorbar and array.ndim == 2 and not _is_label(array) for array in arrays]
    columns, height = _arrangement(arrays, columns, height, _BAR if any(bars) else 0.0)
    rows = -(-len(arrays) // columns)
    widths = [height * array.shape[1] / array.shape[0] for array in arrays]
    cell = max(widths) + (_BAR if any(bars) else 0.0)
    width = columns * cell + (columns + 1) * _GAP

    entries = _legend_entries(arrays, classes, _)
    shown = [fit(_(title), max(widths), 1.0, _TITLE_SIZE) for title in titles]
    above = max(text.count("\n") + 1 if text else 0 for text, _size in shown)
    title_height = above * line_height(_TITLE_SIZE) + (0.06 if above else 0.0)
    lines, across = legend_shape(list(entries), width, _LEGEND) if entries else (0, 0)
    legend_height = 0.2 * lines + 0.1 if entries else 0.0
    full = rows * (height + title_height + _GAP) + _GAP + legend_height

    figure = Figure(figsize=(width, full))
    for index, (array, (title, size)) in enumerate(zip(arrays, shown, strict=True)):
        row, column = divmod(index, columns)
        left = _GAP + column * (cell + _GAP) + (cell - widths[index]) / 2
        left -= _BAR / 2 if any(bars) else 0.0
        bottom = full - (row + 1) * (title_height + height + _GAP)
        axes = figure.add_axes((left / width, bottom / full, widths[index] / width, height / full))
        picture = axes.imshow(**_picture(array, height, classes, colorbar))
        axes.set(xticks=[], yticks=[])
        for spine in axes.spines.values():
            spine.set(visible=True, color=FAINT, linewidth=0.5)
        if title:
            axes.set_title(title, fontsize=size, pad=4)
        if bars[index]:
            right = (left + widths[index] + 0.07) / width
            scale = figure.add_axes((right, bottom / full, 0.1 / width, height / full))
            figure.colorbar(picture, cax=scale).ax.tick_params(labelsize=8)
    if entries:
        figure.legend(
            handles=[
                Patch(facecolor=color, edgecolor=FAINT, label=name)
                for name, color in entries.items()
            ],
            loc="lower center",
            ncols=across,
            fontsize=_LEGEND,
            handlelength=1.0,
            handleheight=1.0,
            columnspacing=1.2,
            borderaxespad=0.3,
        )
    return figure


def _arrangement(
    arrays: list[np.ndarray], columns: int | None, height: float, bar: float
) -> tuple[int, float]:
    """Images a row and their height in inches, so that no row is wider than a figure may be."""
    ratio = max(array.shape[1] / array.shape[0] for array in arrays)
    count = len(arrays)
    if columns is None:
        columns = count if count <= 4 else 3 if count in (5, 6, 9) else 4
    columns = min(columns, count)
    widest = (MAX_WIDTH - _GAP) / columns - bar - _GAP
    return columns, min(height, widest / ratio)


def _picture(
    array: np.ndarray, height: float, classes: Classes | None, colorbar: bool
) -> dict[str, Any]:
    """The arguments of imshow for an image that is `height` inches high."""
    if _is_label(array):
        return {"X": _colored(array, classes), "interpolation": "nearest"}
    # Large images are smoothed to become small; the pixels of small ones are to be seen.
    smooth = array.shape[0] > height * DPI
    interpolation = "antialiased" if smooth else "nearest"
    if array.ndim == 3:
        pixels = array if array.dtype == np.uint8 else array.astype(np.float64).clip(0, 1)
        return {"X": pixels, "interpolation": interpolation}
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    low = min(0.0, finite.min(initial=0.0))
    high = max(finite.max(initial=low), low)
    return {
        "X": values,
        "cmap": "viridis" if colorbar else "gray",
        "vmin": low,
        "vmax": high if high > low else low + 1.0,
        "interpolation": interpolation,
    }


def _color_of(label: int, classes: Classes | None) -> tuple[int, int, int]:
    """The RGB colour of one label."""
    if classes is None:
        if label == 255:
            return Classes.void_color
        return _ZERO if label == 0 else _NUMBERED[(label - 1) % len(_NUMBERED)]
    if label == classes.ignore_index:
        return classes.void_color
    if 0 <= label < len(classes):
        red, green, blue = classes.palette[label].tolist()
        return red, green, blue
    return _UNKNOWN_COLOR


def _colored(array: np.ndarray, classes: Classes | None) -> np.ndarray:
    labels, places = np.unique(array, return_inverse=True)
    table = np.array([_color_of(int(label), classes) for label in labels], dtype=np.uint8)
    return table[places.reshape(array.shape)]


def _legend_entries(
    arrays: list[np.ndarray], classes: Classes | None, _: Translator
) -> dict[str, str]:
    """Name and colour of each label that occurs, void last."""
    labels = {int(label) for array in arrays if _is_label(array) for label in np.unique(array)}
    void = 255 if classes is None else classes.ignore_index
    if classes is None and len(labels) > _MOST_NUMBERS:
        return {}
    entries: dict[str, str] = {}
    for label in (*sorted(labels - {void}), *(labels & {void})):
        if label == void:
            name = _("void")
        elif classes is None:
            name = str(label)
        else:
            name = _(classes.names[label]) if 0 <= label < len(classes) else "?"
        red, green, blue = _color_of(label, classes)
        entries[name] = to_hex((red / 255, green / 255, blue / 255))
    return entries
