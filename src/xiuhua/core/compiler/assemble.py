"""A standard → the tuple of named steps an engine runs: person → household → village.

Each step is one SELECT over tables of earlier steps; no step knows the next. A step
named `<level>__judged` holds one row per row of the level with all verdicts; the
`regions` step adds everything up to villages, townships and counties by code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from sqlglot import expressions as exp

from xiuhua.core.compiler.aggregates import ROWS, AggregateColumns
from xiuhua.core.compiler.lower import Lowering
from xiuhua.core.compiler.numbers import value_when_exact
from xiuhua.core.compiler.rollup import region_query
from xiuhua.core.compiler.sql import (
    Sql,
    as_bigint,
    as_tinyint,
    binary,
    bracketed,
    column,
    function,
    negation,
    table,
    when,
    whole,
)
from xiuhua.core.dictionary.model import Dictionary
from xiuhua.core.standards.binder import LEVEL_BELOW, OVERALL
from xiuhua.core.standards.expressions import (
    BOOLEAN,
    Aggregate,
    Constant,
    FieldRef,
    Node,
    VerdictRef,
)
from xiuhua.core.standards.model import Indicator
from xiuhua.core.standards.reader import LEVELS
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.standards.typing import number
from xiuhua.core.truth import Verdict


PARENT_KEY: Final = {"person": "household_id", "household": "village_code"}
COUNT_PERSONS: Final = Aggregate(
    number(3, nonnegative=True), "count", "person", None, None
)
N_PERSONS: Final = "n_persons"
# What the roll-up by region needs of a household and of a village besides verdicts.
_ROLLED_UP: Final = {
    "household": ("exit_status",),
    "village": ("agricultural_population",),
}


@dataclass(frozen=True)
class Step:
    """One named SELECT; `kept` steps are results a caller reads."""

    name: str
    query: exp.Select | exp.Union
    kept: bool = False


@dataclass(frozen=True)
class Plan:
    """All steps in order, and the columns read and kept of each table."""

    standard: Standard
    steps: tuple[Step, ...]
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    keeps: dict[str, tuple[str, ...]] = field(default_factory=dict)


def verdict_column(indicator: str) -> str:
    """Return the column that holds the verdict of an indicator, as a whole number."""
    return f"v_{indicator}"


def result_column(derived: str) -> str:
    """Return the column that holds a derived field written to results."""
    return f"r_{derived}"


def assemble(standard: Standard, dictionary: Dictionary) -> Plan:
    """Return the plan that judges all levels of a standard in one pass over each."""
    builder = _Builder(standard, dictionary)
    levels = ["household"]
    if standard.top_level in ("village", "county"):
        levels.append("village")
    steps = [step for level in levels for step in builder.steps(level)]
    steps.append(Step("regions", region_query(standard, levels), kept=True))
    return Plan(standard, tuple(steps), builder.reads, builder.keeps)


class _Builder:
    """Builds the steps of one level after the other, lowest first."""

    def __init__(self, standard: Standard, dictionary: Dictionary):
        self._standard = standard
        self._dictionary = dictionary
        self.reads: dict[str, tuple[str, ...]] = {}
        self.keeps: dict[str, tuple[str, ...]] = {}

    def steps(self, level: str) -> Iterator[Step]:
        """Yield the steps of a level: the level below added up, then the judgement."""
        below = LEVEL_BELOW[level]
        columns = AggregateColumns(self._aggregates(level))
        if below == "person":
            yield Step("person__judged", self._person_query(columns))
        yield Step(f"{level}__counts", self._counts_query(level, columns))
        yield Step(f"{level}__facts", self._facts_query(level, columns))
        yield Step(f"{level}__verdicts", self._verdicts_query(level, columns))
        yield Step(f"{level}__judged", self._overall_query(level), kept=True)

    # what a level needs -----------------------------------------------------------

    def _nodes(self, level: str) -> Iterator[Node]:
        for item in self._standard.indicators_of(level):
            yield from item.applies.walk()
            yield from item.met.walk()
        for derived in self._standard.results_of(level):
            yield from derived.node.walk()

    def _aggregates(self, level: str) -> tuple[Aggregate, ...]:
        """Counts and sums over the rows below a level, asked for by rules of any level.

        A village that sums what households count needs the households' counts too.
        """
        found = {n: None for n in self._every_node() if isinstance(n, Aggregate)}
        if level == "household":
            found[COUNT_PERSONS] = None
        return tuple(a for a in found if a.level == LEVEL_BELOW[level])

    def _every_node(self) -> Iterator[Node]:
        for level in LEVELS:
            yield from self._nodes(level)

    def _counts_needed_above(self, level: str) -> list[Sql]:
        """Columns of a level's own counts that the level above looks into."""
        columns = AggregateColumns(self._aggregates(level))
        inner = [n for n in self._inner_nodes(level) if isinstance(n, Aggregate)]
        names = (name for a in inner for name in columns.columns_of(a))
        return [column(name) for name in dict.fromkeys(names)]

    def _inner_nodes(self, level: str) -> Iterator[Node]:
        """Yield what stands inside the counts and sums over a level."""
        above = next((a for a, b in LEVEL_BELOW.items() if b == level), "")
        for aggregate in self._aggregates(above) if above else ():
            for part in (aggregate.where, aggregate.value):
                if part is not None:
                    yield from part.walk()

    def _fields(self, level: str, nodes: Iterable[Node]) -> tuple[str, ...]:
        names = {n.name for n in nodes if isinstance(n, FieldRef) and n.level == level}
        order = self._dictionary.level(level).by_name
        return tuple(name for name in order if name in names)

    def _own_fields(self, level: str) -> tuple[str, ...]:
        fields = dict.fromkeys(self._fields(level, self._nodes(level)))
        fields |= dict.fromkeys(self._fields(level, self._inner_nodes(level)))
        fields |= dict.fromkeys(_ROLLED_UP.get(level, ()))
        return tuple(fields)

    def _kept_fields(self, level: str) -> tuple[str, ...]:
        """Fields of a judged row that are kept: keys and what is asked for above."""
        names = dict.fromkeys((self._dictionary.level(level).key,))
        names |= dict.fromkeys((PARENT_KEY[level],) if level in PARENT_KEY else ())
        names |= dict.fromkeys(self._fields(level, self._inner_nodes(level)))
        names |= dict.fromkeys(_ROLLED_UP.get(level, ()))
        return tuple(names)

    def _rest_of_codes(
        self, codes: str, options: tuple[str, ...]
    ) -> tuple[str, ...] | None:
        known = self._dictionary.code_lists.get(codes)
        if known is None:
            return None
        return tuple(c.code for c in known.codes if c.code not in options)

    # persons ----------------------------------------------------------------------

    def _person_query(self, columns: AggregateColumns) -> exp.Select:
        parent = column(PARENT_KEY["person"])
        lowering = Lowering({}, verdict_column, self._rest_of_codes)
        rules = self._standard.indicators_of("person")
        names = [column(verdict_column(i.id)) for i in rules]
        verdicts = [
            _verdict_sql(i, lowering).as_(name.name, copy=False)
            for i, name in zip(rules, names, strict=True)
        ]
        parts = columns.row_parts("person", lowering)
        fields = dict.fromkeys((parent.name, *self._own_fields("person")))
        self.reads["person"] = tuple(fields)
        if not any(isinstance(n, VerdictRef) for n in self._inner_nodes("person")):
            return _select([parent, *verdicts, *parts], "person")
        judged = _select([exp.Star(), *verdicts], "person").subquery(
            "judged", copy=False
        )
        worst = (
            [_least(names).as_(verdict_column(OVERALL), copy=False)] if names else []
        )
        overall = (
            exp.select(exp.Star(), *worst, copy=False)
            .from_(judged, copy=False)
            .subquery("overall", copy=False)
        )
        return exp.select(parent, *names, *parts, copy=False).from_(overall, copy=False)

    # counts of the level below ----------------------------------------------------

    def _counts_query(self, level: str, columns: AggregateColumns) -> exp.Select:
        below = LEVEL_BELOW[level]
        parent = PARENT_KEY[below]
        items: list[Sql] = [column(parent).as_(f"{level}__key", copy=False)]
        source: exp.Table | exp.Subquery = table(f"{below}__judged")
        if below == "person":
            items += [
                exp.Min(this=column(verdict_column(i.id))).as_(
                    verdict_column(i.id), copy=False
                )
                for i in self._standard.indicators_of(below)
            ]
        else:
            parts = columns.row_parts(below, self._lowering_of_judged(below))
            inner = [column(parent), *parts]
            source = _select(inner, f"{below}__judged").subquery("judged", copy=False)
        items += columns.group_parts()
        query = exp.select(*items, copy=False).from_(source, copy=False)
        return query.group_by(column(parent), copy=False)

    def _lowering_of_judged(self, level: str) -> Lowering:
        """Expressions over a judged level find their own counts as columns there."""
        counts = AggregateColumns(self._aggregates(level)).values()
        return Lowering(counts, verdict_column, self._rest_of_codes)

    # the level itself ---------------------------------------------------------------

    def _facts_query(self, level: str, columns: AggregateColumns) -> exp.Select:
        key = self._dictionary.level(level).key
        fields = self._own_fields(level)
        parent = PARENT_KEY.get(level)
        names = dict.fromkeys((key, *((parent,) if parent else ()), *fields))
        self.reads[level] = tuple(names)
        items: list[Sql] = [
            exp.column(exp.to_identifier(n, quoted=True), table=level) for n in names
        ]
        items += columns.after_join()
        if level == "household":
            items += [
                _all_persons(verdict_column(i.id))
                for i in self._standard.indicators_of("person")
            ]
        on = exp.EQ(
            this=exp.column(exp.to_identifier(key, quoted=True), table=level),
            expression=exp.column(exp.to_identifier(f"{level}__key", quoted=True)),
        )
        return (
            exp.select(*items, copy=False)
            .from_(table(level), copy=False)
            .join(table(f"{level}__counts"), on=on, join_type="left", copy=False)
        )

    def _verdicts_query(self, level: str, columns: AggregateColumns) -> exp.Select:
        lowering = Lowering(columns.values(), verdict_column, self._rest_of_codes)
        items: list[Sql] = [exp.Star()]
        items += [
            _verdict_sql(i, lowering).as_(verdict_column(i.id), copy=False)
            for i in self._standard.indicators_of(level)
        ]
        for derived in self._standard.results_of(level):
            number_ = lowering.number(derived.node)
            value = value_when_exact(number_, derived.decimals or 0)
            items.append(as_bigint(value).as_(result_column(derived.name), copy=False))
        return _select(items, f"{level}__facts")

    def _overall_query(self, level: str) -> exp.Select:
        """What is kept: fields, verdicts and results, not the counts behind them."""
        standard = self._standard
        order = sorted(standard.shown_at(level), key=lambda i: i.level == level)
        shown = [column(verdict_column(i.id)) for i in order]
        self.keeps[level] = self._kept_fields(level)
        items: list[Sql] = [column(name) for name in (*self.keeps[level], ROWS)]
        items += self._counts_needed_above(level)
        items += shown
        items += [column(result_column(d.name)) for d in standard.results_of(level)]
        if shown:
            items.append(_least(shown).as_(verdict_column(OVERALL), copy=False))
        return _select(items, f"{level}__verdicts")


