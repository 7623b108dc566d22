"""The ledger of the demonstration: problems of every source, in every state.

Told as stories: what was found, so many days ago, and what followed. Every act is done
by those in charge, on its day, through the services.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.rules import Sent
from xiuhua.apps.attachments.rules import Subject as About
from xiuhua.apps.attachments.services import attachment_add
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger.jobs import opened_by_rule
from xiuhua.apps.ledger.models import Problem, Task
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import Act as Step
from xiuhua.apps.ledger.rules import Found
from xiuhua.apps.ledger.selectors import extension_open
from xiuhua.apps.ledger.services import (
    escalating,
    policy,
    proving,
    rectifying,
    registering,
    tasking,
    timing,
)
from xiuhua.apps.registry.models import Household
from xiuhua.core.dictionary.model import Mask
from xiuhua.demo.findings import FINDINGS, Finding
from xiuhua.demo.places import COUNTY, PREFECTURE, TOWNSHIP, VILLAGE
from xiuhua.demo.rows import Home
from xiuhua.demo.sheets import moment
from xiuhua.demo.stories import Act


_RULES_DAY: Final = 1
_ESCALATIONS: Final = (20, 10, 1)


@dataclass(frozen=True)
class Ledger:
    """What the stories are told with: the day, who acts, households by village."""

    on: date
    posts: Mapping[str, Post]
    homes: Mapping[str, Home]
    keys: dict[int, int] = field(default_factory=dict)

    def acts(self) -> Iterator[Act]:
        """Yield all acts, in no order."""
        for number, finding in enumerate(FINDINGS):
            yield from Story(self, number, finding).acts()
        for days in _ESCALATIONS:
            day = self.on - timedelta(days)
            yield Act(day, _escalation(day))
        yield Act(self.on - timedelta(_RULES_DAY), self._rules)

    def _rules(self) -> None:
        """Follow the rule that needs no plan, as the night before did."""
        at = moment(self.on - timedelta(_RULES_DAY), 2)
        opened_by_rule(["exited_unmet"], at=at, by=Actor.command("tick"))


def _escalation(day: date) -> Callable[[], object]:
    return lambda: escalating.problems_escalate(
        by=Actor.command("tick"), at=moment(day, 2)
    )


@dataclass(frozen=True)
class Story:
    """One problem from its finding to where it stands today."""

    ledger: Ledger
    number: int
    finding: Finding

    def acts(self) -> Iterator[Act]:
        """Yield the acts of the story, each on its day."""
        finding = self.finding
        yield self._act(finding.days_ago, self._registered)
        for days, name, *words in finding.course:
            run = getattr(self, f"_{name}")
            yield self._act(days, partial(_called, run, words))

    def _act(self, days: int, do: Callable[[date], object]) -> Act:
        day = self.ledger.on - timedelta(days)
        return Act(day, lambda: do(day))

    @property
    def _owner(self) -> Post:
        return self.ledger.posts[self.finding.owner]

    @property
    def _office(self) -> Post:
        return self.ledger.posts["county_office"]

    @property
    def _checker(self) -> Post:
        return self.ledger.posts["supervision_team"]

    @property
    def _source(self) -> Post:
        """Return who decides about an objection: who found it, or a level above."""
        own = self.finding.source in parameters().own_sources
        return self.ledger.posts["county_office" if own else "prefecture_officer"]

    def _now(self) -> Problem:
        return Problem.unscoped.get(pk=self.ledger.keys[self.number])

    def _said(self, day: date, by: Post, hour: int = 10) -> dict[str, Any]:
        now = self._now()
        at = moment(day, hour)
        return {"problem": now, "version": now.version, "by": by, "at": at}

    def _registered(self, day: date) -> None:
        finding = self.finding
        villages = sorted({home.village for home in self.ledger.homes.values()})
        inside = [v for v in villages if v.startswith(TOWNSHIP)]
        places = {"village": VILLAGE, "township": TOWNSHIP, "county": COUNTY}
        region = places.get(finding.place, inside[self.number % len(inside)])
        found = Found(
            region=region,
            source=finding.source,
            kind=finding.kind,
            description=finding.description,
            found_on=day,
            households=frozenset(self._households(region)),
            duty=finding.duty,
            precision=finding.precision,
            indicator=finding.indicator,
            reference=finding.reference,
            is_common=finding.place in ("township", "county"),
            is_policy_level=any(name == "raised" for _d, name, *_w in finding.course),
            is_immediate=finding.immediate,
        )
        made = registering.problem_register(
            found=found,
            once=f"demo-problem-{self.number}",
            by=self._office,
            at=moment(day, 9),
        )
        self.ledger.keys[self.number] = made.pk

    def _households(self, region: str) -> list[int]:
        numbers = sorted(
            number
            for number, home in self.ledger.homes.items()
            if home.village.startswith(region)
        )
        # Of two findings about the same household the second says so by its number.
        first = self.finding.same_as if self.finding.same_as >= 0 else self.number
        chosen = [
            numbers[(first * 7 + nth * 3) % len(numbers)]
            for nth in range(self.finding.households)
        ]
        rows = Household.unscoped.filter(number__in=chosen, village__code=region)
        return list(rows.filter(ended_on=None).values_list("pk", flat=True))

    def _assigned(self, day: date, days: int) -> None:
        rectifying.problem_assign(
            **self._said(day, self._office),
            owner=self._owner,
            deadline=day + timedelta(days),
            leader="分管副县长（虚构）",
            unit=self.finding.unit,
        )

    def _signed(self, day: date) -> None:
        rectifying.problem_step(**self._said(day, self._owner), act=Step.SIGN_FOR)

    def _sent_back(self, day: date, reason: str) -> None:
        self._step(day, self._owner, Step.SEND_BACK, reason)

    def _started(self, day: date, measures: str) -> None:
        said = self._said(day, self._owner, 11)
        rectifying.problem_step(**said, act=Step.START, measures=measures)

    def _submitted(self, day: date) -> None:
        for kind in sorted(parameters().demands[self.finding.kind].evidence):
            proving.evidence_give(
                **self._said(day, self._adder, 14),
                kind=kind,
                attachment=self._file(kind, day),
            )
        self._step(day, self._owner, Step.SUBMIT, "")

    def _file(self, kind: str, day: date) -> Any:
        now, content = self._now(), _picture(self.number, kind)
        digest = hashlib.sha256(content).hexdigest()
        name = f"佐证-{now.number}-{kind}.png"
        key = hashlib.sha256(f"{self.number}{kind}{day}".encode()).hexdigest()
        return attachment_add(
            content=content,
            sent=Sent(key, name, digest, len(content)),
            subject=About("ledger.problem", str(now.pk), now.region_id),
            mask=Mask.PERSONAL,
            by=self._adder,
            at=moment(day, 14),
        )

    @property
    def _adder(self) -> Post:
        """Return who brings the file: a leader has it brought by the clerk."""
        leads = self.finding.owner == "township_leader"
        return self.ledger.posts["township_clerk"] if leads else self._owner

    def _struck(self, day: date) -> None:
        self._step(day, self._checker, Step.STRIKE_OFF, "")

    def _returned(self, day: date, reason: str) -> None:
        self._step(day, self._checker, Step.RETURN, reason)

    def _reopened(self, day: date, reason: str) -> None:
        self._step(day, self._checker, Step.REOPEN, reason)

    def _disputed(self, day: date, reason: str) -> None:
        self._step(day, self._owner, Step.DISPUTE, reason)

    def _upheld(self, day: date, reason: str) -> None:
        self._step(day, self._source, Step.UPHOLD, reason)

    def _unfounded(self, day: date, reason: str) -> None:
        self._step(day, self._source, Step.NOT_SUBSTANTIATE, reason)

    def _continued(self, day: date, reason: str, days: int) -> None:
        rectifying.problem_step(
            **self._said(day, self._checker, 16),
            act=Step.CONTINUE,
            reason=reason,
            review_date=day + timedelta(days),
        )

    def _step(self, day: date, by: Post, act: Step, reason: str) -> None:
        rectifying.problem_step(**self._said(day, by, 16), act=act, reason=reason)

    def _merged(self, day: date, into: int) -> None:
        other = Problem.unscoped.get(pk=self.ledger.keys[into])
        rectifying.problem_merge(**self._said(day, self._office), into=other)

    def _asked(self, day: date, days: int, reason: str) -> None:
        now = self._now()
        until = (now.deadline or day) + timedelta(days)
        timing.extension_ask(
            **self._said(day, self._owner, 15), until=until, reason=reason
        )

    def _granted(self, day: date) -> None:
        timing.extension_decide(
            extension=extension_open(problem=self._now()),
            approved=True,
            by=self._office,
            at=moment(day, 17),
        )

    def _explained(self, day: date, cause: str, accountability: str) -> None:
        timing.delay_explain(
            **self._said(day, self._office, 17),
            cause=cause,
            accountability=accountability,
        )

    def _mended(self, day: date, what: str) -> None:
        proving.system_mend(**self._said(day, self._office, 17), what=what)

    def _tasked(self, day: date, what: str, days: int) -> None:
        tasking.task_set(
            **self._said(day, self._office, 12),
            what=what,
            owner=self.ledger.posts["village_secretary"],
            deadline=day + timedelta(days),
            region=VILLAGE,
            once=f"demo-task-{self.number}",
            is_search=True,
        )

    def _task_done(self, day: date, outcome: str) -> None:
        task = Task.objects.get(once=f"demo-task-{self.number}")
        tasking.task_finish(
            task=task,
            version=task.version,
            outcome=outcome,
            by=self.ledger.posts["village_secretary"],
            at=moment(day, 17),
        )

    def _raised(self, day: date, question: str) -> None:
        policy.policy_raise(
            **self._said(day, self._office, 15), to=PREFECTURE, question=question
        )

    def _answered(self, day: date, answer: str) -> None:
        now = self._now()
        policy.policy_answer(
            problems={now.pk: now.version},
            answer=answer,
            by=self.ledger.posts["prefecture_officer"],
            at=moment(day, 15),
        )


def _called(run: Callable[..., object], words: list[Any], day: date) -> object:
    return run(day, *words)


def _picture(number: int, kind: str) -> bytes:
    """Return a small picture of stripes, another one for every problem and kind."""
    width, height = 96, 64
    shade = hashlib.sha256(f"{number}{kind}".encode()).digest()
    lines = b"".join(
        b"\0"
        + bytes(shade[(y // 8) % 8 * 3 + c] for _x in range(width) for c in (0, 1, 2))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body))
        + name
        + body
        + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )
