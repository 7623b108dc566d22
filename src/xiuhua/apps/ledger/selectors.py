"""Read the ledger: lists, one problem, the reconciliation, and broken chains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Length
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.selectors.sectors import indicators_in_use
from xiuhua.apps.audit.chained import is_sound
from xiuhua.apps.ledger import besides
from xiuhua.apps.ledger.deciding import decider_list, with_source
from xiuhua.apps.ledger.models import Event, Extension, LedgerTally, Problem, Task
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import (
    ENDED,
    EVIDENCE,
    IN_HAND,
    LIFE,
    OPEN,
    TASK_DONE,
    Act,
    ProblemState,
    Said,
    State,
    Step,
)
from xiuhua.apps.regions.models import Region
from xiuhua.apps.regions.selectors import within
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.steps import Refusal


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
# Whoever did one of these worked on the problem, and does not verify it.
WORK: Final = (Act.SUBMIT, Act.START, EVIDENCE, TASK_DONE)


class ProblemMissing(XiuhuaError):
    """There is no such problem, or not where the post may look."""

    code = "ledger.problem_missing"


class ProblemNumberUnknown(XiuhuaError):
    """No problem here has the number that was written into a form."""

    code = "ledger.problem_number_unknown"


@dataclass(frozen=True)
class Reconciliation:
    """Where the problems of a region stand: registered is the sum of the others."""

    registered: int
    struck_off: int
    open: int
    continuing: int
    not_substantiated: int
    merged: int

    @property
    def balances(self) -> bool:
        """Test whether nothing was lost and nothing counted twice."""
        ended = self.struck_off + self.not_substantiated + self.merged
        return self.registered == ended + self.open


@dataclass(frozen=True)
class Offer:
    """An act of the table with why it is not open now, empty when it is."""

    act: str
    refused: tuple[Refusal, ...]


@dataclass(frozen=True)
class ProblemFilter:
    """What a list of problems is narrowed to; empty means all.

    `state` is a state, `open` or `ended`. `overdue_on` and `review_on` are days: past
    their deadline then, or to be looked at again by then; `left_on`: owned by a post
    that had ended then. `raised_to` is a region a
    question of policy waits for. `on` is a day: `state` is where they stood at its end.
    """

    region: str = ""
    state: str = ""
    source: str = ""
    kind: str = ""
    duty: str = ""
    precision: str = ""
    indicator: str = ""
    owner: int | None = None
    overdue_on: date | None = None
    review_on: date | None = None
    left_on: date | None = None
    household: int | None = None
    immediate: bool = False
    policy: bool = False
    common: bool = False
    escalated: bool = False
    raised_to: str = ""
    on: date | None = None
    words: str = ""
    owner_name: str = ""


def visible_to(viewer: Post) -> Q:
    """Return the condition that a post may see a problem, its region aside.

    A sector bureau sees the indicators of its own sector and what is given to it.
    """
    if not viewer.sector:
        return Q()
    return Q(indicator__in=indicators_in_use(sector=viewer.sector)) | Q(owner=viewer)


def problem_list(
    *, viewer: Post, filters: ProblemFilter = ProblemFilter()
) -> QuerySet[Problem]:
    """Return problems the post may see, the most pressing first.

    Raises:
        NotPermitted: when the post sees no problems.
    """
    check_permitted(viewer.state, Permission.PROBLEM_VIEW, region=viewer.region_id)
    found = Problem.objects.filter(
        visible_to(viewer), within(filters.region or viewer.region_id, "region_id")
    )
    found = _by_facts(_by_days(found, filters), filters)
    if filters.household is not None:
        found = found.filter(links__household=filters.household)
    if filters.words:
        found = found.filter(
            Q(number__icontains=filters.words) | Q(description__icontains=filters.words)
        )
    return found.select_related("owner__user").order_by(
        F("deadline").asc(nulls_last=True), "pk"
    )


def _by_facts(found: QuerySet[Problem], filters: ProblemFilter) -> QuerySet[Problem]:
    groups = {"open": sorted(OPEN), "ended": sorted(ENDED)}
    states = groups.get(filters.state, [filters.state])
    if filters.on is not None:
        stood = _stood_on(filters.on)
        found = found.annotate(stood=stood).exclude(stood=None)
        found = found.exclude(stood=State.WITHDRAWN)
        found = found.filter(stood__in=states) if filters.state else found
    else:
        found = found.exclude(state=State.WITHDRAWN)
        found = found.filter(state__in=states) if filters.state else found
    if filters.owner_name:
        found = found.filter(owner__user__full_name__icontains=filters.owner_name)
    if filters.escalated:
        found = found.filter(escalated_on__isnull=False, state__in=sorted(OPEN))
    if filters.raised_to:
        found = found.filter(raised_to=filters.raised_to, answered_on=None)
    equal = ("source", "kind", "duty", "precision", "indicator", "owner")
    wanted = {name: getattr(filters, name) for name in equal if getattr(filters, name)}
    flags = ("immediate", "policy", "common")
    columns = {"immediate": "is_immediate", "policy": "is_policy_level"}
    wanted |= {
        columns.get(name, "is_common"): True for name in flags if getattr(filters, name)
    }
    return found.filter(**wanted)


def _stood_on(day: date) -> Subquery:
    """Return the state a problem stood in at the end of a day, null before it was."""
    end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    events = Event.objects.filter(problem=OuterRef("pk"), recorded_at__lt=end)
    return Subquery(events.order_by("-number").values("new_state")[:1])


def _by_days(found: QuerySet[Problem], filters: ProblemFilter) -> QuerySet[Problem]:
    if filters.overdue_on is not None:
        found = found.filter(deadline__lt=filters.overdue_on, state__in=sorted(OPEN))
    if filters.review_on is not None:
        found = found.filter(state=State.CONTINUING, review_date__lte=filters.review_on)
    if filters.left_on is not None:
        left = Q(owner__valid_to__lte=filters.left_on, state__in=sorted(OPEN))
        found = found.filter(left)
    return found


def problems_of(*, owner: Post, on: date) -> QuerySet[Problem]:
    """Return the open problems a post is to rectify, the most pressing first.

    Each has `is_late`: whether its deadline lies before the day.
    """
    mine = Problem.objects.filter(
        owner=owner, state__in=[*sorted(IN_HAND), State.ASSIGNED]
    )
    late = Case(
        When(deadline__lt=on, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )
    return mine.annotate(is_late=late).order_by("deadline", "pk")


def awaiting_verification_of(*, viewer: Post) -> QuerySet[Problem]:
    """Return the problems that wait for this post's look: never its own work.

    Empty for a post that verifies nothing.
    """
    if not viewer.state.allows(Permission.PROBLEM_VERIFY):
        return Problem.objects.none()
    name = viewer.user.get_username()
    above = [k for k, d in parameters().demands.items() if d.verified_from_above]
    worked = Event.objects.filter(problem=OuterRef("pk"), act__in=WORK, actor=name)
    same_level = Q(kind__in=above, owner_reach__lte=len(viewer.region_id))
    found = Problem.objects.filter(
        visible_to(viewer),
        within(viewer.region_id, "region_id"),
        ~Exists(worked),
        state=State.AWAITING_VERIFICATION,
    )
    return (
        found.annotate(owner_reach=Length("owner__region_id"))
        .exclude(owner__user=viewer.user_id)
        .exclude(same_level)
        .select_related("owner__user")
        .order_by("deadline", "pk")
    )


def objections_for(*, viewer: Post, on: date, most: int) -> list[Problem]:
    """Return problems whose objection this post may decide about, the oldest first.

    Of the `most` that wait longest; empty for a post that decides about none.
    """
    if not viewer.state.allows(Permission.PROBLEM_DECIDE):
        return []
    waiting = Problem.objects.filter(
        visible_to(viewer), within(viewer.region_id, "region_id"), state=State.DISPUTED
    )
    rows = waiting.select_related("owner__user").order_by("pk")[:most]
    return [
        problem for problem in rows if viewer in deciders_of(problem=problem, on=on)
    ]


def returned_to(*, owner: Post) -> QuerySet[Problem]:
    """Return the problems that came back to a post and were not sent up again since.

    Returned by a verifier, reopened after strike-off, or upheld against an objection.
    """
    steps = Event.objects.filter(problem=OuterRef("pk")).exclude(
        old_state=F("new_state")
    )
    last = Subquery(steps.order_by("-number").values("act")[:1])
    mine = Problem.objects.filter(owner=owner, state=State.IN_RECTIFICATION)
    return (
        mine.annotate(last_act=last)
        .filter(last_act__in=[Act.RETURN, Act.REOPEN, Act.UPHOLD])
        .order_by("deadline", "pk")
    )


def problem_get(*, viewer: Post, key: int) -> Problem:
    """Return a problem.

    Raises:
        ProblemMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post sees no problems.
    """
    found = problem_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise ProblemMissing("there is no such problem")
    return found


def as_state(problem: Problem, *, on: date | None = None) -> ProblemState:
    """Return a problem as the rules see it, a disputed one on a day with its source."""
    demands = parameters().demands[problem.kind]
    owner = problem.owner
    worked = problem.events.filter(act__in=WORK)
    seen = ProblemState(
        state=State(problem.state),
        region=problem.region_id,
        registered_by=problem.registered_by,
        owner=owner.user.get_username() if owner else "",
        owner_region=owner.region_id if owner else "",
        owner_office=owner.actor.post if owner else "",
        rectifiers=frozenset(worked.values_list("actor", flat=True)),
        open_tasks=problem.tasks.filter(done_at=None, is_search=False).count(),
        demanded=demands.evidence,
        given=frozenset(problem.evidence.values_list("kind", flat=True)),
        level_above=demands.verified_from_above,
        deadline=problem.deadline,
        has_request=problem.extensions.filter(approved=None).exists(),
        is_policy_level=problem.is_policy_level,
        raised_to=problem.raised_to,
        is_answered=problem.answered_on is not None,
    )
    if on is None or seen.state is not State.DISPUTED:
        return seen
    return with_source(seen, problem, on=on)


def offer_list(*, problem: Problem, viewer: Post, on: date) -> list[Offer]:
    """Return the acts to show on the page of a problem, with why one is not open.

    Shown are acts this person may do some time, not the work of others; those besides
    the steps come last.
    """
    step = Step(as_state(problem, on=on), viewer.state, _filled_in(on))
    steps = [Offer(act, LIFE.refusals(act, step)) for act in LIFE.open_acts(step)]
    beside = [Offer(act, why) for act, why in besides.offered(step).items()]
    return steps + beside


def deciders_of(*, problem: Problem, on: date) -> list[Post]:
    """Return the posts that may decide about the objection to a problem, if any."""
    if problem.state != State.DISPUTED:
        return []
    return decider_list(as_state(problem, on=on), on=on)


def extension_open(*, problem: Problem) -> Extension:
    """Return the request for more time that waits for a decision.

    Raises:
        ProblemMissing: when none does.
    """
    found = problem.extensions.filter(approved=None).first()
    if found is None:
        raise ProblemMissing("there is no such request")
    return found


def task_get(*, viewer: Post, key: int) -> Task:
    """Return a task in the viewer's region, or one that is the viewer's own.

    Raises:
        ProblemMissing: when there is none, or it is not for this post to see.
        NotPermitted: when the post sees no problems.
    """
    check_permitted(viewer.state, Permission.PROBLEM_VIEW, region=viewer.region_id)
    found = Task.objects.filter(within(viewer.region_id, "region_id"), pk=key)
    task = found.select_related("problem", "owner__user").first()
    hidden = task is not None and viewer.sector and task.owner_id != viewer.pk
    if task is None or hidden:
        raise ProblemMissing("there is no such task")
    return task


def task_list(*, owner: Post, done: bool = False) -> QuerySet[Task]:
    """Return the tasks of a post, the most pressing first."""
    found = Task.objects.filter(owner=owner, done_at__isnull=not done)
    return found.select_related("problem").order_by("deadline", "pk")


def reconciliation(*, region: str, on: date, source: str = "") -> Reconciliation:
    """Return where the problems of a region stood at the end of a day.

    One look per state and region counted in: counties, and what lies above them.
    """
    return reconciled(numbers_by_region(regions=[region], on=on, source=source)[region])


def reconciled(counted: Mapping[str, int]) -> Reconciliation:
    """Return the sums of numbers by state."""
    of = {state: counted.get(state, 0) for state in State}
    return Reconciliation(
        registered=sum(of.values()),
        struck_off=of[State.STRUCK_OFF],
        open=sum(of[s] for s in OPEN),
        continuing=of[State.CONTINUING],
        not_substantiated=of[State.NOT_SUBSTANTIATED],
        merged=of[State.MERGED],
    )


def rest_of(whole: Reconciliation, parts: Iterable[Reconciliation]) -> Reconciliation:
    """Return what a region has besides its parts: what was registered for it itself."""
    every = list(parts)
    names = [field.name for field in fields(Reconciliation)]
    sums = {n: sum(getattr(p, n) for p in every) for n in names}
    return Reconciliation(**{n: getattr(whole, n) - sums[n] for n in names})


def numbers_by_region(
    *, regions: Iterable[str], on: date, source: str = ""
) -> dict[str, dict[str, int]]:
    """Return the problems of regions by state at the end of a day, in one query."""
    wanted = list(regions)
    counted_in = Q(pk__in=[])
    for code in wanted:
        counted_in |= _counted_in(code)
    rows = LedgerTally.objects.filter(counted_in, day__lte=on)
    if source:
        rows = rows.filter(source=source)
    later = LedgerTally.objects.filter(
        region_code=OuterRef("region_code"),
        source=OuterRef("source"),
        state=OuterRef("state"),
        day__lte=on,
        day__gt=OuterRef("day"),
    )
    last = rows.filter(~Exists(later)).values_list("region_code", "state", "problems")
    found: dict[str, dict[str, int]] = {code: {} for code in wanted}
    for place, state, problems in last:
        for code in wanted:
            # Wider regions add up their counties, not what lies in those again.
            below = len(place) <= _COUNTY and place.startswith(code)
            inside = place == code if len(code) >= _COUNTY else below
            if inside:
                found[code][state] = found[code].get(state, 0) + problems
    return found


def broken_chain_list(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield the numbers of problems whose events were tampered with."""
    for problem in problems:
        if not is_sound(problem, problem.events.select_related("problem")):
            yield problem.number


def event_list(*, problem: Problem) -> QuerySet[Event]:
    """Return what happened to a problem, the newest first."""
    return problem.events.order_by("-number")


def _counted_in(region: str) -> Q:
    """Return the tallies that add up to a region, none of them twice."""
    if len(region) >= _COUNTY:
        return Q(region_code=region)
    whole = Region.objects.filter(within(region)).exclude(
        level__in=("township", "village")
    )
    return Q(region_code__in=whole.values("code"))


def _filled_in(on: date) -> Said:
    """Return a form in which all was filled in, to find what else stands against it."""
    later = date.max
    return replace(
        Said(on, reason="-", measures="-", owner="-", into="-"),
        deadline=later,
        review_date=later,
    )
