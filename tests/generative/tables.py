"""Random registries: few rows, many gaps, values at the ends of what is declared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    MONEY_MAX_FEN,
    NUMBER_TYPES,
    Field,
    FieldType,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.tables import arrow_type


Rows = list[dict[str, Any]]
Registry = dict[str, Rows]

VILLAGES: Final = ("239906100201", "239906100202", "239906101201", "2399061012")
_KEYS: Final = ("_id", "_code")
_TEXTS: Final = (
    "",
    "a",
    "123",
    "0012",
    "绣花村",
    "it's",
    "1234567890",
    "\uff11\uff12",
    " 7",
    "-3",
    "\U00020bb7田",
    "12a",
)
_DATES: Final = (
    date(2004, 2, 29),
    date(2013, 11, 22),
    date(2013, 11, 23),
    date(2012, 2, 28),
    date(2013, 3, 1),
    date(1, 1, 1),
    date(9999, 12, 31),
    date(1900, 2, 28),
)


def cells(field: Field) -> st.SearchStrategy[Any]:
    """Values of a field in their stored form, its ends among them."""
    if field.type in NUMBER_TYPES:
        low, high = _ends(field)
        near = [
            v
            for v in (low, low + 1, high - 1, high, 20, 3500, 90 * 100)
            if low <= v <= high
        ]
        return (
            st.sampled_from(near)
            | st.integers(low, high)
            | st.integers(low, min(high, 9))
        )
    if field.type in DATE_TYPES:
        return st.sampled_from(_DATES) | st.dates()
    if field.type is FieldType.BOOLEAN:
        return st.booleans()
    if field.codes is not None:
        codes = [c.code for c in field.codes.codes]
        if field.type is FieldType.CHOICES:
            several = st.sets(st.sampled_from(codes), min_size=1, max_size=3)
            return several.map(lambda found: ",".join(sorted(found)))
        return st.sampled_from(codes)
    return st.sampled_from(_TEXTS)


def _ends(field: Field) -> tuple[int, int]:
    if field.type is FieldType.YEAR:
        return 0, 9999
    unit = 10**field.scale
    low = (field.minimum or 0) * unit
    if field.type is FieldType.MONEY:
        return low, MONEY_MAX_FEN
    return low, (field.maximum or 0) * unit


@st.composite
def registries(draw: st.DrawFn, reads: Mapping[str, tuple[str, ...]]) -> Registry:
    """Rows of the three tables with the columns a plan reads."""
    households = [f"h{n}" for n in range(draw(st.integers(0, 4)))]
    villages = VILLAGES[: draw(st.integers(0, 3))]
    members = [*households, "h0", "h9", None]
    keys: Registry = {
        "village": [{"village_code": v} for v in villages],
        "household": [
            {
                "household_id": h,
                "village_code": draw(st.sampled_from([*VILLAGES, VILLAGES[0], None])),
            }
            for h in households
        ],
        "person": [
            {"household_id": draw(st.sampled_from(members))}
            for _ in range(draw(st.integers(0, 6)))
        ],
    }
    return {
        level: _filled(draw, level, names, keys[level])
        for level, names in reads.items()
    }


def _filled(draw: st.DrawFn, level: str, names: tuple[str, ...], rows: Rows) -> Rows:
    fields = load_dictionary().level(level).by_name
    missing = draw(st.sets(st.sampled_from(sorted(names)), max_size=1))
    for name in names:
        if name in missing or (rows and name in rows[0]):
            continue
        values = st.none() | cells(fields[name]) | cells(fields[name])
        for row in rows:
            row[name] = draw(values)
    return rows


def write_registry(
    registry: Registry, reads: Mapping[str, tuple[str, ...]], folder: Path
) -> dict[str, Path]:
    """Write the tables; a column no row has is left out of its file."""
    paths = {}
    for level, rows in registry.items():
        fields = load_dictionary().level(level).by_name
        used = {name for row in rows for name in row}
        names = [n for n in reads[level] if n in used or n.endswith(_KEYS)]
        columns = {
            name: pa.array([row.get(name) for row in rows], arrow_type(fields[name]))
            for name in names
        }
        paths[level] = folder / f"{level}.parquet"
        pq.write_table(pa.table(columns), paths[level])
    return paths
