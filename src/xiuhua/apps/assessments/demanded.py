"""Which fields must be filled in for whom, when completeness of 100 % is demanded.

The fields of the template that everybody has; what only some have is demanded of those
alone. Conditions are on the rows of the registry. Income is demanded of each registered
household in its last window.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.db.models import Q

from xiuhua.apps.registry.facts import INCOME, PLACED
from xiuhua.core.dictionary.reader import load_dictionary


@dataclass(frozen=True)
class Demand:
    """A field of a level, of whom it is demanded and when it counts as filled in."""

    level: str
    field: str
    of_whom: Q
    filled: Q


_EVERYBODY: Final = Q()
# Not everybody has one, and a blank says so.
_OPTIONAL: Final = frozenset({"other_causes", "absence_reason", "village_group"})
_OF_WHOM: Final[Mapping[str, Q]] = MappingProxyType(
    {"exit_year": Q(poverty__in=("exited", "relapsed"))}
)
# One of the two is filled in: a pupil has a stage, everybody else an education.
_EITHER: Final[Mapping[str, Q]] = MappingProxyType(
    {
        "education": Q(education__isnull=False) | Q(school_stage__isnull=False),
    }
)
_IN_ANOTHER: Final = frozenset({"school_stage"})


def _demands(level: str) -> tuple[Demand, ...]:
    found = []
    for field in load_dictionary().level(level).fields:
        name = field.name
        skipped = _OPTIONAL | _IN_ANOTHER | PLACED[level].keys() | {"year", *INCOME}
        if not field.template or name in skipped:
            continue
        filled = _EITHER.get(name, Q(**{f"{name}__isnull": False}))
        found.append(Demand(level, name, _OF_WHOM.get(name, _EVERYBODY), filled))
    return tuple(found)


HOUSEHOLD_DEMANDS: Final = _demands("household")
PERSON_DEMANDS: Final = _demands("person")
INCOME_DEMANDS: Final = tuple(
    Demand("income", f.name, _EVERYBODY, Q(**{f"{f.name}__isnull": False}))
    for f in load_dictionary().level("household").fields
    if f.name in INCOME and f.template
)
