"""A sample drawn in the open: its weights, what was not reached, what was altered."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from tests.core.survey import frame_examples

from xiuhua.core.survey.manifest import household_row, make_manifest
from xiuhua.core.survey.plans import preset
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.basis import drawn_basis
from xiuhua.core.verification.drawn import DrawAltered, DrawUnreadable, read_drawn
from xiuhua.core.verification.findings import Checked, Finding, Kind


def checked(number: int, household_id: str, village: str, kind: Kind) -> Checked:
    return Checked(
        sheet="样本",
        row=number,
        sample_id=f"S{number}",
        household_id=household_id.upper(),
        village=village,
        kind=kind,
        groups=(),
        persons=3,
        team="1",
        method="",
        finding=Finding.NORMAL,
        stage=None,
        approves=UNKNOWN,
    )


def drawn_folder(folder: Path, **villages: int) -> Path:
    """What `xiuhua sample draw` writes, for the made-up frame of the survey's tests."""
    frame = frame_examples.small_frame()
    plan = preset("county_inspection_2018", villages=villages or None)
    sample, manifest = make_manifest(frame, plan, public_number="3-1-4", formed="dice")
    rows = [household_row(h) for h in sample.households]
    with (folder / "sample.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    return folder


def everybody(sample) -> list[Checked]:
    return [
        checked(
            number,
            drawn.household_id,
            drawn.village,
            Kind.EXITED if drawn.take == "exited" else Kind.UNREGISTERED,
        )
        for number, drawn in enumerate(sample.rows, 2)
        if drawn.is_first
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return drawn_folder(tmp_path, poor=2, other=2)


def test_weights_are_those_of_the_draw(folder) -> None:
    sample = read_drawn(folder)
    basis, rows = drawn_basis(everybody(sample), sample)

    expected = [float(d.weight) for d in sample.rows if d.is_first]
    assert basis.design.weights == pytest.approx(np.array(expected))
    assert (basis.drawn, basis.answered) == (len(expected), len(expected))
    assert all(row.counts for row in rows)


def test_those_not_reached_are_carried_by_the_others(folder) -> None:
    sample = read_drawn(folder)
    whole, _ = drawn_basis(everybody(sample), sample)
    basis, _ = drawn_basis(everybody(sample)[1:], sample)

    assert basis.units.count(None) == 1
    assert basis.answered == whole.answered - 1
    assert basis.design.weights.sum() == pytest.approx(whole.design.weights.sum())


def test_a_household_that_was_not_drawn_counts_nowhere(folder) -> None:
    sample = read_drawn(folder)
    stranger = checked(9_999, "X1", "230000000000", Kind.EXITED)

    basis, rows = drawn_basis([*everybody(sample), stranger], sample)

    assert rows[-1].left_out == "not_drawn"
    assert all(u is None or u.household_id != "X1" for u in basis.units)


def test_manifest_folder_or_sample_may_be_named(folder) -> None:
    found = [read_drawn(folder / name) for name in ("", "manifest.json", "sample.csv")]

    assert found[0] == found[1] == found[2]


def test_altered_sample_is_refused(folder) -> None:
    path = folder / "sample.csv"
    lines = path.read_text("utf-8-sig").splitlines()
    path.write_text("\n".join([lines[0], *lines[2:]]), "utf-8")

    with pytest.raises(DrawAltered):
        read_drawn(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}'])
def test_what_is_no_manifest_is_refused(folder, text) -> None:
    (folder / "manifest.json").write_text(text, "utf-8")

    with pytest.raises(DrawUnreadable):
        read_drawn(folder)


def test_nothing_there_is_refused(tmp_path) -> None:
    with pytest.raises(DrawUnreadable):
        read_drawn(tmp_path / "nowhere")
