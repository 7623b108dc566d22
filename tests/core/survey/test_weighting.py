"""Calibration meets its totals and shortens what the auxiliaries explain."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.survey.samples import households

from xiuhua.core.survey.estimators import mean, total
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.survey.weighting import (
    WeightingImpossible,
    calibrate,
    poststratify,
    rake,
)


def test_calibrated_totals_are_met_without_variance() -> None:
    seen = households()
    auxiliaries = np.column_stack([np.ones(seen.village.size), seen.persons])
    totals = auxiliaries.T @ seen.design.weights * np.array([1.03, 1.05])

    fitted = calibrate(seen.design, auxiliaries, totals)

    found = total(fitted, seen.persons)
    assert found.estimate == pytest.approx(totals[1])
    assert found.se == pytest.approx(0.0, abs=1e-6)
    explained = seen.persons * 2 + seen.approves
    before, after = total(seen.design, explained).se, total(fitted, explained).se
    assert not isinstance(before, NoFigure)
    assert not isinstance(after, NoFigure)
    assert after < before


def test_poststratified_mean_is_the_mean_of_cell_means() -> None:
    seen = households()
    values = seen.persons * 1.0
    fitted = poststratify(seen.design, seen.exited, {True: 700.0, False: 300.0})

    cells = [
        mean(seen.design, values, domain=seen.exited).estimate,
        mean(seen.design, values, domain=~seen.exited).estimate,
    ]
    assert not any(isinstance(cell, NoFigure) for cell in cells)
    expected = 0.7 * float(str(cells[0])) + 0.3 * float(str(cells[1]))
    assert mean(fitted, values).estimate == pytest.approx(expected)


def test_raking_meets_every_margin() -> None:
    seen = households()
    parts = {0: 300.0, 1: 400.0, 2: 300.0}

    fitted = rake(
        seen.design,
        [(seen.exited, {True: 650.0, False: 350.0}), (seen.stratum, parts)],
    )

    assert fitted.weights[seen.exited].sum() == pytest.approx(650.0)
    for stratum, wanted in parts.items():
        found = fitted.weights[seen.stratum == stratum].sum()
        assert found == pytest.approx(wanted)


def test_totals_that_cannot_be_met_are_refused() -> None:
    seen = households()

    with pytest.raises(WeightingImpossible, match="without a match: 3"):
        rake(seen.design, [(seen.stratum, {0: 1.0, 1: 1.0, 2: 1.0, 3: 1.0})])
    with pytest.raises(WeightingImpossible, match="contradict"):
        margins = [
            (seen.exited, {True: 650.0, False: 350.0}),
            (seen.stratum, {0: 1.0, 1: 1.0, 2: 1.0}),
        ]
        rake(seen.design, margins)
    ones = np.ones((seen.village.size, 2))
    with pytest.raises(WeightingImpossible, match="contradict"):
        calibrate(seen.design, ones, np.array([1.0, 2.0]))
