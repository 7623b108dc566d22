"""The conservation law: after every act the tallies are a count over the rows."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from tests.apps.assessments.loading import make_regions
from tests.factories.assessments import make_adoption
from tests.factories.moments import NOON

from xiuhua.apps.assessments.extract import household_rows
from xiuhua.apps.assessments.following import households_changed
from xiuhua.apps.assessments.judging import judge_rows
from xiuhua.apps.assessments.models import (
    Judgement,
    Shortfall,
    Standing,
    Tally,
    TallyDay,
)
from xiuhua.apps.assessments.recording import measures_by
from xiuhua.apps.assessments.rules import REGISTERED, regions_of, standing_status
from xiuhua.apps.assessments.standards import adoption_list_at, in_force
from xiuhua.apps.registry.models import Household, IncomeStatement, Person


VILLAGES = ["990101101201", "990101101202", "990101102201", "990102101201"]
each = pytest.mark.usefixtures("each_database")
households = st.integers(0, 7)


def recounted() -> Counter:
    """Count every cell anew from the archive, by the reference engine."""
    cells: Counter = Counter()
    for household in Household.unscoped.all():
        members = Person.unscoped.filter(household=household, ended_on__isnull=True)
        persons = members.count()
        status = standing_status(
            household.registration, household.poverty or "", household.monitoring
        )
        for region in regions_of(household.village_id):
            cells[region, "", "standing", status, ""] += 1
            cells[region, "", "standing", status, "", "persons"] += persons
        if household.registration != REGISTERED:
            continue
        county = household.village_id[:6]
        for adoption in adoption_list_at(
            county=county, day=date(2019, 6, 23), unit="household"
        ):
            standard = in_force(adoption, county=county)
            rows = household_rows(
                [household.pk], reads=standard.reads, as_of=adoption.as_of
            )
            (found,) = judge_rows(standard, rows)
            marks = zip(standard.measures, found.counted.verdicts, strict=True)
            for measure, mark in marks:
                for region in regions_of(household.village_id):
                    key = (region, adoption.pack, measure, found.counted.status, mark)
                    cells[key] += 1
                    cells[(*key, "persons")] += persons
    return +cells


def stored(rows) -> Counter:
    cells: Counter = Counter()
    for row in rows:
        key = (row.region_id, row.pack, row.measure, row.status, row.verdict)
        cells[key] += row.households
        cells[(*key, "persons")] += row.persons
    return +cells


class Archive(RuleBasedStateMachine):
    """Random acts on eight households in two counties."""

    @initialize()
    def begin(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        make_regions(VILLAGES)
        make_adoption("990101")
        self.keys: dict[int, int] = {}
        self.at = NOON

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def household(self, number):
        if number not in self.keys:
            made = Household.unscoped.create(
                number=f"n{number}",
                village_id=VILLAGES[number % 4],
                registration="registered",
                monitoring="none",
                changed_at=NOON,
            )
            self.keys[number] = made.pk
        return Household.unscoped.get(pk=self.keys[number])

    def tell(self, *keys):
        households_changed(household_ids=list(keys), by=None, at=self.at)

    @rule(
        number=households,
        village=st.sampled_from(VILLAGES),
        registration=st.sampled_from(["registered", "none", "removed"]),
        poverty=st.sampled_from([None, "exited", "not_exited", "relapsed"]),
    )
    def place(self, number, village, registration, poverty):
        found = self.household(number)
        found.village_id, found.registration = village, registration
        found.poverty = poverty
        found.save()
        self.tell(found.pk)

    @rule(
        number=households,
        grade=st.sampled_from([None, "A", "C"]),
        fed=st.sampled_from([None, True, False]),
        wage=st.sampled_from([None, "0", "90000.50"]),
    )
    def correct(self, number, grade, fed, wage):
        found = self.household(number)
        found.housing_grade, found.enough_food = grade, fed
        found.seasonal_clothing = fed
        found.save()
        amounts = dict.fromkeys(("business_income", "property_income"), Decimal(0))
        amounts |= {"transfer_income": Decimal(0), "business_expense": Decimal(0)}
        IncomeStatement.unscoped.update_or_create(
            household=found,
            window_from=date(2018, 1, 1),
            window_to=date(2019, 1, 1),
            defaults=amounts
            | {
                "wage_income": wage and Decimal(wage),
                "source": "x",
                "changed_at": NOON,
            },
        )
        self.tell(found.pk)

    @rule(number=households, insured=st.sampled_from([None, True, False]))
    def add_member(self, number, insured):
        found = self.household(number)
        count = Person.unscoped.count()
        Person.unscoped.create(
            household=found,
            number=f"p{count}",
            birth_date=date(2010, 1, 1) + timedelta(days=count * 400),
            resident_medical_insurance=insured,
            member_from=date(2014, 1, 1),
            changed_at=NOON,
        )
        self.tell(found.pk)

    @rule(number=households)
    def lose_member(self, number):
        found = self.household(number)
        member = Person.unscoped.filter(household=found, ended_on=None).first()
        if member:
            member.ended_on, member.ended_reason = date(2019, 6, 1), "died"
            member.save()
        self.tell(found.pk)

    @rule(days=st.integers(1, 40))
    def wait(self, days):
        self.at += timedelta(days=days)

    @rule()
    def tell_all(self):
        self.tell(*self.keys.values())

    @invariant()
    def tallies_are_counts(self):
        if not getattr(self, "keys", None):
            return
        counted = recounted()
        assert stored(Tally.unscoped.all()) == counted
        check_days()
        check_rows()


def check_days():
    """The last day of every cell says what the cell says now."""
    last: dict[tuple, TallyDay] = {}
    for row in TallyDay.unscoped.order_by("day"):
        key = (row.region_id, row.pack, row.measure, row.status, row.verdict)
        last[key] = row
    assert stored(last.values()) == stored(Tally.unscoped.all())


def check_rows():
    """Shortfalls are the unmet and unknown marks of judgements, no more, no fewer."""
    marked = set()
    for judgement in Judgement.unscoped.all():
        measures = measures_by(judgement.fingerprint)
        for measure, mark in zip(measures, judgement.verdicts, strict=True):
            if mark in "01" and measure != "overall":
                marked.add((judgement.household_id, judgement.pack, measure, mark))
    short = Shortfall.unscoped.values_list(
        "household_id", "pack", "indicator", "verdict"
    )
    assert set(short) == marked
    assert Standing.unscoped.count() == Household.unscoped.count()


@each
def test_after_every_act_the_tallies_are_a_count_over_the_rows():
    run_state_machine_as_test(
        Archive,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
