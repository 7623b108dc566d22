"""Cases of kind `af`: counting poverty by cutoffs, rounds and groups."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from tests.statcases.answers import put, put_interval
from tests.statcases.designs import design_of
from tests.statcases.tables import Table, as_text, read

from xiuhua.core.survey.alkire_foster import (
    Change,
    Counting,
    Cutoff,
    Weighting,
    complete_rows,
)
from xiuhua.core.survey.estimators import Estimate
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.survey.intervals import Interval, Method, Spread, proportion_interval
from xiuhua.core.survey.samples import domain_size
from xiuhua.core.survey.sampling_design import Design


def answer(folder: Path, spec: dict[str, Any]) -> dict[str, Any]:
    table = read(folder / spec["data"])
    names = [str(i) for i in spec["indicators"]]
    keep = complete_rows([table.numbers(i) for i in names])
    table = table.only(keep)
    deprived = np.column_stack([table.numbers(i) for i in names]).astype(np.int64)
    design = design_of(spec, table)
    weighting = Weighting(
        tuple(int(w) for w in spec["indicator_weights"]),
        int(spec["weight_denominator"]),
    )
    results: dict[str, Any] = {"n_complete": int(keep.sum())}
    for k in spec["k"]:
        cutoff = Cutoff(int(k["num"]), int(k["den"]))
        counting = Counting(design, deprived, weighting, cutoff)
        results[k["id"]] = _cutoff(counting, spec, table)
    return results


def _cutoff(counting: Counting, spec: dict, table: Table) -> dict[str, Any]:
    time = spec.get("time")
    if not time:
        return {"all": _round(counting, spec, table, np.ones(table.rows, dtype=bool))}
    times = sorted(np.unique(table.numbers(time)[~np.isnan(table.numbers(time))]))
    masks = {f"t{as_text(float(t))}": table.numbers(time) == t for t in times}
    result = {name: _round(counting, spec, table, mask) for name, mask in masks.items()}
    names = list(masks)
    change = {}
    for first, second in pairwise(names):
        adjusted, incidence = counting.changes(masks[first], masks[second])
        pair = {"M0": _change(adjusted), "H": _change(incidence)}
        change[f"{first}_{second}"] = pair
    if change:
        result["change"] = change
    return result


def _round(
    counting: Counting, spec: dict, table: Table, mask: np.ndarray
) -> dict[str, Any]:
    found = counting.levels(mask)
    design = counting.design
    result: dict[str, Any] = {
        "H": _level(found.incidence, design),
        "M0": _level(found.adjusted, design),
        "A": _level(found.intensity, design),
        "df": domain_size(design).df,
        "indicators": {},
    }
    for name, level in zip(spec["indicators"], found.indicators, strict=True):
        entry: dict[str, Any] = {}
        put(entry, "uncensored", level.uncensored.estimate)
        put(entry, "uncensored_se", level.uncensored.se)
        put(entry, "censored", level.censored.estimate)
        put(entry, "censored_se", level.censored.se)
        put(entry, "abs_contrib", level.contribution)
        put(entry, "pct_contrib", level.contribution_share)
        result["indicators"][name] = entry
    for over in spec.get("over") or []:
        groups = result.setdefault("over", {}).setdefault(over, {})
        texts = np.array([t or "" for t in table.text(over)])
        for group in sorted({str(t) for t in texts[mask] if t}):
            groups[group] = _subgroup(counting, texts == group, mask)
    return result


def _level(found: Estimate, design: Design) -> dict[str, Any]:
    """The cases take the degrees of freedom of the whole design."""
    result: dict[str, Any] = {}
    put(result, "estimate", found.estimate)
    put(result, "se", found.se)
    interval: dict[str, Any] = {}
    put_interval(interval, _logit(found, domain_size(design).df))
    result["lower_logit"] = interval["lower"]
    result["upper_logit"] = interval["upper"]
    return result


def _logit(found: Estimate, df: int) -> Interval | NoFigure:
    p, se = found.estimate, found.se
    if isinstance(p, NoFigure):
        return p
    if isinstance(se, NoFigure):
        return se
    return proportion_interval(Method.LOGIT, Spread(p, se**2, found.n, df, 0.95))


def _subgroup(counting: Counting, part: np.ndarray, whole: np.ndarray) -> dict:
    found = counting.subgroup(part, whole)
    result: dict[str, Any] = {}
    put(result, "pop_share", found.population_share)
    for name, level in (
        ("H", found.incidence),
        ("M0", found.adjusted),
        ("A", found.intensity),
    ):
        put(result, name, level.estimate)
        put(result, f"{name}_se", level.se)
    put(result, "M0_contrib", found.contribution)
    return result


def _change(found: Change) -> dict[str, Any]:
    result: dict[str, Any] = {}
    put(result, "abs", found.absolute.estimate)
    put(result, "abs_se", found.absolute.se)
    put(result, "rel", found.relative.estimate)
    put(result, "rel_se", found.relative.se)
    return result
