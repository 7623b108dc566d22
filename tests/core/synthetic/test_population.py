"""A population depends on its recipe alone, and looks like one."""

from collections import Counter
from datetime import date
from hashlib import blake2b

import numpy as np
import pytest

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.id_number import IdNumber, parsed
from xiuhua.core.region_codes import contains
from xiuhua.core.synthetic.families import mean_size
from xiuhua.core.synthetic.places import check_region, counties
from xiuhua.core.synthetic.population import (
    STYLES,
    Recipe,
    county_tables,
    person_count,
    population,
)
from xiuhua.core.synthetic.writers import arrow_tables
from xiuhua.core.tables import REGISTRY_LEVELS


def rows(recipe: Recipe, level: str) -> list[dict[str, object]]:
    return [
        row
        for tables in population(recipe)
        for row in arrow_tables(tables)[level].to_pylist()
    ]


def digest(recipe: Recipe) -> str:
    text = "\n".join(
        repr(row) for name in REGISTRY_LEVELS for row in rows(recipe, name)
    )
    return blake2b(text.encode(), digest_size=8).hexdigest()


def test_a_recipe_makes_the_same_people_on_every_machine():
    # The value was written down once: another machine or NumPy must find it again.
    assert digest(Recipe(500, 7)) == "369416696bd5115f"


def test_another_seed_makes_other_people():
    assert digest(Recipe(50, 1)) != digest(Recipe(50, 2))


def test_a_county_is_the_same_when_made_alone():
    recipe = Recipe(50_000, 3)
    third = list(counties("99", 50_000))[2]

    streamed = list(population(recipe))[2]
    alone = county_tables(recipe, third)

    for name in REGISTRY_LEVELS:
        assert arrow_tables(streamed)[name].equals(arrow_tables(alone)[name])
    assert streamed.faults == alone.faults


@pytest.mark.parametrize("style", STYLES)
def test_mean_size_is_that_of_the_style(style):
    recipe = Recipe(20_000, 1, style=style, faults=0)

    made = sum(len(t.person) for t in population(recipe))

    assert made == person_count(recipe)
    assert made / 20_000 == pytest.approx(mean_size(style), rel=0.02)
    assert mean_size(style) == pytest.approx(
        {"west": 4.0, "northeast": 2.1, "nation": 3.33}[style], abs=0.03
    )


def test_id_numbers_are_right_unique_and_nobodys():
    people = rows(Recipe(3000, 5, region="5299", faults=0), "person")

    numbers = [parsed(str(p["id_number"])) for p in people]

    assert len({p["id_number"] for p in people}) == len(people)
    assert len({p["person_id"] for p in people}) == len(people)
    for person, number in zip(people, numbers, strict=True):
        assert isinstance(number, IdNumber)
        assert number.region.startswith("99")
        assert (number.birth_date, number.sex) == (person["birth_date"], person["sex"])


def test_ages_fit_relations():
    as_of = date(2020, 2, 29)
    families: dict[object, list[dict[str, object]]] = {}
    for person in rows(Recipe(3000, 9, faults=0, as_of=as_of), "person"):
        families.setdefault(person["household_id"], []).append(person)

    for members in families.values():
        assert [m["relation_to_head"] for m in members].count("head") == 1
        head = members[0]["birth_date"].year
        for member in members[1:]:
            older = member["birth_date"].year - head
            assert _gap_is_possible(str(member["relation_to_head"]), older), member


def _gap_is_possible(relation: str, years_younger: int) -> bool:
    if relation in ("father", "mother"):
        return -32 <= years_younger <= -18
    if relation == "spouse":
        return -2 <= years_younger <= 6
    if relation in ("son", "daughter", "daughter_in_law", "son_in_law"):
        return 16 <= years_younger <= 50
    return 38 <= years_younger <= 80


def test_ages_are_full_years_on_the_date():
    as_of = date(2019, 12, 31)
    people = rows(Recipe(2000, 2, faults=0, as_of=as_of), "person")

    stages = {(as_of.year - p["birth_date"].year, p["school_stage"]) for p in people}

    assert {stage for age, stage in stages if age == 7} <= {"primary", "not_in_school"}
    assert max(p["birth_date"] for p in people) <= as_of


def test_households_lie_in_villages_of_the_region():
    recipe = Recipe(2000, 4, region="239906")
    villages = {row["village_code"] for row in rows(recipe, "village")}

    for row in rows(recipe, "household"):
        assert row["village_code"] in villages
        assert str(row["household_id"]).startswith(str(row["village_code"]))
        assert contains("239906", str(row["village_code"]))
        assert str(row["phone"]).startswith("199000")


def test_some_are_poor_and_most_have_left_poverty():
    households = rows(Recipe(20_000, 4, faults=0), "household")
    sizes = Counter(
        row["household_id"] for row in rows(Recipe(20_000, 4, faults=0), "person")
    )

    exited = [h for h in households if h["exit_status"] == "exited"]
    remaining = [h for h in households if h["exit_status"] == "not_exited"]

    assert 0.8 < len(exited) / len(households) < 0.95
    below = [_net(h) / sizes[h["household_id"]] < 321_800 for h in remaining]
    assert 0.5 < np.mean(below) < 0.8
    assert all(row["exit_year"] is None for row in remaining)


def _net(row: dict[str, object]) -> int:
    parts = ("wage_income", "business_income", "property_income", "transfer_income")
    return sum(int(str(row[p])) for p in parts) - int(str(row["business_expense"]))


@pytest.mark.parametrize("region", ["52", "5205", "520526", "9", "99012", "9a", ""])
def test_a_code_of_a_real_place_is_refused(region):
    with pytest.raises(XiuhuaError) as refused:
        check_region(region)

    assert refused.value.code == "synthetic.region_may_exist"


@pytest.mark.parametrize("region", ["99", "9901", "990121", "5299", "239906"])
def test_a_code_of_nobody_is_taken(region):
    made = list(counties(region, 10_000))

    assert all(contains(region, county.code) for county in made)
    assert sum(county.households for county in made) == 10_000


@pytest.mark.parametrize(("region", "count"), [("99", 0), ("990121", 120_001)])
def test_a_number_the_region_cannot_hold_is_refused(region, count):
    with pytest.raises(XiuhuaError) as refused:
        Recipe(count, 1, region)

    assert refused.value.code == "synthetic.households_out_of_range"


def test_counties_of_a_nation_have_codes_of_their_own():
    codes = [county.code for county in counties("99", 30_000_000)]

    assert len(set(codes)) == len(codes) == 1250


def test_years_outside_the_range_are_refused():
    with pytest.raises(XiuhuaError, match="2013"):
        Recipe(10, 1, as_of=date(1999, 1, 1))
