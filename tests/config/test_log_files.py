"""Nothing that tells a person apart reaches the log."""

from __future__ import annotations

import io
import logging
import logging.config

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.config.log_files import MaskingFormatter, log_settings, masked
from xiuhua.core.id_number import check_character


DIGITS = st.text("0123456789", min_size=16, max_size=16)
PHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


@given(first=st.sampled_from("123456789"), rest=DIGITS, small=st.booleans())
def test_valid_identity_numbers_are_masked_wherever_they_stand(first, rest, small):
    body = first + rest
    check = check_character(body)
    number = body + (check.lower() if small else check)

    for text in (number, f"id={number},", f"户主{number}住", f"('{number}',)"):
        assert number not in masked(text)
        assert body not in masked(text)


@given(phone=PHONES)
def test_phone_numbers_are_masked(phone):
    assert phone not in masked(f"tel:{phone}.")
    assert masked(phone) == f"{phone[:3]}****{phone[-4:]}"


@pytest.mark.parametrize(
    "text", ["99012619330319911", "990126193303199110", "12912345678", "order 20191122"]
)
def test_other_numbers_stay(text):
    assert masked(text) == text


def test_a_traceback_that_quotes_a_person_is_masked():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter("%(message)s"))
    log = logging.Logger("test")
    log.addHandler(handler)

    try:
        raise LookupError("nobody has 99012619330319911X or 13912345678")
    except LookupError:
        log.exception("a lookup of %s failed", "99012619330319911X")

    said = stream.getvalue()
    assert "LookupError" in said
    assert "99012619330319911X" not in said
    assert "13912345678" not in said


def test_every_part_of_the_server_has_a_file_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("XIUHUA_PART", "web")

    handler = log_settings(tmp_path, to_files=True)["handlers"]["given"]

    assert handler["filename"] == tmp_path / "web.log"


def test_the_log_goes_to_files_that_turn_over(tmp_path):
    settings = log_settings(tmp_path / "logs", to_files=True)
    handler = settings["handlers"]["given"]

    assert handler["filename"] == tmp_path / "logs" / "command.log"
    assert handler["maxBytes"] * (handler["backupCount"] + 1) == 50_000_000
    assert log_settings(tmp_path, to_files=False)["handlers"]["given"]["class"] == (
        "logging.StreamHandler"
    )
    assert (tmp_path / "logs").stat().st_mode & 0o077 == 0
