"""Enter households and correct what is recorded of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.acts.columns import set_values
from xiuhua.apps.registry.acts.members import (
    check_number_free,
    checked_facts,
    member_entered,
    with_head,
)
from xiuhua.apps.registry.acts.recording import (
    Act,
    act_finished,
    household_locked,
    row_changed,
    row_created,
    unnumbered,
)
from xiuhua.apps.registry.acts.restating import row_restated
from xiuhua.apps.registry.acts.spans import spans_opened
from xiuhua.apps.registry.models import Household
from xiuhua.apps.registry.rules import check_past


@transaction.atomic
def household_register(
    *,
    village: str,
    values: Mapping[str, Any],
    valid_from: date,
    by: Post,
    at: datetime,
    persons: Sequence[Mapping[str, Any]] = (),
    number: str = "",
    registration: str = "registered",
    poverty: str | None = None,
    monitoring: str = "none",
    policies_kept: bool | None = None,
    order_number: str = "",
) -> Household:
    """Enter a household with its members; a number is given where there is none.

    `values` and each of `persons` hold dictionary fields; a person's `person_id` is
    their number. The head's name and ID number are taken from the member who is the
    head unless they are given.

    Raises:
        NotPermitted: when the post may not edit there.
        NotInForce: when the village does not exist on the day of recording.
        NumberTaken: when the number is another household's.
        FieldUnknown: when a field is none of the level, or has an act of its own.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when a birth or an exit is still to come.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=village)
    act = Act("register", by, at, valid_from, order_number)
    regions.region_get(code=village, as_of=act.day)
    check_number_free(Household, number)
    members = [dict(person) for person in persons]
    household = Household(
        number=number or unnumbered(),
        village_id=village,
        registration=registration,
        poverty=poverty,
        monitoring=monitoring,
        policies_kept=policies_kept,
        persons_count=len(members),
        changed_at=at,
    )
    facts = checked_facts(with_head(values, members))
    check_past(facts, on=act.day)
    set_values(household, facts)
    changes = [row_created(household, act)]
    changes += [member_entered(household, person, act) for person in members]
    spans_opened([household], valid_from=valid_from)
    act_finished("registry.household.registered", household, changes, act)
    return household


@transaction.atomic
def household_correct(
    *,
    household_id: int,
    version: int | None,
    values: Mapping[str, Any],
    valid_from: date,
    by: Post,
    at: datetime,
    order_number: str = "",
    restated: bool = False,
) -> Household:
    """Correct facts of a household; None makes a fact unknown.

    Nothing is written when nothing differs, unless `restated` says that all these
    values have held since `valid_from` already. Status, village, members and income
    have acts of their own.

    Raises:
        HouseholdMissing: when there is none in the post's region.
        NotPermitted: when the post may not edit.
        VersionMissing: when no version is given.
        VersionStale: when the household has been changed since.
        FieldUnknown: when a field is none of the level, or has an act of its own.
        ValueWrong: when a value is not of its field's kind.
        DayWrong: when a birth or an exit is still to come.
    """
    household = household_locked(household_id, version=version, by=by)
    act = Act("correct", by, at, valid_from, order_number)
    facts = checked_facts(values)
    check_past(facts, on=act.day)
    held = row_restated(household, facts, act) if restated else None
    changes = [held, row_changed(household, facts, act)]
    act_finished("registry.household.corrected", household, changes, act)
    return household
