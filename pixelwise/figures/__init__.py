"""Figures for the lessons, in the reader's language."""

from pixelwise.figures import ideas
from pixelwise.figures.charts import bars, curves
from pixelwise.figures.contact_sheet import samples
from pixelwise.figures.images import show
from pixelwise.figures.matrices import grid

__all__ = ["bars", "curves", "grid", "ideas", "samples", "show"]
