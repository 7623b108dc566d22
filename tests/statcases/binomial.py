"""Cases of kind `binomial_ci`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.statcases.answers import level_of, put_decision

from xiuhua.core.survey.binomial import binomial_limits, hypergeometric_limits
from xiuhua.core.survey.intervals import Interval, Method


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    return {e["id"]: _one(e) for e in spec["estimands"]}


def _one(e: dict[str, Any]) -> dict[str, Any]:
    events, n, level = int(e["x"]), int(e["n"]), level_of(e)
    if e["method"] == "hypergeometric":
        limits = hypergeometric_limits(events, n, int(e["N"]), level)
    else:
        limits = binomial_limits(e["method"], events, n, level)
    lower, upper = limits
    result = {"estimate": events / n, "lower": lower, "upper": upper}
    put_decision(result, e, Interval(lower, upper, level, Method.EXACT))
    return result
