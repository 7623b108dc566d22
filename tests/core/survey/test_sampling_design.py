"""What a design is, and what cannot be one."""

from __future__ import annotations

import numpy as np
import pytest

from xiuhua.core.survey.estimators import Terms, mean, total
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.sampling_design import Design, DesignInvalid, declare


VILLAGE = np.repeat(np.arange(6), 2)
STRATUM = np.repeat([0, 1], 6)
VALUES = np.array([3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])


def se(design: Design) -> float:
    found = mean(design, VALUES).se
    assert not isinstance(found, NoFigure)
    return found


def test_fractions_and_population_sizes_are_the_same_design() -> None:
    sizes = [np.full(12, 24.0), np.full(12, 8.0)]
    shares = [np.full(12, 6 / 24), np.full(12, 2 / 8)]
    households = np.arange(12)

    by_size = declare(12, ids=[VILLAGE, households], fpc=sizes)
    by_share = declare(12, ids=[VILLAGE, households], fpc=shares)

    assert se(by_size) == pytest.approx(se(by_share), rel=1e-14)
    assert by_size.weights.tolist() == [16.0] * 12


def test_stage_without_population_size_counts_as_with_replacement() -> None:
    first = declare(12, ids=[VILLAGE], fpc=[np.full(12, 24.0)], weights=np.ones(12))
    both = declare(
        12,
        ids=[VILLAGE, np.arange(12)],
        fpc=[np.full(12, 24.0)],
        weights=np.ones(12),
    )

    assert se(both) > se(first)


def test_numbers_that_start_anew_in_each_stratum_need_nest() -> None:
    numbered = VILLAGE % 3

    with pytest.raises(DesignInvalid, match="two strata"):
        declare(12, ids=[numbered], strata=[STRATUM])

    nested = declare(12, ids=[numbered], strata=[STRATUM], nest=True)
    plain = declare(12, ids=[VILLAGE], strata=[STRATUM])
    assert se(nested) == se(plain)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": np.full(12, -1.0)}, "at least zero"),
        ({"weights": np.full(12, np.nan)}, "at least zero"),
        ({"ids": [np.array([None] * 12, dtype=object)]}, "missing"),
        ({"ids": [np.full(12, np.nan)]}, "missing"),
        ({"ids": [np.zeros(12)]}, "single"),
        ({"ids": [VILLAGE], "fpc": [np.full(12, 4.0)]}, "more units"),
        ({"ids": [VILLAGE], "fpc": [np.r_[np.full(11, 0.5), 9.0]]}, "not both"),
        ({"ids": [VILLAGE], "fpc": [np.ones(12)] * 2}, "more population sizes"),
        ({"strata": [STRATUM, STRATUM]}, "more stages of strata"),
    ],
)
def test_impossible_designs_are_refused(
    arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(DesignInvalid, match=message):
        declare(12, **arguments)  # type: ignore[arg-type]


def test_simple_random_sample_without_replacement_has_the_textbook_variance() -> None:
    design = declare(12, fpc=[np.full(12, 30.0)])

    found = total(design, VALUES)

    expected = 30**2 * (1 - 12 / 30) * VALUES.var(ddof=1) / 12
    assert found.se == pytest.approx(expected**0.5)
    assert found.deff == pytest.approx(1.0)


def test_census_has_no_variance() -> None:
    assert se(declare(12, fpc=[np.full(12, 12.0)])) == 0.0


def test_design_effect_without_weights_compares_with_replacement() -> None:
    single = mean(declare(12), VALUES, terms=Terms(replacement=True))
    paired = mean(declare(12, ids=[VILLAGE]), VALUES, terms=Terms(replacement=True))

    assert single.deff == pytest.approx(1.0)
    between = 2 * VALUES.reshape(6, 2).mean(axis=1).var(ddof=1) / VALUES.var(ddof=1)
    assert paired.deff == pytest.approx(between)
    assert mean(declare(12), VALUES).deff == NoFigure(Reason.WEIGHTS_DO_NOT_EXPAND)
