"""What is due by a day, and what changed since a day: for paper and for a workbook.

Each row has the number and the key of what it is about, so that a page can be opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Q

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.assessments.selectors.region_figures import totals_list
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.rules import State
from xiuhua.apps.plans.rules import TO_DELIVER, MeasureState
from xiuhua.apps.plans.selectors.measures import measure_list
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.supervision.selectors import midnight_before
from xiuhua.core.truth import Verdict


MOST: Final = 2000
# Sheets of the workbook, in their order.
NEW, STRUCK, OVERDUE = "new", "struck_off", "overdue"
DELIVERED, LATE, SHORT = "delivered", "late", "short"
SHEETS: Final = (NEW, STRUCK, OVERDUE, DELIVERED, LATE, SHORT)


@dataclass(frozen=True)
class Row:
    """A problem, a measure or a shortfall: its key, its number, what it says.

    `of` is problem, measure or household; `day` the day it is listed for.
    """

    of: str
    key: int
    number: str
    region: str
    what: str
    day: date | None
    who: str = ""


@dataclass(frozen=True)
class Turn:
    """Households of a village that fall short in an indicator, then and now."""

    region: str
    pack: str
    indicator: str
    before: int
    now: int


def due_list(*, viewer: Post, region: str, until: date) -> tuple[list[Row], bool]:
    """Return problems and measures due by a day, by village; whether there are more.

    Raises:
        NotPermitted: when the post sees no problems or no households.
    """
    filters = ledger.ProblemFilter(region=region, state="open")
    problems = ledger.problem_list(viewer=viewer, filters=filters).filter(
        deadline__lte=until
    )
    measures = measure_list(
        viewer=viewer, region=region, states=sorted(TO_DELIVER)
    ).filter(deadline__lte=until)
    first = [_problem_row(p, p.deadline) for p in problems[: MOST + 1]]
    second = [_measure_row(m, m.deadline) for m in measures[: MOST + 1]]
    cut = len(first) > MOST or len(second) > MOST
    return [*first[:MOST], *second[:MOST]], cut


def changed_rows(
    *, viewer: Post, region: str, since: date, until: date
) -> Mapping[str, list[Row]]:
    """Return what changed from a day to another, both counted, sheet by sheet.

    Raises:
        NotPermitted: when the post sees no problems or no households.
    """
    check_permitted(viewer.state, Permission.HOUSEHOLD_VIEW, region=region)
    start, end = midnight_before(since), midnight_before(until + timedelta(days=1))
    problems = ledger.problem_list(
        viewer=viewer, filters=ledger.ProblemFilter(region=region)
    )
    late_days = Q(deadline__gte=since - timedelta(days=1), deadline__lt=until)
    measures = measure_list(viewer=viewer, region=region)
    delivered = [MeasureState.DONE, MeasureState.CHECKED_OFF]
    found = {
        NEW: problems.filter(registered_at__gte=start, registered_at__lt=end),
        STRUCK: problems.filter(
            state=State.STRUCK_OFF, ended_at__gte=start, ended_at__lt=end
        ),
        OVERDUE: problems.filter(late_days, ended_at=None),
        DELIVERED: measures.filter(
            state__in=delivered, finished_at__gte=start, finished_at__lt=end
        ),
        LATE: measures.filter(late_days, state__in=sorted(TO_DELIVER)),
    }
    days: dict[str, Any] = {
        NEW: lambda p: p.registered_at.date(),
        STRUCK: lambda p: p.ended_at.date(),
        DELIVERED: lambda m: m.finished_at.date(),
    }
    rows = {
        sheet: _rows(query, sheet, days.get(sheet, lambda row: row.deadline))
        for sheet, query in found.items()
    }
    rows[SHORT] = _short_rows(region, since, until)
    return MappingProxyType(rows)


def turns(*, viewer: Post, region: str, since: date) -> list[Turn]:
    """Return where more or fewer households fall short than at the end of a day.

    Raises:
        ScopeMissing: outside a region scope.
    """
    names = regions.near_names(code=region, as_of=since)
    places = [code for code in sorted(names) if code != region] or [region]
    found = []
    for standard in standard_list(region=region, as_of=since):
        now = totals_list(viewer=viewer, regions=places, pack=standard.pack)
        then = totals_list(
            viewer=viewer, regions=places, pack=standard.pack, as_of=since
        )
        for place in places:
            for indicator, _ in standard.indicators:
                counts = [
                    totals[place].verdict(indicator, Verdict.UNMET, None).households
                    for totals in (then, now)
                ]
                if counts[0] != counts[1]:
                    found.append(Turn(place, standard.pack, indicator, *counts))
    return found


def _rows(found: Iterable[Any], sheet: str, day: Any) -> list[Row]:
    row = _measure_row if sheet in (DELIVERED, LATE) else _problem_row
    return [row(one, day(one)) for one in list(found)]


def _problem_row(problem: Any, day: date | None) -> Row:
    owner = problem.owner.user.full_name if problem.owner else ""
    return Row(
        "problem",
        problem.pk,
        problem.number,
        problem.region_id,
        problem.description,
        day,
        owner or problem.unit,
    )


def _measure_row(measure: Any, day: date | None) -> Row:
    home = measure.plan.household
    owner = measure.owner.user.full_name if measure.owner else ""
    return Row(
        "measure",
        measure.pk,
        home.number if home else measure.plan.chain_label,
        measure.plan.region_id,
        measure.what or measure.kind,
        day,
        owner or measure.unit,
    )


def _short_rows(region: str, since: date, until: date) -> list[Row]:
    """Return the shortfalls that began in these days and last."""
    found = Shortfall.objects.filter(
        within(region, "village_id"),
        verdict=str(Verdict.UNMET.value),
        since__gte=since,
        since__lte=until,
    )
    rows = found.order_by("village_id", "household_id", "pk").values_list(
        "household_id", "household__number", "village_id", "pack", "indicator", "since"
    )
    return [
        Row("household", key, number, village, f"{pack}.{indicator}", day)
        for key, number, village, pack, indicator, day in rows
    ]
