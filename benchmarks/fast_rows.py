"""Write whole columns into the tables of models, past Django's row by row way.

PostgreSQL takes CSV by COPY, SQLite prepared inserts. A column that is not given gets
the default of its field, as a new row of the model would.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection, models
from django.db.models import Max


Columns = dict[str, Any]


def next_key(model: type[models.Model]) -> int:
    """Return the first key that is free in a table."""
    rows = models.Manager.from_queryset(models.QuerySet)()
    rows.model = model
    return (rows.aggregate(last=Max("pk"))["last"] or 0) + 1


def rows_written(model: type[models.Model], columns: Mapping[str, Any]) -> int:
    """Write columns (by database name) of equal length; return how many rows."""
    count = len(next(iter(columns.values())))
    if not count:
        return 0
    whole = _defaults(model, columns, count) | dict(columns)
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        _copied(table, whole)
    else:
        _inserted(table, whole)
    return count


def sequences_moved(*tables: type[models.Model]) -> None:
    """Let new rows be numbered after those written with their keys."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(_no_style(), tables):
            cursor.execute(statement)


def stamp(moment: datetime) -> str:
    """Return a moment as both databases take it: UTC."""
    zone = "+00" if connection.vendor == "postgresql" else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{zone}"


def _defaults(
    model: type[models.Model], columns: Mapping[str, Any], count: int
) -> Columns:
    found: Columns = {}
    for field in model._meta.concrete_fields:
        if field.column in columns or field.primary_key:
            continue
        value = field.get_default()
        if value is not None:
            found[field.column] = [value] * count
    return found


def _copied(table: str, columns: Mapping[str, Any]) -> None:
    rows = pa.table({name: _arrow(values) for name, values in columns.items()})
    text = BytesIO()
    options = pa_csv.WriteOptions(include_header=False)
    pa_csv.write_csv(rows, text, write_options=options)
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        order = f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv)"
        with cursor.copy(order) as copy:
            copy.write(text.getbuffer())


def _inserted(table: str, columns: Mapping[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    rows = zip(*(_plain(values) for values in columns.values()), strict=True)
    connection.ensure_connection()
    connection.connection.executemany(
        f"INSERT INTO {table} ({names}) VALUES ({marks})", rows
    )


def _arrow(values: Any) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        return array.cast(pa.string())
    return array.cast(pa.string()) if pa.types.is_null(array.type) else array


def _plain(values: Any) -> list[Any]:
    if isinstance(values, np.ndarray):
        return values.tolist()
    found = values.to_pylist() if hasattr(values, "to_pylist") else list(values)
    first = next((v for v in found if v is not None), None)
    if isinstance(first, date):
        return [None if v is None else v.isoformat() for v in found]
    if isinstance(first, bool):
        return [None if v is None else int(v) for v in found]
    return found


def _no_style() -> Any:
    from django.core.management.color import no_style  # noqa: PLC0415  needs settings

    return no_style()
