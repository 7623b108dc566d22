"""Known answers for probabilities and allocation, from the shared cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.means import left_out
from tests.statcases import allocation, pps


CASES = Path(__file__).parents[3] / "../shared/cases/stats"
needs_cases = pytest.mark.skipif(
    not CASES.is_dir(),
    reason=left_out("cases", "data of others, which a clone does not carry"),
)


def _assert_close(actual: Any, expected: Any, where: str = "") -> None:
    if isinstance(expected, dict):
        assert set(actual) == set(expected), where
        for key, value in expected.items():
            _assert_close(actual[key], value, f"{where}/{key}")
    elif isinstance(expected, list):
        assert len(actual) == len(expected), where
        for at, (a, e) in enumerate(zip(actual, expected, strict=True)):
            _assert_close(a, e, f"{where}/{at}")
    elif isinstance(expected, int):
        # A size that comes out whole is written without a point in JSON.
        assert actual == pytest.approx(expected, rel=1e-12), where
    else:
        assert actual == pytest.approx(expected, rel=1e-6, abs=1e-9), where


@needs_cases
@pytest.mark.parametrize(
    ("handler", "case"), [(pps, "s09_pps"), (allocation, "s13_allocation")]
)
def test_known_answers(handler: Any, case: str) -> None:
    spec = json.loads((CASES / case / "spec.json").read_text(encoding="utf-8"))
    expected = json.loads((CASES / case / "expected.json").read_text(encoding="utf-8"))

    _assert_close(handler.answer(CASES / case, spec), expected)
