"""Every statistical case: made-up ones from here, third-party ones from shared."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import statcase
from tests.means import left_out
from tests.statcases.comparison import count_values, differences


ROOT = Path(__file__).parents[3]
OWN = ROOT / "tests" / "cases" / "stats"
SHARED = ROOT.parent / "shared" / "cases" / "stats"
# Data of others, which a clone does not carry.
THIRD_PARTY = (
    "s01_apistrat",
    "s02_apiclus2",
    "s03_nhanes",
    "s06_eusilc",
    "s07_af_syncdta",
    "s09_pps",
    "s19_grouped_lorenz",
)
NAMES = sorted({p.parent.name for p in OWN.glob("*/spec.json")} | {*THIRD_PARTY})


def folder_of(name: str) -> Path:
    own = OWN / name
    return own if own.exists() else SHARED / name


@pytest.mark.parametrize("name", NAMES)
def test_case_is_answered_within_tolerance(name: str, tmp_path: Path) -> None:
    folder = folder_of(name)
    if not folder.exists():
        pytest.skip(left_out("cases", "data of others, which a clone does not carry"))
    out = tmp_path / "out.json"

    assert statcase.main([str(folder), str(out)]) == 0

    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    actual = json.loads(out.read_text(encoding="utf-8"))
    assert count_values(expected) > 0
    assert differences(spec, expected, actual) == []


def test_unknown_kind_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.json").write_text('{"kind": "tea leaves"}', encoding="utf-8")

    assert statcase.main([str(tmp_path), str(tmp_path / "out.json")]) == 2
    assert "tea leaves" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expected", "actual", "count"),
    [
        ({"a": {"lower": 1.0}}, {"a": {"lower": 1.0 + 5e-7}}, 0),
        ({"a": {"lower": 1.0}}, {"a": {"lower": 1.0 + 5e-6}}, 1),
        ({"a": {"lower": None}}, {"a": {"lower": 0.0}}, 1),
        ({"a": {"df": 20}}, {"a": {"df": 20.0000001}}, 1),
        ({"a": {"decision": "met"}}, {"a": {"decision": "undecided"}}, 1),
        ({"a": {"r_spline_lower": 1.0}}, {"a": {}}, 0),
        ({"a": {"lower": 1.0}}, {}, 1),
        ({"a": [1, 2]}, {"a": [1]}, 1),
    ],
)
def test_comparison_finds_what_is_out_of_tolerance(
    expected: object, actual: object, count: int
) -> None:
    assert len(differences({"kind": "survey"}, expected, actual)) == count


def test_what_has_no_number_is_null_with_a_reason(tmp_path: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    spec = {
        "kind": "survey",
        "data": "data.csv",
        "design": {"ids": ["v"], "strata": ["s"], "weights": ["w"], "nest": True},
        "estimands": [
            {"id": "holes", "type": "mean", "var": "y"},
            {"id": "known", "type": "mean", "var": "y", "domain": {"g": ["a"]}},
            {"id": "nobody", "type": "ratio", "var": "x", "denom": "y"}
            | {"domain": {"g": ["a"], "s": [9]}},
            {"id": "none", "type": "prop_ci", "var": "x", "method": "beta"}
            | {"threshold": 0.02, "direction": "below"},
        ],
    }
    rows = ["v,s,w,g,x,y", "1,1,2,a,0,3", "2,1,2,b,0,NA", "1,2,3,a,0,5", "2,2,3,a,0,7"]
    (case / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    (case / "data.csv").write_text("\n".join(rows), encoding="utf-8")

    assert statcase.main([str(case), str(tmp_path / "out.json")]) == 0

    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert found["holes"]["estimate"] is None
    assert found["holes"]["reasons"]["estimate"] == "survey.missing_values"
    assert found["known"]["estimate"] == pytest.approx((6 + 15 + 21) / 8)
    assert found["nobody"]["reasons"]["se"] == "survey.empty_domain"
    assert found["none"]["estimate"] == 0.0
    assert found["none"]["upper"] is None
    assert found["none"]["decision"] == "undecided"
    assert (found["none"]["df"], found["none"]["n"]) == (2, 4)
