"""Judge again what changed, in the transaction that changed it.

Named in `settings.HOUSEHOLD_FOLLOWERS`. A household that is no longer registered keeps
its standing and loses its judgements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.module_loading import import_string

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.judging import judge
from xiuhua.apps.assessments.models import Fault
from xiuhua.apps.assessments.recording import (
    judged_before,
    judgements_drop,
    judgements_record,
    standings_record,
)
from xiuhua.apps.assessments.rules import (
    REGISTERED,
    STANDING,
    Counted,
    standing_status,
)
from xiuhua.apps.assessments.standards import adoption_list_at, in_force
from xiuhua.apps.registry.models import Household
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


# One statement takes so many ids on every database.
_PART: Final = 5000
_STANDING: Final = ("edition", "village_id", "status", "persons")
# By name: the tasks stand above what they do.
_CHECK: Final = "xiuhua.apps.assessments.tasks.health_follow"


def households_changed(*, household_ids: Sequence[int], by: Post, at: datetime) -> None:
    """Bring standings, judgements and tallies of changed households up to date."""
    for start in range(0, len(household_ids), _PART):
        part = list(household_ids[start : start + _PART])
        judged_anew(part, at=at)
        Fault.unscoped.filter(household__in=part, stale=False).update(stale=True)
        # The data are looked at by a worker: the checks take longer than a save may.
        transaction.on_commit(partial(_check_later, part))


def _check_later(household_ids: list[int]) -> None:
    task: Any = import_string(_CHECK)
    task.enqueue(household_ids)


def judged_anew(household_ids: Sequence[int], *, at: datetime) -> None:
    """Write standings, judgements and tallies of households as they are now."""
    by_county = standings_follow(household_ids, at=at)
    judged, before = _judge(by_county, at=at)
    unread = set(household_ids).difference(*judged.values())
    before += judged_before(sorted(unread))
    _drop_left(before, judged, at=at)


def standings_follow(
    household_ids: Sequence[int], *, at: datetime
) -> dict[str, list[int]]:
    """Write the standings of households; return those registered, by county."""
    by_county: defaultdict[str, list[int]] = defaultdict(list)
    found: dict[int, Counted] = {}
    stored: dict[int, tuple[int, Counted]] = {}
    living = Count("persons", filter=Q(persons__ended_on__isnull=True))
    rows = (
        Household.unscoped.filter(pk__in=household_ids)
        .annotate(living=living)
        .values_list(
            *("pk", "village_id", "registration", "poverty", "monitoring", "living"),
            *(f"standing__{name}" for name in _STANDING),
        )
    )
    for key, village, registration, poverty, monitoring, persons, *before in rows:
        status = standing_status(registration, poverty or "", monitoring)
        found[key] = Counted(village, "", status, persons, (STANDING,), "")
        edition, then, status_then, persons_then = before
        if edition is not None:
            was = Counted(then, "", status_then, persons_then, (STANDING,), "")
            stored[key] = edition, was
        if registration == REGISTERED:
            by_county[village[: LENGTH_BY_LEVEL["county"]]].append(key)
    standings_record(found, stored, at)
    return by_county


def _judge(
    by_county: Mapping[str, list[int]], *, at: datetime
) -> tuple[dict[str, set[int]], list[tuple[int, str]]]:
    """Judge by every standard in force; return the households judged by pack.

    The second are the packs by which those households had been judged before.
    """
    judged: defaultdict[str, set[int]] = defaultdict(set)
    before: list[tuple[int, str]] = []
    day = timezone.localtime(at).date()
    for county in sorted(by_county):
        keys = sorted(by_county[county])
        for adoption in adoption_list_at(county=county, day=day, unit="household"):
            standard = in_force(adoption, county=county)
            assessed = judge(standard, keys, as_of=standard.standard.as_of)
            before += judgements_record(standard, keys, assessed, at=at)
            judged[adoption.pack].update(keys)
    return judged, before


def _drop_left(
    before: Iterable[tuple[int, str]], judged: Mapping[str, set[int]], *, at: datetime
) -> None:
    """Drop judgements of packs that no longer judge a household."""
    left: defaultdict[str, set[int]] = defaultdict(set)
    for key, pack in before:
        if key not in judged.get(pack, ()):
            left[pack].add(key)
    for pack in sorted(left):
        judgements_drop(pack, sorted(left[pack]), at=at)
