"""Figures for the lessons, in the reader's language."""

from pixelwise.figures import ideas
from pixelwise.figures.charts import bars, curves, grid
from pixelwise.figures.images import show

__all__ = ["bars", "curves", "grid", "ideas", "show"]
