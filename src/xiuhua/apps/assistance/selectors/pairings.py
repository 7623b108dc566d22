"""Read who helps which household, which have nobody, and who may not help whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.assistance.choices import PairingEnd
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.parameters import cap_of
from xiuhua.apps.assistance.people import Helper, Kinship
from xiuhua.apps.assistance.rules import Match
from xiuhua.apps.assistance.selectors.people import HelpMissing, check_viewer
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Change, Household, Person, StatusSpan
from xiuhua.apps.registry.statuses import Registration
from xiuhua.apps.sheets.finding import parts
from xiuhua.sealing.fields import index_of


# That the household of a pairing moved to another village after it began.
_MOVED: Final = Exists(
    Change.unscoped.filter(
        household=OuterRef("household_id"),
        act="move",
        valid_from__gt=OuterRef("starts_on"),
    )
)
# Where the household of a pairing lay when it began.
_CAME_FROM: Final = Subquery(
    StatusSpan.unscoped.filter(
        household=OuterRef("household_id"), valid_from__lte=OuterRef("starts_on")
    )
    .order_by("-valid_from")
    .values("village_id")[:1]
)


# A household has a hundred facts; a workbook of 20,000 rows would read them all.
_LISTED: Final = (
    "starts_on",
    "ended_on",
    "household__head_name",
    "household__number",
    "household__village_id",
    "household__village_group",
    "helper__name",
    "helper__unit__name",
)


@dataclass(frozen=True)
class Coverage:
    """How many households of a village should have a helper, and how many have one.

    Of those `moved` have the helper of the village they came from.
    """

    village: str
    households: int
    helped: int
    moved: int = 0

    @property
    def missing(self) -> int:
        """Return how many have nobody."""
        return self.households - self.helped


def pairing_list(
    *, viewer: Post, region: str = "", on: date | None = None
) -> QuerySet[Pairing]:
    """Return pairings a post may see, those taken back left out, by village.

    `on` narrows to those in force on a day.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    found = Pairing.objects.filter(
        within(region or viewer.region_id, "household__village_id")
    ).exclude(ended_reason=PairingEnd.UNDONE)
    if on is not None:
        found = found.filter(in_force(on))
    return found.select_related("household", "helper__unit").order_by(
        "household__village_id", "pk"
    )


def as_listed(found: QuerySet[Pairing]) -> QuerySet[Pairing]:
    """Return pairings with what a list shows of them: no facts, nothing sealed."""
    return found.only(*_LISTED)


def pairing_get(*, viewer: Post, key: int) -> Pairing:
    """Return a pairing.

    Raises:
        HelpMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no households.
    """
    found = pairing_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found


def pairings_of_household(*, household: Household) -> list[Pairing]:
    """Return who helps and helped a household, the newest first.

    Each names `old_village`, where the household lay, if it moved since.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Pairing.objects.filter(household=household)
    found = found.exclude(ended_reason=PairingEnd.UNDONE)
    found = found.annotate(
        old_village=Case(
            When(_MOVED, then=_CAME_FROM), default=Value(""), output_field=CharField()
        )
    )
    return list(found.select_related("helper__unit").order_by("-starts_on", "-pk"))


def pairings_of(*, user: User, on: date) -> QuerySet[Pairing]:
    """Return the pairings of a user that are in force on a day, by village.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Pairing.objects.filter(in_force(on), helper__user=user)
    return found.select_related("household", "helper__unit").order_by(
        "household__village_id", "household__village_group", "pk"
    )


def uncovered_list(*, viewer: Post, region: str, on: date) -> QuerySet[Household]:
    """Return households on the register that nobody helps on a day, by village.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    helped = Pairing.objects.filter(in_force(on), household=OuterRef("pk"))
    found = Household.objects.filter(
        within(viewer.region_id, "village_id"), within(region, "village_id")
    )
    found = found.filter(~Exists(helped), registration=Registration.REGISTERED)
    return found.order_by("village_id", "id")


def coverage_list(*, viewer: Post, region: str, on: date) -> list[Coverage]:
    """Return how far helping reaches, village by village, by code.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    check_viewer(viewer)
    here = Household.objects.filter(
        within(viewer.region_id, "village_id"),
        within(region, "village_id"),
        registration=Registration.REGISTERED,
    )
    running = Pairing.objects.filter(
        in_force(on), household__registration=Registration.REGISTERED
    ).filter(within(region, "household__village_id"))
    helped = dict(
        running.order_by()
        .values_list("household__village_id")
        .annotate(n=Count("household_id", distinct=True))
    )
    moved = Counter(
        running.filter(_MOVED)
        .order_by()
        .values_list("household__village_id", flat=True)
    )
    counted = here.order_by().values_list("village_id").annotate(n=Count("pk"))
    return [
        Coverage(village, count, helped.get(village, 0), moved[village])
        for village, count in sorted(counted)
    ]


