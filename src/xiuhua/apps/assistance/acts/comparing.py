"""Compare the rows of a sheet of pairings with what stands: what would each become?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.acts.entering import HelperSaid
from xiuhua.apps.assistance.choices import Rank
from xiuhua.apps.assistance.people import Helper, Unit
from xiuhua.apps.assistance.rules import match_refusals
from xiuhua.apps.assistance.selectors.pairings import matches_of
from xiuhua.apps.assistance.sheet_rows import SheetRow
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_RANKS: Final = {
    **{code: code for code in Rank.values},
    "正处": "division_head",
    "正处级": "division_head",
    "副处": "division_deputy",
    "副处级": "division_deputy",
    "正科": "section_head",
    "正科级": "section_head",
    "副科": "section_deputy",
    "副科级": "section_deputy",
    "一般干部": "staff",
    "一般": "staff",
    "": "",
}
# What is wrong with a row, by the cell it stands in; the wording is a message.
NO_HOUSEHOLD: Final = "no such household here"
TWICE: Final = "the household stands twice in the sheet"
NO_NAME: Final = "say who it is: name and unit"
NO_NUMBER: Final = "no helper has this number"
SEVERAL: Final = "several are called so: give the number"
NO_RANK: Final = "choose the rank from the list"
NO_DAY: Final = "a pairing starts on a day that has come"
Row = dict[str, Any]


def compared(
    rows: Sequence[SheetRow], *, region: str, usual: date, today: date, by: Post
) -> list[Row]:
    """Return what would become of each row: new, changed, unchanged or rejected.

    `usual` is the day for rows that name none. A rejected row says in which cell and
    why; the rest can be taken over.
    """
    homes = _homes(rows, by)
    helpers = _helpers(region)
    found = [_read(row, homes, helpers, usual=usual, today=today) for row in rows]
    _twice(found)
    _judged(found, homes, helpers, region=region)
    return found


def said_of(row: Row) -> HelperSaid:
    """Return the helper a compared row names."""
    return HelperSaid(
        row["name"], row["unit"], row["helper_number"], row["rank"], row["phone"]
    )


def counts_of(rows: Sequence[Row]) -> dict[str, int]:
    """Return how many rows have which outcome, and how many helpers are new."""
    outcomes = ("new", "changed", "unchanged", "rejected")
    counts = {o: sum(row["outcome"] == o for row in rows) for o in outcomes}
    entered = {
        said_of(row)
        for row in rows
        if row["helper"] is None and row["outcome"] in ("new", "changed")
    }
    return counts | {"helpers": len(entered)}


def _homes(rows: Sequence[SheetRow], by: Post) -> dict[str, Household]:
    numbers = {row.cells["household"] for row in rows}
    found = Household.objects.filter(
        within(by.region_id, "village_id"), number__in=numbers
    )
    return {home.number: home for home in found}


def _helpers(region: str) -> list[Helper]:
    found = Helper.unscoped.filter(
        within(region[:_COUNTY], "unit__region_id"), left_on__isnull=True
    )
    return list(found.select_related("unit"))


def _read(
    row: SheetRow,
    homes: dict[str, Household],
    helpers: Sequence[Helper],
    *,
    usual: date,
    today: date,
) -> Row:
    cells = row.cells
    name, unit = cells["helper"], cells.get("unit", "")
    number = cells.get("number", "")
    named = (
        [h for h in helpers if h.number == number]
        if number
        else [h for h in helpers if h.name == name and unit in ("", h.unit.name)]
    )
    day = row.starts_on if cells.get("starts_on") else usual
    rank = _RANKS.get(cells.get("rank", ""))
    wrong = (
        ("household", NO_HOUSEHOLD, cells["household"] not in homes),
        ("helper", NO_NAME, not name and not number),
        ("number", NO_NUMBER, bool(number) and not named),
        ("helper", SEVERAL, len(named) > 1),
        ("rank", NO_RANK, rank is None and not named),
        ("starts_on", NO_DAY, day is None or day > today),
    )
    cell, why = next(((c, w) for c, w, holds in wrong if holds), ("", ""))
    home = homes.get(cells["household"])
    return {
        "row": row.row,
        "number": cells["household"],
        "household": home.pk if home else None,
        "helper": named[0].pk if len(named) == 1 else None,
        "name": named[0].name if len(named) == 1 else name,
        "unit": named[0].unit.name if len(named) == 1 else unit,
        "helper_number": number,
        "rank": rank or "",
        "phone": cells.get("phone", ""),
        "from": day.isoformat() if day else "",
        "outcome": "rejected" if why else "new",
        "cell": cell,
        "why": why,
    }


def _twice(rows: Sequence[Row]) -> None:
    seen: set[str] = set()
    for row in rows:
        if row["number"] in seen and row["outcome"] != "rejected":
            row |= {"outcome": "rejected", "cell": "household", "why": TWICE}
        seen.add(row["number"])


def _judged(
    rows: Sequence[Row],
    homes: dict[str, Household],
    helpers: Sequence[Helper],
    *,
    region: str,
) -> None:
    """Ask the rules of every sound row; people who are new have negative keys."""
    by_key = {helper.pk: helper for helper in helpers}
    new: dict[HelperSaid, Helper] = {}
    for day in sorted({row["from"] for row in rows if row["outcome"] == "new"}):
        sound = [r for r in rows if r["outcome"] == "new" and r["from"] == day]
        pairs = [
            (by_key.get(r["helper"]) or _standing(r, new, region), homes[r["number"]])
            for r in sound
        ]
        matches = matches_of(pairs=pairs, starts_on=date.fromisoformat(day))
        for row, match in zip(sound, matches, strict=True):
            refused = match_refusals(match)
            if match.is_helped_already:
                row["outcome"] = "unchanged"
            elif refused:
                row |= {"outcome": "rejected", "cell": "helper", "why": refused[0].why}
            elif match.running_since is not None:
                row["outcome"] = "changed"


def _standing(row: Row, new: dict[HelperSaid, Helper], region: str) -> Helper:
    said = said_of(row)
    if said not in new:
        unit = Unit(region_id=region, name=said.unit)
        new[said] = Helper(pk=-1 - len(new), unit=unit, name=said.name, rank=said.rank)
    return new[said]
