"""Figures that may be absent: a number, or the reason why there is none.

Nothing in this package returns NaN. What cannot be computed is a `NoFigure`, and
its reason is a dotted code that message catalogs turn into a sentence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt


FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Reason(StrEnum):
    """Why a figure is not given."""

    EMPTY_DOMAIN = "survey.empty_domain"
    MISSING_VALUES = "survey.missing_values"
    ZERO_DENOMINATOR = "survey.zero_denominator"
    NO_DEGREES_OF_FREEDOM = "survey.no_degrees_of_freedom"
    NO_VARIATION = "survey.no_variation"
    OUTSIDE_UNIT_INTERVAL = "survey.outside_unit_interval"
    WEIGHTS_DO_NOT_EXPAND = "survey.weights_do_not_expand"
    NON_POSITIVE_VALUES = "survey.non_positive_values"
    UNDEFINED = "survey.undefined"
    NOT_COVERED = "survey.not_covered"
    ONE_CLASS_ONLY = "survey.one_class_only"
    NO_CONVERGENCE = "survey.no_convergence"
    COUNT_ONLY = "survey.count_only"


@dataclass(frozen=True)
class NoFigure:
    """The absence of a number, with its reason."""

    reason: Reason


Figure = float | NoFigure


def figure(value: float, otherwise: Reason = Reason.UNDEFINED) -> Figure:
    """Return the value when it is a finite number, else its absence with the reason.

    >>> figure(0.5), figure(float("nan"), Reason.ZERO_DENOMINATOR).reason.value
    (0.5, 'survey.zero_denominator')
    """
    return float(value) if math.isfinite(value) else NoFigure(otherwise)


def quotient(numerator: float, denominator: float) -> float:
    """Return a quotient, or NaN for a denominator of zero; internal to estimators."""
    return numerator / denominator if denominator != 0 else math.nan


def square_root(value: float) -> float:
    """Return a square root, or NaN below zero; internal to estimators."""
    return math.sqrt(value) if value >= 0 else math.nan
