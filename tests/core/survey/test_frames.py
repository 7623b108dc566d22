from __future__ import annotations

from random import Random

import pyarrow as pa
import pytest
from tests.core.survey.frame_examples import (
    VILLAGES,
    ordinary,
    registered,
    small_frame,
    villages,
)

from xiuhua.core.survey.frames import (
    FrameUnusable,
    FrameVillage,
    Gap,
    Group,
    OrdinaryHousehold,
    build_frame,
    canonical_lines,
    frame_from_tables,
)
from xiuhua.core.truth import UNKNOWN


def test_frame_and_hash_do_not_depend_on_row_order() -> None:
    shuffled = registered(), ordinary(), villages()
    for rows in shuffled:
        Random(7).shuffle(rows)  # noqa: S311

    assert build_frame(*shuffled) == small_frame()
    assert build_frame(*shuffled).sha256 == small_frame().sha256


def test_hash_changes_with_every_household_and_holds_no_name() -> None:
    rows = registered()
    changed = [(*rows[0][:3], 9), *rows[1:]]

    assert build_frame(changed, ordinary(), villages()).sha256 != small_frame().sha256
    assert not any(
        "户主" in line or "村" in line for line in canonical_lines(small_frame())
    )


def test_what_cannot_be_drawn_is_named() -> None:
    rows = [
        *registered(),
        ("x1", VILLAGES[0], UNKNOWN, 2),
        ("x2", "990101999999", "exited", 2),
    ]

    frame = build_frame(rows, ordinary(), villages())

    listed = len(rows) + len(ordinary())
    assert frame.gaps == (
        Gap("registered", "status_unknown", 1),
        Gap("exited", "village_not_listed", 1, ("990101999999",)),
        Gap("ordinary", "on_no_list", 12 * 60 - listed),
    )
    assert not {"x1", "x2"} & {h.id for h in frame.households}


def test_number_on_no_list_is_unknown_when_a_total_is_missing() -> None:
    without_total = [FrameVillage(v.code, "", v.poor) for v in villages()]

    gaps = build_frame(registered(), ordinary(), without_total).gaps

    assert gaps == (Gap("ordinary", "on_no_list", UNKNOWN),)


def test_a_household_of_several_groups_is_in_the_first() -> None:
    both = frozenset({Group.DESTITUTE, Group.DISABILITY})
    household = OrdinaryHousehold(VILLAGES[0], "甲", UNKNOWN, both)

    frame = build_frame([], [household], villages())

    assert frame.counts() == {"disability": 1}
    assert frame.households[0].id == f"{VILLAGES[0]}-o0001"


def test_doubles_are_refused() -> None:
    with pytest.raises(FrameUnusable, match="household numbers stand more than once"):
        build_frame([*registered(), registered()[0]], [], villages())
    with pytest.raises(FrameUnusable, match="village numbers"):
        build_frame([], [], [*villages(), villages()[0]])
    with pytest.raises(FrameUnusable, match="same name"):
        build_frame([], [*ordinary(), ordinary()[0]], villages())
    with pytest.raises(FrameUnusable, match="contains"):
        build_frame([("a|b", VILLAGES[0], "exited", 1)], [], villages())


def test_tables_of_a_registry_become_a_frame() -> None:
    rows = registered()
    household = pa.table(
        {
            "household_id": [r[0] for r in rows],
            "village_code": [r[1] for r in rows],
            "exit_status": [r[2] for r in rows],
        }
    )
    person = pa.table({"household_id": [r[0] for r in rows[1:] for _ in range(r[3])]})  # type: ignore[arg-type]
    village = pa.table(
        {
            "village_code": [v.code for v in villages()],
            "village_name": [v.name for v in villages()],
            "poor_village": [v.poor for v in villages()],
            "registered_households": [60] * 12,
        }
    )

    frame = frame_from_tables(household, person, village, ordinary())

    without_persons = [h.id for h in frame.households if h.persons is UNKNOWN]
    assert without_persons == [rows[0][0]]
    assert len(frame.households) == len(small_frame().households)
    assert frame.gaps == small_frame().gaps
