"""A table of a page: one definition for list, print, workbook and cards.

    TABLE = Table("faults", columns=(...), filters=(...), order="-day", last="pk")

    @allow(Permission.HOUSEHOLD_VIEW)
    def faults(request):
        rows = health.fault_list(viewer=request.post)
        return answer(request, TABLE, rows, "health/faults.html", title=_("Faults"))

The template includes "tables/table.html". Rows are a queryset, or a list that is held
in memory. Order is total (`last` ends it), so no row is shown twice or left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.web.columns import Cell, Column, cell_of
from xiuhua.web.tables.deep_pages import DeepPaginator
from xiuhua.web.tables.filters import Field, Filter, fields_of
from xiuhua.web.tables.searches import search_found


PAGE_SIZE: Final = 50
# A printed list of more rows is a workbook.
PRINTED_ROWS: Final = 2000
_CHUNK: Final = 500
# The parameters of every table; a filter may not be called so.
RESERVED: Final = frozenset({"sort", "page", "as", "q", "wall"})


# A queryset, a list, or what gives either for the values of the filters.
Rows = Any


@dataclass(frozen=True)
class Table:
    """What a list shows and how it can be narrowed and ordered.

    `order` is the key of a column, `-` before it for descending; `last` the database
    field that ends every order. `select` gives the value of a row's tick box for acts
    on several rows; `prepare` turns a chunk of rows into what the columns read, so that
    what belongs to them can be fetched at once. `exported` is the permission that
    allows the workbook; `paper`: it is handed out as PDF as well.
    """

    key: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    order: str = ""
    last: str = "pk"
    size: int = PAGE_SIZE
    select: Callable[[Any], Any] | None = None
    prepare: Callable[[list[Any]], list[Any]] = list
    exported: Permission | None = Permission.ROWS_EXPORT
    paper: bool = False
    empty: Any = ""

    def __post_init__(self) -> None:
        """Refuse two things of one name.

        Raises:
            ValueError: when a key stands twice or is a parameter of every table.
        """
        keys = [c.key for c in self.columns] + [f"f:{f.key}" for f in self.filters]
        taken = {f.key for f in self.filters} & RESERVED
        if len(set(keys)) != len(keys) or taken:
            raise ValueError(f"{self.key}: a key is taken")


@dataclass(frozen=True)
class Head:
    """A column's head: `url` sorts by it, empty where it cannot be sorted."""

    column: Column
    url: str
    sorted: str  # ascending, descending or empty: as aria-sort wants it


@dataclass(frozen=True)
class Line:
    """A row as a template writes it."""

    row: Any
    cells: list[Cell]
    select: Any


@dataclass(frozen=True)
class Link:
    """A page of the list in the row of pages; without `url` it is a gap or this one."""

    number: int
    url: str
    current: bool = False


