"""Lay many pairings at once: those running end, new ones start, all of it is booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.acts.recording import Done, booked
from xiuhua.apps.assistance.choices import PairingEnd
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.finding import parts


_CHUNK = 500


@dataclass(frozen=True)
class Laid:
    """A helper who is to answer for a household from a day on; `key` of the pairing."""

    helper: Helper
    household: Household
    starts_on: date
    key: str
    version: int | None = None


@dataclass(frozen=True)
class Origin:
    """Who lays pairings, when, and what they come from."""

    by: Post
    at: datetime
    source: str


def pairings_laid(rows: Sequence[Laid], origin: Origin) -> list[Pairing]:
    """Open pairings that were found to be right, ending those that run."""
    by_day: defaultdict[date, list[int]] = defaultdict(list)
    for row in rows:
        by_day[row.starts_on].append(row.household.pk)
    running: dict[int, Pairing] = {}
    for day, homes in by_day.items():
        for part in parts(homes):
            running |= _ended(part, day)
    made = Pairing.objects.bulk_create(
        [
            Pairing(
                once=row.key,
                household=row.household,
                helper=row.helper,
                starts_on=row.starts_on,
                source=origin.source,
            )
            for row in rows
        ],
        batch_size=_CHUNK,
    )
    _booked(made, running, origin)
    return made


def _ended(homes: Sequence[int], day: date) -> dict[int, Pairing]:
    """End what runs of some households on a day; return it as it was, by household."""
    found = Pairing.objects.select_for_update().filter(
        household__in=homes, ended_on__isnull=True
    )
    running = {pairing.household_id: pairing for pairing in found}
    Pairing.objects.filter(pk__in=[p.pk for p in running.values()]).update(
        ended_on=day, ended_reason=PairingEnd.REPLACED, version=F("version") + 1
    )
    return running


def _booked(
    made: Sequence[Pairing], running: dict[int, Pairing], origin: Origin
) -> None:
    by_village: defaultdict[str, list[Done]] = defaultdict(list)
    for pairing in made:
        village = pairing.household.village_id
        old = running.get(pairing.household_id)
        said = {
            "household": pairing.household_id,
            "helper": pairing.helper_id,
            "from": pairing.starts_on,
        }
        if old is not None:
            ended = {"reason": str(PairingEnd.REPLACED), "on": pairing.starts_on}
            by_village[village].append(Done("end", old, ended))
        by_village[village].append(Done("open", pairing, said))
    for village in sorted(by_village):
        booked(by_village[village], region=village, by=origin.by, at=origin.at)
