"""`xiuhua teams` from the command line, on a made-up county."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.core.teams.team_examples import county_people, county_sites

from xiuhua.cli.sheets import SheetUnusable
from xiuhua.cli.teams import teams
from xiuhua.core.teams.forming import TeamsImpossible
from xiuhua.core.truth import UNKNOWN
from xiuhua.messages import translator


CASE = Path(__file__).parents[1] / "cases/stats/s15_assignment"


def _run(*arguments: object, language: str = "en") -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xiuhua.cli.teams.say", translator(language))
        return CliRunner().invoke(teams, [str(a) for a in arguments])


def _write(path: Path, header: str, rows: list[tuple[object, ...]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header.split(), *rows])
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    sites = _write(
        tmp_path / "villages.csv",
        "行政村代码 户数 东向(米) 北向(米)",
        [
            (s.code, s.households, s.point.east, s.point.north)
            for s in county_sites()
            if s.point is not UNKNOWN
        ],
    )
    people = _write(
        tmp_path / "people.csv",
        "人员编号 家乡代码 工作单位 角色 语言",
        [
            (p.id, p.home or "无", p.unit, "组长" if "leader" in p.roles else "", "")
            for p in county_people()
        ],
    )
    return {"villages": sites, "people": people}


def _form(tables: dict[str, Path], *more: object, out: Path) -> Result:
    inputs = ["--villages", tables["villages"], "--people", tables["people"]]
    return _run("form", *inputs, "--teams", 8, "--out", out, *more)


def test_form_shares_out_villages_and_people(
    tables: dict[str, Path], tmp_path: Path
) -> None:
    result = _form(tables, "--role", "组长=2", "--base", "30000,30000", out=tmp_path)

    assert result.exit_code == 0, result.output
    ratio = float(result.output.split("mean: ")[1].split()[0])
    assert ratio <= 1.10
    members = Counter(row["team"] for row in _rows(tmp_path / "members.csv"))
    assert sorted(members.values()) == [24] * 4 + [25] * 4
    assert len(_rows(tmp_path / "districts.csv")) == 83


def test_form_counts_the_households_of_a_sample(
    tables: dict[str, Path], tmp_path: Path
) -> None:
    codes = [s.code for s in county_sites()[:20]]
    drawn = [(c, "sample") for c in codes for _ in range(3)]
    spare = [(codes[0], "replacement")]
    sample = _write(tmp_path / "sample.csv", "village_code role", drawn + spare)

    result = _form(tables, "--sample", sample, out=tmp_path)

    assert result.exit_code == 0, result.output
    districts = _rows(tmp_path / "districts.csv")
    assert sorted(row["village_code"] for row in districts) == codes
    assert {row["households"] for row in districts} == {"3"}


def test_form_names_what_is_missing(tables: dict[str, Path], tmp_path: Path) -> None:
    result = _form(tables, "--role", "医生=1", out=tmp_path)

    assert isinstance(result.exception, TeamsImpossible)
    assert "role 医生: 8 short" in str(result.exception)
    assert not (tmp_path / "members.csv").exists()


def test_form_says_when_codes_stand_in_for_places(
    tables: dict[str, Path], tmp_path: Path
) -> None:
    rows = [(s.code, s.households) for s in county_sites()]
    _write(tables["villages"], "行政村代码 户数", rows)

    assert "codes stand in" in _form(tables, out=tmp_path).output


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("人员编号", ("a",), "家乡代码"),
        ("人员编号 家乡代码", ("a", "9901"), "no township or village code"),
    ],
)
def test_bad_tables_of_people_are_named(
    tables: dict[str, Path], tmp_path: Path, header: str, row: tuple[str], message: str
) -> None:
    _write(tables["people"], header, [row])

    result = _form(tables, out=tmp_path)

    assert isinstance(result.exception, SheetUnusable)
    assert message in str(result.exception)


def test_usage_errors_end_with_two(tables: dict[str, Path], tmp_path: Path) -> None:
    assert _form(tables, "--role", "组长", out=tmp_path).exit_code == 2
    assert _form(tables, "--base", "here", out=tmp_path).exit_code == 2


def test_match_writes_reasons(tmp_path: Path) -> None:
    villages = _write(
        tmp_path / "v.csv", "编号 industry health", [("v1", 1, 0), ("v2", 0, 1)]
    )
    people = _write(
        tmp_path / "p.csv", "编号 industry health", [("a", 0.9, 0.8), ("b", 0.9, 0.1)]
    )
    out = tmp_path / "out.csv"

    result = _run(
        *("match", "--villages", villages, "--people", people),
        *("--size", 1, "--out", out),
    )

    assert result.exit_code == 0, result.output
    assert "distances are left out" in result.output
    assert "2 matched, total cost 300" in result.output
    assert [(r["unit"], r["person"], r["best_fit"], r["rank"]) for r in _rows(out)] == [
        ("v1", "b", "industry", "1"),
        ("v2", "a", "health", "1"),
    ]


def test_helpers_keep_caps_of_their_own(tmp_path: Path) -> None:
    households = _write(
        tmp_path / "h.csv",
        "编号 东向(米) 北向(米)",
        [(f"h{i}", i, 0) for i in range(6)],
    )
    helpers = _write(
        tmp_path / "p.csv",
        "编号 上限 东向(米) 北向(米)",
        [("a", 1, 0, 0), ("b", "", 9000, 0)],
    )
    out = tmp_path / "out.csv"

    result = _run(
        *("helpers", "--households", households, "--helpers", helpers),
        *("--cap", 5, "--out", out),
    )

    assert result.exit_code == 0, result.output
    assert Counter(r["person"] for r in _rows(out)) == {"a": 1, "b": 5}


def test_a_strength_outside_its_range_is_named(tmp_path: Path) -> None:
    bad = _write(tmp_path / "v.csv", "编号 industry", [("v1", 2)])

    result = _run(
        *("match", "--villages", bad, "--people", bad, "--size", 1),
        *("--out", tmp_path / "o.csv"),
    )

    assert isinstance(result.exception, SheetUnusable)
    assert "not from 0 to 1" in str(result.exception)
