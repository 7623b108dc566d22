"""Sums per primary sampling unit, made by DuckDB, as samples for the estimators.

A variance between clusters needs no rows, only each cluster's totals. One GROUP BY
turns millions of rows into thousands of sums for every domain at once; the second
moments it takes along give the design effects. Units of the second stage are not
told apart: variances are those of ultimate clusters, exact for first stages drawn
with replacement and cautious otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from duckdb import DuckDBPyConnection
from sqlglot import exp

from xiuhua.core.survey.figures import FloatArray, IntArray
from xiuhua.core.survey.linearization import Units, between_units
from xiuhua.core.survey.samples import DomainSize
from xiuhua.core.survey.sampling_design import DesignInvalid, LonelyRule, codes, cross


# A population without end: drawing counts as with replacement.
ENDLESS = exp.cast(exp.Literal.string("Infinity"), "DOUBLE")


@dataclass(frozen=True)
class Group:
    """The rows whose column holds one of the values."""

    column: str
    values: tuple[str | int, ...]

    def overlaps(self, other: Group) -> bool:
        """Test whether a row could belong to both groups."""
        same = self.column == other.column
        return not same or bool(set(self.values) & set(other.values))


@dataclass(frozen=True)
class Sum:
    """A measure to be summed: a column, or a count of rows, within a group or all."""

    name: str
    column: str | None = None
    group: Group | None = None


@dataclass(frozen=True)
class Layout:
    """Where a table or view keeps the design.

    `psu` numbers may start anew in every stratum. `frame` is the number of units
    the stratum has at the first stage; without it drawing counts as with
    replacement. `domain` splits the result, its units may cut across clusters.
    """

    relation: str
    psu: str
    stratum: str | None = None
    weight: str | None = None
    domain: str | None = None
    frame: str | None = None
    lonely: LonelyRule = LonelyRule.FAIL


@dataclass(frozen=True, eq=False)
class PsuSample:
    """A domain's sums per cluster; satisfies `samples.Sample`.

    `at` are the clusters with a row in the domain, as places in `units`; `sums` and
    `counts` have one row for each of them.
    """

    units: Units
    lonely: LonelyRule
    measures: tuple[Sum, ...]
    at: IntArray
    sums: FloatArray
    raw: FloatArray
    missing: IntArray
    counts: Mapping[Group | None, FloatArray]
    moments: FloatArray

    def total(self, name: str) -> float:
        """Return the weighted total of a measure."""
        return float(self.sums[:, self._place(name)].sum())

    def count(self, name: str) -> float:
        """Return the unweighted sum of a measure over the sample."""
        return float(self.raw[:, self._place(name)].sum())

    def size(self, names: Collection[str]) -> DomainSize:
        """Return the size of the joint domain of the measures.

        Raises:
            DesignInvalid: when different groups overlap, so that rows count twice.
        """
        counts = self._joint(names)
        inside = counts[:, 1] > 0
        return DomainSize(
            n=int(counts[:, 0].sum()),
            psus=int(inside.sum()),
            strata=int(np.unique(self.units.stratum[self.at[inside]]).size),
            weighted_n=int(counts[:, 1].sum()),
            weight=float(counts[:, 2].sum()),
        )

    def incomplete(self, names: Collection[str]) -> bool:
        """Test whether a measure has a missing value inside its domain."""
        return any(self.missing[self._place(name)] > 0 for name in names)

    def variance(self, coefficients: Mapping[str, float]) -> float:
        """Return the variance of a linear combination of totals between clusters."""
        size = self.units.stratum.size
        sums = np.zeros((size, 1))
        sums[self.at, 0] = self.sums @ self._vector(coefficients)
        domain = np.zeros(size, dtype=bool)
        domain[self.at] = self._joint(coefficients)[:, 0] > 0
        return float(between_units(self.units, sums, domain, self.lonely)[0, 0])

    def scatter(self, coefficients: Mapping[str, float]) -> float:
        """Return the weighted mean square of the combination's row values."""
        vector, size = self._vector(coefficients), self.size(coefficients)
        n, weight = size.weighted_n, size.weight
        if n < 2 or weight <= 0:
            return float("nan")
        mean = float((self.sums @ vector).sum()) / weight
        square = float(vector @ self.moments @ vector) / weight
        return n / (n - 1) * (square - mean * mean)

    def _place(self, name: str) -> int:
        return [m.name for m in self.measures].index(name)

    def _vector(self, coefficients: Mapping[str, float]) -> FloatArray:
        vector = np.zeros(len(self.measures))
        for name, factor in coefficients.items():
            vector[self._place(name)] = factor
        return vector

    def _joint(self, names: Collection[str]) -> FloatArray:
        groups = list({self.measures[self._place(name)].group for name in names})
        if None in groups:
            return self.counts[None]
        for i, group in enumerate(groups):
            if any(group and other and group.overlaps(other) for other in groups[:i]):
                raise DesignInvalid("the groups of a joint domain overlap")
        return np.asarray(sum(self.counts[group] for group in groups))


