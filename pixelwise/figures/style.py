"""How figures look: fonts, colours, sizes."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

# Okabe and Ito's palette, which colour-blind people can tell apart (Wong, Nature Methods 8, 2011).
OKABE_ITO = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
    "#000000",
)
INK = "#222222"
FAINT = "#8A8A8A"

DPI = 80
MAX_WIDTH = 8.0  # inches
POINTS = 72.0  # points an inch

_CHINESE_FONT = Path(__file__).parent / "fonts" / "NotoSansSC-subset.otf"


@cache
def font_families() -> tuple[str, ...]:
    """DejaVu Sans for Latin and Cyrillic; for what it lacks, the bundled Chinese font."""
    font_manager.fontManager.addfont(_CHINESE_FONT)
    return "DejaVu Sans", FontProperties(fname=_CHINESE_FONT).get_name()


def settings() -> Any:  # matplotlib's own type lists every key
    """The matplotlib settings that every figure is built and drawn under."""
    return {
        "font.family": list(font_families()),
        "font.size": 10,
        "axes.titlesize": 10,
        "axes.labelsize": 10,
        "axes.edgecolor": FAINT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "legend.frameon": False,
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
        "image.interpolation": "nearest",
        "svg.hashsalt": "pixelwise",
    }


@cache
def text_width(text: str, size: float) -> float:
    """The width of one line of text in inches at a font size in points."""
    font = FontProperties(family=list(font_families()), size=size)
    renderer = RendererAgg(10, 10, POINTS)
    width, _, _ = renderer.get_text_width_height_descent(text, font, ismath=False)
    return width / POINTS


def line_height(size: float) -> float:
    """The distance of two lines in inches at a font size in points."""
    return 1.35 * size / POINTS


def wrap(text: str, width: float, size: float) -> str:
    """Break `text` into lines of at most `width` inches where it may be broken.

    That is at spaces and between Chinese characters. A single word that is too wide stays whole.
    """
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if line and text_width((line + piece).rstrip(), size) > width:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line.rstrip())
    return "\n".join(lines)


def fit(text: str, width: float, height: float, size: float) -> tuple[str, float]:
    """Wrap `text` into a box in inches; also returns a font size, at most `size`."""
    while True:
        wrapped = wrap(text, width, size)
        lines = wrapped.split("\n")
        widest = max(text_width(line, size) for line in lines)
        if (widest <= width and len(lines) * line_height(size) <= height) or size <= 5:
            return wrapped, size
        size -= 0.5


def _pieces(text: str) -> list[str]:
    """Parts of a line that stay together, each with the spaces behind it."""
    pieces: list[str] = []
    for character in text:
        chinese = character >= "\u2e80"
        closing = character in "，。、；：！？）》」』”’…"
        previous = pieces[-1][-1] if pieces else " "
        breakable = (previous == " " and character != " ") or (
            previous != " " and (chinese or previous >= "\u2e80") and character != " "
        )
        if not pieces or (breakable and not closing and previous not in "（《「『“‘"):
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces


def legend_shape(names: Sequence[str], width: float, size: float) -> tuple[int, int]:
    """The rows and columns of a legend of at most `width` inches, the rows equally full."""
    entry = max(text_width(name, size) for name in names) + 0.42
    rows = -(-len(names) // max(1, int((width - 0.1) / entry)))
    return rows, -(-len(names) // rows)
