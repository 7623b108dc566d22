"""Random acts of random people against a plain model of the ledger.

The model knows states and steps as the documents have them, written down a second time
and more simply: a list of (act, from, to) and who stands where. After each step the
ledger's figures must equal a count of the model, after each run at every level, and
nothing may be lost between the ways a problem can end.
"""

from __future__ import annotations

import os
from collections import Counter
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
from tests.factories.accounts import make_post
from tests.factories.ledger import COUNTY, TOWNSHIP, VILLAGE, once
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.ledger import selectors as ledgers
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import Act, Found
from xiuhua.apps.ledger.services import rectifying, registering
from xiuhua.core.steps import StepRefused


OTHER_VILLAGE = "990101102201"
STEPS = {
    ("assign", "registered"): "assigned",
    ("assign", "assigned"): "assigned",
    ("assign", "signed_for"): "assigned",
    ("assign", "in_rectification"): "assigned",
    ("sign_for", "assigned"): "signed_for",
    ("send_back", "assigned"): "registered",
    ("send_back", "signed_for"): "registered",
    ("start", "signed_for"): "in_rectification",
    ("continue", "in_rectification"): "continuing",
    ("continue", "awaiting_verification"): "continuing",
    ("resume", "continuing"): "in_rectification",
    ("dispute", "assigned"): "disputed",
    ("dispute", "signed_for"): "disputed",
    ("dispute", "in_rectification"): "disputed",
    ("dispute", "continuing"): "disputed",
    ("uphold", "disputed"): "in_rectification",
    ("not_substantiate", "disputed"): "not_substantiated",
    ("submit", "signed_for"): "awaiting_verification",
    ("submit", "in_rectification"): "awaiting_verification",
    ("submit", "continuing"): "awaiting_verification",
    ("strike_off", "awaiting_verification"): "struck_off",
    ("return", "awaiting_verification"): "in_rectification",
    ("reopen", "struck_off"): "in_rectification",
    ("reopen", "not_substantiated"): "in_rectification",
}
OWNERS_ACTS = {"sign_for", "send_back", "start", "resume", "dispute", "submit"}
JUDGING = {"continue", "uphold", "not_substantiate", "strike_off", "return", "reopen"}
ENDED = {"struck_off", "not_substantiated", "merged"}
PEOPLE = st.sampled_from(["office", "clerk", "leader"])


class LedgerMachine(RuleBasedStateMachine):
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
        self.believed: dict[int, dict] = {}

    def teardown(self):
        if hasattr(self, "sure"):
            self.balanced("99", COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE)
            assert list(ledgers.broken_chain_list(Problem.objects.all())) == []
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)
            self.sure.__exit__(None, None, None)

    @rule(village=st.sampled_from([VILLAGE, OTHER_VILLAGE]))
    def register(self, village):
        made = registering.problem_register(
            found=Found(village, "self_check", "data", "数据缺项", TODAY),
            once=once(),
            by=self.posts["office"],
            at=NOON,
        )
        self.believed[made.pk] = {
            "state": "registered",
            "village": village,
            "owner": "",
            "worked": set(),
        }
        self.check()

    @rule(data=st.data(), owner=st.sampled_from(["clerk", "office"]), by=PEOPLE)
    def assign(self, data, owner, by):
        problem, belief = self.drawn(data)
        if problem is None:
            return
        reaches = owner == "office" or belief["village"].startswith(TOWNSHIP)
        mine = by == "office" or belief["village"].startswith(TOWNSHIP)
        fits = reaches and mine and ("assign", belief["state"]) in STEPS

        def act():
            rectifying.problem_assign(
                problem=problem,
                version=problem.version,
                owner=self.posts[owner],
                deadline=TODAY + timedelta(days=9),
                by=self.posts[by],
                at=NOON,
            )

        if self.tried(act, fits):
            belief |= {"state": "assigned", "owner": owner}
        self.check()

    @rule(data=st.data(), act=st.sampled_from(sorted(OWNERS_ACTS | JUDGING)), by=PEOPLE)
    def step(self, data, act, by):
        problem, belief = self.drawn(data)
        if problem is None:
            return
        target = STEPS.get((act, belief["state"]))
        fits = target is not None and self.may(act, by, belief)

        def taken():
            rectifying.problem_step(
                problem=problem,
                version=problem.version,
                act=Act(act),
                by=self.posts[by],
                at=NOON,
                reason="说明",
                measures="措施",
                review_date=TODAY + timedelta(days=30),
            )

        if self.tried(taken, fits):
            belief["state"] = target
            if act in ("start", "submit"):
                belief["worked"].add(by)
            if act == "send_back":
                belief["owner"] = ""
        self.check()

    @rule(data=st.data())
    def merge(self, data):
        problem, belief = self.drawn(data)
        into, other = self.drawn(data)
        if problem is None:
            return
        fits = problem.pk != into.pk
        fits &= belief["state"] not in ENDED and other["state"] not in ENDED

        def act():
            rectifying.problem_merge(
                problem=problem,
                version=problem.version,
                into=into,
                by=self.posts["office"],
                at=NOON,
            )

        if self.tried(act, fits):
            belief["state"] = "merged"
        self.check()

    def may(self, act, by, belief):
        here = by == "office" or belief["village"].startswith(TOWNSHIP)
        if act in OWNERS_ACTS:
            return by == belief["owner"]
        judges = (
            {"office"}
            if act in ("uphold", "not_substantiate")
            else {
                "office",
                "leader",
            }
        )
        kept = act != "reopen" or belief["owner"]
        own = by == belief["owner"] or by in belief["worked"]
        return bool(here and by in judges and not own and kept)

    def tried(self, act, fits):
        if fits:
            act()
            return True
        with pytest.raises((StepRefused, ProblemUnfit, NotPermitted)):
            act()
        return False

    def drawn(self, data):
        if not self.believed:
            return None, None
        key = data.draw(st.sampled_from(sorted(self.believed)))
        return Problem.objects.get(pk=key), self.believed[key]

    def check(self):
        stands = dict(Problem.objects.values_list("pk", "state"))
        assert stands == {key: b["state"] for key, b in self.believed.items()}
        self.balanced(COUNTY)

    def balanced(self, *places):
        for region in places:
            counted = Counter(
                b["state"]
                for b in self.believed.values()
                if b["village"].startswith(region)
            )
            found = ledgers.reconciliation(region=region, on=TODAY)
            assert found.registered == counted.total()
            assert found.struck_off == counted["struck_off"]
            assert found.merged == counted["merged"]
            assert found.not_substantiated == counted["not_substantiated"]
            assert found.balances


def test_random_acts_keep_the_ledger_and_the_model_alike(each_database):
    """40 runs of 50 steps on SQLite, 10 on PostgreSQL; more where it is asked for."""
    usual = {"sqlite": 40, "postgresql": 10}[each_database]
    runs = int(os.environ.get("XIUHUA_RANDOM_RUNS", usual))
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
