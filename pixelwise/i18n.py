"""The language a person is spoken to in, and the catalogues that hold the translations.

Two gettext domains are used: ``messages`` (the grader and the command line) and ``figures``
(titles, axis labels and class names in pictures). Catalogues live in
``pixelwise/locale/<language>/LC_MESSAGES/<domain>.po`` and are compiled beside themselves.
"""

import gettext
import os
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ru", "zh")
LOCALE_DIR = Path(__file__).parent / "locale"

ALL_LANGUAGES = "PIXELWISE_ALL_LANGUAGES"
"""The environment variable that, set to 1, has notebooks show everything in every language."""

_current: str | None = None


def match_language(name: str | None) -> str:
    """The course language closest to a locale name such as ``ru_RU.UTF-8``; English if none is."""
    prefix = (name or "").replace("-", "_").split("_")[0].split(".")[0].lower()
    return prefix if prefix in LANGUAGES else "en"


def use_language(language: str) -> None:
    """Speak `language` (``en``, ``ru`` or ``zh``) in figures and messages from now on."""
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
    global _current
    _current = language


def preferred_language() -> str:
    """The language of the person at this machine, as the environment tells it."""
    for variable in ("PIXELWISE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return match_language(os.environ[variable])
    return "en"


def current_language() -> str:
    """The language chosen by `use_language`, else by the environment variable PIXELWISE_LANG."""
    return _current or match_language(os.environ.get("PIXELWISE_LANG"))


@cache
def catalogue(domain: str, language: str) -> gettext.NullTranslations:
    """The compiled catalogue of `domain`; English, the language of the sources, has none."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(domain, LOCALE_DIR, [language])


def translate(text: str, domain: str, language: str | None = None) -> str:
    """`text` in `language`; in English where the catalogue lacks it."""
    return catalogue(domain, language or current_language()).gettext(text) if text else text


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's extractors know
    """`text` itself: marks a string that is translated later, where it is shown."""
    return text
