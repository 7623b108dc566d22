"""Change the status of a household, one axis at a time, and mark its years.

Who may decide is a procedure's business; these acts say what can be decided.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit import services as audit
from xiuhua.apps.registry.acts.recording import (
    Act,
    act_finished,
    check_not_ended,
    household_locked,
    household_seen,
    local_day,
    row_changed,
)
from xiuhua.apps.registry.acts.spans import AXES, SpanStep, spans_follow
from xiuhua.apps.registry.models import Household, HouseholdMark
from xiuhua.apps.registry.rules import check_step
from xiuhua.apps.registry.statuses import MarkKind
from xiuhua.apps.registry.values import ValueWrong


# What a new status makes of the year it begins in.
_MARKS: Final = {
    ("registration", "registered"): MarkKind.IDENTIFIED,
    ("registration", "removed"): MarkKind.REMOVED,
    ("poverty", "pre_exit"): MarkKind.PRE_EXIT,
    ("poverty", "exited"): MarkKind.EXITED,
    ("poverty", "relapsed"): MarkKind.RETURNED,
    ("monitoring", "included"): MarkKind.MONITORED,
    ("monitoring", "included_again"): MarkKind.MONITORED,
    ("monitoring", "cleared"): MarkKind.CLEARED,
}


@transaction.atomic
def registration_change(
    *,
    household_id: int,
    version: int | None,
    registration: str,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Household:
    """Register a household, or remove it as wrongly listed.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        StepRefused: when the status does not follow from the present one.
        DayWrong: when it is still to come.
    """
    if registration == "ended":
        raise ValueWrong("{field}: this value cannot be", field="registration")
    household = household_locked(household_id, version=version, by=by)
    act = Act("registration", by, at, valid_from, order_number)
    return _stepped(household, {"registration": registration}, act)


@transaction.atomic
def poverty_change(
    *,
    household_id: int,
    version: int | None,
    poverty: str,
    valid_from: date,
    by: Post,
    at: datetime,
    policies_kept: bool | None = None,
    order_number: str = "",
) -> Household:
    """Change the exit status: proposed for exit, exited, back in poverty.

    Exiting sets the year of exit; `policies_kept` says whether help goes on after it.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        StepRefused: when the status does not follow from the present one.
        DayWrong: when it is still to come.
    """
    household = household_locked(household_id, version=version, by=by)
    act = Act("poverty", by, at, valid_from, order_number)
    values: dict[str, Any] = {"poverty": poverty, "policies_kept": policies_kept}
    if poverty == "exited":
        values["exit_year"] = valid_from.year
    return _stepped(household, values, act)


@transaction.atomic
def monitoring_change(
    *,
    household_id: int,
    version: int | None,
    monitoring: str,
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
) -> Household:
    """Change the monitoring status: lead, included, withheld, cleared, again.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        HouseholdEnded: when it is no more.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        StepRefused: when the status does not follow from the present one.
        DayWrong: when it is still to come.
    """
    household = household_locked(household_id, version=version, by=by)
    act = Act("monitoring", by, at, valid_from, order_number)
    return _stepped(household, {"monitoring": monitoring}, act)


@transaction.atomic
def mark_set(
    *,
    household_id: int,
    year: int,
    mark: str,
    by: Post,
    at: datetime,
    document: str = "",
) -> HouseholdMark:
    """Mark what a household was in a year; a mark set before is given the document.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        NotPermitted: when the post may not edit.
        ValueWrong: when there is no such mark, or the year is to come.
    """
    household = household_seen(household_id, by=by)
    if mark not in MarkKind.values:
        raise ValueWrong("{field}: this value cannot be", field="mark")
    if not 1949 <= year <= local_day(at).year:
        raise ValueWrong("{field}: this value cannot be", field="year")
    marked, _ = HouseholdMark.unscoped.update_or_create(
        household=household,
        year=year,
        mark=mark,
        defaults={"document": document, "set_at": at},
    )
    audit.entry_append(
        action="registry.household.marked",
        target="registry.household",
        target_id=str(household.pk),
        target_label=household.number,
        region_code=household.village_id,
        by=by.actor,
        at=at,
        new={"year": year, "mark": mark},
        order_number=document,
    )
    return marked


def _stepped(household: Household, values: dict[str, Any], act: Act) -> Household:
    check_not_ended(household)
    axis = act.name
    check_step(axis, getattr(household, axis), values[axis])
    change = row_changed(household, values, act)
    # Said again as it was, a value says nothing new, in the spans neither.
    axes = change.new.keys() & {*AXES} if change is not None else set()
    told = {name: values[name] for name in sorted(axes)}
    spans_follow([SpanStep(household, act.valid_from, told)])
    mark = _MARKS.get((axis, values[axis]))
    if mark is not None:
        HouseholdMark.unscoped.update_or_create(
            household=household,
            year=act.valid_from.year,
            mark=mark,
            defaults={"document": act.order_number, "set_at": act.at},
        )
    act_finished(f"registry.{axis}.changed", household, [change], act)
    return household
