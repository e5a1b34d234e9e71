"""A drawing board for figures that are laid out by hand, in inches."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch, Polygon, Rectangle
from matplotlib.patheffects import withStroke

from pixelwise.figures.style import FAINT, INK, fit

Point = tuple[float, float]
Size = tuple[float, float]

# The Chinese font has no bold letters, so bold text is normal text with a thin outline.
_OUTLINE = 0.5  # points


class Board:
    """A figure whose coordinates are inches, x to the right and y down.

    Attributes:
        figure: what is drawn on.
        axes: the axes that fill the figure.
    """

    def __init__(self, width: float, height: float) -> None:
        self.figure = Figure(figsize=(width, height))
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set(xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")

    def text(
        self,
        place: Point,
        text: str,
        box: Size,
        *,
        size: float = 9.5,
        color: str = INK,
        align: Literal["left", "center", "right"] = "center",
        anchor: Literal["top", "center", "bottom"] = "center",
        bold: bool = False,
        rotation: float = 0.0,
    ) -> None:
        """Write `text`, wrapped and if need be smaller, into a `box` of (width, height).

        `place` is the middle of the box, or of the edge that `align` and `anchor` name.
        """
        wrapped, size = fit(text, *box, size)
        self.axes.text(
            *place,
            wrapped,
            size=size,
            color=color,
            ha=align,
            va=anchor,
            path_effects=[withStroke(linewidth=_OUTLINE, foreground=color)] if bold else [],
            rotation=rotation,
            linespacing=1.15,
        )

    def box(
        self,
        corner: Point,
        size: Size,
        face: str | tuple[float, ...] = "none",
        *,
        edge: str = INK,
        line: float = 1.0,
        dashed: bool = False,
        rounded: float = 0.0,
    ) -> None:
        """A rectangle from its upper left corner; `rounded` is the radius of its corners."""
        style: dict[str, Any] = {
            "facecolor": face,
            "edgecolor": edge,
            "linewidth": line,
            "linestyle": "--" if dashed else "-",
        }
        if rounded:
            shape = f"round,pad=0,rounding_size={rounded}"
            self.axes.add_patch(FancyBboxPatch(corner, *size, boxstyle=shape, **style))
        else:
            self.axes.add_patch(Rectangle(corner, *size, **style))

    def polygon(
        self,
        points: Sequence[Point],
        face: str,
        *,
        edge: str = INK,
        line: float = 1.0,
        alpha: float | None = None,
    ) -> None:
        """A filled polygon."""
        self.axes.add_patch(
            Polygon(points, facecolor=face, edgecolor=edge, linewidth=line, alpha=alpha)
        )

    def ellipse(
        self, center: Point, radii: tuple[float, float], face: str, *, edge: str = INK
    ) -> None:
        """A filled ellipse."""
        width, height = 2 * radii[0], 2 * radii[1]
        self.axes.add_patch(Ellipse(center, width, height, facecolor=face, edgecolor=edge))

    def arrow(self, start: Point, end: Point, *, color: str = FAINT, bend: float = 0.0) -> None:
        """An arrow; `bend` curves it, as a fraction of its length."""
        self.axes.add_patch(
            FancyArrowPatch(
                start,
                end,
                arrowstyle="-|>",
                mutation_scale=11,
                color=color,
                linewidth=1.4,
                shrinkA=0,
                shrinkB=0,
                connectionstyle=f"arc3,rad={bend}",
            )
        )

    def image(
        self,
        pixels: np.ndarray,
        corner: Point,
        size: Size,
        *,
        interpolation: Literal["antialiased", "nearest"] = "antialiased",
    ) -> None:
        """An RGB image, stretched to `size`, with a thin frame."""
        (left, top), (width, height) = corner, size
        self.axes.imshow(
            pixels,
            extent=(left, left + width, top + height, top),
            aspect="auto",
            interpolation=interpolation,
        )
        self.box(corner, size, edge=FAINT, line=0.6)
