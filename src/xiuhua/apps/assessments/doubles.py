"""Find ID numbers that stand in two counties, by their blind index.

Within a county the checks of the intake find them. Across counties nobody but the
office above both sees both rows: each county learns that there is a double and whom to
ask.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from xiuhua.apps.assessments.found_faults import Found
from xiuhua.apps.assessments.rules import REGISTERED
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.intake.faults import FaultKind
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


ELSEWHERE: Final = FaultKind(
    "id_elsewhere",
    "the ID number belongs to somebody in another county as well (also {other})",
    "compare it with the card; if it is right, ask {expected}, which sees both rows",
)
_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_ABOVE: Final = (LENGTH_BY_LEVEL["prefecture"], LENGTH_BY_LEVEL["province"])
_MOST: Final = 10


def doubles_in(households: Q, *, county: str) -> Iterator[Found]:
    """Yield a fault for each member in a county whose ID number stands elsewhere too.

    `households` narrows the households of the county. What would be right is the region
    of the nearest office that sees both; empty when they lie in two provinces.
    """
    inside = Household.unscoped.filter(
        households, within(county, "village_id"), registration=REGISTERED
    )
    same = _listed().filter(id_number_index=OuterRef("id_number_index"))
    own = list(
        _listed()
        .filter(household__in=inside.order_by().values("pk"))
        .filter(Exists(same.exclude(within(county, "household__village_id"))))
        .order_by("pk")
        .values_list("pk", "household_id", "id_number_index")
    )
    others = _others({index for _, _, index in own}, county)
    for key, household, index in own:
        far = others[index]
        yield Found(
            household_id=household,
            person_id=key,
            kind=ELSEWHERE.name,
            level="person",
            field="id_number",
            expected=_above_all([county, *(village for _, village in far)]),
            others=" ".join(str(pk) for pk, _ in far[:_MOST]),
        )


def by_county(household_ids: Iterable[int]) -> dict[str, set[int]]:
    """Return households by the county they lie in."""
    found: dict[str, set[int]] = defaultdict(set)
    rows = Household.unscoped.filter(pk__in=list(household_ids))
    for key, village in rows.values_list("pk", "village_id"):
        found[village[:_COUNTY]].add(key)
    return found


def far_households(found: Iterable[Found]) -> set[int]:
    """Return the households elsewhere that doubles lead to."""
    doubles = (one for one in found if one.kind == ELSEWHERE.name)
    keys = {int(key) for one in doubles for key in one.others.split()}
    rows = Person.unscoped.filter(pk__in=keys)
    return set(rows.values_list("household_id", flat=True))


def _listed() -> QuerySet[Person]:
    return Person.unscoped.filter(
        ended_on__isnull=True,
        household__registration=REGISTERED,
        id_number_index__isnull=False,
    ).exclude(id_number_index="")


def _others(indexes: set[str], county: str) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    rows = _listed().filter(id_number_index__in=indexes).order_by("pk")
    away = rows.exclude(within(county, "household__village_id"))
    for key, index, village in away.values_list(
        "pk", "id_number_index", "household__village_id"
    ):
        found[index].append((key, village))
    return found


def _above_all(codes: Iterable[str]) -> str:
    """Return the nearest region that holds all of some, empty when none does.

    >>> _above_all(["990101", "990102101201"]), _above_all(["990101", "990201"])
    ('9901', '99')
    >>> _above_all(["990101", "980101"])
    ''
    """
    codes = list(codes)
    for length in _ABOVE:
        if len({code[:length] for code in codes}) == 1:
            return codes[0][:length]
    return ""
