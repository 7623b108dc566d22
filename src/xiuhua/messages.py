"""Wording in Chinese and English from the message catalogs.

Messages are written in English in the source; `locale/zh_Hans` holds the Chinese: our
own in a file per area (`xiuhua.po` is the core's and the command line's), those of the
library that reads the command line in `click.po`, those of pages in `django.po`.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final


LANGUAGES: Final = ("zh", "en")
CLICK_DOMAIN: Final = "click"
NOT_OURS: Final = frozenset({CLICK_DOMAIN, "django"})
_LOCALE_DIR: Final = Path(__file__).parent / "locale"
_CATALOG: Final = {"zh": "zh_Hans", "en": "en"}


@cache
def translator(language: str) -> Callable[[str], str]:
    """Return the function that words an English message in `zh` or `en`.

    Raises:
        KeyError: when the language is not one of `LANGUAGES`.
        FileNotFoundError: when the catalogs were not compiled.
    """
    folder = _LOCALE_DIR / _CATALOG[language] / "LC_MESSAGES"
    wordings = gettext.NullTranslations()
    for domain in sorted({f.stem for f in folder.glob("*.mo")} - NOT_OURS):
        area = gettext.translation(domain, _LOCALE_DIR, languages=[_CATALOG[language]])
        area.add_fallback(wordings)
        wordings = area
    if language != "en" and type(wordings) is gettext.NullTranslations:
        raise FileNotFoundError(f"no compiled catalog in {folder}: run `make setup`")
    return wordings.gettext


def word_click(language: str) -> None:
    """Make click speak `zh` or `en` from here on, in this process.

    Click asks `gettext` for its words by the default domain and the environment.

    Raises:
        KeyError: when the language is not one of `LANGUAGES`.
    """
    os.environ["LANGUAGE"] = _CATALOG[language]
    gettext.bindtextdomain(CLICK_DOMAIN, str(_LOCALE_DIR))
    gettext.textdomain(CLICK_DOMAIN)
