"""Weights after the field work: non-response, replacements, calibration to totals.

Kalton and Flores-Cervantes 2003 (Journal of Official Statistics 19:81); Deville and
Särndal 1992 (JASA 87:376).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.figures import (
    Figure,
    FloatArray,
    Mask,
    Reason,
    figure,
    quotient,
)
from xiuhua.core.survey.sampling_design import Column, Design


MAX_SWEEPS = 500


class WeightingImpossible(XiuhuaError):
    """Weights cannot be made to meet what is asked of them."""

    code = "survey.weighting_impossible"


class Outcome(StrEnum):
    """What became of a household drawn, or drawn as a replacement."""

    RESPONDED = "responded"
    NONRESPONSE = "nonresponse"
    REPLACEMENT = "replacement"
    INELIGIBLE = "ineligible"


def nonresponse_weights(
    weights: FloatArray, outcomes: Sequence[Outcome], cells: Column
) -> FloatArray:
    """Return weights with those of non-respondents spread over their cell.

    What the households first drawn stand for, ineligible ones aside, is carried by
    those who answered, replacements included. A replacement adds no weight of its
    own, else the sample would stand for more than the frame.

    Raises:
        WeightingImpossible: naming a cell in which nobody answered.
    """
    words = np.array([str(o) for o in outcomes])
    drawn = np.isin(words, [Outcome.RESPONDED, Outcome.NONRESPONSE])
    answered = np.isin(words, [Outcome.RESPONDED, Outcome.REPLACEMENT])
    adjusted = np.zeros_like(weights, dtype=np.float64)
    for cell in np.unique(cells):
        here = cells == cell
        carried = float(weights[here & drawn].sum())
        carriers = float(weights[here & answered].sum())
        if carried > 0 and carriers == 0:
            raise WeightingImpossible("nobody answered in cell {cell}", cell=cell)
        if carriers > 0:
            adjusted[here & answered] = weights[here & answered] * carried / carriers
    return adjusted


def response_rate(weights: FloatArray, outcomes: Sequence[Outcome]) -> Figure:
    """Return the weighted share of eligible households first drawn that answered.

    Replacements do not raise it.
    """
    words = np.array([str(o) for o in outcomes])
    answered = float(weights[words == Outcome.RESPONDED].sum())
    refused = float(weights[words == Outcome.NONRESPONSE].sum())
    return figure(quotient(answered, answered + refused), Reason.ZERO_DENOMINATOR)


def calibrate(design: Design, auxiliaries: FloatArray, totals: FloatArray) -> Design:
    """Return the design with linearly calibrated weights (generalized regression).

    Raises:
        WeightingImpossible: when the totals contradict each other or a weight would
            become negative.
    """
    x, w = auxiliaries, design.weights
    shortfall = totals - x.T @ w
    matrix = (x * w[:, None]).T @ x
    solved = np.linalg.lstsq(matrix, shortfall, rcond=None)[0]
    weights = np.asarray(w * (1 + x @ solved), dtype=np.float64)
    _check_totals(x.T @ weights, totals)
    if (weights < 0).any():
        raise WeightingImpossible("calibration makes a weight negative; rake instead")
    return design.calibrated(weights, x)


def poststratify(
    design: Design, cells: Column, totals: Mapping[str | int, float]
) -> Design:
    """Return the design with weights that add up to known totals of cells.

    Raises:
        WeightingImpossible: for a cell without a total or a total without a cell.
    """
    return rake(design, [(cells, totals)])


def rake(
    design: Design, margins: Sequence[tuple[Column, Mapping[str | int, float]]]
) -> Design:
    """Return the design with weights fitted to several margins in turn.

    Raises:
        WeightingImpossible: when labels and totals differ or the margins do not
            agree.
    """
    dummies = [_dummies(column, totals) for column, totals in margins]
    targets = [
        np.array(list(totals.values()), dtype=np.float64) for _, totals in margins
    ]
    weights = design.weights.copy()
    for _ in range(MAX_SWEEPS):
        for dummy, target in zip(dummies, targets, strict=True):
            weights = weights * (dummy @ (target / (dummy.T @ weights)))
        sums = np.concatenate([d.T @ weights for d in dummies])
        if np.allclose(sums, np.concatenate(targets), rtol=1e-12, atol=0):
            return design.calibrated(weights, np.hstack(dummies))
    raise WeightingImpossible("the margins contradict each other")


def check_weight_total(
    weights: FloatArray, frame_total: float, *, tolerance: float = 0.02
) -> None:
    """Hold the sum of weights against the size of the frame.

    Raises:
        WeightingImpossible: when they differ by more than the tolerance, a share.
    """
    found = float(weights.sum())
    if abs(found - frame_total) > tolerance * frame_total:
        raise WeightingImpossible(
            "weights add up to {found:.6g}, the frame has {total:.6g}",
            hint="are rows missing, or weights of another stage?",
            found=found,
            total=frame_total,
        )


def uncovered_groups(
    groups: Sequence[str], probabilities: FloatArray
) -> tuple[str, ...]:
    """Return the groups of a frame of which no unit could be drawn, in frame order.

    Nothing can be said of them from the sample; every result must name them.
    """
    labels = np.array(groups)
    possible: Mask = probabilities > 0
    return tuple(g for g in dict.fromkeys(groups) if not possible[labels == g].any())


def _dummies(column: Column, totals: Mapping[str | int, float]) -> FloatArray:
    present = set(np.unique(column).tolist())
    if present != set(totals):
        odd = sorted(str(v) for v in present ^ set(totals))
        raise WeightingImpossible(
            "cells without a match: {cells}", cells=", ".join(odd)
        )
    return np.stack([column == key for key in totals], axis=1).astype(np.float64)


def _check_totals(found: FloatArray, totals: FloatArray) -> None:
    if not np.allclose(found, totals, rtol=1e-9, atol=1e-9):
        raise WeightingImpossible("the totals contradict each other")
