"""Pixelwise: a graded course on semantic segmentation."""

from pixelwise.i18n import use_language

__all__ = ["use_language"]
__version__ = "0.1.0"
