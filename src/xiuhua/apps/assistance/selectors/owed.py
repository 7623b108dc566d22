"""Read which families are owed a visit this quarter, and which findings wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.assistance.choices import Mending
from xiuhua.apps.assistance.models import Pairing, Visit, VisitPaper
from xiuhua.apps.assistance.parameters import local_parameters, parameter
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.rules import VisitState
from xiuhua.apps.assistance.selectors.pairings import in_force
from xiuhua.apps.assistance.selectors.people import check_viewer
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.apps.registry.statuses import Registration


_MONTHS = 3


@dataclass(frozen=True)
class Standing:
    """Who helps a household, and when it was last visited; None where nobody did."""

    helper: Helper | None
    last: date | None


def quarter_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a day's quarter.

    >>> quarter_of(date(2019, 6, 23))
    (datetime.date(2019, 4, 1), datetime.date(2019, 6, 30))
    """
    first = date(day.year, day.month - (day.month - 1) % _MONTHS, 1)
    after = (first + timedelta(days=31 * _MONTHS)).replace(day=1)
    return first, after - timedelta(days=1)


def owed_list(*, viewer: Post, region: str, on: date) -> QuerySet[Household]:
    """Return households on the register that are owed visits in a day's quarter.

    Each has `made`, the visits of the quarter until the day, and `demanded`, how many
    there should be (`visits.a_quarter` of the most local parameter).

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = Household.objects.filter(
        within(viewer.region_id, "village_id"),
        within(region, "village_id"),
        registration=Registration.REGISTERED,
    )
    return _owed(found, region, on).order_by("village_id", "id")


def owed_by(*, user: User, region: str, on: date) -> QuerySet[Household]:
    """Return the households a user helps that are owed visits, as `owed_list`.

    Raises:
        ScopeMissing: outside a region scope.
    """
    mine = Pairing.objects.filter(in_force(on), helper__user=user)
    found = Household.objects.filter(
        pk__in=mine.values("household_id"), registration=Registration.REGISTERED
    )
    return _owed(found, region, on).order_by("village_id", "village_group", "id")


def standings_of(*, households: list[Household], on: date) -> dict[int, Standing]:
    """Return who helps households on a day, and when each was last visited.

    Raises:
        ScopeMissing: outside a region scope.
    """
    keys = [home.pk for home in households]
    running = Pairing.objects.filter(in_force(on), household__in=keys)
    helpers = {p.household_id: p.helper for p in running.select_related("helper__unit")}
    made = Visit.objects.filter(household__in=keys, state=VisitState.MADE)
    days = dict(made.order_by().values_list("household_id").annotate(n=Max("made_on")))
    return {key: Standing(helpers.get(key), days.get(key)) for key in keys}


def asking_list(*, viewer: Post, region: str = "") -> QuerySet[Visit]:
    """Return visits whose finding asks to be mended and is on no ledger, oldest first.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = Visit.objects.filter(
        within(region or viewer.region_id, "household__village_id"),
        mending=Mending.ASKED,
    )
    return found.select_related("household", "helper__unit").order_by("made_on", "pk")


def papers_of(*, visit: Visit) -> QuerySet[VisitPaper]:
    """Return the papers of a visit that were not removed, the newest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = VisitPaper.objects.filter(visit=visit, attachment__removed_at=None)
    return found.select_related("attachment__added_by").order_by("-pk")


def with_visits(*, files: QuerySet[Attachment]) -> QuerySet[Attachment]:
    """Return files with the visit each was brought home from: `visit` and its `day`.

    Raises:
        ScopeMissing: outside a region scope.
    """
    papers = VisitPaper.objects.filter(attachment=OuterRef("pk")).order_by("pk")
    day = Coalesce("visit__made_on", "visit__planned_on")
    return files.annotate(
        visit=Subquery(papers.values("visit_id")[:1]),
        day=Subquery(papers.values(said=day)[:1]),
    )


def _owed(found: QuerySet[Household], region: str, on: date) -> QuerySet[Household]:
    first, _last = quarter_of(on)
    visits = Visit.objects.filter(
        household=OuterRef("pk"),
        state=VisitState.MADE,
        made_on__gte=first,
        made_on__lte=on,
    )
    counted = visits.order_by().values("household").annotate(n=Count("pk"))
    usual = parameter("visits", region=region, on=on).values["a_quarter"]
    demanded = Case(
        *(
            When(within(p.region, "village_id"), then=Value(p.values["a_quarter"]))
            for p in local_parameters("visits", region=region, on=on)
        ),
        default=Value(usual),
        output_field=IntegerField(),
    )
    found = found.annotate(
        made=Coalesce(Subquery(counted.values("n")), 0), demanded=demanded
    )
    return found.filter(made__lt=F("demanded"))
