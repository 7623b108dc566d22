"""Show what is withheld: numbers, accounts, health. Each value for a recorded reason.

The entry is appended before the value is read, in one transaction: where the record
cannot be written, nothing is shown. The entry names the field, never its value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.withholding import (
    ACTION,
    EXPLAINED_LEAST,
    REASONS,
    RevealRefused,
    Withheld,
    reveals_left,
    withheld_fields,
)


@transaction.atomic
def withheld_reveal(
    *,
    household_id: int,
    wanted: Sequence[Withheld],
    reason: str,
    explanation: str,
    by: Post,
    at: datetime,
) -> list[Any]:
    """Return withheld values, each recorded with the reason before it is read.

    Raises:
        HouseholdNotFound: when there is no such household in the post's region.
        NotPermitted: when the post may not have withheld values shown.
        RevealRefused: without a reason and its explanation, for what is not withheld,
            and beyond the number one person may have shown in a day.
    """
    household = registry.household_get(viewer=by, household_id=household_id)
    check_permitted(by.state, Permission.SECRET_REVEAL, region=household.village_id)
    explanation = explanation.strip()
    if reason not in REASONS or len(explanation) < EXPLAINED_LEAST:
        raise RevealRefused("say for what the value is needed; it is recorded")
    rows = [_row(household, one) for one in wanted]
    # The user's row is the lock: two requests at once must see each other's count.
    User.objects.select_for_update().get(pk=by.user_id)
    if len(rows) > reveals_left(by=by, at=at):
        raise RevealRefused(
            "no more than {most} values a day are shown to one person",
            most=settings.REVEALS_A_DAY,
        )
    for one in wanted:
        _record(household, one, reason, explanation, by=by, at=at)
    return [getattr(row, one.field) for row, one in zip(rows, wanted, strict=True)]


def _row(household: Household, one: Withheld) -> Household | Person:
    known = {field.name for field in withheld_fields(one.level)}
    if one.field not in known:
        raise RevealRefused("this value is not withheld")
    if one.person_id is None:
        return household
    members = registry.member_list(household=household, past=True)
    # Without the values: they are read after the entry stands.
    hidden = [field.name for field in withheld_fields("person")]
    person = members.filter(pk=one.person_id).defer(*hidden).first()
    if person is None:
        raise RevealRefused("this value is not withheld")
    return person


def _record(
    household: Household,
    one: Withheld,
    reason: str,
    explanation: str,
    *,
    by: Post,
    at: datetime,
) -> None:
    person = one.person_id is not None
    audit.entry_append(
        action=ACTION,
        target="registry.person" if person else "registry.household",
        target_id=str(one.person_id if person else household.pk),
        target_label="",
        region_code=household.village_id,
        by=by.actor,
        at=at,
        new={"fields": one.field, "reason": reason, "explanation": explanation},
    )
