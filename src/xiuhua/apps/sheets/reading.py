"""Read the rows of a sheet by the heads of its kind, or as its heads were mapped.

Of two columns for one of ours a blank cell leaves the word to the other; a file in
which they contradict each other is refused, both cells named: nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from xiuhua.apps.sheets.heads import CellUnfit, Head, tidied, value_of
from xiuhua.apps.sheets.kinds import Kind, Row
from xiuhua.apps.sheets.rules import MOST_ROWS
from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.headers import normalized
from xiuhua.core.intake.mapping import headers_fingerprint
from xiuhua.core.intake.marking.cells import column_name
from xiuhua.core.intake.raw import RawSheet, cell_name, read_raw
from xiuhua.core.intake.sandbox import parse
from xiuhua.core.intake.sources import find_files


# The last line of many lists adds them up: it is no row.
_SUMS: Final = frozenset({"合计", "总计", "小计", "total"})
_TITLE: Final = 200


class SheetUnreadable(XiuhuaError):
    """A file holds no rows that could be taken in, or too many."""

    code = "sheets.unreadable"


@dataclass(frozen=True)
class Layout:
    """A sheet of the file: its title, its heads by place, where our columns stand."""

    title: str
    heads: Mapping[int, str]
    columns: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return it as the row of the sheet keeps it."""
        return {
            "title": self.title,
            "heads": {str(at): head for at, head in self.heads.items()},
            "columns": dict(self.columns),
        }


@dataclass
class Reading:
    """What a file holds: its sheets and, where their columns are known, the rows."""

    layouts: list[Layout] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @property
    def unmapped(self) -> Layout | None:
        """Return the sheet to be mapped first when no sheet is known, the fullest."""
        if any(layout.columns for layout in self.layouts):
            return None
        return max(self.layouts, key=lambda layout: len(layout.heads))


def fingerprint(heads: Sequence[str]) -> str:
    """Return what lists with the same heads have in common."""
    return headers_fingerprint(heads)


def read(
    file: Path,
    kind: Kind,
    *,
    name: str,
    usual: Mapping[str, str],
    mappings: Mapping[str, Mapping[str, str]],
) -> Reading:
    """Return the sheets and rows of a workbook or CSV; empty rows are left out.

    `mappings` are those remembered, by fingerprint; `usual` is what empty cells say.
    A sheet whose columns are not known is told of by its heads and has no rows.

    Raises:
        SheetUnreadable: when nothing in it is a list, or there are too many rows.
        XiuhuaError: when the file is damaged or not what its ending promises.
    """
    found = Reading()
    known = frozenset().union(*(head.names for head in kind.heads))
    known |= {head for columns in mappings.values() for head in columns}
    with TemporaryDirectory(prefix="sheets-", dir=file.parent) as scratch:
        (source,) = find_files(file)
        for path in parse(source, Path(scratch) / "sheets", mapping={}, known=known):
            if not isinstance(path, str):
                _taken_up(found, read_raw(path), kind, usual, mappings)
    if not found.layouts:
        raise SheetUnreadable(
            "the file holds no list",
            where=Place(file=name),
            hint="put the heads of the columns into one row and the rows below it",
        )
    known_sheets = [layout for layout in found.layouts if layout.columns]
    if known_sheets and not found.rows:
        raise SheetUnreadable(
            "the list holds heads and no rows",
            where=Place(file=name),
            hint="fill in a row below the heads",
        )
    return found


def read_values(row: Row, kind: Kind) -> None:
    """Read the tidied cells of a row; what cannot be read becomes a fault."""
    values: dict[str, Any] = {}
    for head in kind.heads:
        if head.key not in row.said and not head.must:
            continue
        try:
            values[head.key] = value_of(head, row.said.get(head.key, ""))
        except CellUnfit as fault:
            row.reject(head.key, fault)
    row.values = values


