"""Lists by threshold, as a province's speech has them, as of any day.

Counties of 10 % and more, townships of 20 % and more, poor villages of 20 % and more:
persons not out of poverty to registered rural population. Persons are those of the
spans of status in force on the day; a region whose population is not known is listed
apart, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.rules import REGISTERED
from xiuhua.apps.assessments.selectors.populations import populations_of
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.models import RegionYear
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import StatusSpan, VillageFacts
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


@dataclass(frozen=True)
class Threshold:
    """A list: regions of a level at or above a share."""

    level: str
    share: Fraction
    poor_only: bool = False


# 省扶贫工作会议 speeches of 2019 and 2020; see DOMAIN 3.
THRESHOLDS: Final[Mapping[str, Threshold]] = MappingProxyType(
    {
        "counties": Threshold("county", Fraction(10, 100)),
        "townships": Threshold("township", Fraction(20, 100)),
        "villages": Threshold("village", Fraction(20, 100), poor_only=True),
    }
)
_LEFT: Final = ("not_exited", "pre_exit", "relapsed")


@dataclass(frozen=True)
class Place:
    """A region with what is left there on the day; the incidence may be unknown."""

    code: str
    name: str
    around: str
    households: int
    persons: int
    population: int | None

    @property
    def incidence(self) -> Fraction | None:
        """Return persons left to population, None when that is not known."""
        return Fraction(self.persons, self.population) if self.population else None


@dataclass(frozen=True)
class ThresholdList:
    """Those at or above a threshold, most first, and those of whom nobody knows.

    `recorded` is false where no household's status goes back to the day: nobody knows
    who was poor then, and none listed does not mean none.
    """

    threshold: Threshold
    day: date
    reached: tuple[Place, ...]
    unknown: tuple[Place, ...]
    n_places: int
    recorded: bool = True


def threshold_list(*, viewer: Post, which: str, day: date) -> ThresholdList:
    """Return the regions of the viewer at or above a threshold on a day.

    Raises:
        KeyError: when `which` is none of `THRESHOLDS`.
        ScopeMissing: outside a region scope.
    """
    threshold = THRESHOLDS[which]
    region, length = viewer.region_id, LENGTH_BY_LEVEL[threshold.level]
    if length < len(region):
        return ThresholdList(threshold, day, (), (), 0)
    left = _left(region, length, day)
    populations = populations_of(region=region, length=length, as_of=day)
    places = [
        Place(
            code=found.code,
            name=regions.name_of(found),
            around=found.parent_id or "",
            households=left.get(found.code, (0, 0))[0],
            persons=left.get(found.code, (0, 0))[1],
            population=populations.get(found.code),
        )
        for found in regions.region_list(under=region, as_of=day).filter(
            level=threshold.level
        )
    ]
    if threshold.poor_only:
        poor = _poor_villages(region, day)
        places = [place for place in places if place.code in poor]
    reached = [p for p in places if (p.incidence or 0) >= threshold.share]
    reached.sort(key=lambda p: (-(p.incidence or 0), p.code))
    unknown = tuple(p for p in places if p.incidence is None and p.persons)
    spans = StatusSpan.objects.filter(within(region, "village_id"), valid_from__lte=day)
    return ThresholdList(
        threshold, day, tuple(reached), unknown, len(places), spans.exists()
    )


def _left(region: str, length: int, day: date) -> dict[str, tuple[int, int]]:
    spans = StatusSpan.objects.filter(
        within(region, "village_id"),
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
        valid_from__lte=day,
        registration=REGISTERED,
        poverty__in=_LEFT,
    )
    found = (
        spans.order_by()
        .annotate(part=Substr("village_id", 1, length))
        .values_list("part")
        .annotate(n=Count("pk"), persons=Sum("persons_count"))
    )
    return {part: (n, persons) for part, n, persons in found}


def _poor_villages(region: str, day: date) -> set[str]:
    """Villages listed as poor: by what the county lists, else by their own report."""
    reported = VillageFacts.objects.filter(
        within(region, "village_id"), year__lte=day.year, poor_village__isnull=False
    ).order_by("year")
    said = dict(reported.values_list("village_id", "poor_village"))
    listed = RegionYear.objects.filter(
        within(region, "region__code"),
        region__level="village",
        year__lte=day.year,
        poor_village__isnull=False,
    ).order_by("year")
    said |= dict(listed.values_list("region__code", "poor_village"))
    return {code for code, poor in said.items() if poor}
