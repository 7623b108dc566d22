"""Sums made by DuckDB give the same figures as the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from tests.core.survey.samples import Households, households

from xiuhua.core.survey.estimators import Estimate, Terms, ratio_estimate
from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.intervals import Interval, Method
from xiuhua.core.survey.psu_totals import Group, Layout, PsuSample, Sum, psu_samples
from xiuhua.core.survey.rates import Population, comprehensive_incidence, rate
from xiuhua.core.survey.samples import ArraySample, Measure
from xiuhua.core.survey.sampling_design import DesignInvalid, declare


EXITED, OFF = Group("state", ("exited",)), Group("state", ("off",))
SUMS = (
    Sum("wrong", "wrong_persons", EXITED),
    Sum("exited", "persons", EXITED),
    Sum("missed", "missed_persons", OFF),
    Sum("unregistered", "persons", OFF),
    Sum("approving", "approves"),
    Sum("asked"),
)
LAYOUT = Layout("seen", "village", "stratum", "weight", "county", "frame")
PEOPLE = Population(400.0, 9000.0, 40000.0, 52000.0)


def table(seen: Households) -> pa.Table:
    n = seen.village.size
    return pa.table(
        {
            "village": [f"v{v}" for v in seen.village],
            "stratum": seen.stratum,
            "weight": seen.weight,
            "county": np.where(np.arange(n) % 20 < 9, "A", "B"),
            "frame": np.full(n, 30),
            "state": np.where(seen.exited, "exited", "off"),
            "persons": seen.persons,
            "wrong_persons": seen.persons * seen.wrong,
            "missed_persons": seen.persons * seen.missed,
            "approves": seen.approves,
        }
    )


def by_rows(seen: Households, county: str) -> ArraySample:
    n = seen.village.size
    inside = (np.arange(n) % 20 < 9) == (county == "A")
    out, off = inside & seen.exited, inside & ~seen.exited
    design = declare(
        n,
        ids=[seen.village],
        strata=[seen.stratum],
        weights=seen.weight,
        fpc=[np.full(n, 30.0)],
    )
    measures = {
        "wrong": Measure(seen.persons * seen.wrong, out),
        "exited": Measure(seen.persons, out),
        "missed": Measure(seen.persons * seen.missed, off),
        "unregistered": Measure(seen.persons, off),
        "approving": Measure(seen.approves * 1.0, inside),
        "asked": Measure(np.ones(n), inside),
    }
    return ArraySample(design, measures)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def assert_same(first: Estimate, second: Estimate) -> None:
    for name in ("estimate", "se", "deff"):
        one, other = getattr(first, name), getattr(second, name)
        wanted = other if isinstance(other, NoFigure) else pytest.approx(other)
        assert one == wanted
    assert (first.n, first.psus, first.df) == (second.n, second.psus, second.df)
    assert isinstance(first.interval, Interval)
    assert isinstance(second.interval, Interval)
    assert first.interval.lower == pytest.approx(second.interval.lower, rel=1e-9)
    assert first.interval.upper == pytest.approx(second.interval.upper, rel=1e-9)
    assert first.method == second.method


@pytest.mark.parametrize("county", ["A", "B"])
@pytest.mark.parametrize("wrong_rate", [0.05, 0.0])
def test_domains_across_clusters_equal_the_rows(
    connection: duckdb.DuckDBPyConnection, county: str, wrong_rate: float
) -> None:
    seen = households(wrong_rate=wrong_rate)
    connection.register("seen", table(seen))
    rows, sums = by_rows(seen, county), psu_samples(connection, LAYOUT, SUMS)[county]
    terms = Terms(Method.KORN_GRAUBARD, assumed_deff=1.2)

    pairs = (("wrong", "exited"), ("missed", "unregistered"), ("approving", "asked"))
    for above, below in pairs:
        assert_same(
            rate(sums, above, below, terms).estimate,
            rate(rows, above, below, terms).estimate,
        )
    assert_same(
        comprehensive_incidence(sums, PEOPLE, terms).estimate,
        comprehensive_incidence(rows, PEOPLE, terms).estimate,
    )


def test_missing_values_inside_the_group_give_a_reason(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    seen = table(households())
    holes = pa.array([None, *seen["wrong_persons"].to_pylist()[1:]])
    place = seen.column_names.index("wrong_persons")
    connection.register("seen", seen.set_column(place, "wrong_persons", holes))
    state = seen["state"].to_pylist()[0]
    sums = (Sum("y", "wrong_persons", Group("state", (state,))), Sum("x"))

    sample = psu_samples(connection, Layout("seen", "village"), sums)[None]

    found = ratio_estimate(sample, "y", "x", Terms())
    assert found.estimate == NoFigure(Reason.MISSING_VALUES)


def test_missing_cluster_is_refused(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create table seen as select null as village, 1 as persons")

    with pytest.raises(DesignInvalid, match="missing"):
        psu_samples(connection, Layout("seen", "village"), [Sum("x", "persons")])


def test_names_are_quoted_not_run(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute('create table seen ("a""; drop table seen; --" int, p int)')
    connection.execute("insert into seen values (1, 2), (2, 4)")
    layout = Layout("seen", 'a"; drop table seen; --')

    sample = psu_samples(connection, layout, [Sum("x", "p")])[None]

    assert sample.total("x") == 6.0


def test_overlapping_groups_have_no_joint_size(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.register("seen", table(households()))
    sums = (Sum("y", "persons", EXITED), Sum("x", "persons", Group("stratum", (1,))))

    sample: PsuSample = psu_samples(connection, Layout("seen", "village"), sums)[None]

    with pytest.raises(DesignInvalid, match="overlap"):
        sample.size(("y", "x"))
