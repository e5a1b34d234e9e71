"""The course's terms: which a text has, and whether its translation says them as agreed."""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pixelwise.course import Course

RUSSIAN_ENDING = re.compile(
    r"(ыми|ими|ого|его|ому|ему|ами|ями|ией|ием|иях|ая|яя|ое|ее|ые|ие|ый|ий|ой|ых|их|ую|юю"
    r"|ия|ии|ию|ка|ки|[аеёийоуыьэюя])$"
)
SHORTEST_STEM = 3
FIELDS = {"en", "en_also", "ru", "ru_also", "ru_stems", "zh", "zh_also", "note"}


@dataclass(frozen=True)
class Term:
    """A term and the forms that a translation may give it.

    Attributes:
        en: the English term.
        spellings: the term and its other English forms.
        russian: alternatives, each the stems that must all occur.
        chinese: alternatives.
        agreed: the form to use, by language.
    """

    en: str
    spellings: tuple[str, ...]
    russian: tuple[tuple[str, ...], ...]
    chinese: tuple[str, ...]
    agreed: dict[str, str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds the term in an English text, singular or plural."""
        forms = "|".join(
            re.escape(form).replace(r"\ ", r"\s+") for form in sorted(self.spellings, key=len)[::-1]
        )
        return re.compile(rf"(?<![\w-])(?:{forms})(?:s|es)?(?![\w-])", re.IGNORECASE)

    def is_in(self, text: str, language: str) -> bool:
        """Whether a translation has one of the agreed forms."""
        text = text.lower()
        if language == "ru":
            text = text.replace("ё", "е")
            return any(
                all(re.search(rf"(?<!\w){re.escape(stem)}", text) for stem in stems)
                for stems in self.russian
            )
        return any(form.lower() in text for form in self.chinese)


def load_glossary(course: Course) -> list[Term]:
    """The terms of lessons/glossary.toml.

    Raises:
        ValueError: an entry lacks a language, has an unknown field, or stands twice.
    """
    path = course.root / "lessons" / "glossary.toml"
    return parse_glossary(path)


def parse_glossary(path: Path) -> list[Term]:
    """The terms of a glossary file; longer English terms first."""
    terms: dict[str, Term] = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["term"]:
        if not {"en", "ru", "zh"} <= set(entry) <= FIELDS:
            raise ValueError(f"{path}: {entry}: needs en, ru and zh, may have {sorted(FIELDS)}")
        if entry["en"] in terms:
            raise ValueError(f"{path}: {entry['en']!r} stands twice")
        russian = entry.get("ru_stems") or [
            " ".join(map(russian_stem, re.findall(r"[\w-]+", form)))
            for form in (entry["ru"], *entry.get("ru_also", ()))
        ]
        terms[entry["en"]] = Term(
            en=entry["en"],
            spellings=(entry["en"], *entry.get("en_also", ())),
            russian=tuple(tuple(_plain(form).split()) for form in russian),
            chinese=(entry["zh"], *entry.get("zh_also", ())),
            agreed={"ru": entry["ru"], "zh": entry["zh"]},
        )
    return sorted(terms.values(), key=lambda term: -max(map(len, term.spellings)))


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е")


def russian_stem(word: str) -> str:
    """The word without its ending, so that it is found in every case and number."""
    stem = RUSSIAN_ENDING.sub("", word)
    return stem if len(stem) >= SHORTEST_STEM else word


def missing_terms(english: str, translation: str, language: str, terms: list[Term]) -> list[Term]:
    """The terms of `english` that `translation` does not have as agreed.

    Args:
        english: prose, without code and formulas.
        translation: the same in `language`.
        language: ``ru`` or ``zh``.
        terms: longer ones first; a part of the text counts for the first that matches.
    """
    missing = []
    for term in terms:
        english, count = term.pattern.subn(" ∅ ", english)
        if count and not term.is_in(translation, language):
            missing.append(term)
    return missing
