"""Chain what happens to a problem, and let it take a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.chained import chained
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger import besides, followers
from xiuhua.apps.ledger.acts.tallies import tallies_shift
from xiuhua.apps.ledger.models import Event, Problem
from xiuhua.apps.ledger.rules import (
    ANSWER,
    DELAY,
    ENDED,
    ESCALATE,
    EVIDENCE,
    EVIDENCE_GONE,
    EXTENDED,
    EXTENSION,
    LIFE,
    MEND,
    RAISE,
    RECHECK,
    REGISTER,
    TASK,
    TASK_DONE,
    WITHDRAW,
    Act,
    Said,
    Step,
)
from xiuhua.apps.ledger.selectors import as_state
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.steps import StepRefused


TARGET: Final = "ledger.problem"
PARTICIPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Act.ASSIGN: "assigned",
        Act.SIGN_FOR: "signed_for",
        Act.SEND_BACK: "sent_back",
        Act.START: "started",
        Act.CONTINUE: "continued",
        Act.RESUME: "resumed",
        Act.DISPUTE: "disputed",
        Act.UPHOLD: "upheld",
        Act.NOT_SUBSTANTIATE: "not_substantiated",
        Act.SUBMIT: "submitted",
        Act.STRIKE_OFF: "struck_off",
        Act.RETURN: "returned",
        Act.REOPEN: "reopened",
        Act.MERGE: "merged",
        REGISTER: "registered",
        EVIDENCE: "evidence_given",
        EVIDENCE_GONE: "evidence_withdrawn",
        TASK: "task_set",
        TASK_DONE: "task_done",
        EXTENSION: "extension_asked",
        EXTENDED: "extension_decided",
        MEND: "system_mended",
        DELAY: "delay_explained",
        ESCALATE: "escalated",
        RAISE: "raised",
        ANSWER: "answered",
        RECHECK: "rechecked",
        WITHDRAW: "withdrawn",
    }
)


class StaleProblem(XiuhuaError):
    """Somebody else changed the problem since it was shown."""

    code = "ledger.stale_problem"


@dataclass(frozen=True)
class Program:
    """The program, acting by rule: it registers and escalates, and takes no step."""

    actor: Actor


@dataclass(frozen=True)
class Happening:
    """What happens to a problem, who does it and what they say."""

    act: str
    said: Mapping[str, Any]
    by: Post | Program
    at: datetime

    @property
    def day(self) -> date:
        """Return the day of it where the office is."""
        return timezone.localtime(self.at).date()


def problem_locked(problem: Problem, version: int) -> Problem:
    """Return the problem as it stands now, locked.

    Raises:
        StaleProblem: when it is not as it was when it was shown.
    """
    locked = Problem.objects.select_for_update().get(pk=problem.pk)
    if locked.version != version:
        raise StaleProblem(
            "somebody else changed {number} meanwhile", number=locked.number
        )
    return locked


def step_taken(
    problem: Problem,
    act: Act,
    said: Said,
    happening: Happening,
    **changes: Any,
) -> Event:
    """Let a locked problem take a step; save it with its event and the tallies.

    `changes` are columns set once the step is found open.

    Raises:
        StepRefused: with every reason why the step is not open.
        TypeError: when the program itself would take the step.
    """
    old, ended_at = problem.state, problem.ended_at
    if isinstance(happening.by, Program):
        raise TypeError("the program takes no step")
    seen = as_state(problem, on=happening.day)
    problem.state = LIFE.target(act, Step(seen, happening.by.state, said))
    ended = problem.state in ENDED
    problem.ended_at = happening.at if ended else None
    problem.ended_by = happening.by.actor.name if ended else ""
    problem.review_date = said.review_date if act is Act.CONTINUE else None
    for name, value in changes.items():
        setattr(problem, name, value)
    event = event_appended(problem, happening, old_state=old)
    tallies_shift(
        region_code=problem.region_id,
        source=problem.source,
        old=old,
        new=problem.state,
        day=happening.day,
    )
    followers.tell(problem=problem, old=old, ended_at=ended_at, day=happening.day)
    return event


def check_beside(problem: Problem, act: str, by: Post, day: date) -> None:
    """Refuse an act beside the steps that is not open to a post now.

    Raises:
        StepRefused: with every reason, the same as the page shows.
    """
    refused = besides.refusals(act, Step(as_state(problem), by.state, Said(day)))
    if refused:
        raise StepRefused(refused)


def event_appended(problem: Problem, happening: Happening, *, old_state: str) -> Event:
    """Save a problem with the event that changed it, and record the act.

    The audit names the act and the digest of the event; what was said stays here.
    """
    actor = happening.by.actor
    if problem.pk is None:
        problem.save()
    event = Event(
        problem=problem,
        act=happening.act,
        old_state=old_state,
        new_state=problem.state,
    )
    chained(event, said=happening.said, by=actor, at=happening.at)
    audit.entry_append(
        action=f"ledger.problem.{PARTICIPLES[happening.act]}",
        target=TARGET,
        target_id=str(problem.pk),
        target_label=problem.number,
        region_code=problem.region_id,
        by=actor,
        at=happening.at,
        old={"state": old_state} if old_state else None,
        new={"state": problem.state, "event": event.digest},
    )
    return event
