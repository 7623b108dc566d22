"""Compare the rows of a sheet of pairings with what stands: what would each become?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from xiuhua.apps.assistance.acts.entering import HelperSaid
from xiuhua.apps.assistance.people import Helper, Unit
from xiuhua.apps.assistance.rules import match_refusals
from xiuhua.apps.assistance.selectors.pairings import matches_of
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.finding import households_of, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit
from xiuhua.apps.sheets.kinds import Row, Sending
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


_COUNTY: Final = LENGTH_BY_LEVEL["county"]


def pairings_compared(rows: Sequence[Row], sending: Sending) -> None:
    """Say of each row whether it is a new pairing, a changed one or none."""
    homes = households_of(rows, "household", region=sending.region)
    helpers = _helpers(sending.region)
    reject_doubles(rows, "household")
    for row in rows:
        _planned(row, homes, helpers, sending.today)
    _judged([row for row in rows if row.is_sound], homes, helpers, sending.region)


def said_of(row: Row) -> HelperSaid:
    """Return the helper a row names."""
    said = [row[key] or "" for key in ("helper", "unit", "number", "rank", "phone")]
    return HelperSaid(*said)


def _helpers(region: str) -> list[Helper]:
    found = Helper.unscoped.filter(
        within(region[:_COUNTY], "unit__region_id"), left_on__isnull=True
    )
    return list(found.select_related("unit"))


def _planned(
    row: Row, homes: Mapping[str, Household], helpers: Sequence[Helper], today: date
) -> None:
    """Say whom a row means, or what keeps it from meaning anybody."""
    number, name, unit = row["number"], row["helper"], row["unit"]
    named = (
        [h for h in helpers if h.number == number]
        if number
        else [h for h in helpers if h.name == name and unit in (None, h.unit.name)]
    )
    if not name and not number:
        row.reject("helper", CellUnfit("say who it is: name and unit"))
    elif number and not named:
        row.reject("number", CellUnfit("no helper has this number"))
    elif len(named) > 1:
        row.reject("helper", CellUnfit("several are called so: give the number"))
    day = row["starts_on"]
    if day is not None and day > today:
        row.reject("starts_on", CellUnfit("a pairing starts on a day that has come"))
    if row.is_sound:
        row.plan = {
            "household": homes[row["household"]].pk,
            "helper": named[0].pk if named else None,
            "from": day.isoformat(),
        }


def _judged(
    rows: Sequence[Row],
    homes: Mapping[str, Household],
    helpers: Sequence[Helper],
    region: str,
) -> None:
    """Ask the rules of every sound row; people who are new have negative keys."""
    by_key = {helper.pk: helper for helper in helpers}
    new: dict[HelperSaid, Helper] = {}
    for day in sorted({row["starts_on"] for row in rows}):
        of_day = [row for row in rows if row["starts_on"] == day]
        pairs = [
            (
                by_key.get(row.plan["helper"]) or _standing(row, new, region),
                homes[row["household"]],
            )
            for row in of_day
        ]
        matches = matches_of(pairs=pairs, starts_on=day)
        for row, match in zip(of_day, matches, strict=True):
            refused = match_refusals(match)
            if match.is_helped_already:
                row.outcome = Outcome.UNCHANGED
            elif refused:
                row.reject("helper", CellUnfit(refused[0].why))
            elif match.running_since is not None:
                row.outcome = Outcome.CHANGED


def _standing(row: Row, new: dict[HelperSaid, Helper], region: str) -> Helper:
    said = said_of(row)
    if said not in new:
        unit = Unit(region_id=region, name=said.unit)
        new[said] = Helper(pk=-1 - len(new), unit=unit, name=said.name, rank=said.rank)
    return new[said]
