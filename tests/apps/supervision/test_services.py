"""Drives set, changed, held up; every figure written with the step that changes it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.accounts import make_post
from tests.factories.ledger import (
    COUNTY,
    TOWNSHIP,
    VILLAGE,
    give_evidence,
    make_clerk,
    make_in_hand,
    make_office,
    make_problem,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.supervision import make_drive, make_shock, once, said

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import OPEN, Act
from xiuhua.apps.ledger.services.rectifying import problem_step
from xiuhua.apps.supervision import selectors, services
from xiuhua.apps.supervision.acts.counting import drive_recount
from xiuhua.apps.supervision.jobs import drives_recounted
from xiuhua.apps.supervision.models import Drive, DriveTally
from xiuhua.apps.supervision.rules import DriveUnfit, Standing
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "in_county")
MONTH = timedelta(days=30)


@pytest.fixture
def in_county():
    with region_scope(["990101"]):
        yield


def standing(drive, region=COUNTY, day=TODAY) -> Standing:
    return selectors.standings(drive=drive, regions=[region], as_of=day)[region]


def strike_off(problem: Problem, owner, at=NOON) -> None:
    give_evidence(problem, owner, "paper")
    for act, by in ((Act.SUBMIT, owner), (Act.STRIKE_OFF, make_office())):
        problem.refresh_from_db()
        problem_step(problem=problem, version=problem.version, act=act, by=by, at=at)


def test_a_step_counts_in_village_township_and_county():
    drive, owner = make_drive(), make_clerk()

    problem = make_in_hand(make_office(), owner)

    for region in (COUNTY, TOWNSHIP, VILLAGE):
        assert standing(drive, region) == Standing(1, 0, 1)
    strike_off(problem, owner)
    for region in (COUNTY, TOWNSHIP, VILLAGE):
        assert standing(drive, region) == Standing(1, 1, 0)


def test_a_strike_off_asks_few_questions(django_assert_max_num_queries):
    make_drive()
    owner, office = make_clerk(), make_office()
    problem = make_in_hand(office, owner)
    give_evidence(problem, owner, "paper")
    problem.refresh_from_db()
    problem_step(
        problem=problem, version=problem.version, act=Act.SUBMIT, by=owner, at=NOON
    )
    problem.refresh_from_db()

    with django_assert_max_num_queries(25):
        problem_step(
            problem=problem,
            version=problem.version,
            act=Act.STRIKE_OFF,
            by=office,
            at=NOON + timedelta(days=1),
        )


def test_the_ground_is_what_was_open_before_the_start():
    struck = make_in_hand(make_office(), owner := make_clerk())
    strike_off(struck, owner)
    make_problem()

    drive = make_drive(starts_on=TODAY + timedelta(days=1))

    assert standing(drive) == Standing(1, 0, 1)
    make_problem()
    assert standing(drive) == Standing(2, 0, 2)
    assert drive_recount(drive) == 0


def test_a_drive_set_after_its_start_counts_what_happened_since():
    problem = make_in_hand(make_office(), owner := make_clerk())
    later = NOON + timedelta(days=3)
    strike_off(problem, owner, at=later)

    drive = make_drive()

    assert standing(drive) == Standing(1, 0, 1)
    assert standing(drive, day=later.date()) == Standing(1, 1, 0)


def test_only_problems_of_the_filter_and_the_regions_count():
    drive = make_drive(sources=("audit",), classes=("data",), regions=(TOWNSHIP,))

    make_problem(source="audit", kind="data")
    make_problem(source="audit", kind="funds")
    make_problem(source="petition", kind="data")
    make_problem(source="audit", kind="data", region="990101102201")

    assert standing(drive, TOWNSHIP) == Standing(1, 0, 1)
    assert standing(drive, COUNTY) == Standing()
    with_page = selectors.problem_list(viewer=make_office(), drive=drive)
    assert with_page.count() == 1


def test_a_changed_filter_is_counted_anew():
    drive = make_drive(sources=("audit",))
    make_problem(source="petition")

    services.drive_correct(
        drive_id=drive.pk,
        version=drive.version,
        said=said(sources=("petition",)),
        by=make_office(),
        at=NOON,
    )

    assert standing(drive) == Standing(1, 0, 1)


def test_a_stale_form_changes_nothing():
    drive = make_drive()
    for version in (None, drive.version - 1):
        with pytest.raises(services.DriveChanged):
            services.drive_correct(
                drive_id=drive.pk,
                version=version,
                said=said(name="另名"),
                by=make_office(),
                at=NOON,
            )

    assert Drive.objects.get().name == "百日冲刺"


def test_the_same_form_sets_one_drive_and_one_shock():
    office = make_office()
    key = once()

    for _ in range(2):
        drive = services.drive_set(said=said(), once=key, by=office, at=NOON)
    for _ in range(2):
        services.shock_record(
            drive_id=drive.pk,
            version=1,
            name="疫情",
            starts_on=TODAY,
            ends_on=TODAY,
            once="shock",
            by=office,
            at=NOON,
        )

    assert Drive.objects.count() == 1
    assert Drive.objects.get().shocks.count() == 1
    assert Drive.objects.get().version == 2


@pytest.mark.parametrize(
    ("role", "region"), [("county_office", "990102"), ("county_leader", COUNTY)]
)
def test_who_may_not_sets_no_drive(role, region):
    make_region(COUNTY)
    with region_scope([region]), pytest.raises(NotPermitted):
        services.drive_set(
            said=said(), once=once(), by=make_post(role, region), at=NOON
        )


@pytest.mark.parametrize(
    "changed",
    [{"sources": ("hearsay",)}, {"classes": ("weather",)}, {"kind": "parade"}],
)
def test_a_drive_about_nothing_known_is_refused(changed):
    make_region(COUNTY)
    with pytest.raises(DriveUnfit):
        services.drive_set(said=said(**changed), once=once(), by=make_office(), at=NOON)


def test_a_drive_of_the_county_is_seen_from_its_parts_and_not_from_beside():
    drive = make_drive()
    below = make_post("township_leader", TOWNSHIP)
    beside = make_post("county_office", "990102")

    assert selectors.drive_get(viewer=below, drive_id=drive.pk) == drive
    assert selectors.roots_of(drive, below) == [TOWNSHIP]
    with pytest.raises(selectors.DriveMissing):
        selectors.drive_get(viewer=beside, drive_id=drive.pk)


def test_a_curve_has_a_point_for_each_day_something_changed():
    drive = make_drive()
    make_problem()
    later = NOON + timedelta(days=2)
    make_problem(at=later)

    curve = selectors.curve(drive=drive, regions=[COUNTY], until=later.date())

    assert [(day, s.open) for day, s in curve] == [(TODAY, 1), (later.date(), 2)]
    assert selectors.curve(drive=drive, regions=[COUNTY], until=TODAY) == curve[:1]


def test_after_the_end_nothing_is_counted():
    drive = make_drive(
        starts_on=date(2019, 1, 1), ends_on=date(2019, 6, 1), reserve_days=0
    )

    make_problem()

    assert standing(drive) == Standing()


def test_shocks_of_a_drive_are_kept_with_their_days():
    shock = make_shock()

    assert selectors.shock_spans(shock.drive) == [(shock.starts_on, shock.ends_on)]
    acts = [e.act for e in selectors.event_list(drive=shock.drive)]
    assert acts == ["shock_recorded", "set"]


def test_the_job_of_the_night_sets_a_wrong_figure_right():
    drive = make_drive()
    make_problem()
    DriveTally.unscoped.filter(drive=drive, region_code=COUNTY).update(
        registered=7, open=7
    )

    assert drives_recounted(at=NOON)[1] == {"drives": 1, "regions": 1}
    assert standing(drive) == Standing(1, 0, 1)
    assert drives_recounted(at=NOON)[1] == {"drives": 1, "regions": 0}


_STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 2)), max_size=14
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=_STEPS)
def test_whatever_happens_figures_are_those_of_the_problems(steps):
    with transaction.atomic():
        drive = make_drive(starts_on=TODAY + timedelta(days=2))
        end = _lived(steps, make_clerk(), make_office())
        found = selectors.problem_list(viewer=make_office(), drive=drive)
        still = found.filter(state__in=sorted(OPEN)).count()
        struck = found.filter(state="struck_off").count()

        counted = standing(drive, day=end + MONTH)
        assert (counted.open, counted.struck_off) == (still, struck)
        assert counted.registered == found.count()
        assert drive_recount(drive) == 0
        transaction.set_rollback(True)


def _lived(steps, owner, office) -> date:
    """Let problems go through steps and return the day of the last."""
    mine: list[Problem] = []
    at = NOON
    for which, act, days in steps:
        at += timedelta(days=days)
        if which >= len(mine):
            mine.append(make_in_hand(office, owner, at=at))
            continue
        problem = mine[which]
        problem.refresh_from_db()
        _tried(problem, act, owner, office, at)
    return at.date()


def _tried(problem, act, owner, office, at) -> None:
    tries = [
        (Act.SUBMIT, owner, {}),
        (Act.STRIKE_OFF, office, {}),
        (Act.RETURN, office, {"reason": "图不对"}),
        (Act.REOPEN, office, {"reason": "复发"}),
        (Act.DISPUTE, owner, {"reason": "不属实"}),
        (Act.NOT_SUBSTANTIATE, office, {"reason": "查无此事"}),
    ]
    step, by, words = tries[act]
    if step is Act.SUBMIT and problem.state in ("signed_for", "in_rectification"):
        give_evidence(problem, owner, "paper")
        problem.refresh_from_db()
    try:
        problem_step(
            problem=problem, version=problem.version, act=step, by=by, at=at, **words
        )
    except StepRefused:
        return
