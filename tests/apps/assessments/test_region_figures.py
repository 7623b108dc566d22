"""Figures of regions: sums of tallies, with what is not known kept apart."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest
from django.db import transaction
from tests.apps.assessments.loading import CASES, load_case
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption, make_tally, make_tally_day
from tests.factories.moments import NOON
from tests.factories.registry import make_village_facts

from xiuhua.apps.accounts.scope import ScopeMissing, region_scope
from xiuhua.apps.assessments.following import households_changed
from xiuhua.apps.assessments.selectors.region_figures import (
    county_list,
    population_list,
    totals_before,
    totals_list,
)
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.assessments.totals import Count, Population, Totals
from xiuhua.apps.registry.models import Household
from xiuhua.core.truth import Verdict


each = pytest.mark.usefixtures("each_database")
STANDING = {"pack": "", "measure": "standing", "verdict": ""}
LEFT, OUT, UNSAID = (f"registered/{p}/none" for p in ("not_exited", "exited", ""))


def standing(region: str, status: str, households: int, persons: int):
    said = {"status": status, "households": households, "persons": persons}
    return make_tally(region, **STANDING | said)


def counted(region: str, status: str, day: date, households: int, persons: int):
    said = {"status": status, "households": households, "persons": persons}
    return make_tally_day(region, day=day, **STANDING | said)


def office(region: str = "990101"):
    role = "county_office" if len(region) == 6 else "province_officer"
    return make_post(role, region)


@each
def test_figures_are_those_counted_by_hand_for_the_county_of_2019():
    region = load_case("county-2019")
    make_adoption(region, as_of=date(2019, 11, 22))
    post = office(region)
    expected = json.loads(
        (CASES / "county-2019" / "expected-regions.json").read_text(encoding="utf-8")
    )
    with transaction.atomic():
        keys = list(Household.unscoped.values_list("pk", flat=True))
        households_changed(household_ids=keys, by=post, at=NOON)

    with region_scope([region]):
        found = totals_list(viewer=post, regions=expected, pack="household_exit")
        people = {}
        for length in (6, 9, 12):
            people |= population_list(
                viewer=post, region=region, length=length, as_of=date(2019, 11, 22)
            )[0]

    for code, want in expected.items():
        totals = Totals(found[code].standing, found[code].verdicts, people[code])
        assert totals.registered == Count(want["households"], want["persons"])
        assert totals.left == Count(
            want.get("remaining_households", 0), want.get("remaining_persons", 0)
        )
        assert totals.exited == Count(
            want.get("exited_households", 0), want.get("exited_persons", 0)
        )
        assert totals.population.persons == want["agricultural_population"]
        rate = totals.rate
        assert rate.known
        assert round(float(rate.least), 8) == want.get("poverty_incidence", 0)
    tallies = json.loads((CASES / "county-2019" / "expected.json").read_text("utf-8"))
    for measure, verdicts in tallies["indicators"]["all"].items():
        for verdict in Verdict:
            count = found[region].verdict(measure, verdict)
            assert count.households == verdicts.get(verdict.word, 0)
    for measure, verdicts in tallies["indicators"]["exited"].items():
        unmet = found[region].verdict(measure, Verdict.UNMET, ("exited",))
        assert unmet.households == verdicts.get("unmet", 0)


@each
def test_what_lies_above_the_county_is_the_sum_of_its_counties():
    standing("990101", LEFT, 3, 9)
    standing("990102", LEFT, 4, 10)
    standing("990201", LEFT, 5, 11)
    standing("990101101", LEFT, 3, 9)
    post = office("99")

    with region_scope(["99"]):
        counties = county_list(viewer=post, region="99")
        found = totals_list(
            viewer=post, regions=["99", "9901", "990102"], counties=counties
        )

    assert counties == ["990101", "990102", "990201"]
    assert found["99"].left == Count(12, 30)
    assert found["9901"].left == Count(7, 19)
    assert found["990102"].left == Count(4, 10)


@each
def test_verdicts_come_with_the_standard_and_by_exit_status():
    make_tally("990101", measure="income", verdict="0", households=2)
    make_tally("990101", measure="income", verdict="0", status="exited", households=1)
    make_tally("990101", measure="overall", verdict="1", households=7)
    make_tally("990101", pack="other", measure="income", households=50)
    post = office()

    with region_scope(["990101"]):
        bare = totals_list(viewer=post, regions=["990101"])["990101"]
        full = totals_list(viewer=post, regions=["990101"], pack="household_exit")
        one = totals_list(
            viewer=post, regions=["990101"], pack="household_exit", measure="overall"
        )

    income = full["990101"].verdict("income", Verdict.UNMET)
    assert not bare.verdicts
    assert income.households == 3
    assert full["990101"].verdict("income", Verdict.UNMET, ["exited"]).households == 1
    assert set(one["990101"].verdicts) == {("overall", Verdict.UNKNOWN, "not_exited")}


@each
def test_other_regions_are_not_seen():
    standing("990101", LEFT, 3, 9)
    standing("990102", LEFT, 4, 10)
    post = office("990102")

    with region_scope(["990102"]):
        found = totals_list(viewer=post, regions=["990101", "990102"])
        assert county_list(viewer=post, region="9901") == ["990102"]
    with pytest.raises(ScopeMissing):
        totals_list(viewer=post, regions=["990102"])

    assert not found["990101"].standing
    assert found["990102"].left == Count(4, 10)


@each
def test_a_day_gone_by_shows_what_was_counted_at_its_end():
    standing("990101", LEFT, 3, 9)
    standing("990101", OUT, 5, 15)
    counted("990101", LEFT, date(2019, 1, 10), 8, 24)
    counted("990101", LEFT, date(2019, 3, 10), 3, 9)
    counted("990101", OUT, date(2019, 3, 10), 5, 15)
    post = office()

    def left(day):
        said = {"viewer": post, "regions": ["990101"], "as_of": day}
        return totals_list(**said)["990101"]

    with region_scope(["990101"]):
        assert left(date(2019, 1, 10)).left == Count(8, 24)
        assert left(date(2019, 3, 9)).left == Count(8, 24)
        assert left(date(2019, 3, 9)).exited == Count()
        assert left(date(2019, 3, 10)).exited == Count(5, 15)
        before = left(date(2019, 1, 9))
    assert not before.recorded
    assert before.rate.least is None


@each
def test_a_change_is_unknown_while_one_county_had_not_been_counted():
    for code in ("990101", "990102"):
        standing(code, LEFT, 3, 9)
        counted(code, LEFT, date(2019, 3, 1), 3, 9)
    counted("990101", LEFT, date(2019, 1, 1), 4, 12)
    post = office("99")
    said = {"viewer": post, "region": "99", "counties": ["990101", "990102"]}

    with region_scope(["99"]):
        early = totals_before(**said, as_of=date(2019, 2, 1))
        later = totals_before(**said, as_of=date(2019, 3, 1))
        never = totals_before(**said | {"counties": []}, as_of=date(2019, 3, 1))

    assert not early.recorded
    assert later.recorded
    assert later.left == Count(6, 18)
    assert not never.recorded


@each
def test_a_population_is_the_last_given_by_the_year():
    make_village_facts("990101101201", year=2017, agricultural_population=900)
    make_village_facts("990101101201", year=2019, agricultural_population=1000)
    make_village_facts("990101101202", year=2018, agricultural_population=500)
    make_village_facts("990101102201", year=2020, agricultural_population=300)
    make_village_facts("990101102202", year=2019, agricultural_population=None)
    post = office()

    with region_scope(["990101"]):
        said = {"viewer": post, "region": "990101"}
        found, before = population_list(
            **said, length=9, as_of=date(2019, 6, 1), earlier=date(2018, 12, 31)
        )
        earlier, nothing = population_list(**said, length=6, as_of=date(2018, 6, 1))

    assert found["990101101"] == Population(1500, 2, 0)
    assert found["990101102"] == Population(0, 2, 2)
    assert earlier["990101"] == before == Population(1400, 4, 2)
    assert nothing == Population()


@each
def test_a_population_every_village_gave_is_the_same_by_both_ways():
    for village, persons in (("990101101201", 900), ("990101101202", 100)):
        make_village_facts(village, year=2018, agricultural_population=persons)
        make_village_facts(village, year=2019, agricultural_population=persons + 1)
    post = office()
    said = {"viewer": post, "region": "990101", "length": 9}

    with region_scope(["990101"]):
        whole, before = population_list(
            **said, as_of=date(2019, 6, 1), earlier=date(2018, 12, 31)
        )
        make_village_facts("990101102201", year=2017, agricultural_population=None)
        parted, _ = population_list(**said, as_of=date(2019, 6, 1))

    assert whole == {"990101101": Population(1002, 2, 0)}
    assert before == Population(1000, 2, 0)
    assert parted["990101101"] == Population(1002, 2, 0)
    assert parted["990101102"] == Population(0, 1, 1)


@each
def test_standards_of_parts_show_in_what_is_wider():
    make_adoption("990101")
    make_adoption("99", pack="global_mpi_2018", parameters={})
    make_adoption("990102", pack="village_exit", parameters={})

    day = NOON.date()
    assert [s.pack for s in standard_list(region="99", as_of=day)] == [
        "household_exit",
        "global_mpi_2018",
    ]
    (only,) = standard_list(region="990102101", as_of=day)
    assert only.pack == "global_mpi_2018"
    assert not standard_list(region="98", as_of=day)


def test_a_rate_without_a_population_is_not_known():
    totals = Totals({("registered", "not_exited", "none"): Count(1, 3)})

    assert totals.rate.least is None
    assert not totals.rate.known


def test_unknown_statuses_give_a_rate_two_ends():
    cells = {
        ("registered", "not_exited", "none"): Count(1, 3),
        ("registered", "pre_exit", "none"): Count(1, 2),
        ("registered", "relapsed", "included"): Count(1, 1),
        ("registered", "", "none"): Count(2, 4),
        ("removed", "not_exited", "none"): Count(50, 90),
        ("none", "", "withheld"): Count(1, 1),
    }
    totals = Totals(cells, population=Population(1000, 2, 0))

    assert totals.left == Count(3, 6)
    assert totals.relapsed == Count(1, 1)
    assert totals.registered == Count(5, 10)
    assert totals.watched == Count(2, 2)
    assert (totals.rate.least, totals.rate.most) == (
        Fraction(6, 1000),
        Fraction(10, 1000),
    )
    assert not totals.rate.known


def test_a_village_without_population_leaves_an_upper_end_alone():
    cells = {("registered", "not_exited", "none"): Count(1, 3)}
    totals = Totals(cells, population=Population(1000, 2, 1))

    assert totals.rate.at_most
    assert not totals.rate.known


def test_totals_add_up_and_keep_what_is_not_known():
    one = Totals({("registered", "exited", "none"): Count(1, 3)}, recorded=True)
    two = Totals(
        {("registered", "exited", "none"): Count(2, 5)},
        population=Population(10, 1, 0),
        recorded=False,
    )

    both = one + two

    assert both.exited == Count(3, 8)
    assert both.population.persons == 10
    assert not both.recorded
    assert Count(3, 8) - Count(1, 1) == Count(2, 7)
