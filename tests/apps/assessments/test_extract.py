from __future__ import annotations

import csv
import json

import pyarrow.parquet as pq
import pytest
from tests.apps.assessments.loading import CASES, OF_CASE, load_case

from xiuhua.apps.assessments.extract import extract, household_rows
from xiuhua.apps.assessments.judging import judge_many, judge_rows
from xiuhua.apps.assessments.standards import compiled, pack_read
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.engines.duckdb import DuckDBEngine
from xiuhua.core.evaluate import evaluate
from xiuhua.core.screening.run import standard_in_force
from xiuhua.core.standards.fingerprint import fingerprint
from xiuhua.core.truth import Verdict


pytestmark = pytest.mark.usefixtures("each_database")
VILLAGE_PACK = {
    "county-2019": "village_exit_heilongjiang",
    "county-2020": "village_exit_heilongjiang",
}


def rows_of(case, name):
    with (CASES / case / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("case", OF_CASE)
def test_a_county_in_the_registry_is_judged_as_expected(case, tmp_path):
    region, as_of, given = OF_CASE[case]
    load_case(case)
    numbers = dict(Household.unscoped.values_list("pk", "number"))

    taken = extract(tmp_path / "rows", region=region, as_of=as_of)
    standard = standard_in_force(
        "household_exit", VILLAGE_PACK[case], as_of=as_of, region=region, params=given
    )
    evaluation = evaluate(
        standard, taken.tables, engine=DuckDBEngine(), out=tmp_path / "results"
    )

    judged = pq.read_table(evaluation.files["household__judged"]).to_pylist()
    expected = {
        row["household_id"]: row for row in rows_of(case, "expected-verdicts.csv")
    }
    assert len(judged) == len(expected) > 2000
    for row in judged:
        wanted = expected[numbers[int(row["household_id"])]]
        for indicator in standard.shown_at("household"):
            found = Verdict(row[f"v_{indicator.id}"]).word
            assert found == wanted[indicator.id], (wanted, indicator.id)
        assert Verdict(row["v_overall"]).word == wanted["overall"]
        income = row["r_net_income_per_capita"]
        assert (f"{income / 100:.2f}" if income is not None else "") == wanted[
            "net_income_per_capita"
        ]
    check_villages(case, evaluation, standard)
    check_regions(case, evaluation)


def check_villages(case, evaluation, standard):
    expected = {row["village"]: row for row in rows_of(case, "expected-villages.csv")}
    judged = pq.read_table(evaluation.files["village__judged"]).to_pylist()

    assert {row["village_code"] for row in judged} == set(expected)
    for row in judged:
        wanted = expected[row["village_code"]]
        for indicator in standard.shown_at("village"):
            found = Verdict(row[f"v_{indicator.id}"]).word
            assert found == wanted[indicator.id], (wanted, indicator.id)


def check_regions(case, evaluation):
    text = (CASES / case / "expected-regions.json").read_text(encoding="utf-8")
    expected = json.loads(text)
    found = pq.read_table(evaluation.files["regions"]).to_pylist()
    names = {"households", "persons", "exited_households", "exited_persons"}
    names |= {"remaining_households", "remaining_persons", "agricultural_population"}

    assert {row["region"] for row in found} == set(expected)
    for row in found:
        wanted = expected[row["region"]]
        assert {n: row[n] for n in names} == {n: wanted.get(n, 0) for n in names}
        incidence = wanted["poverty_incidence"]
        assert f"{row['poverty_incidence'] / 10**8:.8f}" == f"{incidence:.8f}"


def test_both_engines_say_the_same_of_every_household():
    region, as_of, given = OF_CASE["county-2019"]
    load_case("county-2019", limit=600)
    keys = list(Household.unscoped.order_by("pk").values_list("pk", flat=True))
    standard = compiled(
        "household_exit",
        fingerprint(pack_read("household_exit")),
        as_of,
        region,
        json.dumps(given),
    )

    one_by_one = judge_rows(
        standard, household_rows(keys, reads=standard.reads, as_of=as_of)
    )
    at_once = judge_many(standard, keys, as_of=as_of)

    one_by_one, at_once = list(one_by_one), list(at_once)
    assert len(one_by_one) == 600
    assert one_by_one == at_once
    assert any(item.shortfalls for item in at_once)


def test_names_and_numbers_of_cards_are_in_no_table_of_a_snapshot(tmp_path):
    region, as_of, _ = OF_CASE["county-2019"]
    load_case("county-2019", limit=300)

    taken = extract(tmp_path / "rows", region=region, as_of=as_of)

    household = Household.unscoped.order_by("pk").first()
    secrets = {household.number, household.head_name, household.phone}
    members = Person.unscoped.filter(household=household)
    secrets |= {value for p in members for value in (p.name, p.id_number)}
    for path in taken.tables.values():
        cells = {
            str(value)
            for row in pq.read_table(path).to_pylist()
            for value in row.values()
        }
        assert not cells & (secrets - {None})
    names = pq.read_table(taken.identities).to_pylist()
    assert {row["number"] for row in names} >= {household.number}
    assert sorted(p.name for p in (tmp_path / "rows").iterdir()) == [
        "household.parquet",
        "identities.parquet",
        "person.parquet",
        "village.parquet",
    ]
