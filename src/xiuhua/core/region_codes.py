"""Administrative division codes of 2, 4, 6, 9 and 12 digits.

Two digits name a province, 4 a prefecture, 6 a county, 9 a township, 12 a village.
A code is text; a longer code lies in every region whose code it starts with
(statistical division codes on top of GB/T 2260).
"""

from __future__ import annotations

from typing import Final


LEVEL_BY_LENGTH: Final = {
    0: "nation",
    2: "province",
    4: "prefecture",
    6: "county",
    9: "township",
    12: "village",
}
LENGTH_BY_LEVEL: Final = {level: length for length, level in LEVEL_BY_LENGTH.items()}


def level_of(code: str) -> str | None:
    """Return the level of a code, None when it is not a division code.

    >>> level_of("239906"), level_of("23990"), level_of("2399O6")
    ('county', None, None)
    """
    if code and not (code.isascii() and code.isdigit()):
        return None
    return LEVEL_BY_LENGTH.get(len(code))


def ancestors(code: str) -> list[str]:
    """Return the codes of all regions that contain a code, widest first, itself last.

    >>> ancestors("239906100")
    ['23', '2399', '239906', '239906100']
    """
    return [code[:n] for n in LEVEL_BY_LENGTH if 0 < n <= len(code)]


def contains(region: str, code: str) -> bool:
    """Test whether a region contains a code; a region contains itself.

    >>> contains("5201", "520"), contains("5201", "520115")
    (False, True)
    """
    return level_of(region) is not None and code.startswith(region)
