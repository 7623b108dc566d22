"""Every filled row of a source is accounted for once."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.intake.making import (
    HOUSEHOLD_HEADER,
    PERSON_HEADER,
    REGION,
    VILLAGE,
    rows,
    workbook,
)

from xiuhua.core.intake.read import read_registry


HOMES = [f"{VILLAGE}0000{i}" for i in range(3)]
VILLAGES = [VILLAGE, "990127100201", None]
household_rows = st.lists(
    st.tuples(
        st.sampled_from([*HOMES, None]),
        st.sampled_from(VILLAGES),
        st.sampled_from(["甲", "乙", None]),
        st.sampled_from([1, 2.5, "无", None]),
    ),
    min_size=1,
    max_size=8,
)
person_rows = st.lists(
    st.tuples(
        st.sampled_from([*HOMES, "999", None]),
        st.sampled_from(["1", "2", "3", None]),
        st.sampled_from(["甲", "乙"]),
        st.none(),
        st.sampled_from(["男", "女", "?"]),
        st.none(),
        st.sampled_from(["户主", "配偶", None]),
    ),
    max_size=10,
)


@settings(max_examples=40, deadline=None)
@given(households=household_rows, persons=person_rows)
def test_each_row_stands_once_and_kept_rows_are_the_tables(
    tmp_path_factory: pytest.TempPathFactory,
    households: list[tuple[object, ...]],
    persons: list[tuple[object, ...]],
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    sheets = {"户": [HOUSEHOLD_HEADER, *households], "人": [PERSON_HEADER, *persons]}
    registry = read_registry(
        workbook(folder / "r.xlsx", sheets),
        region=REGION,
        work_dir=folder / "w",
        every_row=True,
    )
    assert registry.rows is not None
    found = rows(registry.rows)
    filled = {
        ("户", i) for i, r in enumerate(households, 2) if any(c is not None for c in r)
    }
    filled |= {
        ("人", i) for i, r in enumerate(persons, 2) if any(c is not None for c in r)
    }
    assert Counter((r["_sheet"], r["_row"]) for r in found) == Counter(filled)
    for level, path in (("household", registry.household), ("person", registry.person)):
        kept = {
            r["_row"] for r in found if r["level"] == level and r["stand"] == "kept"
        }
        assert kept == {r["_row"] for r in rows(path)}
