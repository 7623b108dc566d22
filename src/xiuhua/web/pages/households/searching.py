"""One line to search by: a name, its initials, a number, an identity number, a phone.

Which of them it is shows in the signs themselves. Who may not see what is searched by
may not search by it either: that would answer the question by another way.
"""

from __future__ import annotations

import re
from typing import Final

from xiuhua.apps.accounts.roles import Role
from xiuhua.core.dictionary.model import Mask


_ID_NUMBER: Final = re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}")
_PHONE: Final = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
_INITIALS: Final = re.compile(r"[A-Za-z]{1,8}")
# As Chinese input methods write letters, digits and blanks; names stay as they are.
_WIDE: Final = {0xFEE0 + n: n for n in range(0x21, 0x7F)} | {0x3000: 0x20}


def asked_by(text: str, rights: Role) -> dict[str, str]:
    """Return what of a household filter a line of text asks for.

    What the role may not see is looked for as a household's number, and not found.

    >>> from xiuhua.apps.accounts.roles import ROLES
    >>> asked_by("wxm", ROLES["helper"])
    {'initials': 'wxm'}
    >>> asked_by("239906199001011234", ROLES["helper"])
    {'number': '239906199001011234'}
    >>> asked_by("138 0000 0001", ROLES["county_office"])
    {'phone': '13800000001'}
    """
    line = text.translate(_WIDE).strip()
    packed = "".join(line.split())
    if _ID_NUMBER.fullmatch(packed):
        return _allowed("id_number", packed, Mask.SECRET, rights)
    if _PHONE.fullmatch(packed):
        return _allowed("phone", packed, Mask.PERSONAL, rights)
    if _INITIALS.fullmatch(line):
        return _allowed("initials", line.lower(), Mask.PERSONAL, rights)
    if any(c.isdigit() for c in line):
        return {"number": packed}
    if not any(c.isascii() and c.isalpha() for c in line):
        line = packed
    return _allowed("name", line, Mask.PERSONAL, rights)


def _allowed(field: str, line: str, mask: Mask, rights: Role) -> dict[str, str]:
    return {field: line} if rights.shows(mask) else {"number": line}
