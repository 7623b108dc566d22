"""The list of planted faults is what a plain reading of the rules finds, no more."""

from collections import Counter
from datetime import date

import pytest

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.id_number import IdFault, IdNumber, parsed
from xiuhua.core.synthetic.faults import GAP, PLANTERS, Fault
from xiuhua.core.synthetic.population import CountyTables, Recipe, population
from xiuhua.core.synthetic.writers import arrow_tables


AS_OF = date(2019, 12, 31)
NO_STUDY = (None, "not_in_school", "before_school")
Row = dict[str, object]
Found = Counter[tuple[str, str, str]]


def found(tables: CountyTables, as_of: date) -> Found:
    """Every fault of a county, by the rules as they are written down for clerks."""
    made = arrow_tables(tables)
    people: list[Row] = made["person"].to_pylist()
    families: dict[str, list[Row]] = {
        str(h["household_id"]): [] for h in made["household"].to_pylist()
    }
    numbers = Counter(str(p["id_number"]) for p in people)
    faults: Found = Counter()
    for person in people:
        home = str(person["household_id"])
        kinds = list(_of_person(person, as_of))
        if numbers[str(person["id_number"])] > 1:
            kinds.append("id_duplicate")
        if home in families:
            families[home].append(person)
        else:
            kinds.append("orphan_person")
        faults.update((kind, home, str(person["person_id"])) for kind in kinds)
    for home, members in families.items():
        faults.update(_of_household(home, members))
    return faults


def _of_person(person, as_of):
    number = parsed(str(person["id_number"]))
    if number is IdFault.LENGTH:
        yield "id_length"
    elif number is IdFault.CHECKSUM:
        yield "id_checksum"
    else:
        assert isinstance(number, IdNumber)
        if person["birth_date"] not in (None, number.birth_date):
            yield "id_birth_mismatch"
        if person["sex"] != number.sex:
            yield "id_sex_mismatch"
    if person["resident_medical_insurance"] and person["employee_medical_insurance"]:
        yield "double_insured"
    studies = person["school_stage"] not in NO_STUDY
    born = person["birth_date"]
    minor = born is not None and _age(born, as_of) < 16
    if (minor or studies) and person["labor_skill"] not in (None, "none"):
        yield "labour_of_minor_or_pupil"
    if studies and person["education"] is not None:
        yield "education_and_school"


def _age(born: date, as_of: date) -> int:
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


def _of_household(home, members):
    heads = [m for m in members if m["relation_to_head"] == "head"]
    if not members:
        yield "household_without_members", home, ""
    elif not heads:
        yield "no_head", home, ""
    for second in heads[1:]:
        yield "several_heads", home, str(second["person_id"])


def noted(faults: list[Fault]) -> Found:
    return Counter(
        (f.kind, f.household_id, f.person_id) for f in faults if f.kind != GAP
    )


@pytest.mark.parametrize("style", ["west", "northeast"])
@pytest.mark.parametrize("as_of", [AS_OF, date(2019, 2, 1), date(2021, 6, 30)])
def test_the_list_is_complete_whenever_one_looks(style, as_of):
    recipe = Recipe(6000, 11, style=style, faults=0.02, as_of=AS_OF)

    for tables in population(recipe):
        assert noted(tables.faults) == found(tables, as_of)


def test_every_kind_is_planted():
    kinds = {f.kind for t in population(Recipe(6000, 3, faults=0.01)) for f in t.faults}

    assert kinds == set(PLANTERS)


def test_a_kind_has_about_the_rate_asked_for():
    recipe = Recipe(40_000, 3, faults=0.01)

    count = Counter(f.kind for t in population(recipe) for f in t.faults)

    assert count["id_checksum"] == pytest.approx(400, rel=0.2)
    assert count["no_head"] == pytest.approx(400, rel=0.2)


def test_no_faults_when_none_are_wanted():
    for tables in population(Recipe(5000, 3, faults=0)):
        assert tables.faults == []
        assert not found(tables, AS_OF)


def test_gaps_are_where_the_list_says():
    recipe = Recipe(5000, 8, faults=0.02)
    whole = {t.county: t for t in population(Recipe(5000, 8, faults=0))}
    for tables in population(recipe):
        gaps = [f for f in tables.faults if f.kind == GAP]
        holes = _holes(tables) - _holes(whole[tables.county])

        assert {(f.person_id or f.household_id, f.field) for f in gaps} == holes


def _holes(tables: CountyTables) -> set[tuple[str, str]]:
    made = arrow_tables(tables)
    return {
        (str(row[key]), name)
        for level, key in (("household", "household_id"), ("person", "person_id"))
        for row in made[level].to_pylist()
        for name, value in row.items()
        if value is None
        and not str(row[key]).endswith("91")
        and "999999" not in str(row[key])[6:12]
    }


@pytest.mark.parametrize("rate", [-0.1, 0.2])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(XiuhuaError) as refused:
        Recipe(10, 1, faults=rate)

    assert refused.value.code == "synthetic.fault_rate_out_of_range"
