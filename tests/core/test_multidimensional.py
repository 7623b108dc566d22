"""The counting pack and the Alkire–Foster estimators say the same of a household."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from xiuhua.core.engines.memory import Judge, Judged
from xiuhua.core.multidimensional import NotCounting, counting_rule
from xiuhua.core.packs import load_pack
from xiuhua.core.standards.resolver import resolve
from xiuhua.core.truth import Verdict


DAY = date(2019, 11, 22)
STANDARD = resolve(load_pack("global_mpi_2018"), as_of=DAY, region="99")


def household(deprived: tuple[bool, ...]) -> Judged:
    """A household of one adult with the given ten deprivations (never attendance)."""
    adult = Judged(
        "person",
        {
            "birth_date": date(1980, 1, 1),
            "education": "illiterate" if deprived[2] else "primary",
        },
    )
    values = {
        "undernourished_member": deprived[0],
        "child_death_in_five_years": deprived[1],
        "main_fuel": "coal" if deprived[4] else "clean_energy",
        "sanitary_toilet": not deprived[5],
        "water_quality": "not_attained" if deprived[6] else "attained",
        "water_round_trip": 0,
        "household_electricity": not deprived[7],
        "housing_grade": "D" if deprived[8] else "A",
        "small_assets": 0 if deprived[9] else 2,
        "car_or_truck": False,
    }
    return Judged("household", values, (adult,))


def test_score_and_verdict_agree_with_the_counting_rule() -> None:
    rule, judge = counting_rule(STANDARD), Judge(STANDARD)
    limit = rule.cutoff.numerator * rule.weighting.denominator

    for three in product((False, True), repeat=3):
        for rest in product((False, True), repeat=6):
            deprived = (*three, False, *rest)
            row = judge.judge(household(deprived))
            score = sum(
                weight
                for weight, name in zip(
                    rule.weighting.weights, rule.indicators, strict=True
                )
                if row.verdicts[name] is Verdict.UNMET
            )

            poor = score * rule.cutoff.denominator >= limit
            wanted = Verdict.UNMET if poor else Verdict.MET
            assert row.derived["score"] == score
            assert row.verdicts["mpi_not_poor"] is wanted


def test_a_standard_without_weights_is_refused() -> None:
    other = resolve(load_pack("household_exit"), as_of=DAY, region="23")

    with pytest.raises(NotCounting):
        counting_rule(other)
