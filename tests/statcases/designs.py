"""Declare the design a case describes."""

from __future__ import annotations

from typing import Any

from tests.statcases.tables import Table

from xiuhua.core.survey.sampling_design import Design, LonelyRule, declare


def design_of(spec: dict[str, Any], table: Table) -> Design:
    given = spec.get("design") or {}
    ids = _names(given.get("ids"))
    if ids in (["1"], ["0"]):
        ids = []
    weights = _names(given.get("weights"))
    return declare(
        table.rows,
        ids=[table.raw(c) for c in ids],
        strata=[table.raw(c) for c in _names(given.get("strata"))],
        weights=table.numbers(weights[0]) if weights else None,
        fpc=[table.numbers(c) for c in _names(given.get("fpc"))],
        nest=given.get("nest") is True,
        lonely=LonelyRule(spec.get("lonely_psu") or "fail"),
    )


def _names(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(v) for v in value] if isinstance(value, list) else [str(value)]
