"""`xiuhua estimate` is a contract: both made-up counties come out figure by figure."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from xiuhua.cli.main import run


CASES = Path(__file__).parents[1] / "cases"
COUNTIES = {
    "county-2019": ("239906", "2019-11-22", "short"),
    "county-2020": ("529917", "2020-02-25", "rich"),
}
COLUMNS = (
    "rate,numerator,denominator,estimate,lower,upper,method,n,psus,df,deff,threshold,"
    "decision_by_point,decision_by_bound,binding"
).split(",")


def estimated(county: str, out: Path, *more: str) -> int:
    region, as_of, area = COUNTIES[county]
    case = CASES / county
    return run(
        [
            "estimate",
            str(case / "self-check.xlsx"),
            *("--registry", str(case / "registry.xlsx"), "--pack", "county_exit"),
            *("--region", region, "--as-of", as_of, "--out", str(out)),
            *("--param", f"water_area={area}", *more),
        ]
    )


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module", params=list(COUNTIES))
def judged(request, tmp_path_factory) -> tuple[str, Path]:
    out = tmp_path_factory.mktemp(request.param) / "results"
    assert estimated(request.param, out) == 0
    return request.param, out


def test_self_check_is_exact(judged) -> None:
    county, out = judged
    expected = json.loads((CASES / county / "expected.json").read_text("utf-8"))

    assert summary_of(out)["self_check"] == expected["self_check"]


def test_rates_have_the_columns_and_the_same_figures(judged) -> None:
    _county, out = judged
    told = summary_of(out)["self_check"]
    found = {row["rate"]: row for row in rows(out / "rates.csv")}

    assert list(rows(out / "rates.csv")[0]) == COLUMNS
    for name in ("wrong_exit_rate", "missed_rate", "approval_rate"):
        assert float(found[name]["estimate"]) == told[name]
    for reading in ("raw", "extrapolated"):
        name = f"comprehensive_incidence_{reading}"
        assert float(found[name]["estimate"]) == pytest.approx(told[name], rel=1e-14)


def test_decisions_by_point_and_by_bound(judged) -> None:
    county, out = judged
    found = {row["rate"]: row for row in rows(out / "rates.csv")}
    undecided = "undecided" if county == "county-2020" else "met"

    assert {row["decision_by_point"] for row in found.values()} == {"met"}
    assert found["wrong_exit_rate"]["decision_by_bound"] == undecided
    assert found["missed_rate"]["decision_by_bound"] == undecided
    assert found["approval_rate"]["decision_by_bound"] == "met"
    assert found["comprehensive_incidence_raw"]["binding"] == ""
    assert summary_of(out)["decision"] == {
        "by_point": "met",
        "by_bound": undecided,
        "binding": "met",
    }


def test_counts_are_found_again_in_the_rows(judged) -> None:
    _county, out = judged
    found = {row["rate"]: row for row in rows(out / "rates.csv")}
    sample, findings = rows(out / "sample-rows.csv"), rows(out / "findings.csv")

    for name in ("wrong_exit_rate", "missed_rate"):
        below = sum(int(row[f"persons_in_{name}"]) for row in sample)
        above = sum(
            int(row["persons"]) * int(row["counts_in_numerator"])
            for row in findings
            if row["rate"] == name
        )
        assert found[name]["denominator"] == str(below)
        assert found[name]["numerator"] == str(above)
    asked = [row for row in sample if row["in_approval_rate"] == "1"]
    assert found["approval_rate"]["denominator"] == str(len(asked))
    assert found["approval_rate"]["numerator"] == str(
        sum(int(row["approves"]) for row in asked)
    )


def test_no_event_becomes_a_number(tmp_path) -> None:
    estimated("county-2019", tmp_path / "out")
    found = {row["rate"]: row for row in rows(tmp_path / "out" / "rates.csv")}

    wrong = found["wrong_exit_rate"]

    assert (wrong["numerator"], wrong["method"]) == ("0", "zero_events")
    # 1,509 households at a design effect of 2 declared beforehand.
    assert 0.0045 < float(wrong["upper"]) < 0.0055


def test_the_registry_is_held_against_the_finding(judged) -> None:
    county, out = judged
    verdicts = {
        row["household_id"]: row["overall"]
        for row in rows(CASES / county / "expected-verdicts.csv")
    }
    checked = {
        row["household_id"]
        for row in rows(out / "sample-rows.csv")
        if row["sample_kind"] == "exited" and row["finding"] == "normal"
    }
    wanted = {h: verdicts[h] for h in checked if verdicts[h] in ("unmet", "unknown")}

    held = rows(out / "held-against-registry.csv")

    assert {row["household_id"]: row["verdict"] for row in held} == wanted
    assert len(held) > 0
    assert all(row["reasons"] for row in held)


def test_a_group_without_a_chance_is_named(judged) -> None:
    _county, out = judged

    groups = [gap["group"] for gap in summary_of(out)["not_covered"]]

    assert groups == ["ordinary"]
    assert summary_of(out)["heading"] == "indicative"


def test_the_binding_decision_is_a_parameter(tmp_path) -> None:
    code = estimated("county-2020", tmp_path, "--param", "binding_decision=bound")

    assert code == 0
    assert summary_of(tmp_path)["decision"]["binding"] == "undecided"
    found = {row["rate"]: row["binding"] for row in rows(tmp_path / "rates.csv")}
    assert found["wrong_exit_rate"] == "undecided"


def test_an_unknown_parameter_is_refused(tmp_path, capsys) -> None:
    assert estimated("county-2020", tmp_path, "--param", "wrong_exit=0.01") == 1
    assert "wrong_exit" in capsys.readouterr().err
