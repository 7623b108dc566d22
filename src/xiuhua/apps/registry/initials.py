"""Initials of Chinese names in pinyin, to search by: 王小明 is found by `wxm`."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin


INITIALS_LENGTH: Final = 20
# Characters that are read otherwise as a surname (现代汉语词典).
_SURNAMES: Final = {
    "单": "s",
    "曾": "z",
    "仇": "q",
    "解": "x",
    "查": "z",
    "盖": "g",
    "区": "o",
    "种": "c",
    "朴": "p",
    "尉迟": "yc",
    "长孙": "zs",
    "万俟": "mq",
    "翟": "z",
    "乐": "y",
    "缪": "m",
    "覃": "q",
    "洗": "x",
    "冼": "x",
    "召": "s",
    "繁": "p",
    "秘": "b",
}


@lru_cache(maxsize=20_000)
def initials_of(name: str | None) -> str:
    """Return the initials of a name in small letters; empty for none.

    Letters and digits stand for themselves, other signs are left out.

    >>> initials_of("王小明"), initials_of("单雄信"), initials_of("阿依古丽·A")
    ('wxm', 'sxx', 'aygla')
    """
    text = "".join(c for c in name or "" if c.isalnum())
    head = next((s for s in (text[:2], text[:1]) if s in _SURNAMES), "")
    parts = lazy_pinyin(text[len(head) :], style=Style.FIRST_LETTER)
    rest = "".join(parts).lower()
    whole = _SURNAMES.get(head, "") + rest
    return "".join(c for c in whole if c.isascii() and c.isalnum())[:INITIALS_LENGTH]
