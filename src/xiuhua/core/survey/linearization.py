"""Variance of a sum over a stratified multistage sample, by Taylor linearization.

The formula (Cochran 1977, chapter 10; Särndal, Swensson and Wretman 1992, 4.3 and
5.5; R `survey::svyrecvar`): per stratum (1 - n/N) n/(n-1) times the squared
deviations of unit totals, plus n/N times the same within every unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.figures import FloatArray, IntArray, Mask
from xiuhua.core.survey.sampling_design import Design, LonelyRule, Stage


# Below this share of units left undrawn a stratum was taken whole (R `onestrat`).
WHOLE_STRATUM = 1e-7


class LonelyUnit(XiuhuaError):
    """A stratum holds one unit, so that its variance cannot be estimated."""

    code = "survey.lonely_unit"


@dataclass(frozen=True, eq=False)
class Units:
    """The sampling units of one stage, one value per unit.

    `parent` is the unit of the stage before, `share` the product of n/N of all
    stages before: what a unit's own variance counts for.
    """

    stratum: IntArray
    drawn: FloatArray
    frame: FloatArray
    parent: IntArray
    share: FloatArray


def covariance(
    design: Design, influence: FloatArray, present: Mask | None = None
) -> FloatArray:
    """Return the covariance matrix of the sums of `influence` columns.

    Args:
        influence: weighted linearized values, rows by variables; zero outside the
            domain.
        present: the rows of the domain, all when absent. Only strata with a row of
            the domain can be lonely.

    Raises:
        LonelyUnit: under the rule `fail`.
    """
    values = influence.reshape(design.rows, -1)
    inside = np.ones(design.rows, dtype=bool) if present is None else present
    values = _residuals(design, values)
    total = np.zeros((values.shape[1], values.shape[1]))
    share = np.ones(design.rows)
    parent = np.zeros(design.rows, dtype=np.int64)
    for stage in design.stages:
        units = _units(stage, parent, share)
        sums = unit_sums(stage.unit, values)
        domain = np.bincount(stage.unit, weights=inside) > 0
        total += between_units(units, sums, domain, design.lonely)
        share = share * stage.drawn / stage.frame
        if not share.any():
            break
        parent = stage.unit
    return total


def unit_sums(unit: IntArray, values: FloatArray) -> FloatArray:
    """Return the totals of each column per unit."""
    size = int(unit.max()) + 1
    columns = [np.bincount(unit, weights=c, minlength=size) for c in values.T]
    return np.stack(columns, axis=1)


def between_units(
    units: Units, sums: FloatArray, domain: Mask, lonely: LonelyRule
) -> FloatArray:
    """Return one stage's part of the covariance of the sums.

    Args:
        domain: the units that have a row in the domain.

    Raises:
        LonelyUnit: for a stratum of one unit under the rule `fail`.
    """
    undrawn = 1 - units.drawn / units.frame
    strata = int(units.stratum.max()) + 1
    in_domain = np.bincount(units.stratum, weights=domain, minlength=strata) > 0
    whole = np.ones(strata, dtype=bool)
    np.logical_and.at(whole, units.stratum, undrawn < WHOLE_STRATUM)
    alone = (units.drawn == 1) & (in_domain & ~whole)[units.stratum]
    if lonely is LonelyRule.FAIL and alone.any():
        raise LonelyUnit(
            "a stratum has a single sampling unit",
            hint="join strata or choose a rule for lonely units",
        )
    centered = sums - _centers(units, sums, alone, in_domain, lonely)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(units.drawn > 1, units.drawn / (units.drawn - 1), 1.0)
    counted = in_domain[units.stratum] & ~whole[units.stratum]
    factor = undrawn * spread * units.share * counted
    if lonely is LonelyRule.AVERAGE:
        factor = factor * _averaging(units, alone, in_domain)
    return (centered * factor[:, None]).T @ centered


def _units(stage: Stage, parent: IntArray, share: FloatArray) -> Units:
    first = np.unique(stage.unit, return_index=True)[1]
    return Units(
        stage.stratum[first],
        stage.drawn[first],
        stage.frame[first],
        parent[first],
        share[first],
    )


def _centers(
    units: Units, sums: FloatArray, alone: Mask, in_domain: Mask, lonely: LonelyRule
) -> FloatArray:
    """Return what each unit total is measured from: the mean of its stratum."""
    means = unit_sums(units.stratum, sums)[units.stratum] / units.drawn[:, None]
    if lonely is not LonelyRule.ADJUST or not alone.any():
        return means
    counted = in_domain[units.stratum].astype(np.float64)
    number = np.bincount(units.parent, weights=counted)
    grand = unit_sums(units.parent, sums)[units.parent]
    grand = grand / np.maximum(number[units.parent], 1)[:, None]
    return np.where(alone[:, None], grand, means)


def _averaging(units: Units, alone: Mask, in_domain: Mask) -> FloatArray:
    """Return the factor by which the other strata stand in for lonely ones."""
    first = np.unique(units.stratum, return_index=True)[1]
    parent, lonely = units.parent[first], alone[first]
    size = int(units.parent.max()) + 1
    all_strata = np.bincount(parent, weights=in_domain, minlength=size)
    good = np.bincount(parent, weights=in_domain & ~lonely, minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = all_strata / good
    return np.asarray(factor[units.parent])


def _residuals(design: Design, values: FloatArray) -> FloatArray:
    """Return influence values less what calibrated auxiliaries explain."""
    if design.auxiliaries is None:
        return values
    weights = np.where(design.weights > 0, design.weights, 1.0)[:, None]
    root = np.sqrt(weights)
    fit = np.linalg.lstsq(
        design.auxiliaries * root, values / weights * root, rcond=None
    )
    residuals = values - weights * (design.auxiliaries @ fit[0])
    return np.where(design.weights[:, None] > 0, residuals, 0.0)
