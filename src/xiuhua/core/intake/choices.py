"""Words for yes and no, and what each choice may be written as."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from xiuhua.core.dictionary.model import CodeList
from xiuhua.core.dictionary.reader import load_dictionary


YES: Final = frozenset("是 有 能 对 真 已 √ ✓ ✔ ☑ 1 Y YES T TRUE".split())
NO: Final = frozenset("否 无 不 未 假 没有 不是 不能 没 × ✗ ✘ ☐ 0 N NO F FALSE".split())
_SEPARATORS: Final = re.compile(r"[,、;/|+]+")


def comparable(text: str) -> str:
    """Return a text as words and labels are compared: NFKC, no blanks, capitals.

    >>> comparable(" 乡（镇）内 务工 ")
    '乡(镇)内务工'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()


@cache
def codes_by_word(list_name: str) -> Mapping[str, str]:
    """Return every way to write each code of a list.

    A code itself, its labels, synonyms and national code (with or without its leading
    zero, alone or before the label) are understood, in this order of precedence.
    """
    codes = load_dictionary().code_lists[list_name].codes
    words: dict[str, str] = {}
    for ways in (
        lambda c: (c.code,),
        lambda c: (c.label.zh, c.label.en),
        lambda c: c.synonyms,
        lambda c: (c.national or "", (c.national or "").lstrip("0")),
        lambda c: (f"{c.national}{c.label.zh}", f"{c.national}-{c.label.zh}"),
    ):
        for code in codes:
            for way in ways(code):
                words.setdefault(comparable(way), code.code)
    words.pop("", None)
    return words


def code_of(word: str, codes: CodeList) -> str | None:
    """Return the code a word stands for; `other` for a new word of an open list."""
    found = codes_by_word(codes.name).get(comparable(word))
    return found or ("other" if codes.open else None)


def codes_of(text: str, codes: CodeList) -> str | None:
    """Return the sorted codes of a text naming several, None when one is unknown."""
    whole = code_of(text, codes) if not codes.open else None
    if whole:
        return whole
    words = [w for w in _SEPARATORS.split(comparable(text)) if w]
    found = [code_of(word, codes) for word in words]
    if not found or None in found:
        return None
    return ",".join(sorted({code for code in found if code}))
