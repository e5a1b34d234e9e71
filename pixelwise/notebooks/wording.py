"""Comparing a translated text with the English one: what differs that should not.

Every function takes a `Pair` and returns what is wrong with it, one short phrase each.
"""

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markdown_it import MarkdownIt

from pixelwise.notebooks import blocks
from pixelwise.notebooks.glossary import Term, missing_terms

GAP = "\ufffc"
CJK = r"\u3400-\u4dbf\u4e00-\u9fff"
CJK_MARKS = r"\u3001-\u3011\u2018-\u201d\u2014\u2026\uff01-\uff60"
SCRIPTS = {"ru": re.compile("[а-яё]", re.IGNORECASE), "zh": re.compile(f"[{CJK}]")}
PROPER_NAMES = {"Python", "Keras", "Colab", "Jupyter", "Adam", "Pixelwise", "Cityscapes", "Pascal"}


@dataclass(frozen=True)
class Pair:
    """An English text and one form of its translation.

    Attributes:
        markdown: whether it is lesson text; else ``{name}`` in it is a field.
    """

    english: str
    translation: str
    language: str
    markdown: bool


def differing_parts(pair: Pair) -> list[str]:
    """Links, numbers, formulas, code and fields that are not the same in both."""
    faults = []
    parts: list[tuple[str, Callable[[str], Iterable[str]]]] = [
        ("code", lambda text: [code for _, code in blocks.CODE.findall(text)]),
        ("formulas", _formulas),
        ("links", _links),
    ]
    if not pair.markdown:
        parts.append(("fields", _fields))
    for name, find in parts:
        faults += _difference(name, Counter(find(pair.english)), Counter(find(pair.translation)))
    english = Counter(_numbers(_without_fields(pair, pair.english), "en"))
    translation = Counter(_numbers(_without_fields(pair, pair.translation), pair.language))
    return faults + _difference("numbers", english, translation)


def _difference(name: str, english: Counter[str], translation: Counter[str]) -> list[str]:
    faults = []
    if lacking := english - translation:
        faults.append(f"{name} missing: {', '.join(sorted(lacking.elements()))}")
    if added := translation - english:
        faults.append(f"{name} added: {', '.join(sorted(added.elements()))}")
    return faults


def _formulas(text: str) -> list[str]:
    """The formulas without spaces; words in them may differ."""
    found = blocks.FORMULA.findall(blocks.CODE.sub(GAP, text))
    return [re.sub(r"\s", "", blocks.FORMULA_WORDS.sub(r"\\text{}", formula)) for formula in found]


def _links(text: str) -> list[str]:
    text = blocks.CODE.sub(GAP, text)
    targets = blocks.TARGET.findall(text)
    bare = blocks.BARE_URL.findall(blocks.TARGET.sub(GAP, text))
    return [target.strip("()<>") for target in [*targets, *bare]]


def _fields(text: str) -> list[str]:
    try:
        return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError:
        return ["(unbalanced braces)"]


def _without_fields(pair: Pair, text: str) -> str:
    return text if pair.markdown else re.sub(r"\{[^{}]*\}", GAP, text)


def _numbers(text: str, language: str) -> list[str]:
    """Digit sequences with a decimal point, without separators of thousands."""
    text = blocks.masked(text, GAP)
    text = re.sub(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))", "", text)
    if language != "ru":
        text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return [number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)*", text)]


def differing_structure(pair: Pair) -> list[str]:
    """Headings, list items, bold, emphasis, tables … that Markdown does not find in both alike.

    Bold that a renderer does not recognise, as in ``**词：**词``, differs too.
    """
    if not pair.markdown:
        return []
    english, translation = _structure(pair.english), _structure(pair.translation)
    faults = _difference("Markdown", english, translation)
    if pair.english.count("\n") != pair.translation.count("\n"):
        faults.append("the number of lines differs")
    return faults


