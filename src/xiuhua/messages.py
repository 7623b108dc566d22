"""Wording in Chinese and English from the message catalogs.

Messages are written in English in the source; `locale/zh_Hans` holds the Chinese.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final


LANGUAGES: Final = ("zh", "en")
DOMAIN: Final = "xiuhua"
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
