"""Saying something in passing: in a notebook below the cell, else on the terminal."""

import os
import sys

from pixelwise.i18n import ALL_LANGUAGES, LANGUAGES, current_language
from pixelwise.messages import Message

BUNDLE = "application/vnd.pixelwise.text+json"


def announce(message: Message) -> None:
    """Show one line to the person who runs this code.

    With the environment variable PIXELWISE_ALL_LANGUAGES=1 a notebook gets the line in every
    language at once, for whoever makes a notebook in each language from it.
    """
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        print(message.render(current_language()), file=sys.stderr)
    elif os.environ.get(ALL_LANGUAGES) == "1":
        texts = {language: message.render(language) for language in LANGUAGES}
        ipython.display.display({"text/plain": texts["en"], BUNDLE: texts}, raw=True)
    else:
        text = message.render(current_language())
        ipython.display.display({"text/plain": text}, raw=True)
