"""Every kind of fault is worded in both languages, with nothing left to fill in."""

import re

import pyarrow as pa
import pytest

from xiuhua.core.intake.faults import FAULT_KINDS, FAULT_SCHEMA
from xiuhua.core.intake.wording import worded


SHOWN_AT = {
    "bad_value": "birth_date",
    "out_of_range": "months_working_away",
    "unknown_code": "labor_skill",
    "id_sex_mismatch": "sex",
}


def faults_of_every_kind() -> pa.Table:
    rows = [
        {
            "kind": kind,
            "row": 7,
            "column": "某列",
            "level": "person",
            "field": SHOWN_AT.get(kind, "id_number"),
            "expected": "male" if kind == "id_sex_mismatch" else None,
            "other": "人!9",
        }
        for kind in FAULT_KINDS
    ]
    return pa.Table.from_pylist(rows, schema=FAULT_SCHEMA)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_complete(language: str) -> None:
    for fault in worded(faults_of_every_kind(), language).to_pylist():
        for text in (fault["problem"], fault["remedy"]):
            assert text
            assert "{" not in text
            chinese = re.search(r"[一-鿿]", text.replace("某列", "")) is not None
            if language == "zh":
                assert chinese, text


def test_says_what_would_be_right() -> None:
    by_kind = {f["kind"]: f for f in worded(faults_of_every_kind(), "zh").to_pylist()}
    assert "2010-05-01" in by_kind["bad_value"]["remedy"]
    assert "0至12" in by_kind["out_of_range"]["remedy"]
    assert "普通劳动力、技能劳动力" in by_kind["unknown_code"]["remedy"]
    assert "男" in by_kind["id_sex_mismatch"]["remedy"]
    assert "人!9" in by_kind["id_duplicate"]["problem"]
