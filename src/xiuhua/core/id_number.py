"""Parse and check Chinese identity numbers and disability-card numbers.

18 characters by GB 11643-1999 (check character ISO 7064 MOD 11-2), 15 digits of the
form before 1999, and disability cards: an identity number with category and grade
(20 characters), and with two more for a re-issued card (22). Whether a number was
really given to somebody is not known here: only its form is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, Literal


_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
_WIDE_TO_ASCII: Final = {
    wide: chr(wide - 0xFEE0)
    for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
_DISABILITIES: Final = "1234567"
_GRADES: Final = "1234"


class IdForm(Enum):
    """The four forms a number may have; the value is its length."""

    IDENTITY_OLD = 15
    IDENTITY = 18
    DISABILITY_CARD = 20
    DISABILITY_CARD_REISSUED = 22


class IdFault(Enum):
    """What is wrong with a number; the first that applies, in this order."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    BIRTH_DATE = "birth_date"
    CHECKSUM = "checksum"
    DISABILITY = "disability"


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number of the right form and what it says about its holder.

    `disability` is 1 sight, 2 hearing, 3 speech, 4 limbs, 5 intellect, 6 mind,
    7 several; `grade` is 1 (most severe) to 4. Both are None without a card.
    """

    text: str
    form: IdForm
    region: str
    birth_date: date
    sex: Literal["male", "female"]
    disability: int | None = None
    grade: int | None = None


def tidied(text: str) -> str:
    """Return a number without outer blanks, half-width, with X as a capital.

    >>> tidied(" 9901261933031991\\uff11\\uff58 ")
    '99012619330319911X'
    """
    return text.strip().translate(_WIDE_TO_ASCII).upper()


def check_character(digits: str) -> str:
    """Return the check character of the first 17 digits.

    >>> check_character("99010120000229011")
    '8'
    """
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def modernized(old: str) -> str:
    """Return the 18-character form of a 15-digit number (century 19 inserted).

    >>> modernized("990126330319911")
    '99012619330319911X'
    """
    digits = old[:6] + "19" + old[6:]
    return digits + check_character(digits)


def parsed(text: str) -> IdNumber | IdFault:
    """Return the parts of a number, or the first fault found in it.

    The text is taken as it stands: apply `tidied` first to forgive blanks, full-width
    digits and a small x.

    >>> parsed("99012619330319911X").birth_date
    datetime.date(1933, 3, 19)
    >>> parsed("99012619330379911X"), parsed("")
    (<IdFault.BIRTH_DATE: 'birth_date'>, <IdFault.EMPTY: 'empty'>)
    """
    if not text:
        return IdFault.EMPTY
    try:
        form = IdForm(len(text))
    except ValueError:
        return IdFault.LENGTH
    if not _has_right_characters(text):
        return IdFault.CHARACTERS
    identity = modernized(text) if form is IdForm.IDENTITY_OLD else text[:18]
    born = _date_or_none(identity[6:14])
    if born is None:
        return IdFault.BIRTH_DATE
    if check_character(identity[:17]) != identity[17]:
        return IdFault.CHECKSUM
    disability, grade = None, None
    if form.value > IdForm.IDENTITY.value:
        if text[18] not in _DISABILITIES or text[19] not in _GRADES:
            return IdFault.DISABILITY
        disability, grade = int(text[18]), int(text[19])
    sex: Literal["male", "female"] = "male" if int(identity[16]) % 2 else "female"
    return IdNumber(text, form, identity[:6], born, sex, disability, grade)


def is_valid_identity(text: str) -> bool:
    """Test whether a text is an 18-character identity number of the right form."""
    number = parsed(text)
    return isinstance(number, IdNumber) and number.form is IdForm.IDENTITY


def _has_right_characters(text: str) -> bool:
    """Digits; X may stand 18th, and B 21st where a re-issue is counted B1, B2.

    `isdigit` alone would let superscripts and the digits of other scripts pass.
    """
    plain = "".join(
        "0" if (at, character) in ((17, "X"), (20, "B")) else character
        for at, character in enumerate(text)
    )
    return plain.isascii() and plain.isdigit()


def _date_or_none(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
