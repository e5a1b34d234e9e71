"""gettext catalogues: reading, merging with what is to be translated, writing, compiling.

Files are stable: the same messages give the same bytes, without dates or line wrapping.
"""

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileParser, unescape, write_po

from pixelwise.course import Course

DOMAINS = ("figures", "messages")

MessageId = str | tuple[str, str]


@dataclass
class Entry:
    """A text to be translated.

    Attributes:
        id: the English text, or its singular and plural.
        comments: where it stands, for the translator, in words.
        files: the files it stands in.
        braces: whether ``{name}`` in it is a field to be filled in.
    """

    id: MessageId
    comments: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    braces: bool = False


class StableCatalog(Catalog):
    """A catalogue whose header says only what readers of the file need."""

    def __init__(self, language: str) -> None:
        super().__init__(locale=language, header_comment="", fuzzy=False, charset="utf-8")

    def _stable_headers(self) -> list[tuple[str, str]]:
        return [
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),  # the header ends with a line end
        ]

    mime_headers = property(_stable_headers, Catalog._set_mime_headers)


def domain_path(course: Course, domain: str, language: str) -> Path:
    """The catalogue of a domain that programs read."""
    return course.root / "pixelwise" / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def read(path: Path, language: str) -> StableCatalog:
    """The catalogue in a .po file; an empty one where there is no file."""
    catalogue = StableCatalog(language)
    if path.is_file():
        with path.open(encoding="utf-8") as file:
            PoFileParser(catalogue, ignore_obsolete=True, abort_invalid=True).parse(file)
    for message in messages(catalogue):
        _restore_previous(message)
    return catalogue


def _restore_previous(message: Message) -> None:
    """Turn comment lines ``#| msgid "…"`` back into the former English text.

    Babel writes them, but reads them as remarks of the translator.
    """
    lines = [line[1:].strip() for line in message.user_comments if line.startswith("|")]
    message.user_comments = [line for line in message.user_comments if not line.startswith("|")]
    former = re.split(r"msgid_plural", " ".join(lines))
    strings = [re.findall(r'"(?:\\.|[^"\\])*"', part) for part in former if part]
    message.previous_id = ["".join(map(unescape, parts)) for parts in strings]


def messages(catalogue: Catalog) -> list[Message]:
    """The entries of a catalogue, without its header."""
    return [message for message in catalogue if message.id]


def merge(entries: Iterable[Entry], former: Catalog, language: str) -> StableCatalog:
    """A catalogue of exactly `entries`, with the translations that `former` has for them.

    A text that is new but close to one that is gone takes over its translation, marked fuzzy.
    """
    entries = combine(entries)
    known = {_key(message.id): message for message in messages(former)}
    wanted = {_key(entry.id) for entry in entries}
    gone = {key: message for key, message in known.items() if key not in wanted and message.string}
    catalogue = StableCatalog(language)
    for entry in entries:
        message = known.get(_key(entry.id))
        fuzzy = message is not None and message.fuzzy
        previous = list(message.previous_id) if message is not None and fuzzy else []
        if message is None:
            for match in get_close_matches(_key(entry.id), gone, n=1):
                message, fuzzy, previous = gone[match], True, ids(gone[match])
        strings = forms(message, former) if message is not None else [""]
        added = catalogue.add(
            entry.id,
            _fitted(strings, catalogue) if isinstance(entry.id, tuple) else strings[0],
            locations=[(file, 0) for file in entry.files],
            flags=["fuzzy"] if fuzzy and any(strings) else [],
            auto_comments=entry.comments,
            user_comments=message.user_comments if message is not None else (),
            previous_id=previous,
        )
        # Babel guesses these from a stray "%" or "{" in prose or formulas.
        added.flags.discard("python-format")
        added.flags.discard("python-brace-format")
        if entry.braces and "{" in _key(entry.id):
            added.flags.add("python-brace-format")
    return catalogue


def combine(entries: Iterable[Entry]) -> list[Entry]:
    """Each text once, with every place where it stands, in the order of its first."""
    combined: dict[str, Entry] = {}
    for entry in entries:
        first = combined.setdefault(_key(entry.id), Entry(entry.id, braces=entry.braces))
        if isinstance(entry.id, tuple):
            first.id = entry.id
        first.comments += [text for text in entry.comments if text not in first.comments]
        first.files += [file for file in entry.files if file not in first.files]
    return list(combined.values())


def _fitted(strings: list[str], catalogue: Catalog) -> tuple[str, ...]:
    """As many plural forms as the language has."""
    count = catalogue.num_plurals
    return tuple([*strings, *[""] * count][:count])


def _key(id: str | Sequence[str]) -> str:
    return id if isinstance(id, str) else id[0]


def ids(message: Message) -> list[str]:
    """The English text; singular and plural where it has both."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def po_text(catalogue: Catalog) -> str:
    """The catalogue as the text of a .po file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=0, include_lineno=False, include_previous=True)
    return file.getvalue().decode("utf-8").strip() + "\n"


def mo_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as the bytes of a .mo file; fuzzy and empty entries are left out."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def forms(message: Message, catalogue: Catalog) -> list[str]:
    """The translation, one string for each plural form that the language has."""
    string = message.string or ""
    strings = [string] if isinstance(string, str) else [str(form or "") for form in string]
    return list(_fitted(strings, catalogue)) if len(ids(message)) > 1 else strings[:1]


def is_done(message: Message, catalogue: Catalog) -> bool:
    """Whether every form is there and nobody has doubts about it."""
    return not message.fuzzy and all(forms(message, catalogue))


def translations(catalogue: Catalog) -> dict[str, str]:
    """The finished translations of texts without plural."""
    return {
        ids(message)[0]: forms(message, catalogue)[0]
        for message in messages(catalogue)
        if len(ids(message)) == 1 and is_done(message, catalogue)
    }
