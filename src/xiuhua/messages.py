"""Wording in Chinese and English from the message catalogs.

Messages are written in English in the source; `locale/zh_Hans` holds the Chinese: our
own in `xiuhua.po`, those of the library that reads the command line in `click.po`.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final


LANGUAGES: Final = ("zh", "en")
DOMAIN: Final = "xiuhua"
CLICK_DOMAIN: Final = "click"
_LOCALE_DIR: Final = Path(__file__).parent / "locale"
_CATALOG: Final = {"zh": "zh_Hans", "en": "en"}


@cache
def translator(language: str) -> Callable[[str], str]:
    """Return the function that words an English message in `zh` or `en`.

    Raises:
        KeyError: when the language is not one of `LANGUAGES`.
    """
    catalog = gettext.translation(
        DOMAIN, _LOCALE_DIR, languages=[_CATALOG[language]], fallback=language == "en"
    )
    return catalog.gettext


def word_click(language: str) -> None:
    """Make click speak `zh` or `en` from here on, in this process.

    Click asks `gettext` for its words by the default domain and the environment.

    Raises:
        KeyError: when the language is not one of `LANGUAGES`.
    """
    os.environ["LANGUAGE"] = _CATALOG[language]
    gettext.bindtextdomain(CLICK_DOMAIN, str(_LOCALE_DIR))
    gettext.textdomain(CLICK_DOMAIN)
