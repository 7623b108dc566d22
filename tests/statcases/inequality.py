"""Cases of kind `inequality`: poverty and inequality of incomes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.statcases.answers import put
from tests.statcases.designs import design_of
from tests.statcases.tables import CaseInvalid, read

from xiuhua.core.survey import inequality, poverty
from xiuhua.core.survey.estimators import mean
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.survey.indicators import Incomes, Indicator, indicator_estimate


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    table = read(folder / spec["data"])
    design = design_of(spec, table)
    results = {}
    for e in spec["estimands"]:
        name = e["var"][0] if isinstance(e["var"], list) else e["var"]
        values, mask = table.numbers(name), table.mask(e.get("domain"))
        everyone = Incomes.of(design, values)
        incomes = Incomes.of(design, values, mask)
        if e["type"] == "mean":
            found = mean(design, values, domain=mask)
        else:
            measured = _indicator(e, incomes, everyone)
            found = indicator_estimate(design, measured, domain=mask)
        result: dict[str, Any] = {}
        put(result, "estimate", found.estimate)
        put(result, "se", found.se)
        result["df"] = found.df
        _laeken(result, e, incomes)
        results[e["id"]] = result
    return results


def _indicator(
    e: dict[str, Any], incomes: Incomes, everyone: Incomes
) -> Indicator | NoFigure:
    kind = e["type"]
    if kind in FIXED:
        return FIXED[kind](incomes, e)
    if kind not in RELATIVE:
        raise CaseInvalid(f"estimand {e.get('id')}: no type {kind!r}")
    percent = float(e.get("percent", 0.6)) if kind == "fgt_rel" else 0.6
    line = poverty.threshold(everyone, percent=percent)
    return line if isinstance(line, NoFigure) else RELATIVE[kind](incomes, line, e)


def _laeken(result: dict[str, Any], e: dict[str, Any], incomes: Incomes) -> None:
    """The points laeken gives: Lorenz area always, rates and ratios overall only."""
    if e["type"] == "gini":
        area = inequality.gini(incomes)
        value = area if isinstance(area, NoFigure) else area.value
        put(result, "laeken_point", value)
    elif e["type"] in ("arpr", "qsr") and not e.get("domain"):
        result["laeken_point"] = result["estimate"]


FIXED = {
    "fgt": lambda i, e: poverty.fgt(i, float(e["z"]), int(e["g"])),
    "watts": lambda i, e: poverty.watts(i, float(e["z"])),
    "arpt": lambda i, e: poverty.threshold(i),
    "gini": lambda i, e: inequality.gini(i, inequality.GiniForm.RANK),
    "qsr": lambda i, e: inequality.quintile_ratio(i),
    "atkinson": lambda i, e: inequality.atkinson(i, float(e.get("epsilon", 1))),
    "gei": lambda i, e: inequality.generalized_entropy(i, float(e.get("epsilon", 1))),
}
RELATIVE = {
    "arpr": lambda i, line, e: poverty.at_risk_rate(i, line),
    "fgt_rel": lambda i, line, e: poverty.relative_fgt(i, line, int(e["g"])),
    "poormed": lambda i, line, e: poverty.median_of_poor(i, line),
    "rmpg": lambda i, line, e: poverty.median_gap(i, line),
}