def psu_samples(
    connection: DuckDBPyConnection, layout: Layout, measures: Sequence[Sum]
) -> dict[Any, PsuSample]:
    """Return one sample per domain (under the key None without domains).

    Raises:
        DesignInvalid: when a cluster, stratum, weight or frame size is missing.
    """
    measures = tuple(measures)
    groups = list(dict.fromkeys([None, *(m.group for m in measures)]))
    query = _query(layout, measures, groups).sql(dialect="duckdb")
    found = connection.execute(query).fetchnumpy()
    if np.any(found["unusable"] > 0):
        raise DesignInvalid("a design column has missing values or a negative weight")
    stratum = codes(np.asarray(found["stratum"]))
    unit = cross(stratum, codes(np.asarray(found["psu"])))
    units = _units(stratum, unit, np.asarray(found["frame"], dtype=np.float64))
    keys = np.ma.getdata(found["domain"])
    order = np.argsort(codes(keys), kind="stable")
    starts = np.flatnonzero(np.diff(codes(keys)[order], prepend=-1))
    return {
        (None if layout.domain is None else keys[rows[0]]): _sample(
            found, rows, unit, units, layout.lonely, measures, groups
        )
        for rows in np.split(order, starts[1:])
    }


def _units(stratum: IntArray, unit: IntArray, frame: FloatArray) -> Units:
    first = np.unique(unit, return_index=True)[1]
    drawn = np.bincount(stratum[first])[stratum[first]].astype(np.float64)
    if (frame[first] < drawn).any():
        raise DesignInvalid("more units were drawn than the population has")
    zeros = np.zeros(first.size, dtype=np.int64)
    return Units(stratum[first], drawn, frame[first], zeros, np.ones(first.size))


def _sample(
    found: Mapping[str, Any],
    rows: IntArray,
    unit: IntArray,
    units: Units,
    lonely: LonelyRule,
    measures: tuple[Sum, ...],
    groups: list[Group | None],
) -> PsuSample:
    """Cut one domain out of the grouped sums."""

    def columns(prefix: str, number: int) -> FloatArray:
        parts = [np.asarray(found[f"{prefix}{i}"])[rows] for i in range(number)]
        return np.stack(parts, axis=1).astype(np.float64)

    k = len(measures)
    moments = np.zeros((k, k))
    for i in range(k):
        for j in range(i + 1):
            if f"moment{i}_{j}" in found:
                moments[i, j] = moments[j, i] = found[f"moment{i}_{j}"][rows].sum()
    return PsuSample(
        units,
        lonely,
        measures,
        unit[rows],
        columns("sum", k),
        columns("raw", k),
        columns("missing", k).sum(axis=0).astype(np.int64),
        {g: columns(f"group{i}_", 3) for i, g in enumerate(groups)},
        moments,
    )


