from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.core.id_number import (
    IdFault,
    IdForm,
    IdNumber,
    check_character,
    is_valid_identity,
    modernized,
    parsed,
    tidied,
)


def _number(birth: date, serial: int) -> str:
    digits = f"990101{birth:%Y%m%d}{serial:03d}"
    return digits + check_character(digits)


valid_numbers = st.builds(
    _number,
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)


@given(valid_numbers)
def test_parsed_gives_back_what_was_put_in(number: str) -> None:
    result = parsed(number)

    assert isinstance(result, IdNumber)
    assert f"{result.birth_date:%Y%m%d}" == number[6:14]
    assert result.region == "990101"
    assert result.sex == ("male" if int(number[16]) % 2 else "female")


@given(valid_numbers)
def test_check_character_equals_the_base_13_form(number: str) -> None:
    # The second definition in use: (1 - 2 * base-13 value) mod 11.
    value = (1 - 2 * int(number[:17], 13)) % 11

    assert number[17] == ("X" if value == 10 else str(value))


@given(valid_numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_changed_digit_is_always_found(number: str, at: int, by: int) -> None:
    changed = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]

    assert isinstance(parsed(changed), IdFault)


@given(valid_numbers, st.integers(0, 15))
def test_transposed_neighbors_are_always_found(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    assert swapped == number or isinstance(parsed(swapped), IdFault)


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    result = parsed(text)

    assert isinstance(result, IdNumber | IdFault)
    assert is_valid_identity(text) == (
        isinstance(result, IdNumber) and result.form is IdForm.IDENTITY
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", IdFault.EMPTY),
        ("99012619330319911", IdFault.LENGTH),
        ("99012619330319911X1", IdFault.LENGTH),
        ("99012619330319911x", IdFault.CHARACTERS),
        ("9901261933031991²X", IdFault.CHARACTERS),
        ("X9012619330319911X", IdFault.CHARACTERS),
        ("990101199002306188", IdFault.BIRTH_DATE),
        ("990101200002290117", IdFault.CHECKSUM),
        ("99012619330319911X84", IdFault.DISABILITY),
        ("99012619330319911X45", IdFault.DISABILITY),
    ],
)
def test_parsed_names_the_fault(text: str, fault: IdFault) -> None:
    assert parsed(text) is fault


def test_disability_cards_carry_category_and_grade() -> None:
    card = parsed("99012619330319911X42")
    reissued = parsed("99012619330319911X42B1")
    second = parsed("99012619330319911X4201")

    assert isinstance(card, IdNumber)
    assert (card.form, card.disability, card.grade) == (IdForm.DISABILITY_CARD, 4, 2)
    assert isinstance(reissued, IdNumber)
    assert parsed("99012619330319911X421B") is IdFault.CHARACTERS
    assert isinstance(second, IdNumber)
    assert second.form is IdForm.DISABILITY_CARD_REISSUED
    assert not is_valid_identity("99012619330319911X42")


def test_old_numbers_are_read_as_born_in_the_twentieth_century() -> None:
    number = parsed("990126330319911")

    assert isinstance(number, IdNumber)
    assert number.form is IdForm.IDENTITY_OLD
    assert number.birth_date == date(1933, 3, 19)
    assert modernized("990126330319911") == "99012619330319911X"
    assert parsed("990126331319911") is IdFault.BIRTH_DATE


def test_tidied_forgives_blanks_width_and_case() -> None:
    assert is_valid_identity(tidied(" 99012619330319911\uff58 "))
