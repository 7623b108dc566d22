"""The SQL check of ID numbers agrees with the one in Python."""

import string

import duckdb
import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xiuhua.core.id_number import IdFault, IdNumber, check_character, parsed
from xiuhua.core.intake.checks import id_number_sql


RIGHT = st.builds(
    lambda born, order: _completed(f"990126{born:%Y%m%d}{order:03d}"),
    st.dates(),
    st.integers(0, 999),
)
CARD = st.builds(
    lambda number, tail: number + tail,
    RIGHT,
    st.text("01234567B", min_size=2, max_size=4),
)
DAMAGED = st.builds(
    lambda number, at, new: (
        number[: at % len(number)] + new + number[at % len(number) + 1 :]
    ),
    RIGHT | CARD,
    st.integers(0, 30),
    st.sampled_from([*string.digits, "X", "x", "", "\uff11", "²", "B"]),
)


def _completed(digits: str) -> str:
    # `%Y` leaves out the leading zeros of early years.
    digits = digits[:6] + digits[6:].zfill(11)
    return digits + check_character(digits)


def expected(text: str) -> tuple[str | None, str | None, bool | None]:
    """What the Python check says, in the words of the kinds of fault."""
    found = parsed(text)
    if len(text) not in (18, 20, 22):
        return "length", None, None
    if isinstance(found, IdNumber):
        return None, found.birth_date.isoformat(), found.sex == "male"
    checksum = found is IdFault.CHECKSUM and len(text) == 18
    return ("checksum" if checksum else "form"), None, None


@settings(max_examples=60, deadline=None)
@given(st.lists(RIGHT | CARD | DAMAGED | st.text(max_size=23), min_size=1))
@example(["", "99012619330319911X", "990126193303199119", "990126330319911"])
@example(["99012619330319911X43B1", "99012619330319911X80", "99012600000319911X"])
def test_agree(texts: list[str]) -> None:
    with duckdb.connect() as connection:
        connection.register("people", pa.table({"number": texts}))
        query = id_number_sql("people", "number")
        rows = connection.execute(
            f"SELECT number, id_fault, id_born, id_male FROM ({query})"  # noqa: S608
        ).fetchall()
    assert len(rows) == len(texts)
    for text, fault, born, male in rows:
        kind, day, is_male = expected(text)
        assert fault == kind, text
        if kind is None:
            assert (born.isoformat(), male) == (day, is_male), text
