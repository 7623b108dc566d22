"""Cases of kind `survey`: means, totals, ratios, proportions, functions, models."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tests.statcases import formulas
from tests.statcases.answers import level_of, put, put_decision, put_interval
from tests.statcases.designs import design_of
from tests.statcases.tables import CaseInvalid, Table, read

from xiuhua.core.survey.estimators import (
    Estimate,
    Terms,
    mean,
    nonlinear,
    ratio,
    total,
)
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.intervals import (
    Interval,
    Method,
    Spread,
    arcsine_angles,
    proportion_interval,
)
from xiuhua.core.survey.samples import ArraySample, Measure, domain_size
from xiuhua.core.survey.sampling_design import Design


METHODS = {
    "logit": Method.LOGIT,
    "xlogit": Method.LOGIT,
    "asin": Method.ASIN,
    "mean": Method.WALD,
    "beta": Method.BETA,
    "likelihood": Method.LIKELIHOOD,
    "wilson": Method.WILSON,
}
# R fits these two as models, which leave out rows with missing values.
MODEL_METHODS = ("logit", "likelihood")


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    table = read(folder / spec["data"])
    design = design_of(spec, table)
    context = (spec, table, design)
    return {e["id"]: KINDS[_kind(e)](e, *context) for e in spec["estimands"]}


def _kind(estimand: dict[str, Any]) -> str:
    kind = estimand.get("type", "")
    if kind not in KINDS:
        raise CaseInvalid(f"estimand {estimand.get('id')}: no type {kind!r}")
    return str(kind)


def _filled(found: Estimate, *, deff: bool) -> dict[str, Any]:
    result: dict[str, Any] = {}
    put(result, "estimate", found.estimate)
    put(result, "se", found.se)
    if deff:
        put(result, "deff", found.deff)
    result["df"] = found.df
    put_interval(result, found.interval)
    return result


def _mean(e: dict, spec: dict, table: Table, design: Design) -> dict[str, Any]:
    terms = Terms(level=level_of(e))
    domain = table.mask(e.get("domain"))
    found = mean(design, table.numbers(_one(e["var"])), domain=domain, terms=terms)
    return _filled(found, deff=True)


def _total(e: dict, spec: dict, table: Table, design: Design) -> dict[str, Any]:
    terms = Terms(level=level_of(e))
    domain, values = table.mask(e.get("domain")), table.numbers(_one(e["var"]))
    found = total(design, values, domain=domain, terms=terms)
    return _filled(found, deff=bool(np.ptp(values[domain]) != 0))


def _ratio(e: dict, spec: dict, table: Table, design: Design) -> dict[str, Any]:
    terms = Terms(level=level_of(e))
    domain = table.mask(e.get("domain"))
    above, below = table.numbers(_one(e["var"])), table.numbers(_one(e["denom"]))
    found = ratio(design, above, below, domain=domain, terms=terms)
    return _filled(found, deff=False)


def _proportion(e: dict, spec: dict, table: Table, design: Design) -> dict[str, Any]:
    name = e.get("method", "logit")
    if name not in METHODS:
        raise CaseInvalid(f"estimand {e.get('id')}: no method {name!r}")
    domain, values = table.mask(e.get("domain")), table.numbers(_one(e["var"]))
    used = domain & ~np.isnan(values) if name in MODEL_METHODS else domain
    found = mean(design, values, domain=used)
    n, df = int(domain.sum()), domain_size(design, domain).df
    interval = _interval(name, found, n, df, level_of(e))
    if (used != domain).any():
        found = replace(found, se=NoFigure(Reason.MISSING_VALUES))
    result: dict[str, Any] = {}
    put(result, "estimate", found.estimate)
    put(result, "se", found.se)
    put_interval(result, interval)
    result["df"], result["n"] = df, n
    put_decision(result, e, interval)
    return result


def _interval(
    name: str, found: Estimate, n: int, df: int, level: float
) -> Interval | NoFigure:
    p, se = found.estimate, found.se
    if isinstance(p, NoFigure):
        return p
    if isinstance(se, NoFigure):
        return se
    spread = Spread(p, se**2, n, df, level)
    interval = proportion_interval(METHODS[name], spread)
    if name == "asin" and isinstance(interval, Interval):
        # R squares the sine of an angle below zero; the package stops at zero.
        low, high = arcsine_angles(spread)
        return replace(interval, lower=math.sin(low) ** 2, upper=math.sin(high) ** 2)
    return interval


def _nonlinear(e: dict, spec: dict, table: Table, design: Design) -> dict[str, Any]:
    """A `domain` of the estimand itself is not used, as in expected.R."""
    measures = {
        name: Measure(table.numbers(v["var"]), table.mask(v.get("domain")))
        for name, v in e["vars"].items()
    }
    measures["(design)"] = Measure(np.zeros(table.rows))
    sample = ArraySample(design, measures)
    terms = Terms(level=level_of(e))
    found = nonlinear(sample, tuple(measures), e["expr"], terms)
    result = _filled(found, deff=False)
    put_decision(result, e, found.interval)
    return result


def _glm(e: dict, spec: dict, table: Table, design: Design) -> dict[str, Any]:
    return formulas.fit_answer(e, spec, table, design)


def _one(name: Any) -> str:
    return str(name[0]) if isinstance(name, list) else str(name)


KINDS = {
    "mean": _mean,
    "total": _total,
    "ratio": _ratio,
    "prop_ci": _proportion,
    "nonlinear": _nonlinear,
    "glm": _glm,
}