def _select(items: list[Sql], source: str) -> exp.Select:
    return exp.select(*items, copy=False).from_(table(source), copy=False)


def _least(verdicts: list[Sql]) -> Sql:
    # LEAST takes two at least on some engines.
    return verdicts[0].copy() if len(verdicts) == 1 else function("LEAST", *verdicts)


def _verdict_sql(indicator: Indicator, lowering: Lowering) -> Sql:
    """unmet 0 < unknown 1 < met 2 < not applicable 3, so that MIN is *all*.

    A truth is turned into a number, so that a rule is worked out once per row:
    false 0, true 2, and NULL becomes 1.
    """
    met = lowering.condition(indicator.met)
    doubled = binary(exp.Mul, exp.cast(bracketed(met), "tinyint"), whole(2))
    unknown = whole(Verdict.UNKNOWN.value)
    found = exp.Coalesce(this=doubled, expressions=[unknown])
    if indicator.applies == Constant(BOOLEAN, True):
        return as_tinyint(found)
    applies = lowering.condition(indicator.applies)
    return as_tinyint(
        when(
            (negation(applies), whole(Verdict.NOT_APPLICABLE.value)),
            (applies, found),
            (met, whole(Verdict.MET.value)),
            otherwise=unknown,
        )
    )


def _all_persons(name: str) -> Sql:
    """A household without persons is unknown wherever a rule looks at persons."""
    unknown = as_tinyint(whole(Verdict.UNKNOWN.value))
    return exp.Coalesce(this=column(name), expressions=[unknown]).as_(name, copy=False)
