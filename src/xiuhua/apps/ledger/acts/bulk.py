"""Put many problems on the ledger in a few statements, or withdraw them.

What `entering` and `events` do for one problem is done here for all of them: numbers
given, chains hung, tallies and drives counted once for those that are alike.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.chained import linked
from xiuhua.apps.ledger import followers
from xiuhua.apps.ledger.acts.entering import (
    check_found,
    number_given,
    numbers_locked,
    problem_of,
)
from xiuhua.apps.ledger.acts.events import TARGET
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit, check_reaches
from xiuhua.apps.ledger.acts.tallies import tallies_shift
from xiuhua.apps.ledger.models import Event, NumberSeries, Problem, ProblemHousehold
from xiuhua.apps.ledger.rules import (
    LIFE,
    REGISTER,
    WITHDRAW,
    Act,
    Found,
    ProblemState,
    Said,
    State,
    Step,
)


_PART: Final = 500
_MOVED: Final = (
    *("state", "ended_at", "ended_by", "version", "events_count", "events_digest"),
)


@dataclass(frozen=True)
class Entered:
    """A problem of a list: as it was found, and to whom it goes if that is said."""

    found: Found
    once: str
    leader: str = ""
    unit: str = ""
    deadline: date | None = None
    owner: Post | None = None


def problems_entered(
    rows: Sequence[Entered], *, by: Post, at: datetime
) -> list[Problem]:
    """Put problems on the ledger, those with an owner assigned at once.

    Households and regions must have been looked at already.

    Raises:
        ProblemUnfit: when one cannot have been found like this.
        StepRefused: when one cannot be assigned like this.
    """
    today = timezone.localtime(at).date()
    series = _series(rows, today)
    problems, events = [], []
    for row in rows:
        check_found(row.found, today)
        number = number_given(series[row.found.region[:6]])
        problem = problem_of(
            row.found, number=number, once=row.once, by=by.actor, at=at
        )
        problem.leader, problem.unit = row.leader, row.unit
        problem.deadline = row.deadline
        said = {"description": problem.description}
        events.append(_hung(problem, REGISTER, said, "", by, at))
        if row.owner is not None:
            events.append(_assigned(problem, row, by, at))
        problems.append(problem)
    NumberSeries.objects.bulk_update(series.values(), ["count"])
    Problem.objects.bulk_create(problems, batch_size=_PART)
    _households_linked(problems, rows)
    _written(problems, events, old="", done="registered", by=by, at=at)
    return problems


def problems_withdrawn(
    problems: Sequence[Problem], *, reason: str, by: Post, at: datetime
) -> None:
    """Withdraw locked problems that were entered by mistake: they count nowhere.

    Raises:
        ProblemUnfit: when one has gone on since it was entered.
    """
    for problem in problems:
        first = 2 if problem.owner_id else 1
        if problem.version != first or problem.state not in (
            State.REGISTERED,
            State.ASSIGNED,
        ):
            raise ProblemUnfit(
                "{number} has gone on since: it stands", number=problem.number
            )
    by_state: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_state[problem.state].append(problem)
    for old, alike in sorted(by_state.items()):
        events = []
        for problem in alike:
            problem.state = State.WITHDRAWN
            problem.ended_at, problem.ended_by = at, by.actor.name
            events.append(_hung(problem, WITHDRAW, {"reason": reason}, old, by, at))
        Problem.objects.bulk_update(alike, _MOVED, batch_size=_PART)
        _written(alike, events, old=old, done="withdrawn", by=by, at=at)


def _series(rows: Iterable[Entered], today: date) -> dict[str, NumberSeries]:
    """Return the series of numbers of each county, locked in the order of codes."""
    counties = sorted({row.found.region[:6] for row in rows})
    return {code: numbers_locked(code, today) for code in counties}


def _hung(
    problem: Problem,
    act: str,
    said: Mapping[str, Any],
    old: str,
    by: Post,
    at: datetime,
) -> Event:
    event = Event(problem=problem, act=act, old_state=old, new_state=problem.state)
    linked(event, said=said, by=by.actor, at=at)
    return event


def _assigned(problem: Problem, row: Entered, by: Post, at: datetime) -> Event:
    owner, deadline = row.owner, row.deadline
    if owner is None or deadline is None:
        raise ProblemUnfit("who is to mend it needs a deadline")
    check_reaches(owner, problem.region_id)
    day = timezone.localtime(at).date()
    stood = ProblemState(State.REGISTERED, problem.region_id)
    said = Said(day, owner=owner.actor.name, deadline=deadline)
    problem.state = LIFE.target(Act.ASSIGN, Step(stood, by.state, said))
    problem.owner = owner
    words = {"owner": owner.actor.post, "user": owner.actor.name}
    words |= {"deadline": deadline.isoformat(), "leader": row.leader, "unit": row.unit}
    return _hung(problem, Act.ASSIGN, words, State.REGISTERED, by, at)


def _households_linked(problems: Sequence[Problem], rows: Sequence[Entered]) -> None:
    ProblemHousehold.objects.bulk_create(
        [
            ProblemHousehold(problem=problem, household_id=key)
            for problem, row in zip(problems, rows, strict=True)
            for key in sorted(row.found.households)
        ],
        batch_size=_PART,
    )


def _written(
    problems: Sequence[Problem],
    events: Sequence[Event],
    *,
    old: str,
    done: str,
    by: Post,
    at: datetime,
) -> None:
    """Save the events of problems, count them, and record the act county by county."""
    Event.objects.bulk_create(events, batch_size=_PART)
    day = timezone.localtime(at).date()
    alike: defaultdict[tuple[str, ...], list[Problem]] = defaultdict(list)
    counties: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        key = (problem.region_id, problem.source, problem.kind, problem.state)
        alike[key].append(problem)
        counties[problem.region_id[:6]].append(problem)
    for (region, source, _kind, state), same in sorted(alike.items()):
        tallies_shift(
            region_code=region,
            source=source,
            old=old,
            new=state,
            day=day,
            count=len(same),
        )
        followers.tell(
            problem=same[0], old=old, ended_at=None, day=day, count=len(same)
        )
    for county, here in sorted(counties.items()):
        digests = "".join(problem.events_digest for problem in here)
        audit.entry_append(
            action=f"ledger.problems.{done}",
            target=TARGET,
            target_id=str(here[0].pk),
            target_label=f"{here[0].number} … {here[-1].number}",
            region_code=county,
            by=by.actor,
            at=at,
            new={
                "problems": len(here),
                "events": hashlib.sha256(digests.encode()).hexdigest(),
            },
        )