def _taken_up(
    found: Reading,
    sheet: RawSheet,
    kind: Kind,
    usual: Mapping[str, str],
    mappings: Mapping[str, Mapping[str, str]],
) -> None:
    heads = {c.index: c.header.strip() for c in sheet.plan.columns}
    mapping = mappings.get(fingerprint(list(heads.values())), {})
    columns = _columns(heads, kind, mapping)
    title = sheet.title[:_TITLE]
    found.layouts.append(Layout(title, heads, columns))
    if columns:
        besides = _besides(heads, kind, mapping, columns)
        for row in _rows(sheet, title, (columns, besides), kind, usual):
            found.rows.append(row)
            if len(found.rows) > MOST_ROWS:
                raise SheetUnreadable(
                    "more than {most} rows at a time cannot be looked through",
                    hint="split the list, by township for example",
                    most=MOST_ROWS,
                )


def _columns(
    heads: Mapping[int, str], kind: Kind, mapping: Mapping[str, str]
) -> dict[str, int]:
    """Return where our columns stand; empty when a needed one is missing."""
    places: dict[str, int] = {}
    for at, head in heads.items():
        places.setdefault(normalized(head), at)
    found: dict[str, int] = {}
    for said, key in mapping.items():
        if said in places:
            found[key] = places[said]
    for column in kind.heads:
        # Our own head wins over a synonym, one that was named over both.
        for name in (column.zh, column.en, *column.synonyms):
            place = places.get(normalized(name))
            if place is not None and place not in found.values():
                found.setdefault(column.key, place)
    return found if kind.needed <= found.keys() else {}


def _besides(
    heads: Mapping[int, str],
    kind: Kind,
    mapping: Mapping[str, str],
    columns: Mapping[str, int],
) -> dict[str, list[int]]:
    """Return the other columns that mean what one of ours means already.

    Where somebody named the column, only one with the very same head is another.
    """
    named = set(mapping.values())
    found: dict[str, list[int]] = {}
    for at, head in heads.items():
        said = normalized(head)
        keys = [h.key for h in kind.heads if said in h.names and h.key not in named]
        key = mapping.get(said) or next(iter(keys), "")
        if key in columns and at not in columns.values():
            found.setdefault(key, []).append(at)
    return found


def _rows(
    sheet: RawSheet,
    title: str,
    places: tuple[Mapping[str, int], Mapping[str, list[int]]],
    kind: Kind,
    usual: Mapping[str, str],
) -> Iterator[Row]:
    columns, besides = places
    heads = [
        (kind.head(key), [at, *besides.get(key, ())]) for key, at in columns.items()
    ]
    number = sheet.first_row
    for batch in sheet.cells.to_batches(max_chunksize=1000):
        for cells in batch.to_pylist():
            said = {
                head.key: _agreed(sheet, head, cells, at, number) for head, at in heads
            }
            if any(said.values()) and not _is_sum(said):
                yield Row(title, number, _with_usual(said, kind, usual))
            number += 1


def _agreed(
    sheet: RawSheet, head: Head, cells: Mapping[str, Any], places: list[int], row: int
) -> str:
    """What the cells of a row say of one head; blank ones say nothing.

    Raises:
        SheetUnreadable: when two of them contradict each other.
    """
    said = {
        at: tidied(head, str(cells[cell_name(at)] or ""), epoch_1904=sheet.epoch_1904)
        for at in places
    }
    words = {at: text for at, text in said.items() if text}
    if len(set(words.values())) > 1:
        raise SheetUnreadable(
            "the cells {cells} say two things of one column, {head}",
            where=Place(sheet=sheet.title),
            hint="keep one of the two columns, or let them agree",
            cells=", ".join(f"{column_name(at)}{row}" for at in words),
            head=head.zh,
        )
    return next(iter(words.values()), "")


def _is_sum(said: Mapping[str, str]) -> bool:
    first = next(text for text in said.values() if text)
    return first.casefold() in _SUMS


def _with_usual(
    said: dict[str, str], kind: Kind, usual: Mapping[str, str]
) -> dict[str, str]:
    for head in kind.heads:
        if head.usual and usual.get(head.key):
            said[head.key] = said.get(head.key) or usual[head.key]
    return said
