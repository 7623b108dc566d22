"""The roll-up over the region tree by code prefix: village, township, county.

Households and persons by exit status, agricultural population, poverty incidence and
the tally of verdicts. A region with an unknown part has an unknown sum, never less.
"""

from __future__ import annotations

from typing import Final

from sqlglot import expressions as exp

from xiuhua.core.compiler.numbers import Ratio, plain_compare, round_ratio
from xiuhua.core.compiler.sql import (
    Sql,
    as_bigint,
    column,
    is_null,
    null,
    table,
    text,
    when,
    whole,
)
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.truth import Verdict


INCIDENCE_DECIMALS: Final = 8
ROLLUP_LEVELS: Final = ("county", "township", "village")
COUNTS: Final = (
    "households",
    "persons",
    "exited_households",
    "exited_persons",
    "remaining_households",
    "remaining_persons",
)


def tally_column(indicator: str, verdict: Verdict) -> str:
    """Return the column that counts the households with a verdict.

    >>> tally_column("income", Verdict.NOT_APPLICABLE)
    'income_not_applicable'
    """
    return f"{indicator}_{verdict.word}"


def region_query(standard: Standard, levels: list[str]) -> exp.Select:
    """Return the query with one row per county, township and village."""
    shown = [i.id for i in standard.shown_at("household")]
    indicators = [*shown, OVERALL] if shown else []
    tallies = [tally_column(i, v) for i in indicators for v in Verdict]
    village = _village_query(indicators, tallies, with_villages="village" in levels)
    ctes = (
        exp.select(exp.Star(), copy=False)
        .from_(table("regions__sums"), copy=False)
        .with_("regions__villages", as_=village, copy=False)
    )
    parts = [_level_query(level, tallies) for level in ROLLUP_LEVELS]
    union = exp.union(
        parts[0],
        exp.union(parts[1], parts[2], distinct=False, copy=False),
        distinct=False,
    )
    query = ctes.with_("regions__sums", as_=union, copy=False)
    names = ["region", *COUNTS, "agricultural_population"]
    items: list[Sql] = [column(name) for name in names]
    items.append(_incidence().as_("poverty_incidence", copy=False))
    items += [column(name) for name in tallies]
    return query.select(*items, append=False, copy=False)


def _village_query(
    indicators: list[str], tallies: list[str], *, with_villages: bool
) -> exp.Select:
    """One row per village: households added up beside the village's own figures."""
    households = exp.select(
        column("village_code").as_("code", copy=False),
        *_status_counts(),
        *(
            _count_verdict(column(f"v_{i}"), v).as_(tally_column(i, v), copy=False)
            for i in indicators
            for v in Verdict
        ),
    )
    households = households.from_(table("household__judged"), copy=False).group_by(
        column("village_code"), copy=False
    )
    if not with_villages:
        unknown = exp.cast(null(), "bigint").as_("agricultural_population", copy=False)
        return exp.select(exp.Star(), unknown, copy=False).from_(
            households.subquery("sums", copy=False)
        )
    villages = exp.select(
        column("village_code").as_("village_key", copy=False),
        column("agricultural_population"),
        copy=False,
    ).from_(table("village__judged"), copy=False)
    names = [*COUNTS, *tallies]
    return (
        exp.select(
            exp.Coalesce(this=column("village_key"), expressions=[column("code")]).as_(
                "code", copy=False
            ),
            *(
                exp.Coalesce(this=column(n), expressions=[whole(0)]).as_(n, copy=False)
                for n in names
            ),
            column("agricultural_population"),
            copy=False,
        )
        .from_(villages.subquery("villages", copy=False))
        .join(
            households.subquery("sums", copy=False),
            on=plain_compare("=", column("village_key"), column("code")),
            join_type="full",
            copy=False,
        )
    )


def _status_counts() -> list[Sql]:
    persons = column("n_rows")
    items: list[Sql] = [
        as_bigint(exp.Count(this=exp.Star())).as_("households", copy=False),
        as_bigint(exp.Sum(this=persons)).as_("persons", copy=False),
    ]
    for name, status in (("exited", "exited"), ("remaining", "not_exited")):
        is_status = plain_compare("=", column("exit_status"), text(status))
        counted = when((is_status, persons), otherwise=whole(0))
        items.append(
            _count_if(column("exit_status"), text(status)).as_(
                f"{name}_households", copy=False
            )
        )
        items.append(
            as_bigint(exp.Sum(this=counted)).as_(f"{name}_persons", copy=False)
        )
    return items


def _count_verdict(item: Sql, verdict: Verdict) -> Sql:
    # A verdict is never NULL, so the truth itself can be summed: half the time of CASE.
    is_verdict = plain_compare("=", item, whole(verdict.value))
    return as_bigint(exp.Sum(this=exp.cast(is_verdict, "int")))


def _count_if(item: Sql, value: Sql) -> Sql:
    is_value = plain_compare("=", item, value)
    return as_bigint(exp.Sum(this=when((is_value, whole(1)), otherwise=whole(0))))


def _level_query(level: str, tallies: list[str]) -> exp.Select:
    length = LENGTH_BY_LEVEL[level]
    code = exp.Substring(this=column("code"), start=whole(1), length=whole(length))
    sums = [
        as_bigint(exp.Sum(this=column(name))).as_(name, copy=False)
        for name in (*COUNTS, *tallies)
    ]
    gaps = exp.Max(
        this=when(
            (is_null(column("agricultural_population")), whole(1)), otherwise=whole(0)
        )
    )
    population = when(
        (
            plain_compare("=", gaps, whole(0)),
            as_bigint(exp.Sum(this=column("agricultural_population"))),
        )
    )
    placed = plain_compare("=", exp.Length(this=column("code")), whole(12))
    return (
        exp.select(
            code.as_("region", copy=False),
            *sums,
            population.as_("agricultural_population", copy=False),
        )
        .from_(table("regions__villages"), copy=False)
        .where(placed, copy=False)
        .group_by(code.copy(), copy=False)
    )


def _incidence() -> Sql:
    population = exp.Nullif(this=column("agricultural_population"), expression=whole(0))
    ratio = Ratio(column("remaining_persons"), 0, population)
    return round_ratio(ratio, INCIDENCE_DECIMALS)
