"""Texts of one column to typed values, each different text once.

A column is taken apart into its different texts and their positions; only the texts
are tidied, read and judged, columnar, and the result is spread over the rows. What
cannot be read is null with the kind of fault beside it; an empty cell is null alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    NUMBER_TYPES,
    Field,
    FieldType,
)
from xiuhua.core.intake.choices import NO, YES, code_of, codes_of, comparable
from xiuhua.core.tables import arrow_type


_BLANKS: Final = r"[\s\x00-\x1f\x{200b}\x{feff}\x{3000}\x{a0}]+"
_CLOCK: Final = r"[\sT]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?Z?\s*$"
_EMPTY: Final = pa.array(["", "-", "--", "—", "——", "/", "\\", "NULL", "null"])
_EXCEL_ERROR: Final = r"^#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)$"
_FLOAT_FORM: Final = r"^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$|^[0-9]{16,}\.0+$"
_EARLIEST_YEAR: Final = 1850
_LATEST_YEAR: Final = 2150


@dataclass(frozen=True)
class Converted:
    """Typed values of a column, and per row the kind of fault (null where none)."""

    values: pa.Array
    kinds: pa.Array


def convert(
    field: Field,
    raw: pa.Array,
    *,
    connection: duckdb.DuckDBPyConnection,
    epoch_1904: bool = False,
    were_numbers: pa.Array | None = None,
) -> Converted:
    """Return the values of a column of a field.

    `were_numbers` says which cells were kept as numbers: a text field that was and has
    more than 15 digits is damaged. A column that has the field's own type already
    (typed Parquet under the dictionary's name) is taken as it is by the caller.
    """
    texts, positions = _distinct(raw)
    tidy = _tidied(field, texts)
    values, kinds = _typed(field, tidy, connection, epoch_1904)
    errors = pc.fill_null(pc.match_substring_regex(tidy, _EXCEL_ERROR), False)
    values = pc.if_else(errors, pa.scalar(None, values.type), values)
    kinds = pc.if_else(errors, "bad_value", kinds)
    spread = Converted(values.take(positions), kinds.take(positions))
    return spread if were_numbers is None else _damaged(spread, raw, were_numbers)


def _distinct(raw: pa.Array) -> tuple[pa.Array, pa.Array]:
    text = raw if pa.types.is_string(raw.type) else pc.cast(raw, pa.string())
    encoded = text.dictionary_encode()
    return encoded.dictionary, encoded.indices


def _tidied(field: Field, texts: pa.Array) -> pa.Array:
    """Half-width and without stray blanks; plain text keeps its characters."""
    plain = field.type is FieldType.TEXT
    if not plain:
        texts = pc.utf8_normalize(texts, "NFKC")
    if field.type in DATE_TYPES:
        texts = pc.replace_substring_regex(texts, _CLOCK, "")
    texts = pc.replace_substring_regex(texts, _BLANKS, " " if plain else "")
    texts = pc.utf8_trim_whitespace(texts)
    empty = pc.is_in(texts, value_set=_EMPTY)
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts)


def _typed(
    field: Field,
    texts: pa.Array,
    connection: duckdb.DuckDBPyConnection,
    epoch_1904: bool,
) -> tuple[pa.Array, pa.Array]:
    if field.type is FieldType.BOOLEAN:
        return _booleans(texts)
    if field.codes is not None:
        return _coded(field, texts)
    if field.type in NUMBER_TYPES:
        return _by_sql(field, texts, _number_sql(field), connection)
    if field.type in DATE_TYPES:
        return _by_sql(field, texts, _date_sql(field, epoch_1904), connection)
    if field.type is FieldType.TEXT:
        return texts, pa.nulls(len(texts), pa.string())
    return _codes(field, texts)


def _booleans(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    upper = pc.utf8_upper(texts)
    yes = pc.is_in(upper, value_set=pa.array(sorted(YES)))
    no = pc.is_in(upper, value_set=pa.array(sorted(NO)))
    known = pc.or_(yes, no)
    values = pc.if_else(known, yes, pa.scalar(None, pa.bool_()))
    return values, _kinds_where(pc.and_(pc.is_valid(texts), pc.invert(known)))


def _kinds_where(bad: pa.Array, kind: str = "bad_value") -> pa.Array:
    return pc.if_else(bad, kind, pa.scalar(None, pa.string()))


def _coded(field: Field, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    codes = field.codes
    assert codes is not None  # noqa: S101  the caller asked
    several = field.type is FieldType.CHOICES
    words = texts.to_pylist()
    if codes.open:
        # "无" beside an open list says there is nothing to name, not another name.
        words = [None if w and comparable(w) == "无" else w for w in words]
    read = codes_of if several else code_of
    values = pa.array([w and read(w, codes) for w in words], pa.string())
    bad = pc.and_(pc.is_valid(pa.array(words, pa.string())), pc.is_null(values))
    return values, _kinds_where(bad, "unknown_code")


def _codes(field: Field, texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Codes, IDs, phones and accounts: text from end to end."""
    texts = pc.replace_substring_regex(texts, r"^'", "")
    texts = pc.replace_substring_regex(texts, r"^[Gg]([0-9]{4,}[0-9A-Za-z]*)$", r"\1")
    texts = pc.utf8_upper(texts)
    texts = pc.replace_substring_regex(texts, r"^([0-9]{1,15})\.0+$", r"\1")
    damaged = pc.match_substring_regex(texts, _FLOAT_FORM)
    bad = pc.and_(damaged, False)
    if field.digits is not None:
        right = pc.match_substring_regex(texts, f"^[0-9]{{{field.digits}}}$")
        bad = pc.and_(pc.invert(right), pc.invert(damaged))
    kinds = pc.if_else(damaged, "number_damaged", _kinds_where(bad))
    none = pa.scalar(None, pa.string())
    values = pc.if_else(pc.or_(damaged, bad), none, texts)
    return values, pc.if_else(pc.is_null(texts), none, kinds)


def _damaged(spread: Converted, raw: pa.Array, were_numbers: pa.Array) -> Converted:
    """Refuse the cells that were numbers of more than 15 digits."""
    long = pc.match_substring_regex(raw, "^[0-9]{16,}$")
    bad = pc.fill_null(pc.and_(long, were_numbers), False)
    none = pa.scalar(None, spread.values.type)
    return Converted(
        pc.if_else(bad, none, spread.values),
        pc.if_else(bad, "number_damaged", spread.kinds),
    )


def _by_sql(
    field: Field, texts: pa.Array, sql: str, connection: duckdb.DuckDBPyConnection
) -> tuple[pa.Array, pa.Array]:
    """Read texts by a SQL that gives `value` and whether it is `outside` its range."""
    table = pa.table({"i": pa.array(range(len(texts)), pa.int32()), "x": texts})
    connection.register("texts", table)
    found = connection.sql(
        f"SELECT CASE WHEN NOT coalesce(outside, false) THEN value END AS value,"
        f" CASE WHEN x IS NULL THEN NULL WHEN value IS NULL THEN 'bad_value'"
        f" WHEN outside THEN 'out_of_range' END AS kind"
        f" FROM (SELECT i, x, value, ({_outside_sql(field)}) AS outside"
        f" FROM ({sql}))"
        f" ORDER BY i"
    ).to_arrow_table()
    connection.unregister("texts")
    values = found["value"].cast(arrow_type(field)).combine_chunks()
    return values, found["kind"].combine_chunks()


def _outside_sql(field: Field) -> str:
    if field.type is FieldType.DATE or field.type is FieldType.MONTH:
        return f"year(value) NOT BETWEEN {_EARLIEST_YEAR} AND {_LATEST_YEAR}"
    unit = 10**field.scale
    low, high = field.minimum, field.maximum
    if field.type is FieldType.YEAR:
        low, high = low or _EARLIEST_YEAR, high or _LATEST_YEAR
    tests = [f"value < {low * unit}"] if low is not None else []
    if high is not None:
        most = (high + 1) * unit - 1 if field.type is FieldType.MONEY else high * unit
        tests.append(f"value > {most}")
    return " OR ".join(tests) or "false"


def _number_sql(field: Field) -> str:
    """Numbers with thousands separators, unit and exponent; rounded half away."""
    clean = "replace(x, '¥', '')"
    if field.type is FieldType.YEAR:
        clean = r"regexp_replace(x, '^((18|19|20|21)\d\d)([-/.年].*)$', '\1')"
    elif field.unit:
        unit = field.unit.replace("'", "")
        clean = f"CASE WHEN suffix({clean}, '{unit}') THEN left({clean}, -{len(unit)})"
        clean += " ELSE replace(x, '¥', '') END"
    grouped = r"'^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$'"
    number = r"'^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$'"
    whole = field.type in (FieldType.INTEGER, FieldType.YEAR)
    exact = "round(n, 0) = n" if whole else "true"
    return (
        "SELECT i, x, CASE WHEN "
        f"{exact} THEN TRY_CAST(round(n, {field.scale}) * {10**field.scale} AS BIGINT)"
        " END AS value FROM (SELECT i, x,"
        f" CASE WHEN regexp_full_match(y, {number})"
        " THEN TRY_CAST(y AS DECIMAL(38, 9)) END AS n FROM (SELECT i, x,"
        f" CASE WHEN regexp_full_match(c, {grouped}) THEN replace(c, ',', '') ELSE c"
        f" END AS y FROM (SELECT i, x, {clean} AS c FROM texts)))"
    )


def _date_sql(field: Field, epoch_1904: bool) -> str:
    """Dates as text in the usual forms, or the day number of a workbook."""
    epoch = "1904-01-01" if epoch_1904 else "1899-12-30"
    parted = r"'^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$'"
    digits = r"'^(\d{4})(\d{2})(\d{2})$'"
    month = r"'^(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))$'"
    forms = [
        f"WHEN regexp_full_match(x, {parted}) THEN"
        f" TRY_CAST(regexp_replace(x, {parted}, '\\1-\\2-\\3') AS DATE)",
        f"WHEN regexp_full_match(x, {digits}) THEN"
        f" TRY_CAST(regexp_replace(x, {digits}, '\\1-\\2-\\3') AS DATE)",
    ]
    if field.type is FieldType.MONTH:
        forms.append(
            f"WHEN regexp_full_match(x, {month}) THEN"
            f" TRY_CAST(regexp_replace(x, {month}, '\\1-\\2\\3-01') AS DATE)"
        )
    forms.append(
        r"WHEN regexp_full_match(x, '^\d{5}(\.\d+)?$') THEN"
        f" DATE '{epoch}' + TRY_CAST(floor(TRY_CAST(x AS DOUBLE)) AS INTEGER)"
    )
    read = f"CASE {' '.join(forms)} END"
    if field.type is FieldType.MONTH:
        read = f"CAST(date_trunc('month', {read}) AS DATE)"
    return f"SELECT i, x, {read} AS value FROM texts"
