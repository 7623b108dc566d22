"""Read which standards judge the households of a region, with their wording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Q

from xiuhua.apps.assessments.models import Adoption
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.regions.selectors import within
from xiuhua.core.dictionary.model import Label
from xiuhua.core.region_codes import ancestors


# The one people mean by "what is left" when several are in force.
FIRST: Final = "household_exit"


@dataclass(frozen=True)
class StandardShown:
    """A standard in force somewhere in a region: its name, its indicators in order."""

    pack: str
    title: Label
    indicators: tuple[tuple[str, Label], ...]


def standard_list(*, region: str, as_of: date) -> list[StandardShown]:
    """Return the household standards in force in a region or in parts of it."""
    here = Q(region_id__in=ancestors(region)) | within(region, "region_id")
    found = Adoption.unscoped.filter(
        here,
        Q(valid_to__isnull=True) | Q(valid_to__gt=as_of),
        valid_from__lte=as_of,
        unit="household",
    )
    names = set(found.values_list("pack", flat=True))
    return [_shown(name) for name in sorted(names, key=lambda n: (n != FIRST, n))]


def _shown(name: str) -> StandardShown:
    pack = pack_read(name)
    indicators = tuple(
        (i.id, i.label) for i in pack.indicators if i.level in ("household", "person")
    )
    return StandardShown(name, pack.title, indicators)
