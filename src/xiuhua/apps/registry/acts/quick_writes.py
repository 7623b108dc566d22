"""Insert many rows, and write columns of many: one prepared statement for all.

Django's bulk statements carry all values of all rows in one text; with seventy columns
a row that takes many times as long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar, cast

from django.db import connections, models, router
from django.db.models.base import ModelState

from xiuhua.apps.registry.acts.columns import written_columns
from xiuhua.sealing.fields import BlindIndexField


_Row = TypeVar("_Row", bound=models.Model)


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
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    setting = ", ".join(f"{quote(f.column)} = %s" for f in fields)
    # Names come from the models alone, values travel as parameters.
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {setting} "  # noqa: S608
        f"WHERE {quote(model._meta.pk.column)} = %s"
    )
    keys = [f for f in model._meta.concrete_fields if f.primary_key]
    _run(connection, statement, list(_prepared(rows, [*fields, *keys], connection)))


def rows_inserted(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows and set their keys, in the order of the rows.

    Must run in a transaction: on SQLite the keys are safe behind its write lock.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    for row, key in zip(rows, _keys(connection, model, len(rows)), strict=True):
        row.pk = key
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column) for f in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608
        f"VALUES ({places})"
    )
    _run(connection, statement, list(_prepared(rows, fields, connection)))
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def _keys(connection: Any, model: type[models.Model], count: int) -> Iterable[int]:
    """Return keys nobody has: from the sequence, or behind SQLite's write lock."""
    quote = connection.ops.quote_name
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) "
                "FROM generate_series(1, %s)",
                [quote(table), key, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # Keys are never given twice (AUTOINCREMENT): the table remembers the last.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        start = 1 + (last[0] if last else 0)
        return range(start, start + count)


def _prepared(
    rows: Iterable[models.Model], fields: Sequence[Any], connection: Any
) -> Iterator[tuple[Any, ...]]:
    """Yield the values of columns as the database takes them; most are null."""
    prepare = [_preparer(field, connection) for field in fields]
    for row in rows:
        yield tuple([one(row) for one in prepare])


def _preparer(field: Any, connection: Any) -> Callable[[Any], Any]:
    name, plain = field.attname, _taken_as_is(field)
    if plain is None:
        return lambda row: field.pre_save(row, False)
    # The same day or instant stands in most rows of a batch.
    days: dict[Any, Any] = {}

    def prepared(row: Any) -> Any:
        value = getattr(row, name)
        if value is None or type(value) is plain:
            return value
        if not isinstance(value, date):
            return field.get_db_prep_save(value, connection)
        if value not in days:
            days[value] = field.get_db_prep_save(value, connection)
        return days[value]

    return prepared


def _taken_as_is(field: Any) -> type | None:
    """Return the type whose values need no preparing; None for a blind index.

    What a subclass of a field makes of its values is not passed by.
    """
    if isinstance(field, BlindIndexField):
        return None
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return _AS_IS.get(type(field), object)


_AS_IS: Final[Mapping[type[models.Field], type]] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.BigAutoField: int,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}


def blank(model: type[_Row]) -> _Row:
    """Return a row as a model makes it without values, at a fraction of the time.

    For models without defaults that are made anew for every row.
    """
    row, kind = object.__new__(model), cast(Any, model)
    row.__dict__.update(_defaults(kind))
    row._state = ModelState()
    return row


@cache
def _defaults(model: Any) -> Mapping[str, Any]:
    return {name: v for name, v in vars(model()).items() if name != "_state"}


def _run(connection: Any, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(statement, rows)
