"""Markdown cells in blocks: the units that are translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass

FENCE = re.compile(r"\s*(```+|~~~+)")
HEADING = re.compile(r"#{1,6} ")
TOP_ITEM = re.compile(r"([-*+]|\d+[.)]) ")
KEPT_LINES = re.compile(r"\s*([|>]|([-*+]|\d+[.)]) )")
"""Beginnings of lines that Markdown tells apart: tables, quotations, nested items."""

CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
FORMULA = re.compile(r"\$\$.+?\$\$|(?<![\\$])\$(?!\s)[^$]+?(?<!\s)\$(?!\d)", re.DOTALL)
FORMULA_WORDS = re.compile(r"\\text(?:bf|it|rm)?\{([^{}]*)\}")
TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
BARE_URL = re.compile(r"<?https?://[^\s<>()\]]+>?")
HTML = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list item, table, formula or fence.

    Attributes:
        text: without the indentation; lines that Markdown would join are joined.
        indent: what stands in front of each of its lines in the cell.
        after: the line breaks that follow it in the cell.
        translatable: whether there are words in it.
    """

    text: str
    indent: str
    after: str
    translatable: bool


def split(markdown: str) -> list[Block]:
    """The blocks of a Markdown cell; `join` of them is the cell again."""
    blocks = []
    lines = markdown.strip("\n").splitlines()
    start = 0
    while start < len(lines):
        end, verbatim = _block_end(lines, start)
        following = end
        while following < len(lines) and not lines[following].strip():
            following += 1
        after = "" if following == len(lines) else "\n" * (following - end + 1)
        blocks.append(_block(lines[start:end], after, verbatim=verbatim))
        start = following
    return blocks


def join(blocks: list[Block], translations: dict[str, str]) -> str:
    """The cell with each block replaced by its translation where there is one."""
    parts = []
    for block in blocks:
        text = translations.get(block.text, block.text) if block.translatable else block.text
        lines = [block.indent + line if line else line for line in text.split("\n")]
        parts.append("\n".join(lines) + block.after)
    return "".join(parts)


def _block_end(lines: list[str], start: int) -> tuple[int, bool]:
    """Where the block that begins at `start` ends, and whether it is kept as it is."""
    first = lines[start]
    if fence := FENCE.match(first):
        return _find(lines, start + 1, lambda line: line.strip().startswith(fence[1])), True
    if first.strip().startswith("$$"):
        if first.count("$$") > 1:
            return start + 1, False
        return _find(lines, start + 1, lambda line: "$$" in line), False
    if first.strip().startswith("<!--"):
        return _find(lines, start, lambda line: "-->" in line), True
    end = start + 1
    if HEADING.match(first):
        return end, False
    while end < len(lines) and lines[end].strip():
        line = lines[end]
        if TOP_ITEM.match(line) or HEADING.match(line) or FENCE.match(line):
            break
        if line.strip().startswith(("$$", "<!--")):
            break
        end += 1
    return end, False


def _find(lines: list[str], start: int, is_last: Callable[[str], bool]) -> int:
    """The line after the first one from `start` on that `is_last`; else the end of the cell."""
    for number in range(start, len(lines)):
        if is_last(lines[number]):
            return number + 1
    return len(lines)


def _block(lines: list[str], after: str, *, verbatim: bool) -> Block:
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    lines = [line.removeprefix(indent) for line in lines]
    is_formula = lines[0].startswith("$$")
    text = "\n".join(lines) if verbatim or is_formula else _unwrap(lines)
    return Block(text, indent, after, not verbatim and has_words(text))


def _unwrap(lines: list[str]) -> str:
    """Join the lines that Markdown shows as one, so that wrapping anew changes no text."""
    text = lines[0]
    for line in lines[1:]:
        hard_break = text.endswith(("  ", "\\"))
        if hard_break or KEPT_LINES.match(line) or text.split("\n")[-1].lstrip()[:1] in ("|", ">"):
            text += "\n" + line
        else:
            text = f"{text.rstrip()} {line.strip()}"
    return text.rstrip()


def masked(text: str, gap: str) -> str:
    """The text with `gap` in place of code, formulas, link targets and HTML."""
    for pattern in (CODE, FORMULA, TARGET, HTML, BARE_URL):
        text = pattern.sub(gap, text)
    return text


def words(text: str) -> str:
    """The text without code, formulas, link targets and HTML; words in formulas stay."""
    in_formulas = [
        word
        for formula in FORMULA.findall(CODE.sub(" ", text))
        for word in FORMULA_WORDS.findall(formula)
    ]
    return " ".join([masked(text, " "), *in_formulas])


def has_words(text: str) -> bool:
    """Whether there is anything in the text to translate."""
    return re.search(r"[A-Za-z]{2}", words(text)) is not None
