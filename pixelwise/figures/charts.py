"""Charts: matrices with their numbers, bars, curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pixelwise.figures.publish import Translator, publish
from pixelwise.figures.style import (
    FAINT,
    INK,
    MAX_WIDTH,
    OKABE_ITO,
    as_array,
    colormap,
    line_height,
    text_width,
    wrap,
)

_TITLE = 10.0  # font sizes in points
_TEXT = 9.0
_GAP = 0.2  # inches
# Curves and bars stay apart in print, and for who sees no colour, by these too.
_DASHES = ("-", "--", "-.", ":")
_HATCHES = ("", "///", "...", "xxx")


def grid(
    matrix: Any,
    title: str | Sequence[str] = "",
    *,
    rows: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    fmt: str = "{:g}",
    xlabel: str = "",
    ylabel: str = "",
    highlight: Any = None,
    to: Path | None = None,
) -> None:
    """Draw a small matrix as coloured cells with their numbers, or several matrices side by side.

    All matrices share one colour scale, so equal colours are equal numbers. NaN cells are empty.

    Args:
        matrix: (rows, columns) numbers, or a list or tuple of such matrices.
        title: the text above; for several matrices a list with one text each.
        rows: a name for each row.
        columns: a name for each column.
        fmt: how a number is written, as for `str.format`.
        xlabel: what the columns are.
        ylabel: what the rows are.
        highlight: cells to frame: a bool array of the matrix's shape; for several matrices a list
            with one array or None each.
        to: write a PNG file instead of showing the figure.

    Raises:
        ValueError: an array is no matrix, or names, titles or highlights do not fit their number.
    """
    several = isinstance(matrix, list | tuple) and as_array(matrix[0]).ndim == 2
    matrices = [as_array(values) for values in (matrix if several else [matrix])]
    titles = [title] if isinstance(title, str) else list(title)
    if several and titles == [""]:
        titles *= len(matrices)
    frames = list(highlight) if several and highlight is not None else [highlight] * len(matrices)
    if len(titles) != len(matrices) or len(frames) != len(matrices):
        raise ValueError(f"{len(titles)} titles, {len(frames)} highlights, {len(matrices)} matrices")
    for values in matrices:
        if values.ndim != 2:
            raise ValueError(f"a matrix has two axes, not the shape {values.shape}")
        for names, length in ((rows, values.shape[0]), (columns, values.shape[1])):
            if names is not None and len(names) != length:
                raise ValueError(f"{len(names)} names for {length} rows or columns")

    def draw(_: Translator) -> Figure:
        written = [[fmt.format(v) if v == v else "" for v in values.flat] for values in matrices]
        cell = max(text_width(text, _TEXT) for texts in written for text in texts) + 0.12
        cell = max(cell, 0.42)
        row_names = [_(name) for name in rows or ()]
        column_names = [_(name) for name in columns or ()]
        left = max((text_width(name, _TEXT) for name in row_names), default=0.0) + 0.1
        left += line_height(_TEXT) if ylabel else 0.0
        # Column names stand upright side by side where they fit, else they lean.
        widest = max((text_width(name, _TEXT) for name in column_names), default=0.0)
        lean = widest + 0.06 > cell
        return _grid_figure(
            matrices,
            [_(text) for text in titles],
            written,
            frames,
            (row_names, column_names, _(xlabel), _(ylabel)),
            (cell, left, widest * 0.72 + 0.1 if lean else line_height(_TEXT), lean),
        )

    publish(draw, to)
