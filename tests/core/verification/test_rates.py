"""Rates and decisions on findings at every stage, with and without a draw."""

from __future__ import annotations

from datetime import date

import pytest
from tests.core.verification.making import REGION, line, other, read, village

from xiuhua.core.packs import load_pack
from xiuhua.core.survey.decisions import Decision
from xiuhua.core.survey.figures import NoFigure
from xiuhua.core.survey.zero_events import zero_events
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.basis import SampleTooSmall, plain_basis
from xiuhua.core.verification.judging import CountyJudge, NoCountyPack
from xiuhua.core.verification.rates import (
    APPROVAL,
    EXTRAPOLATED,
    MISSED,
    RAW,
    WRONG_EXIT,
    CountyTotals,
    Readings,
    reckon,
    terms_of,
)


TOTALS = CountyTotals(
    registered=12_000,
    exited=10_000,
    remaining=1_000,
    exited_households=3_000,
    remaining_households=300,
    agricultural=100_000,
    rural=UNKNOWN,
    unregistered_in_villages=9_000,
)
READINGS = Readings("checked", "agricultural")
VILLAGES = [village(k) for k in range(5)]


def judge(**given: str) -> CountyJudge:
    pack = load_pack("county_exit")
    return CountyJudge(pack, as_of=date(2020, 2, 25), region=REGION, given=given)


def reckoned(folder, rows, **more):
    basis = plain_basis(read(folder, rows).rows, VILLAGES)
    return reckon(basis, TOTALS, READINGS, terms_of(0.95, 2.0, weighted=False), **more)


def sheet(*changed: list[str]) -> list[list[str]]:
    rows = [line(k) for k in range(100)] + [other(k) for k in range(100, 160)]
    return [*changed, *rows[len(changed) :]]


def test_only_what_is_upheld_counts(tmp_path) -> None:
    rows = sheet(
        line(0, 核查结论="错退"),
        line(1, 核查结论="疑似错退"),
        line(2, 核查结论="疑似错退", 认定情况="已举证"),
        line(3, 核查结论="错退", 认定情况="不予认定"),
    )

    now = reckoned(tmp_path, rows)
    then = reckoned(tmp_path, rows, upheld=lambda r: r.is_upheld or r.is_open)

    assert (now.counts.wrong_exit_persons, now.counts.exited_persons) == (3, 300)
    assert then.counts.wrong_exit_persons == 9
    assert now.rates[WRONG_EXIT].estimate.estimate == pytest.approx(0.01)


def test_no_event_has_the_bound_of_the_declared_design_effect(tmp_path) -> None:
    found = reckoned(tmp_path, sheet()).rates[WRONG_EXIT].estimate

    expected = zero_events(100, 4, assumed_deff=2.0)
    assert not isinstance(expected, NoFigure)
    assert found.method == "zero_events"
    assert found.interval.upper == pytest.approx(expected.interval.upper)


def test_who_was_not_asked_is_not_counted(tmp_path) -> None:
    rows = sheet(line(0, 群众认可="否"), line(1, 群众认可=""))

    found = reckoned(tmp_path, rows)

    assert (found.counts.asked, found.counts.approving) == (159, 158)
    assert found.rates[APPROVAL].estimate.estimate == pytest.approx(158 / 159)


def test_nobody_unregistered_checked_leaves_the_composite_unknown(tmp_path) -> None:
    found = reckoned(tmp_path, [line(k) for k in range(50)])
    judged = judge().judge(found, TOTALS, weighted=False)

    assert isinstance(found.rates[MISSED].estimate.estimate, NoFigure)
    for name in (MISSED, EXTRAPOLATED, RAW):
        assert judged.rates[name].by_point is Decision.UNDECIDED
    assert judged.binding is Decision.UNDECIDED


def test_both_readings_of_the_composite_rate(tmp_path) -> None:
    found = reckoned(tmp_path, sheet(line(0, 核查结论="错退")))

    # 1,000 + 1 % of 10,000 exited + nothing missed; and 1,000 + 3 found.
    assert found.rates[EXTRAPOLATED].numerator == pytest.approx(1_100)
    assert found.rates[EXTRAPOLATED].estimate.estimate == pytest.approx(0.011)
    assert found.rates[RAW].numerator == 1_003


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Decision.UNMET),
        ({"wrong_exit_limit": "0.05"}, Decision.MET),
        ({"wrong_exit_limit": "0.03", "wrong_exit_comparator": "at_most"}, "met"),
        ({"veto": "main"}, Decision.MET),
        ({"binding_decision": "bound"}, Decision.UNDECIDED),
        ({"composite_reading": "raw"}, Decision.UNMET),
    ],
)
def test_choices_of_the_pack_decide(tmp_path, given, expected) -> None:
    three = [line(k, 核查结论="错退") for k in range(3)]

    judged = judge(**given).judge(
        reckoned(tmp_path, sheet(*three)), TOTALS, weighted=False
    )

    assert judged.binding == expected


def test_limit_of_the_interval_between_its_ends_is_undecided(tmp_path) -> None:
    found = reckoned(tmp_path, sheet(line(0, 核查结论="错退")))
    judged = judge().judge(found, TOTALS, weighted=False)

    interval = found.rates[WRONG_EXIT].estimate.interval
    assert interval.lower < 0.02 < interval.upper
    assert judged.rates[WRONG_EXIT].by_point is Decision.MET
    assert judged.rates[WRONG_EXIT].by_bound is Decision.UNDECIDED


def test_villages_as_denominator_give_a_count(tmp_path) -> None:
    rows = sheet(*[line(k) for k in range(100)], other(100, 核查结论="漏评"))
    basis = plain_basis(read(tmp_path, rows).rows, VILLAGES)

    found = reckon(
        basis,
        TOTALS,
        Readings("villages", "agricultural"),
        terms_of(0.95, 2.0, weighted=False),
    )

    assert found.rates[MISSED].estimate.estimate == pytest.approx(3 / 9_000)
    assert found.rates[MISSED].estimate.method == "survey.count_only"
    # 1,000 + 88,000 unregistered at that rate.
    assert found.rates[EXTRAPOLATED].numerator == pytest.approx(1_000 + 88_000 / 3_000)


def test_groups_and_villages_without_a_chance_are_named(tmp_path) -> None:
    rows = [line(k) for k in range(4)] + [other(4), other(5)]
    basis = plain_basis(read(tmp_path, rows).rows, [*VILLAGES, village(9)])

    named = {gap.group: gap for gap in basis.not_covered}

    assert "minimum_living" not in named
    assert {"disability", "illness", "no_labor", "ordinary"} < set(named)
    assert named["villages"].villages == 1


@pytest.mark.parametrize("rows", [[], [line(0), line(5)]])
def test_fewer_than_two_villages_are_refused(tmp_path, rows) -> None:
    with pytest.raises(SampleTooSmall):
        plain_basis(read(tmp_path, rows).rows, VILLAGES)


def test_a_pack_of_another_kind_is_refused() -> None:
    with pytest.raises(NoCountyPack):
        CountyJudge(
            load_pack("household_exit"),
            as_of=date(2020, 2, 25),
            region=REGION,
            given={},
        )
