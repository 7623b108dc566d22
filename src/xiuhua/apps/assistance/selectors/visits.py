"""Read visits and drives: what is planned, what was made, what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.scope import in_scope
from xiuhua.apps.assistance.models import Pairing, Visit, VisitDrive
from xiuhua.apps.assistance.rules import Step, VisitState
from xiuhua.apps.assistance.selectors.pairings import in_force
from xiuhua.apps.assistance.selectors.people import HelpMissing, check_viewer
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.apps.registry.statuses import STILL_POOR, Registration
from xiuhua.core.region_codes import ancestors


@dataclass(frozen=True)
class Progress:
    """How far a drive has come in a village, or with the households of a person."""

    key: str | int
    households: int
    visited: int

    @property
    def left(self) -> int:
        """Return how many are still to be visited."""
        return self.households - self.visited


def visit_list(*, viewer: Post, region: str = "") -> QuerySet[Visit]:
    """Return visits of households a post may see, the latest first.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = Visit.objects.filter(
        within(region or viewer.region_id, "household__village_id")
    )
    return found.select_related("household", "helper__unit").order_by(
        "-planned_on", "pk"
    )


def visit_get(*, viewer: Post, key: int) -> Visit:
    """Return a visit.

    Raises:
        HelpMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    found = visit_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def visits_planned(*, user: User, until: date) -> QuerySet[Visit]:
    """Return the visits a user still has to make, planned up to a day, by day.

    Those planned for a day that has passed are among them, first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Visit.objects.filter(
        helper__user=user, state=VisitState.PLANNED, planned_on__lte=until
    )
    return found.select_related("household", "helper").order_by("planned_on", "pk")


def visits_of_household(*, household: Household) -> QuerySet[Visit]:
    """Return the visits of a household, the latest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Visit.objects.filter(household=household)
    return found.select_related("helper__unit").order_by("-planned_on", "-pk")


def visit_step(
    visit: Visit,
    *,
    by: Post,
    said: str = "",
    day: date | None = None,
    today: date | None = None,
) -> Step:
    """Return a visit and who would act on it as the rules see them."""
    user = visit.helper.user
    return Step(
        visit.state,
        visit.household.village_id,
        by.state,
        visitor=user.get_username() if user else "",
        said=said,
        day=day,
        today=today,
    )


def drive_list(*, viewer: Post) -> QuerySet[VisitDrive]:
    """Return the drives in the scope and those of the regions around it, latest first.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    around = Q(region_id__in=[c for c in ancestors(viewer.region_id) if c])
    found = VisitDrive._base_manager.filter(in_scope("region_id") | around)
    return found.order_by("-starts_on", "-pk")


def drive_get(*, viewer: Post, key: int) -> VisitDrive:
    """Return a drive.

    Raises:
        HelpMissing: when there is none to be seen.
        NotPermitted: when the post sees no households.
    """
    found = drive_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def drive_left(*, viewer: Post, drive: VisitDrive, on: date) -> QuerySet[Household]:
    """Return the households a drive has still to reach, by village and group.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = _of_drive(viewer, drive)
    found = found.filter(~_visited(drive.starts_on, min(on, drive.last_day)))
    return found.order_by("village_id", "village_group", "id")


def drive_villages(*, viewer: Post, drive: VisitDrive, on: date) -> list[Progress]:
    """Return how far a drive has come, village by village, by code.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    every = Counter(_of_drive(viewer, drive).values_list("village_id", flat=True))
    left = Counter(
        drive_left(viewer=viewer, drive=drive, on=on).values_list(
            "village_id", flat=True
        )
    )
    return [
        Progress(village, every[village], every[village] - left[village])
        for village in sorted(every)
    ]


def drive_helpers(*, viewer: Post, drive: VisitDrive, on: date) -> list[Progress]:
    """Return how far a drive has come with the households of each helper.

    In the order of their keys, 0 for households nobody helps: what is left is for
    planning the days ahead, it is no ranking of anybody.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    homes = _of_drive(viewer, drive)
    left = set(
        drive_left(viewer=viewer, drive=drive, on=on).values_list("pk", flat=True)
    )
    running = Pairing.objects.filter(in_force(on), household__in=homes.values("pk"))
    helped_by = dict(running.values_list("household_id", "helper_id"))
    every: Counter[int] = Counter()
    open_: Counter[int] = Counter()
    for home in homes.values_list("pk", flat=True):
        helper = helped_by.get(home, 0)
        every[helper] += 1
        open_[helper] += home in left
    return [Progress(h, every[h], every[h] - open_[h]) for h in sorted(every)]


def _of_drive(viewer: Post, drive: VisitDrive) -> QuerySet[Household]:
    found = Household.objects.filter(
        within(drive.region_id, "village_id"),
        within(viewer.region_id, "village_id"),
        registration=Registration.REGISTERED,
    )
    return found.filter(poverty__in=STILL_POOR) if drive.left_only else found


def _visited(since: date, until: date) -> Exists:
    return Exists(
        Visit.objects.filter(
            household=OuterRef("pk"),
            state=VisitState.MADE,
            made_on__gte=since,
            made_on__lte=until,
        )
    )
