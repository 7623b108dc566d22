"""Write changed columns of many rows: one prepared statement per set of columns.

Django's `bulk_update` builds a CASE over all rows and columns; with sixty columns that
takes minutes where this takes seconds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router

from xiuhua.apps.registry.acts.columns import written_columns


def rows_updated(pairs: Iterable[tuple[models.Model, Iterable[str]]]) -> None:
    """Write the named columns of each row, with what is always written along."""
    groups: dict[tuple[Any, tuple[str, ...]], list[models.Model]] = defaultdict(list)
    for row, names in pairs:
        columns = tuple(written_columns(type(row), names))
        groups[type(row), columns].append(row)
    for (model, columns), rows in groups.items():
        columns_updated(model, rows, columns)


def columns_updated(
    model: type[models.Model], rows: Sequence[models.Model], columns: Sequence[str]
) -> None:
    """Write the same columns of rows of one model, these and no others."""
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    setting = ", ".join(f"{quote(f.column)} = %s" for f in fields)
    # Names come from the models alone, values travel as parameters.
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {setting} "  # noqa: S608
        f"WHERE {quote(model._meta.pk.column)} = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                (
                    *(
                        f.get_db_prep_save(f.pre_save(row, False), connection)
                        for f in fields
                    ),
                    row.pk,
                )
                for row in rows
            ],
        )
