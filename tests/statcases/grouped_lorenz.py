"""Cases of kind `grouped_lorenz`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.statcases.answers import put
from tests.statcases.tables import CaseInvalid, read

from xiuhua.core.survey import grouped_lorenz as lorenz


NAMES = {"gq": ("a", "b", "c"), "beta": ("theta", "gamma", "delta")}


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    table = read(folder / spec["data"])
    population = table.numbers("cum_population")
    income = table.numbers("cum_income")
    results = {}
    for method in spec.get("methods", list(NAMES)):
        if method not in NAMES:
            raise CaseInvalid(f"no Lorenz curve called {method!r}")
        fit = lorenz.fit_quadratic if method == "gq" else lorenz.fit_beta
        curve = fit(population, income)
        found = lorenz.measures(curve, float(spec["mean"]), float(spec["poverty_line"]))
        result: dict[str, Any] = dict(zip(NAMES[method], found.parameters, strict=True))
        put(result, "headcount", found.headcount)
        put(result, "poverty_gap", found.poverty_gap)
        put(result, "severity", found.severity)
        put(result, "gini", found.gini)
        results[method] = result
    return results
