"""Random acts of random people against a plain model of plans.

The model knows the steps of a measure as the documents have them, written down a second
time and more simply. After each step every measure must stand where the model has it,
and the tallies must equal a count of the model at every level; after each run the
chains must be whole.
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
from tests.factories.moments import NOON, TODAY
from tests.factories.plans import SIGNED, once
from tests.factories.regions import make_region

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.plans.acts.writing import PlanUnfit, StalePlan
from xiuhua.apps.plans.models import Measure, Plan, PlanTally
from xiuhua.apps.plans.rules import Act
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.services import measures as measured
from xiuhua.apps.plans.services import plans
from xiuhua.core.steps import StepRefused


PROVINCE, COUNTY, TOWNSHIP = "99", "990101", "990101101"
VILLAGE, OTHER_VILLAGE = "990101101201", "990101102201"
LEVELS = (COUNTY, TOWNSHIP, VILLAGE, "990101102", OTHER_VILLAGE)
STEPS = {
    ("start", "planned"): "under_way",
    ("finish", "planned"): "done",
    ("finish", "under_way"): "done",
    ("check_off", "done"): "checked_off",
    ("return", "done"): "under_way",
    ("reopen", "checked_off"): "under_way",
    ("drop", "proposed"): "dropped",
    ("drop", "planned"): "dropped",
    ("drop", "under_way"): "dropped",
}
PEOPLE = st.sampled_from(["secretary", "helper", "clerk", "leader"])
PLANNERS = {"secretary", "helper", "clerk"}
CHECKERS = {"secretary", "clerk", "leader"}
# Where each of them is in office; the leader's township is the first village's.
VILLAGERS = {"secretary", "helper"}
REFUSALS = (StepRefused, PlanUnfit, NotPermitted, StalePlan)


class PlanMachine(RuleBasedStateMachine):
    """Two villages' own plans in two townships, and a dictionary that should agree."""

    @initialize()
    def begin(self):
        self.sure = transaction.atomic()
        self.sure.__enter__()
        self.scope = region_scope([PROVINCE])
        self.scope.__enter__()
        for village in (VILLAGE, OTHER_VILLAGE):
            make_region(village)
        self.posts = {
            "secretary": make_post("first_secretary", VILLAGE),
            "helper": make_post("helper", VILLAGE),
            "clerk": make_post("county_office", COUNTY),
            "leader": make_post("township_leader", TOWNSHIP),
        }
        self.agreed: dict[str, int] = {}
        self.believed: dict[int, dict] = {}

    def teardown(self):
        if hasattr(self, "sure"):
            assert planned.broken_chain_list(Plan.objects.all()) == []
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)
            self.sure.__exit__(None, None, None)

    def plan(self, village):
        if village not in self.agreed:
            self.agreed[village] = 0
        return plans.plan_open(
            region=village,
            household=None,
            year=2019,
            by=self.posts["clerk"],
            at=NOON,
        )

    @rule(
        village=st.sampled_from([VILLAGE, OTHER_VILLAGE]),
        by=PEOPLE,
        owner=st.sampled_from(["helper", "clerk", None]),
        twice=st.booleans(),
    )
    def add(self, village, by, owner, twice):
        plan, key = self.plan(village), once()

        def act():
            return measured.measure_add(
                plan=plan,
                version=plan.version,
                facts={
                    "kind": "industry",
                    "what": "修产业路",
                    "owner": self.posts[owner] if owner else None,
                    "deadline": TODAY + timedelta(days=30),
                },
                once=key,
                by=self.posts[by],
                at=NOON,
            )

        made = self.tried(act, self.plans_in(by, village))
        if made:
            self.believed[made.pk] = {
                "state": "proposed",
                "village": village,
                "owner": owner,
                "finished_by": None,
            }
            if twice:
                assert act().pk == made.pk
        self.check()

    @rule(village=st.sampled_from([VILLAGE, OTHER_VILLAGE]), by=PEOPLE)
    def agree(self, village, by):
        plan = self.plan(village)
        proposals = [
            b
            for b in self.believed.values()
            if b["village"] == village and b["state"] == "proposed"
        ]
        whole = proposals and all(b["owner"] for b in proposals)

        def act():
            return plans.plan_agree(
                plan=plan,
                version=plan.version,
                signed=SIGNED,
                reason="调整",
                by=self.posts[by],
                at=NOON,
            )

        if self.tried(act, whole and self.plans_in(by, village)):
            self.agreed[village] += 1
            for belief in proposals:
                belief["state"] = "planned"
        self.check()

    @rule(
        data=st.data(),
        act=st.sampled_from(sorted({act for act, _ in STEPS})),
        by=PEOPLE,
        stale=st.integers(0, 9),
    )
    def step(self, data, act, by, stale):
        if not self.believed:
            return
        key = data.draw(st.sampled_from(sorted(self.believed)))
        measure, belief = Measure.objects.get(pk=key), self.believed[key]
        target = STEPS.get((act, belief["state"]))
        fits = target is not None and stale > 0 and self.may(act, by, belief)

        def taken():
            return measured.measure_step(
                measure=measure,
                version=measure.version - (stale == 0),
                act=Act(act),
                by=self.posts[by],
                at=NOON,
                reason="说明",
            )

        if self.tried(taken, fits):
            belief["state"] = target
            if act in ("finish", "return", "reopen"):
                belief["finished_by"] = by if act == "finish" else None
        self.check()

    def may(self, act, by, belief):
        if act in ("start", "finish"):
            return by == belief["owner"] or self.plans_in(by, belief["village"])
        if act == "drop":
            return self.plans_in(by, belief["village"])
        own = by in (belief["owner"], belief["finished_by"])
        return by in CHECKERS and self.works_in(by, belief["village"]) and not own

    def plans_in(self, by, village):
        return by in PLANNERS and self.works_in(by, village)

    def works_in(self, by, village):
        if by in VILLAGERS:
            return village == VILLAGE
        return by == "clerk" or village.startswith(TOWNSHIP)

    def tried(self, act, fits):
        if fits:
            return act()
        with pytest.raises(REFUSALS):
            act()
        return None

    def check(self):
        stands = dict(Measure.objects.values_list("pk", "state"))
        assert stands == {key: b["state"] for key, b in self.believed.items()}
        rows = PlanTally.objects.exclude(number=0)
        tallied = {
            (region, state): number
            for region, state, number in rows.values_list(
                "region_code", "state", "number"
            )
        }
        assert tallied == self.counted()

    def counted(self):
        found: Counter[tuple[str, str]] = Counter()
        for region in LEVELS:
            for belief in self.believed.values():
                found[region, belief["state"]] += belief["village"].startswith(region)
            for village, times in self.agreed.items():
                state = "plan_in_force" if times else "plan_draft"
                found[region, state] += village.startswith(region)
        return {key: number for key, number in found.items() if number}


def test_random_acts_keep_plans_and_the_model_alike(each_database):
    """40 runs of 50 steps on SQLite, 10 on PostgreSQL; more where it is asked for."""
    usual = {"sqlite": 40, "postgresql": 10}[each_database]
    runs = int(os.environ.get("XIUHUA_RANDOM_RUNS", usual))
    run_state_machine_as_test(
        PlanMachine,
        settings=settings(
            max_examples=runs,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