def moved_list(*, viewer: Post, region: str, on: date) -> QuerySet[Pairing]:
    """Return pairings whose household moved here since: the old village's helpers.

    Each names `old_village`. Pair the household anew, or say that the helper stays.

    Raises:
        NotPermitted: when the post sees no households.
        ScopeMissing: outside a region scope.
    """
    found = pairing_list(viewer=viewer, region=region, on=on)
    return found.filter(_MOVED).annotate(old_village=_CAME_FROM)


def matches_of(
    *, pairs: Sequence[tuple[Helper, Household]], starts_on: date
) -> list[Match]:
    """Return pairs of helper and household as the rules see them, in their order.

    Loads count the pairs before in the list as well, so that a list of many cannot
    pass a cap that each of its rows keeps; a household a helper gives up in the list
    is no longer theirs.
    """
    helpers = {helper.pk: helper for helper, _ in pairs}
    homes = {home.pk: home for _, home in pairs}
    running: dict[int, Pairing] = {}
    ended: dict[int, date] = {}
    kin: set[tuple[int, int]] = set()
    for part in parts(homes):
        open_ones = Pairing.objects.filter(household__in=part, ended_on__isnull=True)
        running |= {p.household_id: p for p in open_ones}
        ended |= _last_days(part)
        related = Kinship.objects.filter(household__in=part)
        kin |= set(related.values_list("helper_id", "household_id"))
    members = _members(helpers.values(), homes)
    loads = _loads(helpers)
    found = []
    for helper, home in pairs:
        now = running.get(home.pk)
        match = Match(
            starts_on,
            helper_left=helper.left_on is not None and helper.left_on <= starts_on,
            household_ended=home.ended_on is not None,
            is_member=(helper.pk, home.pk) in members,
            is_kin=(helper.pk, home.pk) in kin,
            is_helped_already=now is not None and now.helper_id == helper.pk,
            cap=cap_of(
                rank=helper.rank,
                unit_region=helper.unit.region_id,
                region=home.village_id,
                on=starts_on,
            ),
            load=loads.get(helper.pk, 0),
            running_since=now.starts_on if now else None,
            last_day=ended.get(home.pk),
        )
        found.append(match)
        loads[helper.pk] = loads.get(helper.pk, 0) + 1
        if now is not None:
            loads[now.helper_id] = loads.get(now.helper_id, 1) - 1
    return found


def in_force(on: date) -> Q:
    """Return the condition that a row with a period holds on a day."""
    return Q(starts_on__lte=on) & (Q(ended_on__isnull=True) | Q(ended_on__gt=on))


def _loads(helpers: Iterable[int]) -> dict[int, int]:
    """Return how many households helpers have, wherever they lie."""
    counts: dict[int, int] = {}
    for part in parts(helpers):
        found = Pairing._base_manager.filter(helper__in=part, ended_on__isnull=True)
        counted = found.values_list("helper_id").annotate(n=Count("pk"))
        counts |= dict(counted.order_by())
    return counts


def _last_days(homes: Iterable[int]) -> dict[int, date]:
    found = Pairing.objects.filter(household__in=homes, ended_on__isnull=False)
    found = found.exclude(ended_reason=PairingEnd.UNDONE)
    rows = found.order_by("ended_on").values_list("household_id", "ended_on")
    return {household: day for household, day in rows if day is not None}


def _members(helpers: Iterable[Helper], homes: Container[int]) -> set[tuple[int, int]]:
    """Return which helpers are members of which households, by their ID numbers.

    Blind indexes of two columns differ for one number, so the helper's own is opened.
    """
    numbered = {
        index_of(model, column, helper.id_number): helper.pk
        for helper in helpers
        if helper.id_number
        for model, column in ((Person, "id_number"), (Household, "head_id_number"))
    }
    found: set[tuple[int, int]] = set()
    for part in parts(numbered):
        persons = Person.unscoped.filter(
            id_number_index__in=part, ended_on__isnull=True
        ).values_list("id_number_index", "household_id")
        heads = Household.unscoped.filter(head_id_number_index__in=part)
        rows = (*persons, *heads.values_list("head_id_number_index", "pk"))
        found |= {(numbered[index], home) for index, home in rows if index is not None}
    return {(helper, home) for helper, home in found if home in homes}
