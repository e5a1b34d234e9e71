"""Small matrices as coloured cells with their numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from pixelwise.figures.arrays import as_array
from pixelwise.figures.board import Board
from pixelwise.figures.publish import Translator, publish
from pixelwise.figures.style import MAX_WIDTH, fit, line_height, text_width

_TEXT = 9.5  # points
_TITLE = 10.0
_GAP = 0.3  # inches
_LEAST_CELL = 0.4
_MOST_CELL = 0.85
_MOST_SQUARE = 0.6  # wider cells are flat
_MOST_UPRIGHT = 10  # more columns than that have leaning names, not wide cells
_LEAST_PANEL = 1.5
_FRAME = "#D55E00"
# White is zero; the two ends are Okabe and Ito's blue and orange, made lighter so that dark
# numbers can be read on them.
_POSITIVE = LinearSegmentedColormap.from_list("positive", ["#FFFFFF", "#5CA8DB"])
_SIGNED = LinearSegmentedColormap.from_list("signed", ["#EBAA3C", "#FFFFFF", "#5CA8DB"])


@dataclass(frozen=True)
class _Panel:
    """One matrix with what is written at it, translated."""

    values: np.ndarray
    numbers: list[str]
    framed: np.ndarray
    title: str


@dataclass(frozen=True)
class _Names:
    """What is written along every matrix, translated."""

    rows: list[str]
    columns: list[str]
    x: str
    y: str


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
    """Draw a small matrix as coloured cells with the numbers in them, or several side by side.

    All matrices share one colour scale: white is 0, blue is positive, orange negative. A cell
    with NaN is empty.

    Args:
        matrix: (rows, columns) numbers, or a list or tuple of such matrices.
        title: the text above; for several matrices a list with one text each.
        rows: a name for each row.
        columns: a name for each column.
        fmt: how a number is written, as for `str.format`.
        xlabel: what the columns are, written below.
        ylabel: what the rows are, written at the side.
        highlight: the cells to frame: a bool array of the matrix's shape; for several matrices a
            list with one such array, or None, each.
        to: write a PNG file instead of showing the figure.

    Raises:
        ValueError: an array is no matrix, or titles, names or highlights do not fit the matrices.
    """
    several = isinstance(matrix, list | tuple) and as_array(matrix[0]).ndim == 2
    matrices = [as_array(values) for values in (matrix if several else [matrix])]
    count = len(matrices)
    titles = [""] * count if not title else [title] if isinstance(title, str) else list(title)
    marked = [None] * count if highlight is None else list(highlight) if several else [highlight]
    if len(titles) != count or len(marked) != count:
        raise ValueError(f"{len(titles)} titles, {len(marked)} highlights, {count} matrices")
    for values in matrices:
        if values.ndim != 2:
            raise ValueError(f"a matrix has two axes, not the shape {values.shape}")
        for names, length in ((rows, values.shape[0]), (columns, values.shape[1])):
            if names is not None and len(names) != length:
                raise ValueError(f"{len(names)} names for {length} rows or columns")

    def draw(_: Translator) -> Figure:
        panels = [
            _Panel(
                values.astype(np.float64),
                ["" if value != value else fmt.format(value) for value in values.flat],
                np.zeros(values.shape, bool) if frame is None else as_array(frame).astype(bool),
                _(text),
            )
            for values, frame, text in zip(matrices, marked, titles, strict=True)
        ]
        names = _Names(
            [_(name) for name in rows or ()],
            [_(name) for name in columns or ()],
            _(xlabel),
            _(ylabel),
        )
        return _draw(panels, names)

    publish(draw, to)


def _draw(panels: list[_Panel], names: _Names) -> Figure:
    layout = _layout(panels, names, 1.0)
    if layout.width > MAX_WIDTH:
        # Letters do not shrink quite evenly: a little more than needed.
        layout = _layout(panels, names, 0.98 * MAX_WIDTH / layout.width)
    board = Board(layout.width, layout.height)
    top = max((np.nanmax(np.abs(p.values), initial=0.0) for p in panels), default=0.0) or 1.0
    signed = any(np.nanmin(panel.values, initial=0.0) < 0 for panel in panels)
    left = layout.gap
    for panel, (title, title_size) in zip(panels, layout.titles, strict=True):
        rows, columns = panel.values.shape
        width = layout.panel_width(columns)
        middle = left + layout.left + (width - layout.left) / 2
        corner = middle - columns * layout.cell / 2, layout.top
        board.axes.text(middle, layout.top - 0.07, title, size=title_size, ha="center", va="bottom")
        colors = _SIGNED(0.5 + panel.values / top / 2) if signed else _POSITIVE(panel.values / top)
        _draw_cells(board, panel, colors, corner, layout)
        _draw_names(board, names, (rows, columns), corner, layout)
        if names.x:
            room = (width - layout.left, layout.label)
            place = (middle, layout.top + rows * layout.row + layout.column_names + 0.03)
            board.text(place, names.x, room, size=layout.text, anchor="top")
        left += width + layout.gap
    return board.figure


def _layout(panels: list[_Panel], names: _Names, scale: float) -> "_Layout":
    """Sizes at which every text fits, times `scale`."""
    text = _TEXT * scale
    numbers = (number for panel in panels for number in panel.numbers)
    cell = max(text_width(number, text) for number in numbers) + 0.12 * scale
    widest = max((text_width(name, text) for name in names.columns), default=0.0) + 0.1 * scale
    cell = max(cell, _LEAST_CELL * scale)
    if len(names.columns) <= _MOST_UPRIGHT:
        cell = max(cell, min(widest, _MOST_CELL * scale))
    row = cell if cell < _MOST_SQUARE * scale else _LEAST_CELL * scale
    label = 1.2 * line_height(text)
    left = max((text_width(name, text) + 0.1 * scale for name in names.rows), default=0.0)
    left += line_height(text) + 0.08 * scale if names.y else 0.0
    leaning = widest > cell
    column_names = 0.72 * widest + 0.1 if leaning else line_height(text) + 0.05
    if not names.columns:
        column_names = 0.05
    least = left + _LEAST_PANEL * scale

    panel_widths = [max(least, left + cell * panel.values.shape[1]) for panel in panels]
    titles = [
        fit(panel.title, width - left + 0.8 * _GAP * scale, 1.0, _TITLE * scale)
        for panel, width in zip(panels, panel_widths, strict=True)
    ]
    lines = max(title.count("\n") + 1 if title else 0 for title, _size in titles)
    top = 0.12 + lines * line_height(_TITLE * scale)
    below = column_names + (label if names.x else 0.0) + 0.1
    tallest = max(panel.values.shape[0] for panel in panels)
    return _Layout(
        text=text,
        cell=cell,
        row=row,
        gap=_GAP * scale,
        left=left,
        top=top,
        column_names=column_names,
        label=label,
        least=least,
        leaning=leaning,
        titles=titles,
        width=sum(panel_widths) + _GAP * scale * (len(panels) + 1),
        height=top + tallest * row + below,
    )


@dataclass(frozen=True)
class _Layout:
    """Sizes in inches (`text` in points)."""

    text: float
    cell: float  # width
    row: float  # height
    gap: float
    left: float  # room for the rows' names
    top: float  # room for the titles
    column_names: float  # room for the columns' names
    label: float  # room for the x label
    least: float
    leaning: bool  # whether the columns' names are too wide to stand upright
    titles: list[tuple[str, float]]
    width: float
    height: float

    def panel_width(self, columns: int) -> float:
        """The width of a matrix and its rows' names."""
        return max(self.least, self.left + columns * self.cell)


