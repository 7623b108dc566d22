"""The sampling design: stages, strata, clusters, weights and finite populations.

A design is declared once, over every row that was drawn. Domains are masks laid on
it afterwards, so that the number of clusters per stratum stays the design's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.figures import FloatArray, IntArray


Column = npt.NDArray[np.generic]


class DesignInvalid(XiuhuaError):
    """The columns given cannot be a sampling design."""

    code = "survey.design_invalid"


class LonelyRule(StrEnum):
    """What to do with a stratum of one primary sampling unit (PSU).

    The rules are those of R `survey` 4.5: `adjust` centers the unit at the mean of
    all units of all strata; `average` gives the stratum the mean variance of the
    others; `remove` and `certainty` give it none.
    """

    FAIL = "fail"
    REMOVE = "remove"
    CERTAINTY = "certainty"
    ADJUST = "adjust"
    AVERAGE = "average"


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of selection, each array with one value per row.

    `unit` and `stratum` are codes from zero, units nested in the units of the stage
    before. `drawn` is the number of units drawn in the stratum, `frame` the number
    there were, infinite where drawing counts as with replacement.
    """

    unit: IntArray
    stratum: IntArray
    drawn: FloatArray
    frame: FloatArray


@dataclass(frozen=True, eq=False)
class Design:
    """A declared design; `auxiliaries` are the variables weights were calibrated to."""

    stages: tuple[Stage, ...]
    weights: FloatArray
    lonely: LonelyRule = LonelyRule.FAIL
    auxiliaries: FloatArray | None = None

    @property
    def rows(self) -> int:
        """The number of rows drawn."""
        return int(self.weights.size)

    def calibrated(self, weights: FloatArray, auxiliaries: FloatArray) -> Design:
        """Return the design with weights that reproduce totals of the auxiliaries.

        Variances then use the residuals from the auxiliaries (Deville and Särndal
        1992, JASA 87:376, section 3).
        """
        return replace(self, weights=weights, auxiliaries=auxiliaries)


def declare(
    rows: int,
    *,
    ids: Sequence[Column] = (),
    strata: Sequence[Column] = (),
    weights: FloatArray | None = None,
    fpc: Sequence[FloatArray] = (),
    nest: bool = False,
    lonely: LonelyRule = LonelyRule.FAIL,
) -> Design:
    """Declare a design over `rows` rows.

    Args:
        ids: one column per stage; none means every row was drawn by itself.
        strata: one column per stage, stages left out are unstratified.
        weights: inverse inclusion probabilities; from `fpc` when absent, else one.
        fpc: per stage the population size in the stratum, or all sampling fractions.
        nest: cluster numbers start anew in every stratum.

    Raises:
        DesignInvalid: for missing values, clusters in two strata without `nest`,
            more units than the population has, or a single cluster.
    """
    if rows == 0:
        raise DesignInvalid("the sample has no rows")
    units, layers = _nested(rows, ids, strata, nest=nest)
    drawn = [_units_per_stratum(u, s) for u, s in zip(units, layers, strict=True)]
    frames = _frame_sizes(drawn, fpc)
    stages = tuple(
        Stage(*parts) for parts in zip(units, layers, drawn, frames, strict=True)
    )
    return Design(stages, _weights(rows, weights, stages, given=bool(fpc)), lonely)


def codes(column: Column) -> IntArray:
    """Return integer codes of the distinct values of a column.

    Raises:
        DesignInvalid: when a value is missing.
    """
    if column.dtype == object:
        missing = any(value is None for value in column)
    else:
        floating = np.issubdtype(column.dtype, np.floating)
        missing = floating and bool(np.isnan(column.astype(np.float64)).any())
    if missing:
        raise DesignInvalid("a design column has missing values")
    keys = column.astype(str) if column.dtype == object else column
    return _inverse(keys)


def cross(first: IntArray, second: IntArray) -> IntArray:
    """Return codes of the pairs of two code columns."""
    pairs = first * (int(second.max()) + 1) + second
    return _inverse(pairs)


def _inverse(keys: Column) -> IntArray:
    """Return the place of each value among the sorted distinct ones."""
    return np.asarray(np.unique(keys, return_inverse=True)[1], dtype=np.int64).ravel()


def _nested(
    rows: int, ids: Sequence[Column], strata: Sequence[Column], *, nest: bool
) -> tuple[list[IntArray], list[IntArray]]:
    """Return unit and stratum codes per stage, each stage inside the one before."""
    units = [codes(c) for c in ids] or [np.arange(rows, dtype=np.int64)]
    if len(strata) > len(units):
        raise DesignInvalid("there are more stages of strata than of units")
    whole = np.zeros(rows, dtype=np.int64)
    layers = [codes(c) for c in strata]
    layers += [whole] * (len(units) - len(layers))
    if nest:
        units[0] = cross(layers[0], units[0])
    elif _strata_per_unit(units[0], layers[0]) > 1:
        raise DesignInvalid(
            "a cluster lies in two strata", hint="are clusters numbered per stratum?"
        )
    if units[0].max() == 0:
        raise DesignInvalid("the design has a single primary sampling unit")
    for k in range(1, len(units)):
        layers[k] = cross(units[k - 1], layers[k])
        units[k] = cross(layers[k], units[k])
    return units, layers


def _strata_per_unit(unit: IntArray, stratum: IntArray) -> int:
    pairs = np.unique(np.stack([unit, stratum], axis=1), axis=0)
    return int(np.bincount(pairs[:, 0]).max())


def _units_per_stratum(unit: IntArray, stratum: IntArray) -> FloatArray:
    first = np.unique(unit, return_index=True)[1]
    counts = np.bincount(stratum[first], minlength=int(stratum.max()) + 1)
    return counts[stratum].astype(np.float64)


def _frame_sizes(
    drawn: list[FloatArray], fpc: Sequence[FloatArray]
) -> list[FloatArray]:
    """Return population sizes per stage; stages without fpc are infinite."""
    if len(fpc) > len(drawn):
        raise DesignInvalid("there are more population sizes than stages")
    given = [np.asarray(f, dtype=np.float64) for f in fpc]
    if any(np.isnan(f).any() for f in given):
        raise DesignInvalid("a population size is missing")
    sizes = any((f > 1).any() for f in given)
    if sizes and any((f < 1).any() for f in given):
        raise DesignInvalid("give population sizes or sampling fractions, not both")
    endless = [np.full(d.size, np.inf) for d in drawn[len(given) :]]
    with np.errstate(divide="ignore"):
        frames = [
            f if sizes else d / f for f, d in zip(given, drawn, strict=False)
        ] + endless
    if any((N < n * (1 - 1e-12)).any() for N, n in zip(frames, drawn, strict=True)):
        raise DesignInvalid("more units were drawn than the population has")
    return frames


def _weights(
    rows: int, weights: FloatArray | None, stages: tuple[Stage, ...], *, given: bool
) -> FloatArray:
    if weights is not None:
        weights = np.asarray(weights, dtype=np.float64)
        if weights.shape != (rows,) or np.isnan(weights).any() or (weights < 0).any():
            raise DesignInvalid("weights must be one number of at least zero per row")
        return weights
    if not given:
        return np.ones(rows)
    expansion = np.ones(rows)
    for stage in stages:
        expansion = expansion * (stage.frame / stage.drawn)
    if np.isinf(expansion).any():
        raise DesignInvalid("weights are absent and population sizes do not give them")
    return expansion
