"""Households and persons of a region by status, on any day, from the spans of status.

A region of today is asked for; on an earlier day its households may have lain under
codes since replaced. Those of a region that became this one, or was merged into it, are
its own; those of a region that was split are its own when they came to lie in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Substr

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.regions.models import Succession
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import StatusSpan


Step = tuple[str, date, tuple[str, ...]]
POOR: Final = ("not_exited", "pre_exit", "relapsed")


@dataclass(frozen=True)
class Total:
    """Households and persons of one combination of the three axes."""

    registration: str
    poverty: str | None
    monitoring: str
    households: int
    persons: int


def region_totals_as_of(*, viewer: Post, region: str, as_of: date) -> list[Total]:
    """Return the totals of a region of today by the three axes, as of a day.

    A household that had ended by then is in none of them.

    Raises:
        NotPermitted: when the post sees no figures, or not of this region.
    """
    rows = _rows(viewer, region, as_of).values("registration", "poverty", "monitoring")
    counted = rows.annotate(households=Count("pk"), persons=Sum("persons_count"))
    return [
        Total(**row)
        for row in counted.order_by("registration", "poverty", "monitoring")
    ]


def part_totals_as_of(
    *, viewer: Post, region: str, digits: int, as_of: date
) -> dict[str, tuple[int, int]]:
    """Return registered households and persons in poverty by part of a region.

    `digits` is the length of the parts' codes; parts are those of the day, under the
    codes they had then.

    Raises:
        NotPermitted: when the post sees no figures, or not of this region.
    """
    poor = _rows(viewer, region, as_of).filter(
        registration="registered", poverty__in=POOR
    )
    rows = poor.annotate(part=Substr("village_id", 1, digits)).values("part")
    counted = rows.annotate(households=Count("pk"), persons=Sum("persons_count"))
    return {
        row["part"]: (row["households"], row["persons"])
        for row in counted.order_by("part")
    }


def poor_of(totals: Iterable[Total]) -> tuple[int, int]:
    """Return how many registered households and persons are in poverty."""
    poor = [t for t in totals if t.registration == "registered" and t.poverty in POOR]
    return sum(t.households for t in poor), sum(t.persons for t in poor)


def _rows(viewer: Post, region: str, as_of: date) -> QuerySet[StatusSpan]:
    check_permitted(viewer.state, Permission.FIGURES_VIEW, region=region)
    # The region was looked at above; codes of former times may lie outside the scope.
    spans = StatusSpan.unscoped.filter(_on(as_of)).exclude(registration="ended")
    return spans.filter(_lay_in(region, _steps()))


def _on(day: date) -> Q:
    # Spans always begin on a day: asked plainly, the index answers alone.
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def _lay_in(region: str, steps: Sequence[Step]) -> Q:
    """Return the condition that a span lay in what is the region today.

    Households still entered under a code that was replaced count with its heir.
    """
    condition = within(region, "village_id")
    for old, day, heirs in _former(region, steps):
        if len(heirs) == 1:
            condition |= within(old, "village_id")
            continue
        after = StatusSpan.unscoped.filter(_on(day), _lay_in(region, ()))
        came = Q(household_id__in=after.values("household_id"))
        condition |= within(old, "village_id") & came
    return condition


def _steps() -> list[Step]:
    """Return what became of every code that was replaced; there are few of them."""
    heirs: dict[tuple[str, date], list[str]] = defaultdict(list)
    rows = Succession.objects.values_list(
        "predecessor__code", "on_date", "successor__code"
    )
    for old, day, new in rows:
        heirs[old, day].append(new)
    return [(old, day, tuple(news)) for (old, day), news in sorted(heirs.items())]


def _former(region: str, steps: Sequence[Step]) -> list[Step]:
    """Return the codes that became the region or parts of it, widest first."""
    found: dict[str, Step] = {}
    inside = [region]
    while inside:
        around = inside.pop()
        for step in steps:
            old, _, heirs = step
            # What lies within the region, or in a code found before, is in it anyway.
            known = old.startswith((region, *found))
            if not known and any(heir.startswith(around) for heir in heirs):
                found[old] = step
                if len(heirs) == 1:
                    inside.append(old)
    return [found[code] for code in sorted(found)]
