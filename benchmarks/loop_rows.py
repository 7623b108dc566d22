"""The plans, measures and problems of a benchmark's county, a row for each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from fast_rows import Columns, next_key, rows_written, sequences_moved, stamp

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.ledger.acts.tallies import kept_for
from xiuhua.apps.ledger.codes import Kind, Source
from xiuhua.apps.ledger.models import Event, LedgerTally, Problem, ProblemHousehold
from xiuhua.apps.ledger.rules import ENDED, State
from xiuhua.apps.plans.acts.tallies import IN_FORCE, tallies_shift
from xiuhua.apps.plans.models import CLASSES, Measure, Plan, PlanEvent, PlanVersion
from xiuhua.apps.plans.rules import MeasureState


MEASURES = 5
# One in so many of what is still to be done is late.
LATE = 20
STATES = (
    *(MeasureState.PLANNED, MeasureState.UNDER_WAY, MeasureState.DONE),
    *(MeasureState.CHECKED_OFF, MeasureState.CHECKED_OFF),
)
# Most problems of a ledger in use are struck off.
PROBLEM_STATES = (
    *(State.STRUCK_OFF,) * 6,
    *(State.ASSIGNED, State.SIGNED_FOR, State.IN_RECTIFICATION),
    State.AWAITING_VERIFICATION,
)


@dataclass(frozen=True)
class Setting:
    """Who writes, when, and who in each village is in charge."""

    office: Post
    at: datetime
    owners: dict[str, Post]

    @property
    def today(self) -> date:
        """Return the day of it."""
        return self.at.date()

    def deadline(self, number: int) -> date:
        """Return a day ahead, for one in so many a day that has passed."""
        days = -1 - number % 9 if number % LATE == 0 else 10 + number % 90
        return self.today + timedelta(days=days)


def owners_made(
    villages: Sequence[str], *, as_of: date, at: datetime
) -> dict[str, Post]:
    """Give each village its first secretary."""
    users = User.objects.bulk_create(
        User(
            username=f"first{code}",
            full_name=code,
            registered_at=at,
            password="!",
        )
        for code in villages
    )
    posts = Post.unscoped.bulk_create(
        Post(
            user=user,
            role="first_secretary",
            region_id=code,
            valid_from=as_of,
        )
        for user, code in zip(users, villages, strict=True)
    )
    return dict(zip(villages, posts, strict=True))


def plans_written(homes: Sequence[tuple[int, str]], setting: Setting) -> int:
    """Write an agreed plan of five measures for each (household, village)."""
    plan, measure = next_key(Plan), next_key(Measure)
    keys = list(range(plan, plan + len(homes)))
    rows_written(
        Plan,
        {
            "id": keys,
            "household_id": [home for home, _ in homes],
            "region_code": [village for _, village in homes],
            "year": [setting.today.year] * len(homes),
            "track": ["develop"] * len(homes),
            "agreed_count": [1] * len(homes),
            "version": [1] * len(homes),
            "events_count": [1] * len(homes),
        },
    )
    rows_written(
        PlanVersion,
        {
            "plan_id": keys,
            "number": [1] * len(keys),
            "content": [_CONTENT] * len(keys),
            "agreed_on": [setting.today.isoformat()] * len(keys),
            "signed": ["{}"] * len(keys),
            "actor": [setting.office.actor.name] * len(keys),
            "recorded_at": [stamp(setting.at)] * len(keys),
        },
    )
    _events(PlanEvent, "plan_id", keys, "agree", setting)
    measures = _measures(keys, homes, measure, setting)
    written = rows_written(Measure, measures)
    counted = Counter(zip(measures["region_code"], measures["state"], strict=True))
    counted += Counter((village, IN_FORCE) for _, village in homes)
    year = setting.today.year
    tallies_shift({(v, year, state): many for (v, state), many in counted.items()})
    sequences_moved(Plan, PlanVersion, PlanEvent, Measure)
    return written


_CONTENT = json.dumps([{"what": f"measure {n}"} for n in range(MEASURES)])


def _measures(
    plans: Sequence[int],
    homes: Sequence[tuple[int, str]],
    first: int,
    setting: Setting,
) -> Columns:
    count = len(plans) * MEASURES
    states = list(islice(cycle(STATES), count))
    finished = [s in (MeasureState.DONE, MeasureState.CHECKED_OFF) for s in states]
    checked = [s == MeasureState.CHECKED_OFF for s in states]
    moment = stamp(setting.at)
    owners = [setting.owners[village] for _, village in homes for _ in range(MEASURES)]
    return {
        "id": list(range(first, first + count)),
        "plan_id": [plan for plan in plans for _ in range(MEASURES)],
        "region_code": [village for _, village in homes for _ in range(MEASURES)],
        "once": [f"bench-{key}" for key in range(first, first + count)],
        "kind": list(islice(cycle(CLASSES), count)),
        "what": ["made up for a benchmark"] * count,
        "owner_id": [post.pk for post in owners],
        "deadline": [setting.deadline(n).isoformat() for n in range(count)],
        "state": [s.value for s in states],
        "finished_at": [moment if done else None for done in finished],
        "finished_by": [
            post.user.username if done else ""
            for post, done in zip(owners, finished, strict=True)
        ],
        "checked_at": [moment if done else None for done in checked],
        "checked_by": [setting.office.actor.name if c else "" for c in checked],
    }


def problems_written(homes: Sequence[tuple[int, str]], setting: Setting) -> int:
    """Write a problem about each (household, village), with its tallies."""
    first = next_key(Problem)
    keys = list(range(first, first + len(homes)))
    states = list(islice(cycle(PROBLEM_STATES), len(homes)))
    sources = list(islice(cycle(Source.values), len(homes)))
    moment, today = stamp(setting.at), setting.today.isoformat()
    written = rows_written(
        Problem,
        {
            "id": keys,
            "number": [f"bench-{key}" for key in keys],
            "once": [f"bench-{key}" for key in keys],
            "region_code": [village for _, village in homes],
            "source": sources,
            "found_on": [today] * len(keys),
            "kind": list(islice(cycle(Kind.values), len(keys))),
            "description": ["made up for a benchmark"] * len(keys),
            "state": [s.value for s in states],
            "owner_id": [setting.owners[village].pk for _, village in homes],
            "deadline": [setting.deadline(n).isoformat() for n in range(len(keys))],
            "registered_by": [setting.office.actor.name] * len(keys),
            "registered_at": [moment] * len(keys),
            "ended_at": [moment if s in ENDED else None for s in states],
            "ended_by": ["office" if s in ENDED else "" for s in states],
            "version": [1] * len(keys),
            "events_count": [1] * len(keys),
        },
    )
    rows_written(
        ProblemHousehold, {"problem_id": keys, "household_id": [h for h, _ in homes]}
    )
    _events(Event, "problem_id", keys, "register", setting)
    _tallied(Counter(zip((v for _, v in homes), sources, states, strict=True)), today)
    sequences_moved(Problem, ProblemHousehold, Event, LedgerTally)
    return written


def _tallied(counted: Counter[tuple[str, str, State]], today: str) -> None:
    sums: Counter[tuple[str, str, str]] = Counter()
    for (village, source, state), many in counted.items():
        for code in kept_for(village):
            sums[code, source, state.value] += many
    rows = sorted(sums)
    rows_written(
        LedgerTally,
        {
            "region_code": [code for code, _, _ in rows],
            "source": [source for _, source, _ in rows],
            "state": [state for _, _, state in rows],
            "day": [today] * len(rows),
            "problems": [sums[row] for row in rows],
        },
    )


def _events(
    model: Any, column: str, keys: Sequence[int], act: str, setting: Setting
) -> None:
    count = len(keys)
    rows_written(
        model,
        {
            column: list(keys),
            "number": [1] * count,
            "act": [act] * count,
            "new_state": ["registered"] * count,
            "said": ["{}"] * count,
            "actor": [setting.office.actor.name] * count,
            "post": [setting.office.actor.post] * count,
            "recorded_at": [stamp(setting.at)] * count,
            "previous": ["0" * 64] * count,
            "digest": ["0" * 64] * count,
        },
    )


def shared_out(total: int, wanted: int) -> Iterator[int]:
    """Yield which of `total` rows are among `wanted` that lie evenly over them."""
    for number in range(total):
        if (number + 1) * wanted // total > number * wanted // total:
            yield number
