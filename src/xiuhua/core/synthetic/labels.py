"""Turn typed columns into what a county's own table shows: labels, yuan, yes and no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from xiuhua.core.dictionary.model import CODED_TYPES, Field, FieldType, Level


SCALED_TYPES: Final = frozenset({FieldType.MONEY, FieldType.DECIMAL})
_YES_NO: Final = ("否", "是")


def labelled(table: pa.Table, level: Level) -> pa.Table:
    """Return the template columns of a table under their Chinese headers."""
    fields = [f for f in level.fields if f.template]
    return pa.table({f.label.zh: _shown(f)(table[f.name]) for f in fields})


def _shown(field: Field) -> Callable[[pa.ChunkedArray], pa.Array]:
    if field.type in CODED_TYPES:
        return lambda column: _with_labels(column, field)
    if field.type is FieldType.BOOLEAN:
        return _yes_no
    if field.type in SCALED_TYPES:
        return lambda column: pc.divide(column, float(10**field.scale))
    return lambda column: column


def _with_labels(column: pa.ChunkedArray, field: Field) -> pa.Array:
    codes = column.combine_chunks()
    words = [_label(str(word), field) for word in codes.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(codes.indices, pa.array(words))


def _label(stored: str, field: Field) -> str:
    if field.codes is None:
        return stored
    return ",".join(field.codes.by_code[code].label.zh for code in stored.split(","))


def _yes_no(column: pa.ChunkedArray) -> pa.Array:
    positions = column.combine_chunks().cast(pa.int8())
    return pa.DictionaryArray.from_arrays(positions, pa.array(_YES_NO))
