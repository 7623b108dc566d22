"""Lay many pairings at once: those running end, new ones start, all of it is booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.acts.recording import Done, booked
from xiuhua.apps.assistance.choices import PairingEnd
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.registry.models import Household


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
    homes = [row.household.pk for row in rows]
    running = {
        p.household_id: p
        for p in Pairing.objects.select_for_update().filter(
            household__in=homes, ended_on__isnull=True
        )
    }
    starts = {row.household.pk: row.starts_on for row in rows}
    for pairing in running.values():
        pairing.ended_on = starts[pairing.household_id]
        pairing.ended_reason = str(PairingEnd.REPLACED)
        pairing.version += 1
    Pairing.objects.bulk_update(
        running.values(), ["ended_on", "ended_reason", "version"], batch_size=_CHUNK
    )
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
            ended = {"reason": old.ended_reason, "on": pairing.starts_on}
            by_village[village].append(Done("end", old, ended))
        by_village[village].append(Done("open", pairing, said))
    for village in sorted(by_village):
        booked(by_village[village], region=village, by=origin.by, at=origin.at)
