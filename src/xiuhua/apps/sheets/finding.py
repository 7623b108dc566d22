"""Find what rows name, by the same rules for every kind: nothing outside the region.

A household or place elsewhere is answered like one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final, TypeVar

from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.heads import CellUnfit
from xiuhua.apps.sheets.kinds import Row


_PART: Final = 500
# A household has a hundred facts; a list of 100,000 would fill the memory with them.
_NAMED_BY: Final = ("number", "village_id", "head_name", "ended_on")
_Item = TypeVar("_Item")


def parts(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Yield items in parts that fit into one query."""
    ahead = iter(items)
    while part := list(islice(ahead, _PART)):
        yield part


def households_named(numbers: Iterable[str], *, region: str) -> dict[str, Household]:
    """Return the households of a region by their numbers: who they are, no facts."""
    found: dict[str, Household] = {}
    for part in parts(sorted(set(numbers) - {""})):
        rows = Household.objects.filter(within(region, "village_id"), number__in=part)
        found |= {home.number: home for home in rows.only(*_NAMED_BY)}
    return found


def households_of(
    rows: Sequence[Row], key: str, *, region: str
) -> dict[str, Household]:
    """Return the households a column names; rows that name none there are rejected."""
    homes = households_named((row[key] or "" for row in rows), region=region)
    for row in rows:
        if row[key] and row[key] not in homes:
            row.reject(key, no_household())
    return homes


def no_household() -> CellUnfit:
    """Return the fault of a number nobody has here."""
    return CellUnfit(
        "no such household here",
        hint="correct the number; households of other regions are not taken",
    )


def regions_named(*, region: str, on: date) -> dict[str, str]:
    """Return what places of a region are called by, to their codes.

    A name that several have is left out: their codes tell them apart.
    """
    codes: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for place in regions.region_list(under=region, as_of=on):
        codes[place.code] = place.code
    for code, name in regions.names_of(codes=[*codes, region], as_of=on).items():
        names.setdefault(name, set()).add(code)
    codes[region] = region
    return codes | {n: min(found) for n, found in names.items() if len(found) == 1}


def reject_doubles(rows: Sequence[Row], *keys: str) -> None:
    """Reject rows that say in some columns what an earlier row has said."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        said = tuple(str(row[key] or "") for key in keys)
        if not all(said):
            continue
        if said in seen:
            row.reject(
                keys[0],
                CellUnfit(
                    "{said} stands in an earlier row already",
                    hint="keep the one right row",
                    said=" ".join(said),
                ),
            )
        seen.add(said)
