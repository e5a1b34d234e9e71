"""Charts: bars and curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pixelwise.figures.arrays import as_array
from pixelwise.figures.publish import Translator, publish
from pixelwise.figures.style import FAINT, INK, OKABE_ITO, fit, legend_shape

_SIZE = (6.4, 3.0)  # inches
_PLOT_WIDTH = 5.5  # inches, about what the axes keep of the figure
_TEXT = 9.0  # points
# Bars and curves can be told apart without colour, too.
_HATCHES = ("", "///", "...", "xxx")
_DASHES = ("-", "--", "-.", ":")
_MOST_NUMBERED_BARS = 12
_MOST_MARKERS = 25


def bars(
    groups: Mapping[str, Any],
    labels: Sequence[str],
    *,
    title: str = "",
    ylabel: str = "",
    to: Path | None = None,
) -> None:
    """Draw groups of bars side by side.

    Args:
        groups: the values of each group, one a label, by the group's name. NaN is drawn as the
            word "absent".
        labels: what each place on the x axis is.
        title: the text above.
        ylabel: what the values are.
        to: write a PNG file instead of showing the figure.

    Raises:
        ValueError: a group has not one value a label.
    """
    series = {name: as_array(values).astype(np.float64) for name, values in groups.items()}
    for name, values in series.items():
        if values.shape != (len(labels),):
            raise ValueError(f"{name!r} has the shape {values.shape} for {len(labels)} labels")

    def draw(_: Translator) -> Figure:
        figure, axes = _axes(title, "", ylabel, _)
        width = 0.8 / len(series)
        numbered = len(series) * len(labels) <= _MOST_NUMBERED_BARS
        for index, (name, values) in enumerate(series.items()):
            places = np.arange(len(labels)) + (index - (len(series) - 1) / 2) * width
            drawn = axes.bar(
                places,
                np.nan_to_num(values),
                width * 0.94,
                label=_(name),
                color=OKABE_ITO[index % len(OKABE_ITO)],
                hatch=_HATCHES[index % len(_HATCHES)],
                edgecolor="white",
                linewidth=0,
            )
            texts = [_number(value) if numbered else "" for value in values]
            axes.bar_label(drawn, texts, fontsize=8, padding=2)
            for place in places[np.isnan(values)]:
                axes.text(
                    place,
                    0.03,
                    _("absent"),
                    transform=axes.get_xaxis_transform(),
                    rotation=90,
                    ha="center",
                    va="bottom",
                    fontsize=8,
                    color=FAINT,
                )
        room = _PLOT_WIDTH / len(labels) - 0.08
        fitted = [fit(_(label), room, 0.6, _TEXT) for label in labels]
        size = min(size for _text, size in fitted)
        axes.set_xticks(range(len(labels)), [text for text, _size in fitted], fontsize=size)
        axes.tick_params(axis="x", length=0)
        axes.margins(y=0.12)
        axes.grid(axis="y", color="#E4E4E4", linewidth=0.8)
        _legend(figure, axes)
        return figure

    publish(draw, to)


def curves(
    x: Any,
    lines: Mapping[str, Any],
    *,
    title: str = "",
    xlabel: str = "",
    ylabel: str = "",
    to: Path | None = None,
) -> None:
    """Draw curves over a common x axis.

    Args:
        x: (N,) numbers.
        lines: (N,) values of each curve, by its name. NaN leaves a gap.
        title: the text above.
        xlabel: what x is.
        ylabel: what the values are.
        to: write a PNG file instead of showing the figure.

    Raises:
        ValueError: a curve has not as many values as x.
    """
    places = as_array(x)
    series = {name: as_array(values) for name, values in lines.items()}
    for name, values in series.items():
        if values.shape != places.shape:
            raise ValueError(f"{name!r} has the shape {values.shape}, x has {places.shape}")

    def draw(_: Translator) -> Figure:
        figure, axes = _axes(title, xlabel, ylabel, _)
        for index, (name, values) in enumerate(series.items()):
            axes.plot(
                places,
                values,
                label=_(name),
                color=OKABE_ITO[index % len(OKABE_ITO)],
                linestyle=_DASHES[index % len(_DASHES)],
                linewidth=1.8,
                marker="o" if len(places) <= _MOST_MARKERS else None,
                markersize=3.5,
            )
        if np.issubdtype(places.dtype, np.integer):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(color="#E4E4E4", linewidth=0.8)
        _legend(figure, axes)
        return figure

    publish(draw, to)


def _axes(title: str, xlabel: str, ylabel: str, _: Translator) -> tuple[Figure, Axes]:
    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.subplots()
    for text, width, setter in (
        (title, _PLOT_WIDTH, axes.set_title),
        (xlabel, _PLOT_WIDTH, axes.set_xlabel),
        (ylabel, 2.2, axes.set_ylabel),
    ):
        fitted, size = fit(_(text), width, 0.6, 10.0)
        setter(fitted, fontsize=size, color=INK)
    axes.set_axisbelow(True)
    axes.tick_params(labelsize=_TEXT)
    return figure, axes


def _legend(figure: Figure, axes: Axes) -> None:
    handles, names = axes.get_legend_handles_labels()
    if any(names):
        figure.legend(
            handles,
            names,
            loc="outside lower center",
            ncols=legend_shape(names, _SIZE[0], _TEXT)[1],
            fontsize=_TEXT,
        )


def _number(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3g}"
