"""Random acts of random people against a plain model of plans.

The model knows the steps of a measure as the documents have them, written down a second
time and more simply. After each step every measure must stand where the model has it,
and the tallies must equal a count of the model at every level; after each run the
chains must be whole.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta

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
from xiuhua.apps.plans.services import closing, plans
from xiuhua.apps.plans.services import measures as measured
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
UNFINISHED = {"proposed", "planned", "under_way"}
VILLAGES = st.sampled_from([VILLAGE, OTHER_VILLAGE])
# What is planned mostly, and what it goes on to.
YEARS = st.sampled_from([2019, 2019, 2020])
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
        # How often the plan of a village and year was agreed on; closed ones apart.
        self.agreed: dict[tuple[str, int], int] = {}
        self.closed: set[tuple[str, int]] = set()
        self.believed: dict[int, dict] = {}

    def teardown(self):
        if hasattr(self, "sure"):
            assert planned.broken_chain_list(Plan.objects.all()) == []
            transaction.set_rollback(True)
            self.scope.__exit__(None, None, None)
            self.sure.__exit__(None, None, None)

    def plan(self, village, year):
        self.agreed.setdefault((village, year), 0)
        return plans.plan_open(
            region=village,
            household=None,
            year=year,
            by=self.posts["clerk"],
            at=NOON,
        )

    @rule(
        village=VILLAGES,
        year=YEARS,
        by=PEOPLE,
        owner=st.sampled_from(["helper", "clerk", None]),
        twice=st.booleans(),
    )
    def add(self, village, year, by, owner, twice):
        plan, key = self.plan(village, year), once()

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

        open_ = (village, year) not in self.closed
        made = self.tried(act, open_ and self.plans_in(by, village))
        if made:
            self.believed[made.pk] = {
                "state": "proposed",
                "village": village,
                "year": year,
                "owner": owner,
                "finished_by": None,
            }
            if twice:
                assert act().pk == made.pk
        self.check()

    @rule(village=VILLAGES, year=YEARS, by=PEOPLE, who=st.sampled_from(["", "team"]))
    def agree(self, village, year, by, who):
        plan = self.plan(village, year)
        found = self.measures_in(village, year).values()
        proposals = [b for b in found if b["state"] == "proposed"]
        whole = proposals and all(b["owner"] for b in proposals) and not who
        whole = whole and (village, year) not in self.closed

        def act():
            return plans.plan_agree(
                plan=plan,
                version=plan.version,
                signed={k: name for k, name in SIGNED.items() if k != who},
                reason="调整",
                by=self.posts[by],
                at=NOON,
            )

        if self.tried(act, whole and self.plans_in(by, village)):
            self.agreed[village, year] += 1
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

    @rule(village=VILLAGES, carry=st.booleans(), by=PEOPLE)
    def close(self, village, carry, by):
        """Close the plan of 2019; the unfinished goes on in 2020 or is dropped."""
        plan, place = self.plan(village, 2019), (village, 2019)
        found = self.measures_in(*place)
        rest = {k: b for k, b in found.items() if b["state"] in UNFINISHED}
        waits = any(b["state"] == "done" for b in found.values())
        following = self.agreed.get((village, 2020))

        def act():
            return closing.plan_close(
                plan=plan,
                version=plan.version,
                carried=sorted(rest) if carry else (),
                reason="年终结账",
                deadline=date(2020, 3, 31),
                by=self.posts[by],
                at=NOON,
            )

        fits = place not in self.closed and not waits and self.plans_in(by, village)
        if self.tried(act, fits):
            self.closed.add(place)
            new = {m.once: m.pk for m in Measure.objects.filter(plan__year=2020)}
            if carry and rest:
                self.agreed[village, 2020] = following or 0
            for key, belief in rest.items():
                if carry:
                    again = belief | {"state": "proposed", "year": 2020}
                    self.believed[new[f"carried/{key}/{plan.version}"]] = again
                belief["state"] = "carried_over" if carry else "dropped"
        self.check()

    def measures_in(self, village, year):
        return {
            key: belief
            for key, belief in self.believed.items()
            if (belief["village"], belief["year"]) == (village, year)
        }

    def may(self, act, by, belief):
        if (belief["village"], belief["year"]) in self.closed:
            return False
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
        keys = ("region_code", "year", "state", "number")
        tallied = {tuple(row[:3]): row[3] for row in rows.values_list(*keys)}
        assert tallied == self.counted()

    def counted(self):
        found: Counter[tuple[str, int, str]] = Counter()
        for region in LEVELS:
            for belief in self.believed.values():
                key = region, belief["year"], belief["state"]
                found[key] += belief["village"].startswith(region)
            for (village, year), times in self.agreed.items():
                state = "plan_in_force" if times else "plan_draft"
                closed = (village, year) in self.closed
                key = region, year, "plan_closed" if closed else state
                found[key] += village.startswith(region)
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