def _structure(text: str) -> Counter[str]:
    # Notebooks take formulas out before Markdown sees them, and leave marks like this one.
    text = blocks.FORMULA.sub("@@0@@", text)
    found: Counter[str] = Counter()
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        for part in [token, *(token.children or [])]:
            if part.nesting >= 0 and part.type not in ("text", "inline", "softbreak"):
                found[" ".join(filter(None, [part.type.removesuffix("_open"), part.markup]))] += 1
    return found


def prose(pair: Pair) -> tuple[str, str]:
    """Both texts without code, formulas, fields and the titles that stay in English.

    A title is the text of a link, or three words or more in italics, the same in both.
    """
    texts = []
    for text, other in ((pair.english, pair.translation), (pair.translation, pair.english)):
        for pattern in (r"\[([^\[\]]+)\](?=\()", r"(?<![*\w])\*([^*\n]+)\*(?![*\w])"):
            for match in re.finditer(pattern, text):
                is_title = match[0][0] == "[" or len(match[1].split()) > 2
                if is_title and match[0] in other:
                    text = text.replace(match[0], GAP)
        texts.append(blocks.words(_without_fields(pair, text)))
    return texts[0], texts[1]


def wrong_terms(pair: Pair, terms: list[Term]) -> list[str]:
    """Glossary terms of the English text that the translation says otherwise."""
    english, translation = prose(pair)
    return [
        f"{term.en!r} must be {term.agreed[pair.language]!r}"
        for term in missing_terms(english, translation, pair.language, terms)
    ]


def left_in_english(pair: Pair, terms: list[Term]) -> list[str]:
    """Text that nobody has translated."""
    english, translation = prose(pair)
    agreed = {term.agreed[pair.language].lower() for term in terms}
    if (
        _is_language(english)
        and not SCRIPTS[pair.language].search(translation)
        and translation.strip().lower() not in agreed
    ):
        return ["is still English"]
    if run := re.search(r"(?:\b[a-z]{2,}\b,? ){3,}\b[a-z]{2,}\b", translation):
        return [f"has English in it: {run[0]}"]
    return []


def _is_language(text: str) -> bool:
    """Whether the text has words, not only names such as U-Net, IoU or Shelhamer."""
    found = re.findall(r"[A-Za-z]+", text)
    if len(found) == 1:
        return len(found[0]) > 2 and found[0][1:].islower() and found[0] not in PROPER_NAMES
    return any(word.islower() and len(word) > 2 for word in found)


def wrong_typography(pair: Pair) -> list[str]:
    """Punctuation that is not as the language writes it."""
    text = blocks.masked(_without_fields(pair, pair.translation), GAP)
    rules = RUSSIAN_RULES if pair.language == "ru" else CHINESE_RULES
    plain = text if pair.language == "ru" else re.sub(r"!(?=\[)|[\[\]]|(?<! )\*|\*(?! )", "", text)
    faults = []
    for pattern, what in rules:
        if match := re.search(pattern, plain, re.MULTILINE):
            around = plain[max(0, match.start() - 10) : match.end() + 10]
            faults.append(f"{what}: …{around}…".replace("\n", " "))
    return faults


RUSSIAN_RULES = (
    (r'["”]|^[^„]*“', "quotation marks are «ёлочки»"),
    (r"(?<=\S) (-|--|–) ", "the dash between words is —"),
    (r"[^\s(«]—|—[^\s]", "a dash has a space on both sides"),
    (r"(?<=\S) [,;:!?]|(?<=\S) \.(?!\.|\d)", "no space before a punctuation mark"),
    (r"(?<=\S)  +(?=\S)", "two spaces"),
)
CHINESE_RULES = (
    (
        rf"(?<=[{CJK}])[,.;:?!()\"']|[,.;:?!()\"'](?=[{CJK}])",
        "punctuation next to Chinese characters is full-width",
    ),
    (rf"[{CJK}{CJK_MARKS}] +[{CJK}{CJK_MARKS}]", "no space between Chinese characters"),
    (r"(?<=\S)  +(?=\S)", "two spaces"),
)
