"""The registered rural population of regions, from what villages report."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Substr

from xiuhua.apps.regions.models import Region, in_force
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import VillageFacts


def populations_of(*, region: str, length: int, as_of: date) -> dict[str, int]:
    """Return the population of the regions whose codes have a length, those known.

    Every village of the day reports its last figure; a region one of whose villages
    has none is left out: a sum with a gap is no sum.

    Raises:
        ScopeMissing: outside a region scope.
    """
    villages = Region.objects.filter(in_force(as_of), within(region), level="village")
    wanted = dict(
        villages.annotate(part=Substr("code", 1, length))
        .values_list("part")
        .annotate(n=Count("pk"))
        .order_by()
    )
    last = (
        VillageFacts.unscoped.filter(
            village=OuterRef("village"),
            year__lte=as_of.year,
            agricultural_population__isnull=False,
        )
        .order_by("-year")
        .values("year")[:1]
    )
    known = (
        VillageFacts.objects.filter(
            within(region, "village_id"),
            in_force(as_of, "village__"),
            year=Subquery(last),
        )
        .annotate(part=Substr("village_id", 1, length))
        .values_list("part")
        .annotate(n=Count("pk"), persons=Sum("agricultural_population"))
        .order_by()
    )
    return {part: persons for part, n, persons in known if n == wanted.get(part)}
