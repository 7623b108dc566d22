"""Read households and their members as they are believed to be now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import current_scope, region_scope
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.initials import INITIALS_LENGTH, initials_of
from xiuhua.apps.registry.models import (
    Household,
    HouseholdMark,
    IncomeStatement,
    Person,
)
from xiuhua.apps.registry.statuses import STILL_POOR
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.id_number import tidied
from xiuhua.core.region_codes import level_of
from xiuhua.sealing.fields import index_of


# Fit for an index and the same on every page: the key comes last.
ORDER: Final = ("village_id", "id")


class HouseholdNotFound(XiuhuaError):
    """No such household in the viewer's region; it may exist elsewhere."""

    code = "registry.household_not_found"


class FilterUnclear(XiuhuaError):
    """A filter asks for something households cannot be asked for."""

    code = "registry.filter_unclear"


@dataclass(frozen=True)
class HouseholdFilter:
    """What a list of households is narrowed to; empty fields ask nothing.

    `name` is the beginning of the name of the head or a member, `initials` the
    beginning of the initials, `id_number` and `phone` are whole numbers of the head or
    a member. `poverty` may be `unknown`, or `left`: every status
    that is no exit yet. Ended households show when asked for alone.
    """

    region: str = ""
    name: str = ""
    initials: str = ""
    id_number: str = ""
    phone: str = ""
    number: str = ""
    registration: str = ""
    poverty: str = ""
    monitoring: str = ""
    cause: str = ""
    village_group: str = ""
    helper_name: str = ""


def household_get(*, viewer: Post, household_id: int) -> Household:
    """Return a household of the viewer's region.

    Raises:
        HouseholdNotFound: when there is none there; foreign ones answer alike.
        ScopeMissing: outside a region scope.
    """
    found = Household.objects.filter(within(viewer.region_id, "village_id"))
    household = found.filter(pk=household_id).first()
    if household is None:
        raise HouseholdNotFound("there is no such household here")
    return household


def household_list(
    *, viewer: Post, filters: HouseholdFilter | None = None
) -> QuerySet[Household]:
    """Return households of the viewer's region, by village and key.

    Narrow, count, order and slice it as a page needs; `pk` last keeps pages stable.

    Raises:
        ScopeMissing: outside a region scope.
    """
    asked = filters or HouseholdFilter()
    named = asked.region and level_of(asked.region)
    # SQLite goes by the first range of villages it is given: let it be the narrowest.
    # Within the scope that is open; without one nothing is.
    current_scope()
    with region_scope([asked.region if named else viewer.region_id]):
        found = Household.objects.filter(within(viewer.region_id, "village_id"))
    if asked.region:
        found = found.filter(within(asked.region, "village_id"))
    if asked.registration:
        found = found.filter(registration=asked.registration)
    else:
        found = found.filter(registration__in=("none", "registered", "removed"))
    for condition in (*_status(asked), *_search(asked)):
        found = found.filter(condition)
    return found.order_by(*ORDER)


def member_list(*, household: Household, past: bool = False) -> QuerySet[Person]:
    """Return the members of a household, the head first; with `past` also former ones.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Person.objects.filter(household=household)
    if not past:
        found = found.filter(ended_on__isnull=True)
    return found.order_by("pk")


def income_list(*, household: Household) -> QuerySet[IncomeStatement]:
    """Return the income statements of a household, the latest window first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = IncomeStatement.objects.filter(household=household).exclude(source="")
    return found.order_by("-window_to", "-window_from")


def mark_list(*, household: Household) -> QuerySet[HouseholdMark]:
    """Return the marks of a household by year.

    Raises:
        ScopeMissing: outside a region scope.
    """
    return HouseholdMark.objects.filter(household=household).order_by("year", "pk")


def _status(asked: HouseholdFilter) -> list[Q]:
    said: dict[str, Any] = {
        "monitoring": asked.monitoring,
        "main_cause": asked.cause,
        "village_group": asked.village_group,
        "helper_name": asked.helper_name,
        "number": asked.number,
    }
    conditions = [Q(**{name: value}) for name, value in said.items() if value]
    if asked.poverty == "unknown":
        conditions.append(Q(poverty__isnull=True))
    elif asked.poverty == "left":
        conditions.append(Q(poverty__in=STILL_POOR))
    elif asked.poverty:
        conditions.append(Q(poverty=asked.poverty))
    return conditions


def _search(asked: HouseholdFilter) -> list[Q]:
    conditions = []
    if asked.name:
        conditions.append(_named(asked.name.strip()))
    if asked.initials:
        near = _begins("name_initials", asked.initials.strip().lower())
        conditions.append(_of_any(near, near))
    if asked.phone:
        same = Q(phone=asked.phone.strip())
        conditions.append(_of_any(same, same))
    if asked.id_number:
        conditions.append(_identified(tidied(asked.id_number)))
    return conditions


def _of_any(head: Q, member: Q) -> Q:
    """Return the condition that one holds of the household's row or one of a member's.

    Both are looked up through their own index: joined by "or" they would be tried on
    every household of the region. What is found lies anywhere; the list itself keeps to
    the region and the scope.
    """
    own = Household.unscoped.filter(head).values_list("pk", flat=True)
    members = Person.unscoped.filter(member, ended_on__isnull=True)
    return Q(pk__in=own.union(members.values_list("household_id", flat=True)))


def _named(name: str) -> Q:
    """Return the condition that somebody's name begins like this.

    The initials lead there through their index, whatever the database's collation.
    """
    initials = initials_of(name)
    if not initials:
        # No name begins with a sign.
        return Q(pk__in=())
    near = _begins("name_initials", initials)
    return _of_any(
        near & Q(head_name__startswith=name), near & Q(name__startswith=name)
    )


def _begins(column: str, letters: str) -> Q:
    """Return the condition that a text of small letters and digits begins like this.

    Raises:
        FilterUnclear: when other signs stand in it.
    """
    if not (letters.isascii() and letters.isalnum()):
        raise FilterUnclear("type letters of the name")
    last = letters.ljust(INITIALS_LENGTH, "z")
    return Q(**{f"{column}__gte": letters, f"{column}__lte": last})


def _identified(number: str) -> Q:
    return _of_any(
        Q(head_id_number_index=index_of(Household, "head_id_number", number)),
        Q(id_number_index=index_of(Person, "id_number", number)),
    )