def _draw_cells(
    board: Board,
    panel: _Panel,
    colors: np.ndarray,
    corner: tuple[float, float],
    layout: _Layout,
) -> None:
    size = layout.cell, layout.row
    for (row, column), number in zip(np.ndindex(panel.values.shape), panel.numbers, strict=True):
        place = corner[0] + column * size[0], corner[1] + row * size[1]
        face = tuple(colors[row, column]) if number else "white"
        board.box(place, size, face, edge="#C8C8C8", line=0.6)
        middle = place[0] + size[0] / 2, place[1] + size[1] / 2
        board.axes.text(*middle, number, size=layout.text, ha="center", va="center")
    for row, column in np.argwhere(panel.framed):
        place = corner[0] + column * size[0], corner[1] + row * size[1]
        board.box(place, size, edge=_FRAME, line=2.2)


def _draw_names(
    board: Board,
    names: _Names,
    shape: tuple[int, int],
    corner: tuple[float, float],
    layout: _Layout,
) -> None:
    rows = shape[0]
    cell, (left, top) = layout.cell, corner
    for row, name in enumerate(names.rows):
        place = left - 0.07, top + (row + 0.5) * layout.row
        board.axes.text(*place, name, size=layout.text, ha="right", va="center")
    below = top + rows * layout.row + 0.05
    for column, name in enumerate(names.columns):
        place = left + (column + 0.5) * cell, below
        if layout.leaning:
            board.axes.text(
                place[0] + 0.1,
                below,
                name,
                size=layout.text,
                ha="right",
                va="top",
                rotation=45,
                rotation_mode="anchor",
            )
        else:
            board.axes.text(*place, name, size=layout.text, ha="center", va="top")
    if names.y:
        beside = left - layout.left + line_height(layout.text) / 2
        room = (max(rows * layout.row, 1.0), line_height(layout.text))
        board.text(
            (beside, top + rows * layout.row / 2), names.y, room, size=layout.text, rotation=90
        )
