"""From a drawing to a picture in a notebook or a file, in the reader's language."""

import base64
import io
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from pixelwise.figures.style import DPI, settings
from pixelwise.i18n import ALL_LANGUAGES, LANGUAGES, current_language, translate

BUNDLE = "application/vnd.pixelwise.figure+json"

Translator = Callable[[str], str]
Drawing = Callable[[Translator], Figure]


def translator(language: str) -> Translator:
    """What drawings call `_`: a function from an English text to the same in `language`."""
    return lambda text: translate(text, "figures", language)


def publish(draw: Drawing, to: Path | None = None) -> None:
    """Show what `draw` draws in the notebook, or write it to a PNG file.

    With the environment variable PIXELWISE_ALL_LANGUAGES=1 a notebook gets the picture in every
    language at once, for whoever makes a notebook in each language from it. Outside a notebook
    the figure is built and dropped: no window opens.

    Args:
        draw: builds the figure, given the translation of its texts.
        to: the file; None to show the picture in the current language.

    Raises:
        UserWarning: in every language at once, a character is in none of the fonts.
    """
    if to is not None:
        to.write_bytes(render(draw, current_language()))
    elif not _in_notebook():
        render(draw, current_language())
    elif os.environ.get(ALL_LANGUAGES) == "1":
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Glyph .* missing from")
            pictures = {language: _encoded(render(draw, language)) for language in LANGUAGES}
        _display({"image/png": pictures["en"], BUNDLE: pictures})
    else:
        _display({"image/png": _encoded(render(draw, current_language()))})


def render(draw: Drawing, language: str) -> bytes:
    """The drawing as a PNG file; the same drawing gives the same bytes."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings())
        figure = draw(translator(language))
        figure.set_dpi(DPI)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[..., :3]
    file = io.BytesIO()
    # 256 colours are enough for the eye, and make a file less than half as large.
    _with_256_colors(pixels, _legend_colors(figure)).save(file, format="PNG", optimize=True)
    return file.getvalue()


def _legend_colors(figure: Figure) -> np.ndarray:
    """(K, 3) uint8: the colours that readers look for in the picture."""
    patches = [patch for legend in figure.legends for patch in legend.get_patches()]
    colors = np.array([patch.get_facecolor()[:3] for patch in patches]).reshape(-1, 3)
    return np.unique((255 * colors).round().astype(np.uint8), axis=0)


def _with_256_colors(pixels: np.ndarray, kept: np.ndarray) -> Image.Image:
    """A picture of 256 colours, among them those of `kept` exactly.

    Pillow, left alone, would mix a rare colour with those of the photographs around it.
    """
    indices = np.zeros(pixels.shape[:2], dtype=np.uint8)
    mixed = np.ones(pixels.shape[:2], dtype=bool)
    for index, color in enumerate(kept):
        same = (pixels == color).all(axis=-1)
        indices[same] = index
        mixed &= ~same
    palette = kept.ravel().tolist()
    if mixed.any():
        others = Image.fromarray(pixels[mixed][None]).quantize(256 - len(kept))
        indices[mixed] = len(kept) + np.asarray(others)[0]
        palette += others.getpalette() or []
    picture = Image.fromarray(indices)
    picture.putpalette(palette)
    return picture


def _encoded(png: bytes) -> str:
    return base64.b64encode(png).decode("ascii")


def _display(data: dict[str, object]) -> None:
    from IPython.display import display  # costs a second, and only notebooks need it

    display({**data, "text/plain": "<figure>"}, raw=True)


def _in_notebook() -> bool:
    """Whether IPython runs this code; not true where it merely could be imported."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None
