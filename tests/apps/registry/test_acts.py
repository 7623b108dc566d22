"""Births, deaths, marriages, moves, splits, merges, and the three axes of status."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import MAPPER, make_region
from tests.factories.registry import (
    CHILD,
    HEAD,
    VILLAGE,
    later,
    make_clerk,
    make_household,
)

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions import services as regions
from xiuhua.apps.registry.acts.membership import MembershipUnclear
from xiuhua.apps.registry.acts.recording import (
    HouseholdEnded,
    HouseholdMissing,
    VersionMissing,
    VersionStale,
)
from xiuhua.apps.registry.models import (
    Change,
    Household,
    HouseholdMark,
    Person,
    StatusSpan,
)
from xiuhua.apps.registry.rules import DayWrong, StepRefused
from xiuhua.apps.registry.services.members import (
    household_head_change,
    person_birth,
    person_death,
    person_leave,
    person_marry,
    person_return,
)
from xiuhua.apps.registry.services.moves import (
    household_end,
    household_merge,
    household_move,
    household_split,
)
from xiuhua.apps.registry.services.persons import person_add
from xiuhua.apps.registry.services.statuses import (
    mark_set,
    monitoring_change,
    poverty_change,
    registration_change,
)
from xiuhua.apps.registry.services.villages import (
    SuccessorUnclear,
    village_state,
    village_succeed,
)
from xiuhua.apps.registry.values import FieldUnknown, ValueWrong


pytestmark = pytest.mark.usefixtures("each_database")
SPRING = date(2019, 4, 1)


def people(household: Household) -> list[Person]:
    rows = Person.unscoped.filter(household=household, ended_on__isnull=True)
    return list(rows.order_by("pk"))


def spans(household: Household) -> list[tuple]:
    rows = StatusSpan.unscoped.filter(household=household).order_by("valid_from")
    return [(s.valid_from, s.village_id[-1], s.poverty, s.persons_count) for s in rows]


def test_a_child_is_a_member_from_its_birth():
    household = make_household()

    child = person_birth(
        household_id=household.pk,
        version=1,
        values={"name": "王小", "birth_date": SPRING},
        by=make_clerk(),
        at=NOON,
    )

    assert child.member_from == SPRING
    assert spans(household)[-1] == (SPRING, "1", "not_exited", 3)
    assert Change.unscoped.latest("pk").act == "birth"
    with pytest.raises(MembershipUnclear):
        person_birth(
            household_id=household.pk, version=2, values={}, by=make_clerk(), at=NOON
        )


def test_with_the_last_member_the_household_ends():
    household = make_household()
    head, child = people(household)

    person_death(person_id=head.pk, version=1, **later(valid_from=SPRING))
    household.refresh_from_db()
    assert (household.persons_count, household.registration) == (1, "registered")
    person_death(person_id=child.pk, version=1, **later())

    household.refresh_from_db()
    assert (household.registration, household.ended_reason) == ("ended", "died_out")
    assert (household.persons_count, household.ended_on) == (0, TODAY)
    span = StatusSpan.unscoped.get(household=household, valid_to__isnull=True)
    assert (span.registration, span.persons_count) == ("ended", 0)
    with pytest.raises(MembershipUnclear):
        person_death(person_id=child.pk, version=2, **later())
    with pytest.raises(HouseholdEnded):
        person_add(
            household_id=household.pk,
            version=household.version,
            values=CHILD,
            **later(),
        )


def test_members_leave_and_come_back():
    household = make_household()
    head, _ = people(household)

    person_leave(person_id=head.pk, version=1, **later(valid_from=SPRING))
    with pytest.raises(DayWrong):
        person_return(
            person_id=head.pk, version=2, **later(valid_from=date(2019, 3, 1))
        )
    person_return(person_id=head.pk, version=2, **later())

    assert [s[-1] for s in spans(household)] == [2, 1, 2]
    with pytest.raises(MembershipUnclear):
        person_return(person_id=head.pk, version=3, **later())


def test_who_marries_goes_over_to_the_other_household():
    one, two = make_household(), make_household(persons=[HEAD])
    _, daughter = people(one)

    person_marry(
        person_id=daughter.pk,
        version=1,
        into_id=two.pk,
        into_version=1,
        relation_to_head="daughter_in_law",
        **later(valid_from=SPRING),
    )

    daughter.refresh_from_db()
    assert daughter.household_id == two.pk
    assert daughter.relation_to_head == "daughter_in_law"
    assert [s[-1] for s in spans(one)] == [2, 1]
    assert [s[-1] for s in spans(two)] == [1, 2]
    moved = Change.unscoped.latest("pk")
    assert (moved.household_id, moved.other_household_id) == (one.pk, two.pk)
    entry = Entry.objects.get(action="registry.person.married")
    assert entry.new["also"] == [two.number]
    with pytest.raises(DayWrong):
        person_leave(
            person_id=daughter.pk, version=3, **later(valid_from=date(2019, 3, 1))
        )


def test_a_marriage_asks_for_both_versions():
    one, two = make_household(), make_household()
    _, daughter = people(one)
    said = {"person_id": daughter.pk, "into_id": two.pk, **later()}
    said["relation_to_head"] = "spouse"

    for versions, error in (
        ((1, None), VersionMissing),
        ((None, 1), VersionMissing),
        ((1, 2), VersionStale),
        ((2, 1), VersionStale),
    ):
        with pytest.raises(error):
            person_marry(version=versions[0], into_version=versions[1], **said)
    foreign = make_household("990101102201")
    with pytest.raises(HouseholdMissing):
        person_marry(version=1, into_version=1, **said | {"into_id": foreign.pk})


def test_a_new_head_names_the_household():
    household = make_household()
    head, child = people(household)

    household_head_change(
        household_id=household.pk, version=1, person_id=child.pk, **later()
    )

    household.refresh_from_db()
    head.refresh_from_db()
    assert (household.head_name, household.name_initials) == ("王丽", "wl")
    assert household.head_id_number is None
    assert head.relation_to_head is None
    with pytest.raises(MembershipUnclear):
        household_head_change(
            household_id=household.pk,
            version=2,
            person_id=people(make_household())[0].pk,
            **later(),
        )


def test_a_household_moves_within_the_reach_of_the_post():
    household = make_household()
    make_region("990101101202")
    make_region("990101102201")

    moved = household_move(
        household_id=household.pk,
        version=1,
        village="990101101202",
        **later(valid_from=SPRING),
    )

    assert (moved.village_id, moved.village_group) == ("990101101202", None)
    assert [s[:2] for s in spans(household)] == [
        (date(2019, 1, 1), "1"),
        (SPRING, "2"),
    ]
    for village, error in (
        ("990101102201", NotPermitted),
        ("990101101202", MembershipUnclear),
    ):
        with pytest.raises(error):
            household_move(
                household_id=household.pk, version=2, village=village, **later()
            )


def test_a_household_splits_with_its_status():
    household = make_household()
    _, child = people(household)

    new = household_split(
        household_id=household.pk,
        version=1,
        person_ids=[child.pk],
        values={"village_group": "二组"},
        **later(valid_from=SPRING),
    )

    assert (new.village_id, new.poverty) == (VILLAGE, "not_exited")
    new.refresh_from_db()
    assert new.persons_count == 1
    assert spans(new) == [(SPRING, "1", "not_exited", 1)]
    assert [s[-1] for s in spans(household)] == [2, 1]
    for ids in ([], [people(household)[0].pk], [child.pk]):
        with pytest.raises(MembershipUnclear):
            household_split(
                household_id=household.pk,
                version=2,
                person_ids=ids,
                values={},
                **later(),
            )


def test_a_household_merges_into_another_and_ends():
    one, two = make_household(), make_household()

    household_merge(
        household_id=one.pk, version=1, into_id=two.pk, into_version=1, **later()
    )

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.registration, one.ended_reason) == ("ended", "merged")
    assert (one.persons_count, two.persons_count) == (0, 4)
    assert len(people(two)) == 4
    with pytest.raises(HouseholdEnded):
        household_merge(
            household_id=one.pk,
            version=one.version,
            into_id=two.pk,
            into_version=two.version,
            **later(),
        )
    with pytest.raises(MembershipUnclear):
        household_merge(
            household_id=two.pk, version=2, into_id=two.pk, into_version=2, **later()
        )


def test_a_household_that_left_ends_with_its_members():
    household = make_household()

    household_end(household_id=household.pk, version=1, **later())

    household.refresh_from_db()
    assert (household.registration, household.ended_reason) == ("ended", "left")
    assert people(household) == []


def test_the_axes_change_step_by_step_and_mark_the_year():
    household = make_household()

    poverty_change(
        household_id=household.pk,
        version=1,
        poverty="exited",
        policies_kept=True,
        **later(order_number="县扶组2019-3号"),
    )
    monitoring_change(
        household_id=household.pk, version=2, monitoring="included", **later()
    )
    registration_change(
        household_id=household.pk, version=3, registration="removed", **later()
    )

    household.refresh_from_db()
    assert (household.poverty, household.policies_kept) == ("exited", True)
    assert (household.exit_year, household.monitoring) == (2019, "included")
    assert household.registration == "removed"
    marks = HouseholdMark.unscoped.order_by("pk").values_list("mark", "document")
    assert list(marks) == [
        ("exited", "县扶组2019-3号"),
        ("monitored", ""),
        ("removed", ""),
    ]
    span = StatusSpan.unscoped.get(household=household, valid_to__isnull=True)
    assert (span.poverty, span.monitoring) == ("exited", "included")
    said = {"household_id": household.pk, "version": 4, **later()}
    with pytest.raises(StepRefused):
        poverty_change(poverty="pre_exit", **said)
    with pytest.raises(StepRefused):
        monitoring_change(monitoring="lead", **said)
    with pytest.raises(StepRefused):
        registration_change(registration="none", **said)
    with pytest.raises(ValueWrong):
        registration_change(registration="ended", **said)


def test_years_are_marked():
    household = make_household()
    said = {"household_id": household.pk, "by": make_clerk(), "at": NOON}

    mark_set(year=2014, mark="identified", **said)
    marked = mark_set(year=2014, mark="identified", document="办发2014-24号", **said)

    assert HouseholdMark.unscoped.get() == marked
    assert marked.document == "办发2014-24号"
    for year, mark in ((2014, "blessed"), (2020, "exited"), (1900, "exited")):
        with pytest.raises(ValueWrong):
            mark_set(year=year, mark=mark, **said)


def test_villages_report_by_year():
    make_region(VILLAGE)
    said = {"village": VILLAGE, "year": 2018, "by": make_clerk(), "at": NOON}

    facts = village_state(values={"hard_road": True, "women": 200}, **said)
    facts = village_state(values={"women": 210}, version=1, **said)

    assert (facts.women, facts.hard_road, facts.version) == (210, True, 2)
    assert village_state(values={"women": 210}, version=2, **said).version == 2
    for version, error in ((None, VersionMissing), (1, VersionStale)):
        with pytest.raises(error):
            village_state(values={}, version=version, **said)
    with pytest.raises(VersionStale):
        village_state(values={}, version=1, **said | {"year": 2017})
    with pytest.raises(FieldUnknown):
        village_state(values={"village_code": VILLAGE}, version=2, **said)


def test_households_go_along_when_a_village_is_replaced():
    household = make_household()
    gone = make_household(number="B")
    household_end(household_id=gone.pk, version=1, **later())
    regions.region_replace(
        predecessors=[VILLAGE],
        successors={"990101101301": "新村"},
        on=SPRING,
        by=MAPPER,
        at=NOON,
    )
    office = make_post("county_office", "990101")
    said = {"village": VILLAGE, "by": office, "at": NOON}

    with pytest.raises(SuccessorUnclear):
        village_succeed(successor="990101101201", on=SPRING, **said)
    with pytest.raises(NotPermitted):
        village_succeed(
            successor="990101101301", on=SPRING, **said | {"by": make_clerk()}
        )
    assert village_succeed(successor="990101101301", on=SPRING, **said) == 2

    household.refresh_from_db()
    assert (household.village_id, household.version) == ("990101101301", 2)
    assert StatusSpan.unscoped.filter(household=household).count() == 2
