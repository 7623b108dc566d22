"""Problems and what hangs on them, made through the services."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.attachments import make_attachment
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.ledger.models import (
    Event,
    Evidence,
    Extension,
    LedgerTally,
    NumberSeries,
    Problem,
    ProblemHousehold,
    Recheck,
    RecheckItem,
    Task,
)
from xiuhua.apps.ledger.rules import Act, Found
from xiuhua.apps.ledger.services import (
    proving,
    rechecking,
    rectifying,
    registering,
    tasking,
    timing,
)


COUNTY, TOWNSHIP, VILLAGE = "990101", "990101101", "990101101201"
_keys = count(1)


def once() -> str:
    """Return the key of another form."""
    return f"form-{next(_keys)}"


def make_office() -> Post:
    """Return the county office's post."""
    return make_post("county_office", COUNTY)


def make_problem(by: Post | None = None, **said: Any) -> Problem:
    """Register a problem of a village."""
    make_region(said.get("region", VILLAGE))
    usual: dict[str, Any] = {
        "region": VILLAGE,
        "source": "cross_check",
        "kind": "data",
        "description": "户主身份证号与公安库不符",
        "found_on": TODAY,
    }
    act = {"once": once(), "by": by or make_office(), "at": NOON}
    act |= {name: said.pop(name) for name in ("once", "at") if name in said}
    return registering.problem_register(found=Found(**usual | said), **act)


def make_assigned(by: Post, owner: Post, **said: Any) -> Problem:
    """Register a problem and give it to an owner for a month."""
    problem = make_problem(by, **said)
    return rectifying.problem_assign(
        problem=problem,
        version=problem.version,
        owner=owner,
        deadline=TODAY + timedelta(days=30),
        by=by,
        at=NOON,
    )


def make_in_hand(by: Post, owner: Post, **said: Any) -> Problem:
    """Register a problem that its owner has signed for."""
    problem = make_assigned(by, owner, **said)
    return rectifying.problem_step(
        problem=problem, version=problem.version, act=Act.SIGN_FOR, by=owner, at=NOON
    )


def make_clerk() -> Post:
    """Return the post of a township's clerk."""
    return make_post("township_clerk", TOWNSHIP)


def make_problem_household() -> ProblemHousehold:
    """Return the link of a problem to the household it is about."""
    household = make_household(VILLAGE)
    return make_problem(households=frozenset({household.pk})).links.get()


def make_evidence() -> Evidence:
    """Give a file as evidence of a problem in hand."""
    owner = make_clerk()
    problem = make_in_hand(make_office(), owner)
    return give_evidence(problem, owner)


def give_evidence(problem: Problem, owner: Post, kind: str = "photo") -> Evidence:
    """Give a new file as evidence of a problem."""
    attachment = make_attachment(
        subject=Subject("ledger.problem", str(problem.pk), problem.region_id)
    )
    return proving.evidence_give(
        problem=problem,
        version=Problem.objects.get(pk=problem.pk).version,
        kind=kind,
        attachment=attachment,
        by=owner,
        at=NOON,
    )


def make_task(owner: Post | None = None, **said: Any) -> Task:
    """Set a task under a problem in hand."""
    owner = owner or make_clerk()
    problem = make_in_hand(make_office(), owner)
    usual: dict[str, Any] = {
        "what": "核对户口簿",
        "owner": owner,
        "deadline": TODAY + timedelta(days=7),
        "region": VILLAGE,
        "once": once(),
        "by": owner,
        "at": NOON,
    }
    return tasking.task_set(problem=problem, version=problem.version, **usual | said)


def make_extension() -> Extension:
    """Ask for more time for a problem in hand."""
    owner = make_clerk()
    problem = make_in_hand(make_office(), owner)
    return timing.extension_ask(
        problem=problem,
        version=problem.version,
        until=date(2019, 9, 1),
        reason="等待公安核对",
        by=owner,
        at=NOON,
    )


def make_struck_off(office: Post | None = None, **said: Any) -> Problem:
    """Take a problem of data to its strike-off."""
    office, owner = office or make_office(), make_clerk()
    problem = make_in_hand(office, owner, **said)
    for act, by, words in (
        (Act.START, owner, {"measures": "核对"}),
        (Act.SUBMIT, owner, {}),
        (Act.STRIKE_OFF, office, {}),
    ):
        problem = rectifying.problem_step(
            problem=problem, version=problem.version, act=act, by=by, at=NOON, **words
        )
    return problem


def make_recheck() -> Recheck:
    """Draw one struck-off problem for a second look."""
    office = make_office()
    make_struck_off(office)
    return rechecking.recheck_draw(
        region=COUNTY,
        ended_from=TODAY,
        ended_to=TODAY,
        seed="双色球",
        once=once(),
        by=office,
        at=NOON,
    )


def make_recheck_item() -> RecheckItem:
    """Return the problem that was drawn."""
    return make_recheck().items.get()


def make_event() -> Event:
    """Return the first event of a problem."""
    return make_problem().events.get()


def make_ledger_tally() -> LedgerTally:
    """Return the tally of a county after one problem was registered."""
    make_problem()
    return LedgerTally.objects.get(region_code=COUNTY)


def make_number_series() -> NumberSeries:
    """Return the numbers of a county after one problem was registered."""
    make_problem()
    return NumberSeries.objects.get()