def _query(
    layout: Layout, measures: tuple[Sum, ...], groups: list[Group | None]
) -> exp.Select:
    """Build the one GROUP BY: design columns, group counts, sums and moments."""
    weight = _column(layout.weight) if layout.weight else exp.Literal.number(1)
    stratum = _column(layout.stratum) if layout.stratum else exp.Literal.number(0)
    domain = _column(layout.domain) if layout.domain else exp.Literal.number(0)
    frame = _column(layout.frame) if layout.frame else ENDLESS
    keys = {"domain": domain, "stratum": stratum, "psu": _column(layout.psu)}
    fields = [v.copy().as_(k) for k, v in keys.items()]
    fields.append(_sum(frame, aggregate=exp.Min).as_("frame"))
    fields.append(_unusable(weight, frame, keys).as_("unusable"))
    for i, group in enumerate(groups):
        fields += _group_counts(i, group, weight)
    for i, measure in enumerate(measures):
        fields += _measure_sums(i, measure, weight)
        fields += _moments(i, measures, weight)
    source = exp.to_table(layout.relation)
    return exp.select(*fields).from_(source).group_by("1", "2", "3")


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _sum(of: exp.Expr, aggregate: type[exp.AggFunc] = exp.Sum) -> exp.Expr:
    return aggregate(this=exp.cast(of.copy(), "DOUBLE"))


def _when(condition: exp.Expr, then: exp.Expr | None = None) -> exp.Expr:
    """Return the value where the condition holds, else zero."""
    value = exp.Literal.number(1) if then is None else then.copy()
    return exp.case().when(condition.copy(), value).else_(exp.Literal.number(0))


def _unusable(
    weight: exp.Expr, frame: exp.Expr, keys: Mapping[str, exp.Expr]
) -> exp.Expr:
    """Count rows with a design value missing, or a weight below zero."""
    empty: list[exp.Expr] = [
        value.copy().is_(exp.null()) for value in (weight, frame, *keys.values())
    ]
    negative = exp.LT(this=weight.copy(), expression=exp.Literal.number(0))
    return _sum(_when(exp.or_(*empty, negative)))


def _belongs(group: Group | None) -> exp.Expr:
    if group is None:
        return exp.true()
    return _column(group.column).isin(*group.values)


def _group_counts(i: int, group: Group | None, weight: exp.Expr) -> list[exp.Expr]:
    inside = _belongs(group)
    weighted = exp.and_(
        inside.copy(), exp.GT(this=weight.copy(), expression=exp.Literal.number(0))
    )
    return [
        _sum(_when(inside)).as_(f"group{i}_0"),
        _sum(_when(weighted)).as_(f"group{i}_1"),
        _sum(_when(inside, weight)).as_(f"group{i}_2"),
    ]


def _value(measure: Sum) -> exp.Expr:
    """Return a measure's value per row, zero outside its group or where missing."""
    if measure.column is None:
        return _when(_belongs(measure.group))
    known = exp.func("coalesce", _column(measure.column), exp.Literal.number(0))
    return _when(_belongs(measure.group), known)


def _measure_sums(i: int, measure: Sum, weight: exp.Expr) -> list[exp.Expr]:
    value = _value(measure)
    gap: exp.Expr = exp.false()
    if measure.column is not None:
        empty = _column(measure.column).is_(exp.null())
        gap = exp.and_(_belongs(measure.group), empty)
    return [
        _sum(exp.Mul(this=weight.copy(), expression=value)).as_(f"sum{i}"),
        _sum(_value(measure)).as_(f"raw{i}"),
        _sum(_when(gap)).as_(f"missing{i}"),
    ]


def _moments(i: int, measures: tuple[Sum, ...], weight: exp.Expr) -> list[exp.Expr]:
    """Return second moments with the measures before; disjoint groups have none."""
    first, fields = measures[i], []
    for j, second in enumerate(measures[: i + 1]):
        if first.group and second.group and not first.group.overlaps(second.group):
            continue
        product = exp.Mul(this=_value(first), expression=_value(second))
        weighted = exp.Mul(this=weight.copy(), expression=product)
        fields.append(_sum(weighted).as_(f"moment{i}_{j}"))
    return fields
