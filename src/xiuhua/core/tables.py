"""The column contract of the tables the core reads.

A registry is three Arrow tables (or Parquet files) named household, person and
village. Columns carry dictionary names; a column that is absent is unknown for
every row. Numbers are whole: money in fen, decimals in units of 10**-scale.
Choices are the dictionary's codes, several choices are sorted and joined by commas.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    NUMBER_TYPES,
    Field,
    FieldType,
    Level,
)


REGISTRY_LEVELS: Final = ("household", "person", "village")


def arrow_type(field: Field) -> pa.DataType:
    """Return the storage type of a field."""
    if field.type in NUMBER_TYPES:
        return pa.int64()
    if field.type in DATE_TYPES:
        return pa.date32()
    if field.type is FieldType.BOOLEAN:
        return pa.bool_()
    return pa.string()


def arrow_schema(level: Level) -> pa.Schema:
    """Return the full schema of a level, in dictionary order."""
    return pa.schema([pa.field(f.name, arrow_type(f)) for f in level.fields])
