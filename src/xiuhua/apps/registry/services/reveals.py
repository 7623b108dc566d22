"""Show one secret value for a reason: recorded before it is handed out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import NotPermitted, check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.acts.recording import HouseholdMissing, PersonMissing
from xiuhua.apps.registry.facts import column_of
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.values import FieldUnknown
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError


class ReasonMissing(XiuhuaError):
    """A secret value was asked for without saying why."""

    code = "registry.reason_missing"


@transaction.atomic
def household_secret_reveal(
    *, household_id: int, field: str, reason: str, by: Post, at: datetime
) -> Any:
    """Return a secret field of a household, as the outcome of a recorded act.

    Raises:
        NotPermitted: when the post may not ask for secrets.
        HouseholdMissing: when there is none in the post's region.
        FieldUnknown: when the field is none of the level's secret ones.
        ReasonMissing: when no reason is given.
    """
    _check_asked("household", field, reason, by)
    here = within(by.region_id, "village_id")
    household = Household.unscoped.filter(here, pk=household_id).first()
    if household is None:
        raise HouseholdMissing("there is no such household here")
    _record(household, f"household.{field}", reason, by, at)
    return getattr(household, column_of("household", field))


@transaction.atomic
def person_secret_reveal(
    *, person_id: int, field: str, reason: str, by: Post, at: datetime
) -> Any:
    """Return a secret field of a person, as the outcome of a recorded act.

    Raises:
        NotPermitted: when the post may not ask for secrets.
        PersonMissing: when there is none in the post's region.
        FieldUnknown: when the field is none of the level's secret ones.
        ReasonMissing: when no reason is given.
    """
    _check_asked("person", field, reason, by)
    here = within(by.region_id, "household__village_id")
    found = Person.unscoped.filter(here, pk=person_id).select_related("household")
    person = found.first()
    if person is None:
        raise PersonMissing("there is no such person here")
    _record(person.household, f"person.{field}", reason, by, at, person=person)
    return getattr(person, column_of("person", field))


def _check_asked(level: str, field: str, reason: str, by: Post) -> None:
    check_permitted(by.state, Permission.SECRET_REVEAL, region=by.region_id)
    if not by.rights.shows(Mask.SECRET):
        raise NotPermitted(
            "{role} has no {permission}",
            role=by.role,
            permission=Permission.SECRET_REVEAL.value,
        )
    known = load_dictionary().level(level).by_name.get(field)
    if known is None or known.mask is not Mask.SECRET:
        raise FieldUnknown("{level} has no field {field}", level=level, field=field)
    if not reason.strip():
        raise ReasonMissing("say why you need to see it")


def _record(
    household: Household,
    field: str,
    reason: str,
    by: Post,
    at: datetime,
    *,
    person: Person | None = None,
) -> None:
    row = person or household
    audit.entry_append(
        action="registry.secret.revealed",
        target="registry.person" if person else "registry.household",
        target_id=str(row.pk),
        target_label=row.number,
        region_code=household.village_id,
        by=by.actor,
        at=at,
        new={"field": field, "reason": reason.strip()},
    )
