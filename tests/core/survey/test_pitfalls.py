"""The known pitfalls of sample checks, one test each."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.core.survey.samples import households

from xiuhua.core.survey import rates
from xiuhua.core.survey.analysis_plan import AnalysisPlan, PlanChanged
from xiuhua.core.survey.decisions import (
    Decision,
    Direction,
    Threshold,
    bonferroni_level,
)
from xiuhua.core.survey.discrimination import (
    auc,
    calibration_by_period,
    targeting_by_group,
)
from xiuhua.core.survey.estimators import RATE_TERMS, Terms, mean, proportion, ratio
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.inclusion import SizeUnusable, inclusion_probabilities
from xiuhua.core.survey.indicators import Incomes, indicator_estimate
from xiuhua.core.survey.inequality import atkinson, generalized_entropy
from xiuhua.core.survey.intervals import Interval, Method
from xiuhua.core.survey.linearization import LonelyUnit
from xiuhua.core.survey.poverty import fgt
from xiuhua.core.survey.samples import ArraySample, Measure, domain_size
from xiuhua.core.survey.sampling_design import LonelyRule, declare
from xiuhua.core.survey.weighting import (
    Outcome,
    WeightingImpossible,
    check_weight_total,
    nonresponse_weights,
    response_rate,
    uncovered_groups,
)
from xiuhua.core.survey.zero_events import zero_events


BELOW = Threshold(0.02, Direction.BELOW, strict=True)


def interval_of(found: object) -> Interval:
    assert isinstance(found, Interval)
    return found


def number(value: object) -> float:
    assert isinstance(value, float)
    return value


def test_zero_events_still_give_an_upper_bound() -> None:
    seen = households()
    nobody = np.zeros(seen.village.size)
    terms = Terms(Method.KORN_GRAUBARD, threshold=BELOW, assumed_deff=1.5)

    found = proportion(seen.design, nobody, terms=terms)
    rule = zero_events(found.n, found.df, assumed_deff=1.5)

    assert found.estimate == 0.0
    assert not isinstance(rule, NoFigure)
    assert interval_of(found.interval).upper == pytest.approx(rule.interval.upper)
    assert interval_of(found.interval).method is Method.ZERO_EVENTS
    assert found.decision is Decision.UNDECIDED
    assert found.decision_by_point is Decision.MET


def test_all_events_still_give_a_lower_bound() -> None:
    seen = households()
    everybody = np.ones(seen.village.size)

    found = proportion(seen.design, everybody)
    mirrored = proportion(seen.design, 1 - everybody)

    upper = interval_of(mirrored.interval).upper
    assert interval_of(found.interval).upper == 1.0
    assert interval_of(found.interval).lower == pytest.approx(1 - upper)


@pytest.mark.parametrize("method", [Method.LOGIT, Method.WILSON, Method.LIKELIHOOD])
def test_zero_events_without_the_rule_give_a_reason(method: Method) -> None:
    seen = households()

    found = proportion(seen.design, np.zeros(seen.village.size), terms=Terms(method))

    assert found.interval == NoFigure(Reason.NO_VARIATION)
    assert found.method == "survey.no_variation"


def test_one_cluster_in_a_stratum_is_refused_unless_a_rule_is_chosen() -> None:
    village = np.array([0, 0, 1, 1, 2, 2])
    stratum = np.array([0, 0, 0, 0, 1, 1])
    values = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 9.0])

    def design(rule: LonelyRule) -> object:
        sample = declare(6, ids=[village], strata=[stratum], lonely=rule)
        return mean(sample, values).se

    with pytest.raises(LonelyUnit, match="single sampling unit"):
        design(LonelyRule.FAIL)
    none, adjusted = design(LonelyRule.REMOVE), design(LonelyRule.ADJUST)
    assert number(none) < number(adjusted)
    assert number(design(LonelyRule.AVERAGE)) == pytest.approx(
        math.sqrt(2) * number(none)
    )


def test_domain_in_one_cluster_has_no_interval() -> None:
    seen = households()

    found = proportion(seen.design, seen.approves * 1.0, domain=seen.village == 3)

    assert (found.psus, found.df) == (1, 0)
    assert found.interval == NoFigure(Reason.NO_DEGREES_OF_FREEDOM)


def test_certainty_clusters_add_no_variance_at_the_first_stage() -> None:
    village = np.repeat(np.arange(6), 4)
    values = np.arange(24.0)
    frame = np.where(village < 3, 3.0, 30.0)
    stratum = (village >= 3).astype(int)

    sample = declare(24, ids=[village], strata=[stratum], fpc=[frame])
    certain = mean(sample, values, domain=village < 3)

    assert certain.se == 0.0
    assert number(mean(sample, values, domain=village >= 3).se) > 0


def test_strata_of_the_second_stage_reduce_the_variance_within() -> None:
    village = np.repeat(np.arange(4), 6)
    household = np.arange(24)
    group = np.tile([0, 0, 0, 1, 1, 1], 4)
    values = group * 10.0 + np.tile([0.0, 1.0, 2.0], 8)
    sizes = [np.full(24, 4.0), np.full(24, 30.0)]
    plain = declare(24, ids=[village, household], fpc=sizes, weights=np.full(24, 5.0))
    whole = np.zeros(24, dtype=int)
    split = declare(
        24,
        ids=[village, household],
        strata=[whole, group],
        fpc=sizes,
        weights=np.full(24, 5.0),
    )

    assert number(mean(split, values).se) < number(mean(plain, values).se)


def test_household_rates_are_not_person_rates() -> None:
    seen = households()
    people = ratio(
        seen.design, seen.persons * seen.wrong, seen.persons, domain=seen.exited
    )
    homes = proportion(seen.design, seen.wrong * 1.0, domain=seen.exited)

    by_hand = np.sum((seen.weight * seen.persons * seen.wrong)[seen.exited])
    by_hand /= np.sum((seen.weight * seen.persons)[seen.exited])
    assert people.estimate == pytest.approx(by_hand)
    assert people.estimate != pytest.approx(number(homes.estimate))


def test_replacement_households_bring_no_weight_of_their_own() -> None:
    weights = np.array([10.0, 10.0, 10.0, 10.0])
    outcomes = [Outcome.RESPONDED, Outcome.RESPONDED, Outcome.NONRESPONSE]
    outcomes.append(Outcome.REPLACEMENT)
    cells = np.zeros(4, dtype=int)

    adjusted = nonresponse_weights(weights, outcomes, cells)

    assert adjusted.sum() == pytest.approx(30.0)
    assert response_rate(weights, outcomes) == pytest.approx(2 / 3)


def test_nonresponse_is_spread_within_its_cell_and_an_empty_cell_is_named() -> None:
    weights = np.array([2.0, 2.0, 5.0, 5.0])
    answers = [Outcome.RESPONDED, Outcome.NONRESPONSE] * 2
    cells = np.array([0, 0, 1, 1])

    adjusted = nonresponse_weights(weights, answers, cells)

    assert adjusted.tolist() == [4.0, 0.0, 10.0, 0.0]
    silent = [Outcome.RESPONDED] * 2 + [Outcome.NONRESPONSE] * 2
    with pytest.raises(WeightingImpossible, match="cell 1"):
        nonresponse_weights(weights, silent, cells)


def test_weight_total_is_held_against_the_frame() -> None:
    check_weight_total(np.full(10, 99.5), 1000.0)

    with pytest.raises(WeightingImpossible, match="995"):
        check_weight_total(np.full(10, 99.5), 1500.0)


def test_group_with_probability_zero_is_named_in_the_result() -> None:
    groups = ["low_income", "general", "general", "ill"]
    missing = uncovered_groups(groups, np.array([0.2, 0.0, 0.0, 0.1]))
    seen = households()
    measures = {"y": Measure(seen.missed * 1.0), "x": Measure(~seen.exited * 1.0)}

    found = rates.rate(
        ArraySample(seen.design, measures), "y", "x", not_covered=missing
    )

    assert found.not_covered == ("general",)


def test_missing_values_lie_outside_a_domain_and_leave_the_design_alone() -> None:
    village = np.repeat(np.arange(6), 2)
    values = np.array([1.0, 2.0] * 5 + [np.nan, np.nan])
    known = ~np.isnan(values)
    whole = declare(12, ids=[village])
    cut = declare(10, ids=[village[known]])

    kept = mean(whole, values, domain=known)
    dropped = mean(cut, values[known])

    assert mean(whole, values).estimate == NoFigure(Reason.MISSING_VALUES)
    assert kept.estimate == dropped.estimate
    assert domain_size(whole).df == domain_size(cut).df + 1
    spread = declare(12, ids=[village], weights=np.linspace(1, 3, 12))
    narrow = declare(10, ids=[village[known]], weights=np.linspace(1, 3, 12)[known])
    assert number(mean(spread, values, domain=known).se) != pytest.approx(
        number(mean(narrow, values[known]).se)
    )


def test_n_counts_households_not_persons() -> None:
    seen = households(wrong_rate=0.0)
    measures = rates.household_measures(
        seen.exited, ~seen.exited, seen.persons, seen.wrong, seen.missed
    )

    found = rates.rate(ArraySample(seen.design, measures), "wrong", "exited")

    assert found.estimate.n == int(seen.exited.sum())
    assert found.denominator == seen.persons[seen.exited].sum()
    rule = zero_events(found.estimate.n, found.estimate.df)
    assert not isinstance(rule, NoFigure)
    upper = interval_of(found.estimate.interval).upper
    assert upper == pytest.approx(rule.interval.upper)


def test_order_of_rows_changes_no_estimate() -> None:
    seen = households()
    order = np.random.default_rng(5).permutation(seen.village.size)
    shuffled = declare(
        order.size,
        ids=[seen.village[order]],
        strata=[seen.stratum[order]],
        weights=seen.weight[order],
    )

    first = proportion(seen.design, seen.approves * 1.0)
    second = proportion(shuffled, seen.approves[order] * 1.0)

    assert number(first.estimate) == pytest.approx(number(second.estimate), rel=1e-13)
    assert number(first.se) == pytest.approx(number(second.se), rel=1e-12)


def test_unit_of_size_zero_cannot_be_drawn_by_size() -> None:
    assert inclusion_probabilities([0, 5, 5], 1)[0] == 0
    with pytest.raises(SizeUnusable):
        inclusion_probabilities([-1, 5, 5], 1)


def test_terms_chosen_after_the_result_do_not_match_the_fixed_plan() -> None:
    plan = AnalysisPlan({"wrong_exit_rate": Terms(RATE_TERMS.method, threshold=BELOW)})
    fixed = plan.fingerprint

    plan.verify(fixed)

    milder = Threshold(0.03, Direction.BELOW, strict=True)
    changed = AnalysisPlan(
        {"wrong_exit_rate": Terms(RATE_TERMS.method, threshold=milder)}
    )
    with pytest.raises(PlanChanged):
        changed.verify(fixed)


def test_eight_domains_at_once_widen_each_interval() -> None:
    seen = households()
    joint = Terms(Method.KORN_GRAUBARD, bonferroni_level(0.95, 8))

    single = interval_of(proportion(seen.design, seen.approves * 1.0).interval)
    eight = proportion(seen.design, seen.approves * 1.0, terms=joint).interval

    assert interval_of(eight).lower < single.lower
    assert interval_of(eight).upper > single.upper


def test_income_equal_to_the_line_is_poor_unless_strict() -> None:
    design = declare(4)
    incomes = Incomes.of(design, np.array([1000.0, 4000.0, 4000.5, 9000.0]))

    at_or_below, below = fgt(incomes, 4000, 0), fgt(incomes, 4000, 0, strict=True)

    assert not isinstance(at_or_below, NoFigure)
    assert not isinstance(below, NoFigure)
    assert (at_or_below.value, below.value) == (0.5, 0.25)


@pytest.mark.parametrize("income", [0.0, -10.0])
def test_incomes_not_positive_have_no_entropy_or_atkinson_index(income: float) -> None:
    design = declare(3)
    incomes = Incomes.of(design, np.array([income, 10.0, 20.0]))

    refused = NoFigure(Reason.NON_POSITIVE_VALUES)
    assert generalized_entropy(incomes, 1) == refused
    assert atkinson(incomes, 1) == refused
    assert indicator_estimate(design, refused).estimate == refused


def test_equal_scores_count_half_in_the_auc() -> None:
    outcome = np.array([True, True, False, False])

    same = auc(outcome, np.full(4, 0.5))
    sorted_ = auc(outcome, np.array([0.9, 0.5, 0.5, 0.1]))

    assert not isinstance(same, NoFigure)
    assert not isinstance(sorted_, NoFigure)
    assert (same.auc, sorted_.auc) == (0.5, 0.875)


def test_calibration_drift_shows_in_the_intercept_by_period() -> None:
    rng = np.random.default_rng(3)
    score = rng.uniform(0.05, 0.5, 4000)
    later = np.arange(4000) >= 2000
    outcome = rng.random(4000) < np.where(later, score / 2, score)

    found = calibration_by_period(outcome, score, np.where(later, 2021, 2020).tolist())

    early, late = found[2020], found[2021]
    assert not isinstance(early, NoFigure)
    assert not isinstance(late, NoFigure)
    assert abs(early.intercept) < 0.2
    assert late.intercept < -0.5


def test_error_rates_are_shown_by_group() -> None:
    outcome = np.array([True, True, False, True, True, False])
    score = np.array([0.9, 0.8, 0.1, 0.9, 0.1, 0.1])

    found = targeting_by_group(outcome, score, 0.5, ["han"] * 3 + ["other"] * 3)

    assert found["han"].exclusion_error == 0.0
    assert found["other"].exclusion_error == 0.5
