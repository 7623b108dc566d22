"""`xiuhua screen` is a contract: both made-up counties come out file by file."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from xiuhua.cli.main import run


CASES = Path(__file__).parents[1] / "cases"
COUNTIES = {
    "county-2019": ("239906", "2019-11-22", "short"),
    "county-2020": ("529917", "2020-02-25", "rich"),
}


@pytest.fixture(scope="module", params=list(COUNTIES))
def screened(request, tmp_path_factory) -> tuple[Path, Path]:
    case = CASES / request.param
    region, as_of, area = COUNTIES[request.param]
    out = tmp_path_factory.mktemp(request.param) / "results"
    code = run(
        [
            "screen",
            str(case / "registry.xlsx"),
            *("--pack", "household_exit", "--region", region, "--as-of", as_of),
            *("--param", f"water_area={area}", "--out", str(out)),
        ]
    )
    assert code == 0
    return case, out


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by(items: list[dict[str, str]], key: str) -> dict[str, dict[str, str]]:
    return {item[key]: item for item in items}


def test_verdicts_are_exact(screened) -> None:
    case, out = screened
    expected, found = rows(case / "expected-verdicts.csv"), rows(out / "verdicts.csv")

    assert list(found[0]) == list(expected[0])
    assert by(found, "household_id") == by(expected, "household_id")


def test_villages_are_exact(screened) -> None:
    case, out = screened
    expected, found = rows(case / "expected-villages.csv"), rows(out / "villages.csv")

    assert list(found[0]) == list(expected[0])
    assert by(found, "village") == by(expected, "village")


def test_regions_are_exact(screened) -> None:
    case, out = screened
    expected = json.loads((case / "expected-regions.json").read_text())
    found = by(rows(out / "regions.csv"), "region")

    assert set(found) == set(expected)
    for region, figures in expected.items():
        incidence = figures.pop("poverty_incidence")
        assert float(found[region]["poverty_incidence"]) == incidence
        counts = {k: int(v) for k, v in list(found[region].items())[1:8]}
        assert counts == {name: figures.get(name, 0) for name in counts}


def test_faults_are_exact(screened) -> None:
    case, out = screened
    key = ("kind", "household_id", "person_id")
    expected = sorted(
        tuple(r[k] for k in key) for r in rows(case / "expected-faults.csv")
    )

    found = rows(out / "faults.csv")

    assert sorted(tuple(r[k] for k in key) for r in found) == expected
    assert all(r["problem"] and r["remedy"] and r["sheet"] and r["row"] for r in found)


def test_summary_holds_everything_expected(screened) -> None:
    case, out = screened
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text())
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))

    for name in expected.keys() - {"about", "self_check"}:
        assert found[name] == expected[name], name


def test_every_unmet_and_unknown_verdict_has_a_reason(screened) -> None:
    _case, out = screened
    verdicts = rows(out / "verdicts.csv")
    indicators = list(verdicts[0])[1:8]
    wanted = {
        (row["household_id"], name, row[name])
        for row in verdicts
        for name in indicators
        if row[name] in ("unmet", "unknown")
    }

    why = rows(out / "why.csv")

    assert {(w["household_id"], w["indicator"], w["verdict"]) for w in why} == wanted
    assert all(w["reason_zh"] and w["reason_en"] for w in why)


def test_lists_agree_with_the_verdicts(screened) -> None:
    case, out = screened
    expected = json.loads((case / "expected.json").read_text())["indicators"]

    wrong, ready, ask = (
        rows(out / f"{name}.csv")
        for name in ("suspected-wrong-exits", "ready-to-exit", "to-ask")
    )

    assert len(wrong) == expected["exited"]["overall"].get("unmet", 0)
    assert len(ready) == expected["remaining"]["overall"].get("met", 0)
    assert all(row["reasons"] and row["unmet"] for row in wrong)
    assert {row["answer"] for row in ask} == {""}


def test_any_household_pack_can_be_judged(tmp_path) -> None:
    out = tmp_path / "results"

    code = run(
        [
            "screen",
            str(CASES / "county-2019" / "registry.xlsx"),
            *("--pack", "global_mpi_2018", "--region", "239906"),
            *("--as-of", "2019-11-22", "--out", str(out)),
        ]
    )

    assert code == 0
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert found["indicators"]["all"]["mpi_housing"] == {
        "met": 4051,
        "unmet": 146,
        "unknown": 9,
    }


def test_a_pack_of_another_level_is_refused(tmp_path, capsys) -> None:
    code = run(
        [
            "screen",
            str(CASES / "county-2019" / "registry.xlsx"),
            *("--pack", "county_exit", "--region", "239906"),
            *("--as-of", "2019-11-22", "--out", str(tmp_path / "results")),
        ]
    )

    assert code == 1
    assert "county_exit" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


OWN_PACK = """id = "own_exit"
version = "1"
extends = "household_exit"
in_force = { from = 2019-01-01, to = 2020-01-01 }
[[document]]
id = "county_paper"
title = "县方案"
"""
OWN_PARAMS = """[[param]]
name = "poverty_line_yuan"
[[param.value]]
region = "239906"
from = 2019-01-01
to = 2020-01-01
amount = 100000
document = "county_paper"
"""


def test_a_pack_of_ones_own_layers_over_a_shipped_one(tmp_path) -> None:
    folder, out = tmp_path / "packs" / "own_exit", tmp_path / "results"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(OWN_PACK, encoding="utf-8")
    (folder / "params.toml").write_text(OWN_PARAMS, encoding="utf-8")

    code = run(
        [
            "screen",
            str(CASES / "county-2019" / "registry.xlsx"),
            *("--pack", "own_exit", "--packs-dir", str(tmp_path / "packs")),
            *("--region", "239906", "--as-of", "2019-11-22", "--out", str(out)),
        ]
    )

    assert code == 0
    found = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert found["line_yuan"] == 100000
    assert "met" not in found["indicators"]["all"]["income"]
    line = found["standard"]["params"]["poverty_line_yuan"]
    assert line == {"value": 100000, "document": "county_paper", "region": "239906"}


def test_a_foreign_region_is_named(tmp_path, capsys) -> None:
    code = run(
        [
            "screen",
            str(CASES / "county-2019" / "registry.xlsx"),
            *("--region", "529917", "--as-of", "2019-11-22"),
            *("--out", str(tmp_path / "results")),
        ]
    )

    assert code == 0
    told = capsys.readouterr().out
    assert told.count("529917") == 2
    assert not rows(tmp_path / "results" / "verdicts.csv")


def test_ended_in_the_middle_it_leaves_nothing(tmp_path) -> None:
    working = tmp_path / "working"
    working.mkdir()
    command = subprocess.Popen(
        [
            *(sys.executable, "-m", "xiuhua", "screen"),
            str(CASES / "county-2019" / "registry.xlsx"),
            *("--region", "239906", "--as-of", "2019-11-22"),
            *("--out", str(tmp_path / "results")),
        ],
        env={**os.environ, "TMPDIR": str(working)},
        stderr=subprocess.DEVNULL,
    )
    while not list(working.glob("xiuhua-*/registry/*")) and command.poll() is None:
        time.sleep(0.01)

    command.send_signal(signal.SIGTERM)

    assert command.wait(timeout=60) == 130
    assert not list(working.iterdir())
    assert not (tmp_path / "results").exists()
