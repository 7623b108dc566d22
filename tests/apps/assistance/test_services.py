"""Pairings, teams, chains, groups, visits and rosters, and what is refused."""

from __future__ import annotations

from contextvars import Context
from datetime import timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.assistance import (
    COUNTY,
    SPRING,
    make_helper,
    make_kinship,
    make_office,
    make_pairing,
    make_secretary,
    make_unit,
    once,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import CHILD, HEAD, VILLAGE, make_household

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import StaleHelp
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper, Unit
from xiuhua.apps.assistance.selectors import books
from xiuhua.apps.assistance.selectors import pairings as paired
from xiuhua.apps.assistance.selectors import people as known
from xiuhua.apps.assistance.services import (
    pairings,
    people,
)
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.registry.services import moves
from xiuhua.core.steps import StepRefused


pytestmark = pytest.mark.usefixtures("each_database", "everywhere")


@pytest.fixture
def everywhere():
    with region_scope(EVERYWHERE):
        yield


def _family(village=VILLAGE, **said):
    """Return a household whose head has no number, so that many can be made."""
    return make_household(village, persons=[HEAD | {"id_number": None}, CHILD], **said)


def codes(caught) -> set[str]:
    return {r.code.removeprefix("assistance.") for r in caught.value.refusals}


def test_a_household_has_one_helper_at_a_time_and_keeps_who_helped():
    home, first, second = _family(), make_helper(), make_helper()
    old = make_pairing(first, home)
    new = make_pairing(second, home, starts_on=TODAY, replaces=old.pk)

    rows = paired.pairings_of_household(household=home)
    assert [(p.helper, p.starts_on, p.ended_on) for p in rows] == [
        (second, TODAY, None),
        (first, SPRING, TODAY),
    ]
    assert [e.act for e in books.event_list(row=old)] == ["end", "open"]
    assert books.event_list(row=new).get().said["household"] == home.pk
    assert books.broken_book_list() == []
    assert Entry.objects.filter(action="assistance.pairing.opened").count() == 2


def test_the_same_form_twice_pairs_once_and_a_stale_one_not_at_all():
    home, key = _family(), once()
    first = make_pairing(household=home, once=key)

    assert make_pairing(household=home, once=key) == first
    with pytest.raises(HelpUnfit):
        make_pairing(household=home)
    assert Pairing.objects.get() == first


def test_nobody_helps_their_own_household_under_whatever_row_it_stands():
    home = make_household()
    member = make_helper(id_number=HEAD["id_number"].lower())

    with pytest.raises(StepRefused) as caught:
        make_pairing(member, home)

    assert codes(caught) == {"own_household"}


def test_nobody_helps_close_kin():
    kin = make_kinship()

    with pytest.raises(StepRefused) as caught:
        make_pairing(kin.helper, kin.household)

    assert codes(caught) == {"close_kin"}


def test_a_helper_has_no_more_households_than_the_rank_may():
    helper = make_helper()
    for _ in range(4):
        last = make_pairing(helper, _family())
    with pytest.raises(StepRefused) as caught:
        make_pairing(helper, _family())
    assert codes(caught) == {"cap_reached"}

    _ended(last)
    assert make_pairing(helper, _family()).ended_on is None


def _ended(pairing, reason="left", on=TODAY, **said):
    return pairings.pairing_end(
        pairing=pairing,
        **{"version": pairing.version, "ended_on": on, "reason": reason}
        | {"by": make_office(), "at": NOON}
        | said,
    )


def test_a_pairing_ends_once_with_the_version_seen():
    pairing = make_pairing()
    with pytest.raises(StaleHelp):
        _ended(pairing, version=7)
    with pytest.raises(StaleHelp):
        _ended(pairing, version=None)
    with pytest.raises(HelpUnfit):
        _ended(pairing, on=TODAY + timedelta(days=1))

    ended = _ended(pairing)
    with pytest.raises(HelpUnfit):
        _ended(ended)
    assert (ended.ended_on, ended.ended_reason) == (TODAY, "left")


def test_a_pairing_taken_back_never_was():
    pairing = _ended(make_pairing(), reason="undone")

    assert pairing.ended_on == pairing.starts_on
    assert paired.pairings_of_household(household=pairing.household) == []
    assert make_pairing(household=pairing.household).starts_on == SPRING


def test_pairings_are_kept_where_the_household_lives():
    home = _family()
    clerk = make_post("township_clerk", "990101102")
    helper = make_post("helper", VILLAGE)

    for by in (clerk, helper):
        with pytest.raises(NotPermitted):
            make_pairing(household=home, by=by)


def test_every_household_on_the_register_has_a_helper_or_stands_in_the_list():
    helped, alone, office = _family(), _family(), make_office()
    _family(poverty=None, registration="none")
    make_pairing(household=helped)

    left = paired.uncovered_list(viewer=office, region=COUNTY, on=TODAY)
    (row,) = paired.coverage_list(viewer=office, region=COUNTY, on=TODAY)

    assert list(left) == [alone]
    assert (row.village, row.households, row.helped, row.missing) == (VILLAGE, 2, 1, 1)


def test_helpers_are_taken_over_from_the_archive_once():
    said = {"helper_name": "李强", "helper_unit": "县水务局"}
    for _ in range(2):
        _family(values=said)
    _family(values={"helper_name": "李强"})
    _family()
    office = make_office()

    def seed():
        return pairings.pairings_seed(
            region=COUNTY, starts_on=SPRING, by=office, at=NOON
        )

    made = seed()
    assert (len(made), Unit.objects.count(), Helper.objects.count()) == (3, 2, 2)
    assert seed() == []
    assert len({p.helper_id for p in made}) == 2
    assert all(h.number.startswith("B") for h in Helper.objects.all())
    assert books.broken_book_list() == []


def test_a_household_that_is_no_more_is_helped_by_nobody():
    home, other = _family(), make_household(persons=[HEAD, CHILD])
    pairing = make_pairing(household=home)
    home.refresh_from_db()
    moves.household_merge(
        household_id=home.pk,
        version=home.version,
        into_id=other.pk,
        into_version=other.version,
        valid_from=TODAY,
        by=make_post("township_clerk", VILLAGE[:9]),
        at=NOON,
    )

    pairing.refresh_from_db()
    assert (pairing.ended_on, pairing.ended_reason) == (TODAY, "household")


def test_a_helper_from_far_above_is_seen_where_they_help_and_nowhere_else():
    far = make_helper(make_unit(region="9901"))
    make_pairing(far, _family())
    here, beside = make_secretary(), make_secretary("990101101202")

    with region_scope([here.region_id]):
        assert list(known.helper_list(viewer=here)) == [far]
        assert [u.name for u in known.unit_list(viewer=here)] == [far.unit.name]
    with region_scope([beside.region_id]):
        assert list(known.helper_list(viewer=beside)) == []
        with pytest.raises(known.HelpMissing):
            known.helper_get(viewer=beside, key=far.pk)


def test_two_helpers_never_share_a_number():
    number = "990126193303199110"
    with pytest.raises(HelpUnfit):
        make_helper(id_number=number)
    helper = make_helper(id_number=HEAD["id_number"])
    with pytest.raises(HelpUnfit):
        make_helper(id_number=HEAD["id_number"])

    changed = people.helper_correct(
        helper=helper,
        version=1,
        facts={"name": " 王建国 ", "phone": "139"},
        by=make_office(),
        at=NOON,
    )
    assert (changed.name, changed.name_initials, changed.version) == (
        "王建国",
        "wjg",
        2,
    )
    with pytest.raises(StaleHelp):
        people.helper_correct(
            helper=helper, version=1, facts={}, by=make_office(), at=NOON
        )


def test_a_unit_has_a_name_of_its_own():
    unit = make_unit("县水务局")
    with pytest.raises(HelpUnfit):
        make_unit("县水务局")

    changed = people.unit_correct(
        unit=unit,
        version=1,
        name="县水利局",
        affiliation="",
        by=make_office(),
        at=NOON,
    )
    assert (changed.name, changed.version) == ("县水利局", 2)


def test_acts_of_the_registry_need_no_scope_for_it():
    home, into, by = _family(), _family(), make_post("township_clerk", VILLAGE[:9])
    pairing = make_pairing(household=home)
    # A context of its own, in which no scope was ever opened.
    Context().run(
        moves.household_merge,
        household_id=home.pk,
        version=1,
        into_id=into.pk,
        into_version=1,
        valid_from=TODAY,
        by=by,
        at=NOON,
    )

    pairing.refresh_from_db()
    assert pairing.ended_reason == "household"
