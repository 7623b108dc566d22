"""What villages report of themselves; households taken along when a code changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import followers
from xiuhua.apps.registry.acts.columns import set_values
from xiuhua.apps.registry.acts.laying import Laying
from xiuhua.apps.registry.acts.quick_writes import rows_updated
from xiuhua.apps.registry.acts.recording import Act
from xiuhua.apps.registry.acts.spans import SpanStep
from xiuhua.apps.registry.acts.village_reports import report_locked, report_written
from xiuhua.apps.registry.models import Household, VillageFacts
from xiuhua.core.errors import XiuhuaError


class SuccessorUnclear(XiuhuaError):
    """The village did not become exactly this one."""

    code = "registry.successor_unclear"


@transaction.atomic
def village_state(
    *,
    village: str,
    year: int,
    values: Mapping[str, Any],
    by: Post,
    at: datetime,
    version: int | None = None,
    order_number: str = "",
) -> VillageFacts:
    """Enter or correct what a village reports for a year; `version` None for the first.

    Raises:
        NotPermitted: when the post may not edit there.
        NotInForce: when the village does not exist on the day of recording.
        VersionMissing: when there is a report and no version is given.
        VersionStale: when it has been changed since, or is gone.
        FieldUnknown: when a field is none of a village's.
        ValueWrong: when a value is not of its field's kind.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=village)
    act = Act("village", by, at, date(year, 1, 1), order_number)
    regions.region_get(code=village, as_of=act.day)
    facts = report_locked(village=village, year=year, version=version)
    change = report_written(facts, values, act)
    if change is None:
        return facts
    audit.entry_append(
        action="registry.village.stated",
        target="registry.village",
        target_id=village,
        target_label=str(facts),
        region_code=village,
        by=by.actor,
        at=at,
        new={"fields": sorted(change.new), "year": year},
        order_number=order_number,
    )
    return facts


@transaction.atomic
def village_succeed(
    *,
    village: str,
    successor: str,
    on: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> int:
    """Take the households of a village along to the one that took its place on a day.

    For new codes and mergers, as `regions` recorded them; where a village was split,
    each household moves by itself. Returns how many went along.

    Raises:
        NotPermitted: when the post may not edit regions, or not both villages.
        SuccessorUnclear: when the village did not become exactly this one that day.
        DayWrong: when the day is still to come.
    """
    for code in (village, successor):
        check_permitted(by.state, Permission.REGION_EDIT, region=code)
    if regions.successor_list(code=village, as_of=on) != [successor]:
        raise SuccessorUnclear(
            "{old} did not become {new} on that day", old=village, new=successor
        )
    laying = Laying(Act("renumber", by, at, on, order_number))
    found = Household.unscoped.select_for_update().filter(village_id=village)
    households = list(found.order_by("pk"))
    for household in households:
        old, new = set_values(household, {"village_id": successor})
        household.version += 1
        household.changed_at = at
        laying.changed(household, old, new, on)
        laying.steps.append(SpanStep(household, on, {"village_id": successor}))
    rows_updated((household, ["village_id"]) for household in households)
    laying.write_changes()
    laying.finish()
    audit.entry_append(
        action="registry.village.succeeded",
        target="registry.village",
        target_id=village,
        target_label=f"{village} → {successor}",
        region_code=successor,
        by=by.actor,
        at=at,
        new={"households": len(households), "on": on},
        order_number=order_number,
    )
    followers.tell(household_ids=[h.pk for h in households], by=by, at=at)
    return len(households)
