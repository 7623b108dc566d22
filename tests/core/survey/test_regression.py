"""Models: known answers, R's coding of factors, and what cannot be fitted."""

from __future__ import annotations

import numpy as np
import pytest
from tests.core.survey.samples import households
from tests.statcases.formulas import Terms
from tests.statcases.tables import Table

from xiuhua.core.survey.estimators import mean
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.regression import Family, Fit, fit
from xiuhua.core.survey.sampling_design import declare


def fitted(found: Fit | NoFigure) -> Fit:
    assert isinstance(found, Fit)
    return found


def test_intercept_alone_is_the_weighted_mean_with_its_error() -> None:
    seen = households()
    ones = np.ones((seen.village.size, 1))

    found = fitted(fit(seen.design, ones, seen.persons, Family.GAUSSIAN))

    plain = mean(seen.design, seen.persons)
    assert found.coefficients[0] == pytest.approx(plain.estimate)
    assert found.standard_errors[0] == pytest.approx(plain.se)
    assert found.df_residual == plain.df


@pytest.mark.parametrize(
    ("family", "link"),
    [(Family.BINOMIAL, lambda p: np.log(p / (1 - p))), (Family.POISSON, np.log)],
)
def test_link_of_a_mean(family: Family, link: object) -> None:
    seen = households()
    ones = np.ones((seen.village.size, 1))

    found = fitted(fit(seen.design, ones, seen.approves * 1.0, family))

    share = mean(seen.design, seen.approves * 1.0).estimate
    assert callable(link)
    assert found.coefficients[0] == pytest.approx(link(share))


def test_column_that_depends_on_others_gets_no_coefficient() -> None:
    seen = households()
    columns = np.column_stack([np.ones(seen.village.size), seen.persons] * 2)

    found = fitted(fit(seen.design, columns, seen.approves * 1.0, Family.GAUSSIAN))

    assert np.isnan(found.coefficients).tolist() == [False, False, True, True]
    assert found.df_residual == 12 - 3 + 1 - 2


def test_separated_outcome_has_no_fit() -> None:
    design = declare(6)
    x = np.column_stack([np.ones(6), [1.0, 2, 3, 4, 5, 6]])

    found = fit(design, x, np.array([0.0, 0, 0, 1, 1, 1]), Family.BINOMIAL)

    assert found == NoFigure(Reason.NO_CONVERGENCE)


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("g", ["(Intercept)", "gb", "gc"]),
        ("g - 1", ["ga", "gb", "gc"]),
        ("g + h - 1", ["ga", "gb", "gc", "hv"]),
        ("x:g", ["(Intercept)", "x:ga", "x:gb", "x:gc"]),
        ("g*x", ["(Intercept)", "gb", "gc", "x", "gb:x", "gc:x"]),
        ("x + g:x", ["(Intercept)", "x", "x:gb", "x:gc"]),
        ("g*h - g:h", ["(Intercept)", "gb", "gc", "hv"]),
        ("I(x^2) + log(x)", ["(Intercept)", "I(x^2)", "log(x)"]),
    ],
)
def test_factors_are_coded_as_r_does(formula: str, names: list[str]) -> None:
    texts = {"g": list("abcabc"), "h": list("uuvvuv")}
    columns = {k: np.array(v, dtype=object) for k, v in texts.items()}
    columns["x"] = np.arange(1.0, 7)
    table = Table(columns, {**texts, "x": [str(i) for i in range(1, 7)]})

    found = Terms(table, set(), np.ones(6, dtype=bool)).matrix(formula)

    assert [name for name, _ in found] == names
