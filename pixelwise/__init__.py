"""Pixelwise: a graded course on semantic segmentation."""

import os

from pixelwise.i18n import use_language

# Notebooks import this package first: TensorFlow's remarks on drivers look like errors there.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

__all__ = ["use_language"]
__version__ = "0.1.0"
