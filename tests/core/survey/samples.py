"""Small made-up samples for the tests of the estimators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xiuhua.core.survey.sampling_design import Design, declare


@dataclass(frozen=True, eq=False)
class Households:
    """Households in villages in strata, as an exit check would visit them."""

    stratum: np.ndarray
    village: np.ndarray
    weight: np.ndarray
    persons: np.ndarray
    exited: np.ndarray
    wrong: np.ndarray
    missed: np.ndarray
    approves: np.ndarray

    @property
    def design(self) -> Design:
        return declare(
            self.village.size,
            ids=[self.village],
            strata=[self.stratum],
            weights=self.weight,
        )


def households(
    seed: int = 1, villages: int = 12, each: int = 20, wrong_rate: float = 0.05
) -> Households:
    rng = np.random.default_rng(seed)
    n = villages * each
    village = np.repeat(np.arange(villages), each)
    exited = rng.random(n) < 0.6
    return Households(
        stratum=village % 3,
        village=village,
        weight=np.round(rng.uniform(1.5, 6.0, villages), 3)[village],
        persons=rng.integers(1, 7, n).astype(float),
        exited=exited,
        wrong=exited & (rng.random(n) < wrong_rate),
        missed=~exited & (rng.random(n) < 0.06),
        approves=rng.random(n) < 0.93,
    )
