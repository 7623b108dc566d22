"""Random acts of random people against a plain model of the ledger (`believed`).

After each step every problem must stand where the model has it, and the ledger's
figures must equal a count of the model at every level: nothing is lost between the ways
a problem can end. After each run this must hold of every day and source, the chains
must be whole, and what was merged must lead to a problem that was not.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from tests.apps.ledger import believed
from tests.apps.ledger.believed import LEVELS, OTHER_VILLAGE, Belief
from tests.factories.accounts import make_post
from tests.factories.attachments import make_attachment
from tests.factories.ledger import COUNTY, TOWNSHIP, VILLAGE, once
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import make_household

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.attachments.services import attachment_remove
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger import selectors as ledgers
from xiuhua.apps.ledger.acts.events import StaleProblem
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit
from xiuhua.apps.ledger.models import Problem, RecheckItem, Task
from xiuhua.apps.ledger.rules import Act, Found
from xiuhua.apps.ledger.services import (
    escalating,
    policy,
    proving,
    rechecking,
    rectifying,
    registering,
    tasking,
    timing,
)
from xiuhua.core.steps import StepRefused


PEOPLE = st.sampled_from(["office", "clerk", "leader"])
OWNERS = st.sampled_from(["clerk", "office"])
STALE = st.sampled_from([0] * 9 + [1])
REFUSALS = (StepRefused, ProblemUnfit, NotPermitted, StaleProblem)


class Kept(RuleBasedStateMachine):
    """The ledger of a county of two villages, and a dictionary that should agree."""

    @initialize()
    def begin(self):
        self.sure = transaction.atomic()
        self.sure.__enter__()
        self.scope = region_scope(["99"])
        self.scope.__enter__()
        for village in (VILLAGE, OTHER_VILLAGE):
            make_region(village)
        self.posts = {
            "office": make_post("county_office", COUNTY),
            "clerk": make_post("township_clerk", TOWNSHIP),
            "leader": make_post("township_leader", TOWNSHIP),
        }
        homes = (make_household(v) for v in (VILLAGE, OTHER_VILLAGE))
        self.homes = {home.pk: home.village_id for home in homes}
        self.at, self.past = NOON, {}
        self.believed: dict[int, Belief] = {}
        self.drawn: dict[int, int] = {}
        for kind, village in (("data", VILLAGE), ("conduct", OTHER_VILLAGE)):
            self.entered(Belief(village, "audit", kind, True, set()))

    def teardown(self):
        if not hasattr(self, "sure"):
            return
        try:
            self.night()
            self.held_at_the_end()
        finally:
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)
            self.sure.__exit__(None, None, None)

    @property
    def today(self):
        return TODAY + (self.at - NOON)

    def entered(self, belief):
        found = Found(
            *(belief.village, belief.source, belief.kind, "数据缺项", self.today),
            households=frozenset(belief.households),
            is_policy_level=belief.policy,
        )
        said = {"found": found, "once": once(), "by": self.posts["office"]}
        made = registering.problem_register(**said, at=self.at)
        # A second click makes no second problem.
        assert registering.problem_register(**said, at=self.at).pk == made.pk
        self.believed[made.pk] = belief

    def night(self):
        """Remember where all stood, and let the tick look for what is overdue."""
        self.past[self.today] = self.counted()
        self.at += timedelta(days=1)
        escalating.problems_escalate(by=Actor.command("tick"), at=self.at)
        for key, belief in self.believed.items():
            self.believed[key] = believed.told_next(belief, self.today)

    def may(self, key, act, by):
        return believed.may_step(self.believed[key], act, by)

    def chosen(self, data, fits):
        """Draw a problem: of those it fits, or where none is, of all."""
        fitting = [key for key, belief in self.believed.items() if fits(belief)]
        keys = fitting if fitting and data.draw(st.booleans()) else [*self.believed]
        if not keys:
            return None, None
        key = data.draw(st.sampled_from(keys))
        return Problem.objects.get(pk=key), self.believed[key]

    def tried(self, service, fits, *, by="office", **said):
        if fits:
            return service(**said, by=self.posts[by], at=self.at)
        with pytest.raises(REFUSALS):
            service(**said, by=self.posts[by], at=self.at)
        return None

    def counted(self):
        return [(b.village, b.source, b.state) for b in self.believed.values()]

    def check(self):
        kept = ("pk", "state", "deadline", "escalated_on", "escalated_to", "raised_to")
        assert set(Problem.objects.values_list(*kept)) == {
            (key, b.state, b.deadline, *b.told, b.raised_to)
            for key, b in self.believed.items()
        }
        self.balanced(self.today, self.counted())

    def balanced(self, day, stands, source=""):
        numbers = ledgers.numbers_by_region(regions=LEVELS, on=day, source=source)
        for region in LEVELS:
            counted = believed.count_of(stands, region, source)
            found = ledgers.reconciled(numbers[region])
            assert found.balances
            assert found.registered == counted.total()
            assert {s: n for s, n in numbers[region].items() if n} == counted

    def held_at_the_end(self):
        for day, stands in self.past.items():
            for source in ("", "self_check", "audit"):
                self.balanced(day, stands, source)
        assert list(ledgers.broken_chain_list(Problem.objects.all())) == []
        problems = Problem.objects.prefetch_related("links").select_related("owner")
        for problem in problems:
            belief = self.believed[problem.pk]
            end = problem.ended_at
            assert belief.households == {x.household_id for x in problem.links.all()}
            assert (belief.owner != "") == (problem.owner_id is not None)
            assert (end is None) == belief.is_open
            assert belief.ended_on == (end and TODAY + (end - NOON))
            assert (problem.answered_on is not None) == belief.answered
        into = {p.pk: p.merged_into_id for p in problems}
        for key in into:
            for _ in into:
                key = into[key] or key
            assert into[key] is None


class Steps(Kept):
    """Problems are entered, take their steps, are merged; days pass."""

    @rule(
        village=st.sampled_from([VILLAGE, OTHER_VILLAGE, COUNTY]),
        source=st.sampled_from(["self_check", "audit"]),
        kind=st.sampled_from(["data", "data", "conduct"]),
        is_policy=st.booleans(),
        touched=st.integers(0, 3),
    )
    def register(self, village, source, kind, is_policy, touched):
        homes = [h for h, v in self.homes.items() if v.startswith(village)]
        inside = {h for n, h in enumerate(homes) if touched & 1 << n}
        self.entered(Belief(village, source, kind, is_policy, inside))
        self.check()

    @rule(data=st.data(), owner=OWNERS, by=PEOPLE, days=st.integers(1, 9), stale=STALE)
    def assign(self, data, owner, by, days, stale):
        problem, belief = self.chosen(data, lambda b: believed.may_assign(b, owner, by))
        if problem is None:
            return
        deadline = self.today + timedelta(days=days)
        fits = believed.may_assign(belief, owner, by) and not stale
        if self.tried(
            rectifying.problem_assign,
            fits,
            **{"problem": problem, "version": problem.version - stale},
            **{"owner": self.posts[owner], "deadline": deadline},
            by=by,
        ):
            belief.state, belief.owner, belief.deadline = "assigned", owner, deadline
            belief.told = (None, "")
        self.check()

    @rule(data=st.data(), sensible=st.booleans(), by=PEOPLE, stale=STALE)
    def step(self, data, sensible, by, stale):
        acts = sorted({act for act, _ in believed.STEPS} - {"assign"})
        every = [(k, a, p) for k in self.believed for a in acts for p in self.posts]
        if sensible:
            every = [e for e in every if self.may(*e)]
        if not every:
            return
        key, act, by = data.draw(st.sampled_from(every))
        problem, belief = Problem.objects.get(pk=key), self.believed[key]
        if self.tried(
            rectifying.problem_step,
            self.may(key, act, by) and not stale,
            **{"problem": problem, "version": problem.version - stale, "act": Act(act)},
            **{"reason": "说明", "measures": "措施"},
            review_date=self.today + timedelta(days=30),
            by=by,
        ):
            belief.state = believed.STEPS[act, belief.state]
            belief.ended_on = None if belief.is_open else self.today
            if act in ("start", "submit"):
                belief.worked.add(by)
            if act == "send_back":
                belief.owner, belief.deadline = "", None
        self.check()

    @rule(data=st.data())
    def merge(self, data):
        problem, belief = self.chosen(data, lambda b: b.is_open)
        into, other = self.chosen(data, lambda b: b.is_open)
        if problem is None or into is None:
            return
        if self.tried(
            rectifying.problem_merge,
            believed.may_merge(belief, other, self.homes),
            **{"problem": problem, "version": problem.version, "into": into},
        ):
            belief.state, belief.ended_on = "merged", self.today
            other.households |= belief.households
        self.check()


class Ledger(Steps):
    """What is done besides: tasks, time, questions, proof, second looks."""

    @rule(
        data=st.data(),
        owner=OWNERS,
        by=PEOPLE,
        place=st.sampled_from([VILLAGE, OTHER_VILLAGE]),
        search=st.booleans(),
    )
    def split(self, data, owner, by, place, search):
        """Set a part as a task, or let somebody look for the same elsewhere."""
        said = {"at": place, "search": search}
        problem, belief = self.chosen(
            data, lambda b: believed.may_set_task(b, owner, by, **said)
        )
        if problem is None:
            return
        key = once()
        asked = {"what": "核对", "owner": self.posts[owner], "region": place}
        asked |= {"deadline": self.today, "once": key, "is_search": search}
        fits = believed.may_set_task(belief, owner, by, **said)
        asked |= {"problem": problem, "version": problem.version}
        made = self.tried(tasking.task_set, fits, **asked, by=by)
        if made:
            # A second click, with the version that was shown.
            assert self.tried(tasking.task_set, True, **asked, by=by).pk == made.pk
            belief.tasks[made.pk] = (owner, search)
        self.check()

    @rule(data=st.data(), by=OWNERS)
    def finish_task(self, data, by):
        every = [(k, t) for k, b in self.believed.items() for t in b.tasks]
        if not every:
            return
        key, number = data.draw(st.sampled_from(every))
        task, belief = Task.objects.get(pk=number), self.believed[key]
        said = {"task": task, "version": task.version, "outcome": "已核对"}
        fits = belief.tasks[number][0] == by
        if self.tried(tasking.task_finish, fits, **said, by=by):
            del belief.tasks[number]
            belief.worked.add(by)
        self.check()

    @rule(data=st.data(), by=OWNERS, days=st.integers(0, 20))
    def ask_time(self, data, by, days):
        until = self.today + timedelta(days=days)
        problem, belief = self.chosen(
            data, lambda b: believed.may_ask_time(b, by, until)
        )
        if problem is None:
            return
        said = {"problem": problem, "version": problem.version}
        said |= {"until": until, "reason": "下雨"}
        fits = believed.may_ask_time(belief, by, until)
        if self.tried(timing.extension_ask, fits, **said, by=by):
            belief.request = (by, until)
        self.check()

    @rule(data=st.data(), by=PEOPLE, approved=st.booleans())
    def decide_time(self, data, by, approved):
        problem, belief = self.chosen(data, lambda b: b.request is not None)
        if problem is None or belief.request is None:
            return
        said = {"extension": problem.extensions.get(approved=None)}
        fits = believed.may_decide_time(belief, by, approved)
        decided = timing.extension_decide
        if self.tried(decided, fits, **said, approved=approved, by=by):
            if approved:
                belief.deadline, belief.told = belief.request[1], (None, "")
            belief.request = None
        self.check()

    @rule(data=st.data(), by=PEOPLE)
    def explain(self, data, by):
        def fits(b):
            return believed.may_explain(b, by, self.today)

        problem, belief = self.chosen(data, fits)
        if problem is None:
            return
        said = {"problem": problem, "version": problem.version}
        said |= {"cause": "等待公安", "accountability": "约谈"}
        self.tried(timing.delay_explain, fits(belief), **said, by=by)
        self.check()

    @rule(data=st.data(), by=PEOPLE, to=st.sampled_from(believed.ABOVE))
    def carry_up(self, data, by, to):
        problem, belief = self.chosen(data, lambda b: believed.may_raise(b, to, by))
        if problem is None:
            return
        said = {"problem": problem, "version": problem.version}
        said |= {"to": to, "question": "政策口径？"}
        fits = believed.may_raise(belief, to, by)
        if self.tried(policy.policy_raise, fits, **said, by=by):
            belief.raised_to, belief.answered = to, False
        self.check()

    @rule(data=st.data(), by=PEOPLE)
    def answer(self, data, by):
        """Answer two that raised it: both get it, or neither."""
        one, belief = self.chosen(data, lambda b: believed.may_answer(b, by))
        two, other = self.chosen(data, lambda b: believed.may_answer(b, by))
        if one is None or two is None:
            return
        fits = believed.may_answer(belief, by) and believed.may_answer(other, by)
        seen = {problem.pk: problem.version for problem in (one, two)}
        said = {"problems": seen, "answer": "按县里口径"}
        if self.tried(policy.policy_answer, fits, **said, by=by):
            belief.answered = other.answered = True
        self.check()

    @rule(data=st.data(), by=PEOPLE)
    def prove(self, data, by):
        problem, belief = self.chosen(data, lambda b: believed.may_prove(b, by))
        if problem is None:
            return
        subject = Subject("ledger.problem", str(problem.pk), problem.region_id)
        said = {"problem": problem, "version": problem.version, "kind": "paper"}
        said["attachment"] = make_attachment(subject=subject, by=self.posts["office"])
        fits = believed.may_prove(belief, by)
        if self.tried(proving.evidence_give, fits, **said, by=by):
            belief.proofs[said["attachment"].pk] = "paper"
            belief.worked.add(by)
        self.check()

    @rule(data=st.data(), by=PEOPLE)
    def withdraw(self, data, by):
        """Remove a file: what proves an end stays."""
        every = [(k, f) for k, b in self.believed.items() for f in b.proofs]
        if not every:
            return
        key, file = data.draw(st.sampled_from(every))
        belief = self.believed[key]
        here = by in believed.PROVERS and believed.works_in(by, belief.village)
        said = {"attachment": Attachment.objects.get(pk=file), "reason": "传错"}
        if self.tried(attachment_remove, here and belief.is_open, **said, by=by):
            del belief.proofs[file]
        self.check()

    @rule(by=PEOPLE, region=st.sampled_from([COUNTY, TOWNSHIP]))
    def draw(self, by, region):
        ended = {
            key
            for key, b in self.believed.items()
            if b.state == "struck_off" and b.village.startswith(region)
        }
        may = by in believed.VERIFIERS and believed.works_in(by, region)
        said = {"region": region, "seed": "双色球", "once": once()}
        said |= {"ended_from": TODAY, "ended_to": self.today}
        made = self.tried(rechecking.recheck_draw, may and bool(ended), **said, by=by)
        if made:
            again = self.tried(rechecking.recheck_draw, True, **said, by=by)
            items = {i.pk: i.problem_id for i in made.items.all()}
            assert (again.pk, len(items)) == (made.pk, believed.drawn_count(len(ended)))
            assert set(items.values()) <= ended
            self.drawn |= items
        self.check()

    @rule(data=st.data(), by=PEOPLE, holds=st.booleans())
    def look_again(self, data, by, holds):
        if not self.drawn:
            return
        number = data.draw(st.sampled_from(sorted(self.drawn)))
        belief = self.believed[self.drawn[number]]
        may = by in believed.VERIFIERS and believed.works_in(by, belief.village)
        said = {"item": RecheckItem.objects.get(pk=number), "found": "现场看过"}
        fits = may and not believed.worked_on(belief, by)
        looked = rechecking.recheck_record
        if self.tried(looked, fits, **said, holds=holds, by=by):
            del self.drawn[number]
            if not holds and belief.state == "struck_off":
                belief.state, belief.ended_on = "in_rectification", None
        self.check()

    @rule(days=st.sampled_from([1, 3, 11]))
    def days_pass(self, days):
        for _ in range(days):
            self.night()
        self.check()


def test_random_acts_keep_the_ledger_and_the_model_alike(each_database):
    """40 runs of 50 steps on SQLite, 10 on PostgreSQL; more where it is asked for."""
    usual = {"sqlite": 40, "postgresql": 10}[each_database]
    runs = int(os.environ.get("XIUHUA_RANDOM_RUNS", usual))
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
