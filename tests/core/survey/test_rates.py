"""The three rates and one degree on small samples."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.survey.samples import Households, households

from xiuhua.core.survey import rates
from xiuhua.core.survey.decisions import Decision, Direction, Threshold
from xiuhua.core.survey.estimators import Terms, nonlinear
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.intervals import Interval, Method
from xiuhua.core.survey.samples import ArraySample, Measure
from xiuhua.core.survey.sampling_design import DesignInvalid
from xiuhua.core.truth import UNKNOWN


BELOW = Threshold(0.02, Direction.BELOW, strict=True)
TERMS = Terms(Method.KORN_GRAUBARD, threshold=BELOW, assumed_deff=2.0)
PEOPLE = rates.Population(1320.0, 7445.0, 169613.0, 178378.0)


def sample_of(seen: Households) -> ArraySample:
    measures = rates.household_measures(
        seen.exited, ~seen.exited, seen.persons, seen.wrong, seen.missed
    )
    return rates.village_sample(seen.village, measures)


def test_rate_counts_persons_and_decides() -> None:
    seen = households()

    found = rates.rate(sample_of(seen), "wrong", "exited", TERMS)

    assert found.numerator == seen.persons[seen.wrong].sum()
    assert found.estimate.estimate == pytest.approx(
        seen.persons[seen.wrong].sum() / seen.persons[seen.exited].sum()
    )
    assert (found.estimate.n, found.estimate.psus) == (int(seen.exited.sum()), 12)
    assert found.estimate.decision is Decision.UNDECIDED
    assert found.estimate.decision_by_point is Decision.UNMET
    # Weights of one stand for no population, so there is no design effect to give.
    assert found.estimate.deff == NoFigure(Reason.WEIGHTS_DO_NOT_EXPAND)


def test_composite_rate_takes_the_covariance_and_the_logit_scale() -> None:
    sample = sample_of(households(wrong_rate=0.1))

    found = rates.comprehensive_incidence(sample, PEOPLE, TERMS).estimate

    text = "(1320 + 7445*wrong/exited + 169613*missed/unregistered)/178378"
    plain = nonlinear(sample, rates.FINDINGS.names, text, Terms(Method.WALD))
    assert found.estimate == plain.estimate
    assert found.se == plain.se
    assert isinstance(found.interval, Interval)
    assert found.interval.method is Method.LOGIT
    assert 0 < found.interval.lower < float(str(found.estimate))


def test_composite_rate_without_events_keeps_an_upper_bound() -> None:
    seen = households()
    nobody = np.zeros(seen.village.size, dtype=bool)
    calm = sample_of(replace(seen, wrong=nobody, missed=nobody))

    found = rates.comprehensive_incidence(calm, PEOPLE, TERMS).estimate

    missed = rates.rate(calm, "missed", "unregistered", TERMS).estimate.interval
    wrong = rates.rate(calm, "wrong", "exited", TERMS).estimate.interval
    assert isinstance(found.interval, Interval)
    assert isinstance(missed, Interval)
    assert isinstance(wrong, Interval)
    register = PEOPLE.remaining / PEOPLE.total
    assert found.estimate == pytest.approx(register)
    assert found.interval.lower == pytest.approx(register)
    assert found.interval.method is Method.MOVER
    parts = (7445 * wrong.upper / 178378, 169613 * missed.upper / 178378)
    assert found.interval.upper == pytest.approx(register + np.hypot(*parts))
    # The register alone meets the threshold; the sample cannot show that it does.
    assert found.decision_by_point is Decision.MET
    assert found.decision is Decision.UNDECIDED


def test_counted_incidence_adds_the_cases_found_and_has_no_interval() -> None:
    seen = households()

    found = rates.counted_incidence(sample_of(seen), PEOPLE, TERMS)

    cases = seen.persons[seen.wrong].sum() + seen.persons[seen.missed].sum()
    assert found.numerator == 1320 + cases
    assert found.estimate.estimate == pytest.approx((1320 + cases) / 178378)
    assert found.estimate.method == "survey.count_only"
    assert found.estimate.decision is Decision.UNDECIDED
    assert found.estimate.decision_by_point is Decision.MET


def test_group_nobody_of_which_was_visited_gives_no_rate() -> None:
    seen = households()
    everyone = np.ones(seen.village.size, dtype=bool)
    sample = sample_of(replace(seen, exited=everyone))

    found = rates.comprehensive_incidence(sample, PEOPLE, TERMS)

    assert found.estimate.estimate == NoFigure(Reason.ZERO_DENOMINATOR)
    assert found.numerator == NoFigure(Reason.ZERO_DENOMINATOR)
    assert found.estimate.decision is Decision.UNDECIDED


@given(seed=st.integers(0, 40), share=st.floats(0.0, 0.3))
def test_rates_always_have_an_interval_around_them(seed: int, share: float) -> None:
    sample = sample_of(households(seed=seed, wrong_rate=share))

    for found in (
        rates.rate(sample, "wrong", "exited", TERMS).estimate,
        rates.comprehensive_incidence(sample, PEOPLE, TERMS).estimate,
    ):
        assert isinstance(found.interval, Interval)
        assert not isinstance(found.estimate, NoFigure)
        assert found.interval.lower <= found.estimate + 1e-12
        assert found.estimate <= found.interval.upper + 1e-12


def test_unknown_finding_leaves_the_rate_without_a_number() -> None:
    seen = households()
    wrong = seen.wrong.astype(object)
    wrong[np.flatnonzero(seen.exited)[0]] = UNKNOWN
    unknown_group = seen.exited.astype(object)
    unknown_group[0] = None

    found = rates.rate(sample_of(replace(seen, wrong=wrong)), "wrong", "exited", TERMS)

    assert found.estimate.estimate == NoFigure(Reason.MISSING_VALUES)
    with pytest.raises(DesignInvalid, match="group"):
        rates.household_measures(
            unknown_group, ~seen.exited, seen.persons, seen.wrong, seen.missed
        )


@pytest.mark.parametrize("county", ["county-2019", "county-2020"])
def test_self_check_of_a_made_up_county(county: str) -> None:
    folder = Path(__file__).parents[2] / "cases" / county
    rows = pd.read_excel(folder / "self-check.xlsx")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    answers, counts = expected["self_check"], expected["counts"]
    kind, finding = rows["样本类型"].to_numpy(str), rows["核查结论"].to_numpy(str)
    persons = rows["人口数"].to_numpy(float)
    measures = rates.household_measures(
        kind == "脱贫户",
        kind == "非贫困户",
        persons,
        finding == "错退",
        finding == "漏评",
    )
    approves = (rows["群众认可"] == "是").to_numpy(float)
    measures["approving"] = Measure(approves)
    measures["asked"] = Measure(np.ones(len(rows)))
    sample = rates.village_sample(rows["行政村代码"].to_numpy(str), measures)
    registered = counts["exited_persons"] + counts["remaining_persons"]
    people = rates.Population(
        counts["remaining_persons"],
        counts["exited_persons"],
        answers["unregistered_persons"],
        answers["unregistered_persons"] + registered,
    )

    wrong = rates.rate(sample, "wrong", "exited", TERMS)
    missed = rates.rate(sample, "missed", "unregistered", TERMS)
    approval = rates.rate(sample, "approving", "asked", TERMS)
    composite = rates.comprehensive_incidence(sample, people, TERMS).estimate
    counted = rates.counted_incidence(sample, people, TERMS).estimate

    assert wrong.numerator == answers["wrong_exit_persons"]
    assert wrong.denominator == answers["exited"]["persons"]
    assert wrong.estimate.n == answers["exited"]["households"]
    assert wrong.estimate.estimate == pytest.approx(answers["wrong_exit_rate"])
    assert missed.estimate.estimate == pytest.approx(answers["missed_rate"])
    assert missed.denominator == answers["ordinary"]["persons"]
    assert approval.estimate.estimate == pytest.approx(answers["approval_rate"])
    extrapolated = answers["comprehensive_incidence_extrapolated"]
    assert composite.estimate == pytest.approx(extrapolated)
    assert counted.estimate == pytest.approx(answers["comprehensive_incidence_raw"])
    assert isinstance(composite.interval, Interval)
