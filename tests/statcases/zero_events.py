"""Cases of kind `zero_events`: the bound for a sample without events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.statcases.answers import WORDS, level_of, put
from tests.statcases.tables import CaseInvalid

from xiuhua.core.survey.decisions import Direction, Threshold, decide
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.survey.zero_events import zero_events


TWO_PERCENT = Threshold(0.02, Direction.BELOW, strict=True)
KEYS = ("n_eff", "lower", "upper", "upper_one_sided95")


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    return {e["id"]: _one(e) for e in spec["estimands"]}


def _one(e: dict[str, Any]) -> dict[str, Any]:
    if e.get("events", 0) != 0:
        raise CaseInvalid(f"{e['id']}: the rule is for samples without events")
    rule = e["rule"]
    if rule not in ("nchs_nominal_n", "design_floor"):
        raise CaseInvalid(f"{e['id']}: no rule {rule!r}")
    deff = float(e["deff_assumed"]) if rule == "design_floor" else 1.0
    df = int(e["n_psu"]) - int(e["n_strata"])
    found = zero_events(int(e["n"]), df, assumed_deff=deff, level=level_of(e))
    result: dict[str, Any] = {}
    if isinstance(found, NoFigure):
        for key in KEYS:
            put(result, key, found)
        result["decision_below_2pct"] = WORDS[decide(found, TWO_PERCENT)]
        return result
    values = (
        found.effective_n,
        found.interval.lower,
        found.interval.upper,
        found.one_sided_upper,
    )
    result.update(zip(KEYS, values, strict=True))
    result["decision_below_2pct"] = WORDS[decide(found.interval, TWO_PERCENT)]
    return result
