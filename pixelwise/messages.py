"""Sentences that are chosen now and worded later, in the language of the person who reads them."""

from dataclasses import dataclass, field
from typing import Any

from pixelwise.i18n import catalogue

DOMAIN = "messages"


@dataclass(frozen=True)
class Message:
    """A translatable sentence with named fields; `plural` and `count` where the wording counts."""

    text: str
    fields: dict[str, Any] = field(default_factory=dict)
    plural: str | None = None
    count: int = 0

    def render(self, language: str) -> str:
        """The sentence in `language`, its fields filled in; fields may be messages themselves."""
        translations = catalogue(DOMAIN, language)
        if self.plural is None:
            text = translations.gettext(self.text)
        else:
            text = translations.ngettext(self.text, self.plural, self.count)
        if not self.fields:
            return text
        values = {
            name: value.render(language) if isinstance(value, Message) else value
            for name, value in self.fields.items()
        }
        return text.format(**values)


def _(text: str, /, **fields: Any) -> Message:
    """Mark `text` for translation; ``{name}`` in it stands for the field `name`."""
    return Message(text, fields)


def _n(singular: str, plural: str, count: int, /, **fields: Any) -> Message:
    """Mark a sentence whose wording depends on `count`, available in it as ``{count}``."""
    return Message(singular, {"count": count, **fields}, plural, count)