class View:
    """A table as one request asked for it."""

    def __init__(self, request: HttpRequest, table: Table, rows: Rows):
        self.table = table
        self.query: QueryDict = request.GET
        self.search = self.query.get("q", "")
        private = search_found(request, self.search) if self.search else {}
        self.values = {
            f.key: text
            for f in table.filters
            if (text := self._asked(f, private)) and f.accepts(text)
        }
        self.sort = self._sort()
        found = rows(self.values) if callable(rows) else rows
        self.rows = self._ordered(self._filtered(found))
        self.allows_export = _may_export(request, table)

    @property
    def fields(self) -> list[Field]:
        """Return the filters whose values stand in the address.

        One with nothing to choose from is left out.
        """
        open_ones = [f for f in self.table.filters if not f.private]
        fields = fields_of(open_ones, self.values)
        return [field for field in fields if field.choices or not field.chosen]

    @property
    def private_fields(self) -> list[Field]:
        """Return the filters that are sent by POST."""
        return fields_of([f for f in self.table.filters if f.private], self.values)

    @property
    def ticks(self) -> bool:
        """Test whether rows can be ticked; a template would call `select` itself."""
        return self.table.select is not None

    @property
    def narrowed(self) -> list[Field]:
        """Return the filters in use."""
        return [f for f in (*self.private_fields, *self.fields) if f.value]

    @property
    def heads(self) -> list[Head]:
        """Return the heads of the columns."""
        key, down = self.sort.removeprefix("-"), self.sort.startswith("-")
        heads = []
        for column in self.table.columns:
            here = column.key == key
            turned = f"-{column.key}" if here and not down else column.key
            url = self.url(sort=turned, page=None) if column.order else ""
            way = ("descending" if down else "ascending") if here else ""
            heads.append(Head(column, url, way))
        return heads

    def paged(self) -> Page:
        """Return the page that was asked for, the last one when it is past the end."""
        size = PRINTED_ROWS if self.query.get("as") == "print" else self.table.size
        searched = any(field.value for field in self.private_fields)
        pages = DeepPaginator(self.rows, size, searched=searched)
        return pages.get_page(self.query.get("page"))

    def lines(self, rows: Sequence[Any]) -> list[Line]:
        """Return rows as a template writes them."""
        ready = self.table.prepare(list(rows))
        select = self.table.select
        return [
            Line(
                row,
                [cell_of(column, row) for column in self.table.columns],
                select(row) if select else None,
            )
            for row in ready
        ]

    def all_rows(self) -> Iterator[Any]:
        """Yield every row, prepared in chunks."""
        rows = self.rows
        every = iter(rows) if isinstance(rows, list) else rows.iterator(_CHUNK)
        while chunk := list(islice(every, _CHUNK)):
            yield from self.table.prepare(chunk)

    def links(self, page: Page) -> list[Link]:
        """Return the links to the pages around this one, the first and the last."""
        numbers = page.paginator.get_elided_page_range(
            page.number, on_each_side=2, on_ends=1
        )
        return [
            Link(n, self.url(page=n), n == page.number)
            if isinstance(n, int)
            else Link(0, "")
            for n in numbers
        ]

    def url(self, **changed: Any) -> str:
        """Return the address of this list with some parameters changed."""
        query = self.query.copy()
        query.pop("as", None)
        for name, value in changed.items():
            query.pop(name, None)
            if value not in (None, ""):
                query[name] = value
        return f"?{query.urlencode()}"

    @property
    def excel_url(self) -> str:
        """Return the address of the workbook of exactly these rows."""
        return self.url(**{"as": "xlsx"}, page=None)

    @property
    def paper_url(self) -> str:
        """Return the address of the PDF of exactly these rows."""
        return self.url(**{"as": "pdf"}, page=None)

    @property
    def print_url(self) -> str:
        """Return the address of this list for the printer."""
        return self.url(**{"as": "print"}, page=None)

    @property
    def search_url(self) -> str:
        """Return where a search by what names a person is sent."""
        return self.url(q=None, page=None)

    @property
    def bare_url(self) -> str:
        """Return the address of the list with no filter in use."""
        return self.url(**{f.key: None for f in self.table.filters}, q=None, page=None)

    @property
    def other_parameters(self) -> list[tuple[str, str]]:
        """Return what a filter form must carry on: sort, search, what pages add."""
        own = {f.key for f in self.table.filters} | {"page", "as"}
        return [(k, v) for k, v in self.query.items() if k not in own]

    def _asked(self, one: Filter, private: dict[str, str]) -> str:
        source = private if one.private else self.query
        return str(source.get(one.key, "")).strip()[:100]

    def _sort(self) -> str:
        asked = self.query.get("sort", "")
        known = {c.key for c in self.table.columns if c.order}
        return asked if asked.removeprefix("-") in known else self.table.order

    def _filtered(self, rows: Any) -> Any:
        for one in self.table.filters:
            if one.apply and one.key in self.values:
                rows = one.apply(rows, self.values[one.key])
        return rows

    def _ordered(self, rows: Any) -> Any:
        key, down = self.sort.removeprefix("-"), self.sort.startswith("-")
        column = next((c for c in self.table.columns if c.key == key), None)
        if isinstance(rows, list):
            return _sorted_list(rows, column, down) if column else rows
        fields = [f"-{f}" if down else f for f in (column.order if column else ())]
        return rows.order_by(*fields, self.table.last)


def _sorted_list(rows: list[Any], column: Column, down: bool) -> list[Any]:
    """Return rows sorted by a column's value; what is not known comes last."""
    known = [row for row in rows if column.value(row) is not None]
    rest = [row for row in rows if column.value(row) is None]
    return sorted(known, key=column.value, reverse=down) + rest


def _may_export(request: HttpRequest, table: Table) -> bool:
    post = request.post
    return bool(
        table.exported and post is not None and post.state.allows(table.exported)
    )
