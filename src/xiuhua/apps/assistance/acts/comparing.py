"""Compare the rows of a sheet of pairings with what stands: what would each become?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from xiuhua.apps.assistance.acts.entering import HelperSaid
from xiuhua.apps.assistance.people import Helper, Unit
from xiuhua.apps.assistance.rules import match_refusals
from xiuhua.apps.assistance.selectors.pairings import matches_of
from xiuhua.apps.assistance.sheet_naming import Known
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.finding import households_of, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit
from xiuhua.apps.sheets.kinds import Row, Sending
from xiuhua.apps.sheets.rules import Outcome


def pairings_compared(rows: Sequence[Row], sending: Sending) -> None:
    """Say of each row whether it is a new pairing, a changed one or none."""
    homes = households_of(rows, "household", region=sending.region)
    known = Known(sending.region)
    reject_doubles(rows, "household")
    for row in rows:
        _planned(row, homes, known, sending.today)
    _judged([row for row in rows if row.is_sound], homes, known, sending.region)


def said_of(row: Row) -> HelperSaid:
    """Return the helper a row names."""
    said = [row[key] or "" for key in ("helper", "unit", "number", "rank", "phone")]
    return HelperSaid(*said)


def _planned(
    row: Row, homes: Mapping[str, Household], known: Known, today: date
) -> None:
    """Say whom a row means, or what keeps it from meaning anybody."""
    helper = known.of(row)
    if not row["helper"] and not row["number"]:
        row.reject("helper", CellUnfit("say who it is: name and unit"))
    day = row["starts_on"]
    if day is not None and day > today:
        row.reject("starts_on", CellUnfit("a pairing starts on a day that has come"))
    if row.is_sound:
        row.plan = {
            "household": homes[row["household"]].pk,
            "helper": helper.pk if helper else None,
            "from": day.isoformat(),
        }


def _judged(
    rows: Sequence[Row],
    homes: Mapping[str, Household],
    known: Known,
    region: str,
) -> None:
    """Ask the rules of every sound row; people who are new have negative keys."""
    new: dict[HelperSaid, Helper] = {}
    for day in sorted({row["starts_on"] for row in rows}):
        of_day = [row for row in rows if row["starts_on"] == day]
        pairs = [
            (
                known.get(row.plan["helper"]) or _standing(row, new, region),
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
