"""The invented county as it is entered: through the services, to the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.roles import ROLES
from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assessments.models import Judgement, Tally, TallyDay
from xiuhua.apps.assistance.selectors import pairings, teams, visits
from xiuhua.apps.assistance.selectors.books import broken_book_list
from xiuhua.apps.audit.selectors import break_list, chain_heads
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import State
from xiuhua.apps.ledger.selectors import broken_chain_list, reconciliation
from xiuhua.apps.plans.models import Measure, Plan, PlanTally
from xiuhua.apps.plans.selectors import plans as planned
from xiuhua.apps.plans.selectors.measures import (
    households_without_measure,
    measures_overdue,
)
from xiuhua.apps.regions.models import Boundary, Region, RegionYear
from xiuhua.apps.registry.models import Batch, Change, Household, Person
from xiuhua.apps.supervision import selectors as drives
from xiuhua.apps.supervision.acts.counting import drive_recount
from xiuhua.apps.supervision.models import Drive
from xiuhua.demo.cast import CAST
from xiuhua.demo.load import county_load
from xiuhua.demo.places import COUNTY, townships
from xiuhua.demo.standards import HOUSEHOLD_PACK
from xiuhua.demo.totals import EXITED, INDICATORS, REMAINING


AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def county(database, django_db_blocker, tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    with (
        django_db_blocker.unblock(),
        override_settings(DEMO=True, DATA_DIR=folder, SECOND_FACTOR_REQUIRED=False),
        transaction.atomic(),
        region_scope(EVERYWHERE),
    ):
        yield county_load(at=AT)
        transaction.set_rollback(True)


def cell(measure: str, status: str, verdict: str) -> tuple[int, int]:
    found = Tally.unscoped.filter(
        region=COUNTY,
        pack=HOUSEHOLD_PACK if measure != "standing" else "",
        measure=measure,
        status=status,
        verdict=verdict,
    )
    return found.values_list("households", "persons").first() or (0, 0)


def test_households_and_persons_come_to_the_totals(county):
    registered = Household.unscoped.filter(registration="registered")

    assert registered.count() == EXITED.households + REMAINING.households
    members = Person.unscoped.filter(household__in=registered, ended_on=None)
    assert members.count() == EXITED.persons + REMAINING.persons


@pytest.mark.parametrize(
    ("statuses", "group"),
    [(("exited",), EXITED), (("not_exited", "relapsed"), REMAINING)],
)
def test_verdicts_come_to_the_totals(county, statuses, group):
    def households(measure: str, verdict: str) -> int:
        return sum(cell(measure, status, verdict)[0] for status in statuses)

    for name in INDICATORS:
        assert households(name, "0") == group.unmet[name]
        assert households(name, "1") == group.unknown[name]
    assert households("overall", "0") == group.overall_unmet
    assert households("overall", "1") == group.overall_unknown


def test_shortfalls_are_planned_for_and_some_plans_have_failed(county):
    states = Counter(Measure.objects.values_list("state", flat=True))
    tallied = PlanTally.objects.filter(region_code=COUNTY).exclude(number=0)
    tallied = tallied.exclude(state__startswith="plan_")
    on = AT.date()

    assert states.keys() >= {"proposed", "planned", "under_way", "done", "checked_off"}
    assert dict(tallied.values_list("state", "number")) == states
    assert planned.broken_chain_list(Plan.objects.all()) == []
    # What the ledger opens by rule: tens, where hundreds fall short.
    late = measures_overdue(on=on).count()
    unanswered = households_without_measure(on=on, allowed_days=30)
    assert 10 <= late < 100
    assert 10 <= unanswered.values("household").distinct().count() < 100


def test_a_drive_has_a_course_a_shock_and_tiles_of_every_kind(county):
    drive = Drive.unscoped.get()
    curve = drives.curve(drive=drive, regions=drive.codes, until=AT.date())
    standing = drives.standings(
        drive=drive, regions=list(townships()), as_of=AT.date()
    ).values()

    assert drive.shocks.count() == 1
    assert len(curve) > 20
    assert curve[0][1].open > curve[-1][1].open > 0
    assert all(s.registered for s in standing)
    assert sum(s.struck_off > 0 for s in standing) >= 6
    assert drive_recount(drive) == 0


def test_tallies_are_what_the_judgements_add_up_to(county):
    met = Judgement.unscoped.filter(overall="2", status="exited")

    assert cell("overall", "exited", "2")[0] == met.count()


def test_the_year_has_left_its_days(county):
    days = TallyDay.unscoped.filter(region=COUNTY, measure="overall", verdict="0")
    seen = sorted(set(days.values_list("day", flat=True)))

    assert len(seen) >= 5
    assert seen[0] < (AT - timedelta(days=365)).date()
    assert seen[-1] > (AT - timedelta(days=30)).date()
    assert Batch.unscoped.count() >= 8
    assert Change.unscoped.filter(valid_from__gt=AT.date()).count() == 0


def test_places_have_outlines_names_and_years(county):
    codes = Region.objects.filter(code__startswith=COUNTY).values_list(
        "code", flat=True
    )

    assert len(codes) == 1 + 8 + 83
    assert set(Boundary.objects.values_list("region__code", flat=True)) == set(codes)
    assert all("made up" in b.review_number for b in Boundary.objects.all())
    poor = RegionYear.objects.filter(year=AT.year, poor_village=True)
    assert poor.count() == 48


def test_every_role_has_a_login_with_the_password_said(county):
    assert {part.role for part in CAST} == set(ROLES)
    for part in CAST:
        post = Post.unscoped.get(role=part.role)
        assert (post.user.username, post.region_id) == (part.role, part.region)
    assert User.objects.get(username="helper").check_password(county)
    assert not User.objects.get(username="helper").check_password(county[::-1])


def test_records_hang_together(county):
    assert COUNTY in chain_heads()
    assert list(break_list(anchor={})) == []


def test_a_second_time_keeps_what_was_entered(county):
    household = Household.unscoped.order_by("pk").first()
    Household.unscoped.filter(pk=household.pk).update(village_group="改过的组")
    before = Change.unscoped.count()

    assert county_load(at=AT + timedelta(days=3)) == county

    assert Change.unscoped.count() == before
    household.refresh_from_db()
    assert household.village_group == "改过的组"


def test_command_says_who_can_sign_in(county):
    said = StringIO()

    call_command("load_demo", "--situations", stdout=said)

    assert county in said.getvalue()
    assert all(part.full_name in said.getvalue() for part in CAST)
    assert "十二口之家" in said.getvalue()
    assert "no second factor" in said.getvalue()


def test_the_county_is_helped(county):
    on = AT.date()
    post = Post.unscoped.get(role="county_office")
    said = {"viewer": post, "region": COUNTY}
    helped = pairings.pairing_list(**said, on=on)
    left = pairings.uncovered_list(**said, on=on)
    user = User.objects.get(username="helper")

    assert helped.count() > 4_000
    assert 0 < left.count() < 60
    assert 3 <= pairings.pairings_of(user=user, on=on).count() <= 4
    assert visits.visits_planned(user=user, until=on + timedelta(days=7)).exists()
    states = teams.team_states(teams=teams.team_list(viewer=post), on=on)
    assert len(states) >= 48
    assert 0 < sum(bool(s.breaches) for s in states) < 15
    falls = teams.fall_list(**said, since=on - timedelta(days=180), on=on)
    assert len(falls) == 1
    assert not broken_book_list()
    (drive,) = visits.drive_list(viewer=post)
    reached = visits.drive_villages(viewer=post, drive=drive, on=on)
    assert 0 < sum(p.left for p in reached) < sum(p.households for p in reached)


def test_the_ledger_is_lived_in_and_balances(county):
    problems = Problem.unscoped.all()
    states = set(problems.values_list("state", flat=True))
    by_rule = problems.exclude(opened_for="")
    sources = problems.values_list("source", flat=True).distinct()

    assert {s.value for s in State} - states <= {"disputed", "withdrawn"}
    assert 10 <= by_rule.count() < 100
    assert sources.count() > 10
    assert list(broken_chain_list(problems)) == []
    found = reconciliation(region=COUNTY, on=AT.date())
    assert found.registered == problems.count()
    assert found.balances
