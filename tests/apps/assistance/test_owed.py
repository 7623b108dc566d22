"""Visits owed in a quarter, findings that wait, papers; households that moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.factories.accounts import make_post, make_user
from tests.factories.assistance import (
    COUNTY,
    make_helper,
    make_office,
    make_pairing,
    make_secretary,
    make_visit,
    make_visit_paper,
    once,
)
from tests.factories.attachments import make_attachment
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import CHILD, HEAD, VILLAGE, make_household

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.selectors import books, owed
from xiuhua.apps.assistance.selectors import pairings as paired
from xiuhua.apps.assistance.services import pairings, visits
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.registry.services.moves import household_move
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")
OTHER = f"{COUNTY}101202"


@pytest.fixture
def everywhere(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with region_scope(EVERYWHERE):
        yield tmp_path


def family(**said):
    return make_household(persons=[HEAD | {"id_number": None}, CHILD], **said)


def recorded(home, day=TODAY, **said):
    usual = {"kind": "call", "made_on": day, "findings": "一切正常", "once": once()}
    usual |= {"by": make_secretary(home.village_id), "at": NOON}
    return visits.visit_record(household=home, helper=make_helper(), **usual | said)


def owing(region=COUNTY):
    found = owed.owed_list(viewer=make_office(), region=region, on=TODAY)
    return {home.pk: (home.made, home.demanded) for home in found}


def test_families_are_owed_two_visits_a_quarter_and_a_county_may_say_otherwise(
    everywhere,
):
    none, one, two = family(), family(), family()
    recorded(one)
    first, _last = owed.quarter_of(TODAY)
    recorded(one, first - timedelta(days=1))
    recorded(two)
    recorded(two, first)

    assert owing() == {none.pk: (0, 2), one.pk: (1, 2)}
    (everywhere / "assistance.toml").write_text(
        f'[[visits]]\nregion = "{VILLAGE}"\nfrom = 2019-01-01\n'
        'document = "镇政府文件（虚构）"\na_quarter = 1\n'
    )
    assert owing() == owing(VILLAGE) == {none.pk: (0, 1)}


def test_a_helper_owes_visits_to_their_own_households():
    user = make_user("owes.visits")
    mine, _other = family(), family()
    make_pairing(make_helper(user=user), mine)

    found = owed.owed_by(user=user, region=VILLAGE, on=TODAY)

    assert [(home.pk, home.made) for home in found] == [(mine.pk, 0)]
    recorded(mine)
    standing = owed.standings_of(households=[mine], on=TODAY)[mine.pk]
    assert (standing.helper.user, standing.last) == (user, TODAY)


def test_a_visit_is_recorded_once_without_a_plan_and_asks_for_mending():
    home, key = family(), once()
    made = recorded(home, once=key, mending=True)

    assert recorded(home, once=key) == made
    assert (made.state, made.mending, made.planned_on) == ("made", "asked", TODAY)
    assert list(owed.asking_list(viewer=make_secretary())) == [made]
    with pytest.raises(StepRefused):
        recorded(home, TODAY + timedelta(days=1))

    up = visits.visit_take_up(visit=made, problem="Q1", by=make_secretary(), at=NOON)
    assert up.mending == "taken_up"
    assert not owed.asking_list(viewer=make_secretary()).exists()
    assert books.event_list(row=made)[0].said["problem"] == "Q1"
    with pytest.raises(NotPermitted):
        by = make_post("helper", VILLAGE)
        visits.visit_take_up(visit=up, problem="Q2", by=by, at=NOON)
    with pytest.raises(HelpUnfit):
        visits.visit_take_up(
            visit=make_visit(home), problem="Q3", by=make_secretary(), at=NOON
        )


def test_a_paper_hangs_on_the_visit_and_stays_a_file_of_the_household():
    visit = make_visit(family())
    paper = make_visit_paper(visit)

    assert [p.pk for p in owed.papers_of(visit=visit)] == [paper.pk]
    files = owed.with_visits(files=Attachment.objects.all())
    assert [(f.visit, f.day) for f in files] == [(visit.pk, TODAY)]
    again = visits.visit_paper_add(
        visit=visit, attachment=paper.attachment, by=make_secretary(), at=NOON
    )
    assert again == paper
    assert [e.act for e in books.event_list(row=visit)] == ["paper", "plan"]
    with pytest.raises(HelpUnfit):
        visits.visit_paper_add(
            visit=visit, attachment=make_attachment(), by=make_secretary(), at=NOON
        )


def test_a_household_that_moved_is_helped_from_the_old_village_until_it_is_said():
    make_region(OTHER)
    pairing = make_pairing(household=family())
    home, office = pairing.household, make_office()
    household_move(
        household_id=home.pk,
        version=home.version,
        village=OTHER,
        valid_from=date(2019, 5, 1),
        by=office,
        at=NOON,
    )

    asked = {"viewer": office, "region": COUNTY, "on": TODAY}
    (found,) = paired.moved_list(**asked)
    assert (found.pk, found.old_village) == (pairing.pk, VILLAGE)
    (there,) = paired.coverage_list(**asked)
    assert (there.village, there.helped, there.moved, there.missing) == (OTHER, 1, 1, 0)

    kept = pairings.pairing_keep(
        pairing=found, version=found.version, since=TODAY, by=office, at=NOON
    )

    assert (kept.helper, kept.starts_on) == (pairing.helper, TODAY)
    assert not paired.moved_list(**asked).exists()
    assert [p.ended_reason for p in paired.pairings_of_household(household=home)] == [
        "",
        "moved",
    ]
