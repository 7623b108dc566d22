"""Lists of other offices: their columns mapped to ours, once, by the headers they have.

A mapping leads from a header, as headers are compared, to one of our fields, written
`person.phone`. All fields of a mapping are of one level, or persons beside the number
of their household.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.headers import (
    HEADER_SEARCH_ROWS,
    ColumnPlan,
    SheetPlan,
    normalized,
)


# The level and field every column of an unknown list is read as: plain text, as it is.
_AS_TEXT = ("person", "name")


def headers_fingerprint(headers: Sequence[str]) -> str:
    """Return what lists with the same headers have in common, in whatever order.

    >>> a = headers_fingerprint(["姓名", "证件 号码"])
    >>> a == headers_fingerprint(["证件号码*", "姓名", ""])
    True
    """
    known = sorted({normalized(h) for h in headers} - {""})
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def mapped_level(mapping: Mapping[str, str]) -> str:
    """Return the level whose rows a mapped list holds.

    >>> mapped_level({"户号": "household.household_id", "电话": "household.phone"})
    'household'
    """
    levels = {place.partition(".")[0] for place in mapping.values()}
    return "person" if "person" in levels else "household"


def plan_mapped(
    rows: Sequence[Sequence[str | None]], title: str, mapping: Mapping[str, str]
) -> SheetPlan | None:
    """Return how to read a sheet that has all headers of a mapping; `title` is free."""
    wanted = {normalized(header): place for header, place in mapping.items()}
    for at, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        heads = [(i, (cell or "").strip()) for i, cell in enumerate(row)]
        if wanted.keys() <= {normalized(head) for _, head in heads}:
            columns = [
                ColumnPlan(i, head, *place)
                for header, place in _places(wanted)
                for i, head in heads
                if normalized(head) == header
            ]
            ignored = [(i, h) for i, h in heads if h and normalized(h) not in wanted]
            return SheetPlan(at, mapped_level(mapping), tuple(columns), tuple(ignored))
    return None


def _places(wanted: Mapping[str, str]) -> list[tuple[str, tuple[str, str]]]:
    """Each header with level and field; a person's household is a field of theirs."""
    level = mapped_level(wanted)
    places = []
    for header, place in wanted.items():
        name = place.partition(".")[2]
        if name in load_dictionary().level(level).by_name:
            places.append((header, (level, name)))
    return places


def plan_unknown(
    rows: Sequence[Sequence[str | None]], title: str, known: Collection[str] = ()
) -> SheetPlan | None:
    """Return how to read every column as text.

    The header is the early row with most of the `known` heads, as heads are compared;
    of those alike, and where none is known, the fullest. A cell merged with the one
    above it has its head there.
    """
    early = rows[:HEADER_SEARCH_ROWS]
    ranks = [
        (
            sum(bool(c) and normalized(str(c)) in known for c in r),
            sum(bool(c and c.strip()) for c in r),
        )
        for r in early
    ]
    best = max(range(len(ranks)), key=lambda i: ranks[i], default=0)
    understood, filled = ranks[best] if ranks else (0, 0)
    if not understood and filled < 2:
        return None
    above: Sequence[str | None] = rows[best - 1] if best and understood else ()
    heads = [
        (cell or "").strip() or _known_above(above, i, known)
        for i, cell in enumerate(rows[best])
    ]
    columns = tuple(
        ColumnPlan(i, head, *_AS_TEXT) for i, head in enumerate(heads) if head
    )
    return SheetPlan(best, _AS_TEXT[0], columns, ())


def _known_above(
    above: Sequence[str | None], index: int, known: Collection[str]
) -> str:
    head = ((above[index] if index < len(above) else None) or "").strip()
    return head if normalized(head) in known else ""
