from __future__ import annotations

import json

import pytest
from tests.core.survey.frame_examples import ordinary, registered, small_frame, villages

from xiuhua.core.survey.frames import Group, build_frame
from xiuhua.core.survey.manifest import (
    ManifestUnreadable,
    SeedUnusable,
    household_row,
    make_manifest,
    sampling_seed,
    verify,
)
from xiuhua.core.survey.plans import Plan, Take, VillageStage, preset, with_totals
from xiuhua.core.survey.public_page import announcement, result_page


PLAN = with_totals(
    preset("county_inspection_2018", villages={"poor": 3, "other": 2}),
    {"exited": 30, "ordinary": 10, "screened": 8},
)


def _drawn(number: str = "3-1-4-1-5") -> tuple[object, dict[str, object]]:
    return make_manifest(small_frame(), PLAN, public_number=number, formed="dice")


def test_manifest_survives_a_file_and_verifies() -> None:
    _, manifest = _drawn()

    checks = verify(json.loads(json.dumps(manifest)), small_frame())

    assert len(checks) == 8
    assert all(check.agrees for check in checks)


def test_another_number_gives_another_sample() -> None:
    drawn = [_drawn(str(number))[1]["drawn"]["ids"] for number in range(5)]  # type: ignore[index]

    assert len({tuple(ids) for ids in drawn}) == 5


def test_a_changed_list_is_found() -> None:
    _, manifest = _drawn()
    fewer = build_frame(registered()[1:], ordinary(), villages())

    disagree = {check.name for check in verify(manifest, fewer) if not check.agrees}

    assert {"frame", "seed", "households", "rows"} <= disagree
    assert "design" not in disagree


def test_a_changed_design_or_sample_is_found() -> None:
    _, manifest = _drawn()
    manifest["design"]["takes"][0]["number"] = 31  # type: ignore[index]
    disagree = {c.name for c in verify(manifest, small_frame()) if not c.agrees}
    assert {"design", "seed"} <= disagree

    _, manifest = _drawn()
    manifest["drawn"]["ids"][0] = "another"  # type: ignore[index]
    disagree = {c.name for c in verify(manifest, small_frame()) if not c.agrees}
    assert disagree == {"households"}


def test_seed_binds_frame_design_and_number() -> None:
    frame = small_frame()
    other = build_frame(registered()[1:], ordinary(), villages())
    seeds = {
        sampling_seed(frame, PLAN, "1"),
        sampling_seed(frame, PLAN, "2"),
        sampling_seed(other, PLAN, "1"),
        sampling_seed(frame, preset("county_self_check"), "1"),
    }

    assert len(seeds) == 4
    for bad in ("", "  ", "1|2"):
        with pytest.raises(SeedUnusable):
            sampling_seed(frame, PLAN, bad)


def test_draw_is_the_same_in_every_version_of_this_project() -> None:
    # Golden: a change here breaks the verification of samples already drawn.
    takes = (Take("exited", (Group.EXITED,), "total", number=30, replacements=2),)
    plan = Plan("golden", VillageStage("pps_pivotal", {"poor": 3, "other": 2}), takes)
    sample, manifest = make_manifest(
        small_frame(), plan, public_number="3-1-4-1-5", formed="dice"
    )

    assert manifest["frame"]["sha256"].startswith("6fee2e47e85634ab")
    assert manifest["seed"]["sha256"].startswith("28a288116c80b775")
    assert manifest["drawn"]["villages"] == [
        "990101100202",
        "990101101200",
        "990101101203",
        "990101102201",
        "990101102202",
    ]
    assert household_row(sample.households[0]) == {
        "household_id": "99010110020200004",
        "village_code": "990101100202",
        "village_stratum": "poor",
        "take": "exited",
        "group": "exited",
        "role": "sample",
        "order": 1,
        "persons": 1,
        "village_probability": "24/89",
        "cell_households": 8,
        "cell_drawn": 5,
        "probability": "15/89",
        "weight": "5.93333333333",
    }


def test_unreadable_manifests_are_refused() -> None:
    with pytest.raises(ManifestUnreadable, match="format"):
        verify({}, small_frame())
    _, manifest = _drawn()
    del manifest["seed"]
    with pytest.raises(ManifestUnreadable, match="lacks 'seed'"):
        verify(manifest, small_frame())


def test_pages_stand_alone_in_two_languages_without_personal_data() -> None:
    sample, manifest = make_manifest(
        small_frame(), PLAN, public_number="3-1-4-1-5", formed="<dice>"
    )
    before, after = announcement(small_frame(), PLAN), result_page(manifest, sample)

    for page in (before, after):
        assert small_frame().sha256 in page
        assert PLAN.sha256 in page
        assert "公开抽样" in page
        assert "Drawing the sample in public" in page
        assert "抽不到的群体" in page
        assert "<script" not in page
        assert "http" not in page
        assert "户主" not in page
    assert all(h.id in after for h in sample.households)
    assert "&lt;dice&gt;" in after
    assert "3-1-4-1-5" not in before
    drawn = after[after.index("抽中的户名单") :]
    assert "疾" not in drawn
    assert "screened" not in drawn
