"""What may be said for the codes of a list: words of both languages, codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from django.utils.translation import override

from xiuhua.apps.sheets.heads import Head


_IN_BRACKETS: Final = re.compile(r"^(.*?)\s*[(（](.+)[)）]$")
_LANGUAGES: Final = ("zh-hans", "en")


def words_to_codes(choices: Iterable[tuple[str, Any]]) -> Mapping[str, str]:
    """Return every word a code of a list goes by, to the code.

    A label such as "audit (审计)" gives both of its words.
    """
    listed = tuple((str(code), label) for code, label in choices)
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        with override(language):
            for code, label in listed:
                for word in _words(str(label)):
                    found.setdefault(word, code)
    return found | {code: code for code, _ in listed}


@cache
def words_of(head: Head, language: str) -> Mapping[str, str]:
    """Return the word for each code of a column in `zh` or `en`."""
    found: dict[str, str] = {}
    for word, code in head.choices().items():
        fits = word.isascii() is (language == "en")
        if code not in found or (fits and found[code].isascii() is not word.isascii()):
            found[code] = word
    return found


def _words(label: str) -> list[str]:
    parts = _IN_BRACKETS.match(label)
    return [label, *parts.groups()] if parts else [label]
