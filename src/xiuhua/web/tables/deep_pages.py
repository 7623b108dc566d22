"""Pages of a long list, found without reading the rows before them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import F, Func, QuerySet


# A list of so many rows is read at once; of longer ones the keys are looked up first.
DEEP: Final = 1000
# So many matches of a search are held as keys.
HELD: Final = 100_000


class _Unindexed(Func):
    """A column SQLite sorts by after it has found the rows, never to find them.

    It would rather walk a whole region in order than sort the few rows that match.
    """

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s")


class DeepPaginator(Paginator):
    """Pages of rows in the order of a query.

    A database skips and sorts rows by reading them. The keys alone stand in an index,
    so that skipping or sorting hundreds of thousands of those takes a fraction of the
    time; what lies behind the middle is skipped from the end.

    With `searched` the rows are the matches of a search: finding them is the work, so
    their keys are read once and counted and cut here. More than `HELD` of them are
    counted and cut by the database, like a list nobody searched.
    """

    def __init__(self, rows: Any, per_page: int, *, searched: bool = False):
        super().__init__(rows, per_page)
        self._searched = searched and isinstance(rows, QuerySet)

    @cached_property
    def keys(self) -> list[Any] | None:
        """The keys of all rows of a search in their order, None when there are more."""
        if not self._searched:
            return None
        order = [_found_first(field) for field in self.object_list.query.order_by]
        keys = self.object_list.order_by(*order).values_list("pk", flat=True)
        found = list(keys[: HELD + 1])
        return found if len(found) <= HELD else None

    @cached_property
    def count(self) -> int:
        """The number of rows, exact."""
        return int(super().count) if self.keys is None else len(self.keys)

    def page(self, number: Any) -> Page:
        """Return a page.

        Raises:
            InvalidPage: when there is no such page.
        """
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return super().page(number)
        if self.keys is not None:
            wanted = self.keys[first:last]
        elif self.count <= DEEP:
            return super().page(number)
        else:
            wanted = _looked_up(rows, first, last, self.count)
        # Ordered here: asked to order them, SQLite would walk to them from the start.
        place = {key: n for n, key in enumerate(wanted)}
        found = rows.filter(pk__in=wanted).order_by()
        return self._get_page(sorted(found, key=lambda r: place[r.pk]), number, self)


def _looked_up(rows: QuerySet[Any], first: int, last: int, count: int) -> list[Any]:
    """Return the keys of a page of a long list, in the order of the list."""
    keys = rows.values_list("pk", flat=True)
    if first <= count - last:
        return list(keys[first:last])
    return list(keys.reverse()[count - last : count - first])[::-1]


def _found_first(field: Any) -> Any:
    """Return an order by the name of a column, which no index is taken for."""
    column = _Unindexed(F(field.removeprefix("-")))
    return column.desc() if field.startswith("-") else column.asc()
