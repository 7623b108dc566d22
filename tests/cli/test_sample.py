"""`xiuhua sample` from the command line, on a made-up county."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.core.survey import frame_examples

from xiuhua.cli.frame_files import (
    DesignUnreadable,
    FrameChanged,
    read_design,
    write_design,
)
from xiuhua.cli.sample import sample
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.ordinary_list import COLUMNS
from xiuhua.core.survey.plans import preset
from xiuhua.messages import translator


COUNTY = Path(__file__).parents[1] / "cases" / "county-2019"


def _run(*arguments: object, language: str = "en") -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xiuhua.cli.sample.LANGUAGE", language)
        patch.setattr("xiuhua.cli.sample.say", translator(language))
        return CliRunner().invoke(sample, [str(a) for a in arguments])


@pytest.fixture
def lists(tmp_path: Path) -> list[object]:
    """A registry and a list of ordinary households, as options."""
    registry = tmp_path / "registry"
    registry.mkdir()
    rows = frame_examples.registered()
    _write(
        registry / "household.csv",
        ["户编号", "行政村代码", "脱贫标志"],
        [(r[0], r[1], "已脱贫" if r[2] == "exited" else "未脱贫") for r in rows],
    )
    _write(
        registry / "person.csv",
        ["户编号", "人编号", "姓名"],
        [(r[0], f"{r[0]}{k:02}", "某") for r in rows for k in range(int(str(r[3])))],
    )
    _write(
        registry / "village.csv",
        ["行政村代码", "行政村名称", "是否贫困村", "户籍户数"],
        [
            (v.code, v.name, "是" if v.poor else "否", 60)
            for v in frame_examples.villages()
        ],
    )
    ordinary = tmp_path / "ordinary.csv"
    words = {"illness": "重病慢病", "disability": "残疾"}
    _write(
        ordinary,
        list(COLUMNS),
        [
            (
                h.village,
                "",
                h.head,
                h.persons,
                "".join(words[g.value] for g in h.groups),
            )
            for h in frame_examples.ordinary()
        ],
    )
    return ["--registry", registry, "--ordinary", ordinary]


def _write(path: Path, header: list[str], rows: list[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _designed(lists: list[object], out: Path) -> Path:
    options = ["--preset", "county_self_check", "--total", "exited=60", "--out", out]
    result = _run("design", *lists, *options)
    assert result.exit_code == 0, result.output
    assert "hash of the frame: " + frame_examples.small_frame().sha256 in result.output
    assert "exited households: 60 households expected" in result.output
    assert "not covered: other rural households" in result.output
    return out / "design.json"


def test_design_draw_and_verify(lists: list[object], tmp_path: Path) -> None:
    design = _designed(lists, tmp_path / "design")
    out = tmp_path / "sample"

    drawn = _run(
        *("draw", *lists, "--design", design, "--number", "3-1-4"),
        *("--formed", "dice", "--out", out),
    )
    assert drawn.exit_code == 0, drawn.output
    assert "12 villages" in drawn.output

    with (out / "sample.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    exited = [r for r in rows if (r["take"], r["role"]) == ("exited", "sample")]
    assert len(exited) == 60
    total = frame_examples.small_frame().counts()["exited"]
    assert sum(float(r["weight"]) for r in exited) == pytest.approx(total)
    assert "3-1-4" in (out / "draw.html").read_text("utf-8")

    verified = _run("verify", out / "manifest.json", *lists)
    assert verified.exit_code == 0
    assert "differs" not in verified.output

    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    manifest["drawn"]["ids"][0] = "somebody"
    (out / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    exchanged = _run("verify", out / "manifest.json", *lists)
    assert exchanged.exit_code == 1
    assert "households drawn: differs" in exchanged.output
    assert "not the sample" in exchanged.output


def test_lists_or_designs_changed_after_the_announcement_are_refused(
    tmp_path: Path,
) -> None:
    # On frames at hand: reading a registry anew each time would take seconds.
    frame, path = frame_examples.small_frame(), tmp_path / "design.json"
    plan = preset("county_self_check")
    write_design(path, frame, plan)
    assert read_design(path, frame) == plan

    fewer = replace(frame, households=frame.households[1:])
    with pytest.raises(FrameChanged, match=fewer.sha256):
        read_design(path, fewer)
    path.write_text(path.read_text("utf-8").replace("1509,", "1508,"), "utf-8")
    with pytest.raises(DesignUnreadable, match="altered"):
        read_design(path, frame)
    path.write_text("{}", "utf-8")
    with pytest.raises(DesignUnreadable, match="no design"):
        read_design(path, frame)


def test_a_county_workbook_is_drawn_from(tmp_path: Path) -> None:
    result = _run(
        *("design", "--registry", COUNTY / "registry.xlsx"),
        *("--preset", "county_inspection_2018", "--out", tmp_path),
        language="zh",
    )

    assert result.exit_code == 0, result.output
    assert "未覆盖" in result.output
    data = json.loads((tmp_path / "design.json").read_text("utf-8"))
    assert data["frame"]["by_group"] == {"exited": 3566, "remaining": 640}
    assert data["frame"]["villages"] == 83


def test_size_answers_decision_and_precision() -> None:
    decision = _run("size", "--threshold", "0.02", "--believed", "0.002")
    precision = _run("size", "--margin", "0.05")

    assert "sample size: 236" in decision.output
    assert "at most 1 events" in decision.output
    assert "sample size: 385" in precision.output
    assert _run("size").exit_code == 2
    refused = _run("size", "--threshold", "0.02", "--believed", "0.03")
    assert isinstance(refused.exception, XiuhuaError)


def test_template_and_presets_are_given(tmp_path: Path) -> None:
    assert _run("template", tmp_path / "list.xlsx").exit_code == 0
    assert (tmp_path / "list.xlsx").stat().st_size > 0
    assert "county_self_check" in _run("presets").output


def test_bad_totals_are_a_matter_of_usage(tmp_path: Path) -> None:
    result = _run(
        *("design", "--registry", COUNTY, "--preset", "county_self_check"),
        *("--total", "exited", "--out", tmp_path),
    )

    assert result.exit_code == 2
    assert "TAKE=N" in result.output
