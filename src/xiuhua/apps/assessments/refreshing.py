"""Bring current judgements up to date from the results of a run, part by part.

Each part is a transaction of its own, so that nobody waits long. A household changed
since the snapshot is left alone: it was judged when it was changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from xiuhua.apps.assessments.following import judged_anew, standings_follow
from xiuhua.apps.assessments.judging import JudgedRow, judged_rows, with_reasons
from xiuhua.apps.assessments.models import Adoption, Standing
from xiuhua.apps.assessments.recording import judgements_record
from xiuhua.apps.assessments.standards import InForce, in_force
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household


_PART: Final = 1000


def standings_complete(region: str, *, at: datetime) -> int:
    """Give every household of a region that has no standing one; return how many."""
    done = 0
    while True:
        missing = Household.unscoped.filter(
            within(region, "village_id"), standing__isnull=True
        ).order_by("pk")
        keys = list(missing.values_list("pk", flat=True)[:_PART])
        if not keys:
            return done
        with transaction.atomic():
            standings_follow(keys, at=at)
        done += len(keys)


def refresh(
    adoption: Adoption,
    counties: Sequence[str],
    *,
    region: str,
    files: Mapping[str, Path],
    tables: Mapping[str, Path],
    at: datetime,
    progress: Callable[[int], None],
) -> tuple[int, int]:
    """Write the verdicts of a run; return how many households were written and left."""
    written = left = 0
    for county in counties:
        standard = in_force(adoption, county=county)
        here = max(county, region, key=len)
        parts = judged_rows(
            standard, files["household__judged"], tables["household"], region=here
        )
        for rows in parts:
            kept = _write(standard, rows, at=at)
            written += kept
            left += len(rows) - kept
            progress(written + left)
    return written, left


@transaction.atomic
def _write(standard: InForce, rows: Sequence[JudgedRow], *, at: datetime) -> int:
    keys = [row.household_id for row in rows]
    locked = Standing.unscoped.select_for_update().filter(household__in=keys)
    now = dict(locked.order_by("pk").values_list("household_id", "edition"))
    same = [r for r in rows if r.edition == now.get(r.household_id)]
    assessed = with_reasons(standard, same, as_of=standard.standard.as_of)
    same_keys = [row.household_id for row in same]
    judgements_record(standard, same_keys, assessed, at=at)
    return len(same)


def region_follow(region: str, *, at: datetime) -> int:
    """Judge every household of a region by what is in force now; return how many.

    For when a standard ends: what is in force above takes its place, or nothing does.
    """
    done, last = 0, 0
    while True:
        ahead = Household.unscoped.filter(within(region, "village_id"), pk__gt=last)
        keys = list(ahead.order_by("pk").values_list("pk", flat=True)[:_PART])
        if not keys:
            return done
        with transaction.atomic():
            judged_anew(keys, at=at)
        done, last = done + len(keys), keys[-1]
