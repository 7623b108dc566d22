"""The tables of the invented county come to the totals they are made for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from xiuhua.core.screening.run import Screening, screen
from xiuhua.demo.county import LARGE_FAMILY_EXTRA, CountyTables, county_tables
from xiuhua.demo.places import COUNTY
from xiuhua.demo.totals import (
    AGRICULTURAL_POPULATION,
    EXITED,
    FACILITIES,
    FAULTS,
    FEW_INDUSTRIES,
    INDICATORS,
    REMAINING,
    UNKNOWN_INDUSTRIES,
    VILLAGES_ABOVE_LINE,
    VILLAGES_UNKNOWN,
    VILLAGES_UNMET,
    Group,
)


ON = date(2020, 11, 22)
LINE_FEN = 400_000
LEVELS = ("household", "person", "village")


@pytest.fixture(scope="module")
def county() -> CountyTables:
    return county_tables(on=ON, line_fen=LINE_FEN)


@pytest.fixture(scope="module")
def judged(county, tmp_path_factory) -> Iterator[Screening]:
    folder: Path = tmp_path_factory.mktemp("county")
    for level in LEVELS:
        pq.write_table(getattr(county, level), folder / f"{level}.parquet")
    given = {"water_area": "short"}
    with screen(folder, region=COUNTY, as_of=ON, params=given) as found:
        yield found


def test_households_and_persons_are_those_published(county):
    status = Counter(county.household.column("exit_status").to_pylist())
    exited = dict(
        zip(*(county.household.column(n).to_pylist() for n in _STATUS), strict=True)
    )
    persons = Counter(
        exited[h] for h in county.person.column("household_id").to_pylist()
    )

    assert status == {"exited": EXITED.households, "not_exited": REMAINING.households}
    assert persons["exited"] == EXITED.persons - LARGE_FAMILY_EXTRA
    assert persons["not_exited"] == REMAINING.persons


_STATUS = ("household_id", "exit_status")


@pytest.mark.parametrize(
    ("name", "group"), [("exited", EXITED), ("remaining", REMAINING)]
)
def test_verdicts_come_to_the_totals(judged, name, group: Group):
    tally = judged.tally(name)

    for indicator in INDICATORS:
        found = tally[indicator]
        assert found.get("unmet", 0) == group.unmet[indicator]
        assert found.get("unknown", 0) == group.unknown[indicator]
    assert tally["overall"].get("unmet", 0) == group.overall_unmet
    assert tally["overall"].get("unknown", 0) == group.overall_unknown


def test_every_household_gets_the_verdict_planned_for_it(county, judged):
    table = judged.verdicts
    found = dict(
        zip(
            table.column("household_id").to_pylist(),
            table.select(INDICATORS).to_pylist(),
            strict=True,
        )
    )
    words = ("unmet", "unknown", "met")

    for place, number in enumerate(county.household.column("household_id").to_pylist()):
        for name in INDICATORS:
            planned = words[county.plan[name][place]]
            assert found[number][name] in (planned, "not_applicable")


def test_villages_come_to_the_totals(county, judged):
    tally = judged.village_tally()

    assert tally["incidence"]["unmet"] == VILLAGES_ABOVE_LINE
    assert tally["overall"]["unmet"] == VILLAGES_UNMET
    assert tally["overall"]["unknown"] == VILLAGES_UNKNOWN
    for name, (unmet, unknown) in FACILITIES.items():
        assert (tally[name]["unmet"], tally[name].get("unknown", 0)) == (unmet, unknown)
    people = county.village.column("agricultural_population").to_pylist()
    assert sum(people) == AGRICULTURAL_POPULATION


def test_faults_are_the_ones_planted_and_no_others(judged):
    kinds = Counter(judged.registry.faults.column("kind").to_pylist())

    assert kinds == Counter(FAULTS)


def test_industry_measures_come_to_the_totals(county):
    links = county.household.column("industry_links").to_pylist()

    assert sum(n is not None and n < 2 for n in links) == FEW_INDUSTRIES
    assert links.count(None) == UNKNOWN_INDUSTRIES


def test_county_is_the_same_every_time_and_follows_its_day():
    county = county_tables(on=ON, line_fen=LINE_FEN)
    again = county_tables(on=ON, line_fen=LINE_FEN)
    later = county_tables(on=date(2026, 2, 28), line_fen=LINE_FEN)

    for level in LEVELS:
        assert getattr(again, level).equals(getattr(county, level))
    assert later.person.column("birth_date") != county.person.column("birth_date")
    assert later.person.num_rows == county.person.num_rows


def test_some_households_fall_short_in_several_ways(county):
    unmet = sum(county.plan[name] == 0 for name in INDICATORS)

    assert unmet.max() >= 2
    assert len({tuple(row) for row in np.transpose(list(county.plan.values()))}) > 20
