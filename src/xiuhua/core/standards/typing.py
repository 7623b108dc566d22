"""Types of fields and arithmetic: how many decimals and digits a number can have."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from xiuhua.core.dictionary.model import Field, FieldType
from xiuhua.core.standards.expressions import (
    BOOLEAN,
    DATE,
    MAX_DIGITS,
    TEXT,
    Kind,
    Type,
)


# How many rows of the level below one row can have, in digits: 999 persons in a
# household, 99,999 households in a village, 9,999 villages in a county.
COUNT_DIGITS: Final = {"person": 3, "household": 5, "village": 4}

_MONEY_DIGITS: Final = 12
_PLAIN: Final = {
    FieldType.BOOLEAN: BOOLEAN,
    FieldType.DATE: DATE,
    FieldType.MONTH: DATE,
}


class TypeFault(Exception):  # caught by the binder, which adds the place
    """Two types that do not go together."""


def number(
    digits: int, *, scale: int = 0, nonnegative: bool = False, uncertain: bool = False
) -> Type:
    """Return the type of a number without a divisor."""
    return Type(
        Kind.NUMBER,
        scale=scale,
        digits=digits,
        nonnegative=nonnegative,
        uncertain=uncertain,
    )


def field_type(field: Field) -> Type:
    """Return the type of a dictionary field."""
    if field.type in _PLAIN:
        return _PLAIN[field.type]
    if field.codes is not None:
        kind = Kind.CODES if field.type is FieldType.CHOICES else Kind.CODE
        return Type(kind, codes=field.codes.name)
    if field.type is FieldType.MONEY:
        digits = _MONEY_DIGITS
    elif field.type is FieldType.YEAR:
        digits = 4
    elif field.type in (FieldType.INTEGER, FieldType.DECIMAL):
        largest = max(abs(field.minimum or 0), abs(field.maximum or 0))
        digits = len(str(largest * 10**field.scale))
    else:
        return TEXT
    nonnegative = field.type is FieldType.YEAR or (
        field.minimum is not None and field.minimum >= 0
    )
    return number(digits, scale=field.scale, nonnegative=nonnegative)


def arithmetic_type(op: str, left: Type, right: Type) -> Type:
    """Return the type of `left op right`.

    Raises:
        TypeFault: when the operands do not fit the operator, a divisor could be
            negative, or the result could have more than 18 digits.
    """
    if left.kind is not Kind.NUMBER or right.kind is not Kind.NUMBER:
        raise TypeFault(f"`{op}` takes two numbers")
    result = _ARITHMETIC[op](left, right)
    if max(result.digits, result.divisor_digits) > MAX_DIGITS:
        raise TypeFault(
            f"the result of `{op}` could have more than {MAX_DIGITS} digits and could "
            "not be computed exactly"
        )
    return result


def _sum(left: Type, right: Type, *, difference: bool = False) -> Type:
    left_digits, right_digits, scale = aligned_digits(left, right)
    return Type(
        Kind.NUMBER,
        scale=scale,
        digits=max(left_digits, right_digits) + 1,
        divisor_digits=left.divisor_digits + right.divisor_digits,
        nonnegative=left.nonnegative and right.nonnegative and not difference,
        uncertain=left.uncertain or right.uncertain,
    )


def _difference(left: Type, right: Type) -> Type:
    return _sum(left, right, difference=True)


def _product(left: Type, right: Type) -> Type:
    _refuse_uncertain_signs(left, right)
    return Type(
        Kind.NUMBER,
        scale=left.scale + right.scale,
        digits=left.digits + right.digits,
        divisor_digits=left.divisor_digits + right.divisor_digits,
        nonnegative=left.nonnegative and right.nonnegative,
        uncertain=left.uncertain or right.uncertain,
    )


def _quotient(left: Type, right: Type) -> Type:
    _refuse_uncertain_signs(left, right)
    if not right.nonnegative:
        raise TypeFault("a divisor must be known not to be negative")
    return Type(
        Kind.NUMBER,
        scale=left.scale,
        digits=left.digits + right.divisor_digits + right.scale,
        divisor_digits=left.divisor_digits + right.digits,
        nonnegative=left.nonnegative,
        uncertain=left.uncertain or right.uncertain,
    )


def _remainder(left: Type, right: Type) -> Type:
    whole = all(t.exact_whole and t.scale == 0 and t.nonnegative for t in (left, right))
    if not whole:
        raise TypeFault("`%` takes two whole numbers that are not negative")
    return number(right.digits, nonnegative=True)


_ARITHMETIC: Final = {
    "+": _sum,
    "-": _difference,
    "*": _product,
    "/": _quotient,
    "%": _remainder,
}


def _refuse_uncertain_signs(left: Type, right: Type) -> None:
    uncertain = left.uncertain or right.uncertain
    if uncertain and not (left.nonnegative and right.nonnegative):
        raise TypeFault(
            "a product or quotient of counts over unknowns needs numbers known not "
            "to be negative"
        )


def aligned_digits(left: Type, right: Type) -> tuple[int, int, int]:
    """Return the digits of both numerators over one divisor and scale, and the scale.

    >>> aligned_digits(number(12, scale=2), number(4))
    (12, 6, 2)
    """
    scale = max(left.scale, right.scale)
    left_digits = left.digits + scale - left.scale + right.divisor_digits
    right_digits = right.digits + scale - right.scale + left.divisor_digits
    return left_digits, right_digits, scale


def check_comparable(left: Type, right: Type) -> None:
    """Check that two numbers can be compared exactly.

    Raises:
        TypeFault: when the comparison could need more than 18 digits.
    """
    left_digits, right_digits, _ = aligned_digits(left, right)
    if max(left_digits, right_digits) > MAX_DIGITS:
        raise TypeFault(f"the comparison could need more than {MAX_DIGITS} digits")


def rounded_type(type_: Type, decimals: int) -> Type:
    """Return the type of a number rounded to so many decimals.

    Raises:
        TypeFault: when rounding could need more than 18 digits.
    """
    digits = type_.digits - type_.scale + decimals
    work = type_.digits + max(decimals - type_.scale, 0) + 1
    divisor = type_.divisor_digits + max(type_.scale - decimals, 0) + 1
    if max(work, divisor) > MAX_DIGITS:
        raise TypeFault(f"rounding could need more than {MAX_DIGITS} digits")
    return number(
        max(digits, 1) + 1,
        scale=decimals,
        nonnegative=type_.nonnegative,
        uncertain=type_.uncertain,
    )


def joined_type(left: Type, right: Type) -> Type:
    """Return the type of a value that is one of two.

    Raises:
        TypeFault: when the two are not of one kind.
    """
    if left.kind is not right.kind or left.codes != right.codes:
        raise TypeFault(
            f"{left.kind.value} and {right.kind.value} cannot stand in one place"
        )
    if left.kind is not Kind.NUMBER:
        return left
    scale = max(left.scale, right.scale)
    return Type(
        Kind.NUMBER,
        scale=scale,
        digits=max(
            left.digits + scale - left.scale, right.digits + scale - right.scale
        ),
        divisor_digits=max(left.divisor_digits, right.divisor_digits),
        nonnegative=left.nonnegative and right.nonnegative,
        uncertain=left.uncertain or right.uncertain,
    )


def summed_type(type_: Type, level: str, *, uncertain: bool) -> Type:
    """Return the type of a sum over the rows of a level.

    Raises:
        TypeFault: when the sum could not be computed exactly.
    """
    if type_.kind is not Kind.NUMBER:
        raise TypeFault("`sum` takes a number")
    if not type_.exact_whole:
        raise TypeFault("`sum` takes a number without a division in it")
    total = replace(
        type_, digits=type_.digits + COUNT_DIGITS[level], uncertain=uncertain
    )
    if total.digits > MAX_DIGITS:
        raise TypeFault(f"the sum could have more than {MAX_DIGITS} digits")
    return total
