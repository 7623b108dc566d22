"""The reference engine over whole registries: plain loops over plain rows.

Reads the Parquet tables, nests persons in households in villages, judges every row
with `Judge` and writes the kept steps as the SQL engines write them. It checks the
other engines and is meant for a county, not for a province.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.core.compiler.aggregates import ROWS
from xiuhua.core.compiler.assemble import (
    PARENT_KEY,
    Plan,
    result_column,
    verdict_column,
)
from xiuhua.core.compiler.rollup import (
    COUNTS,
    INCIDENCE_DECIMALS,
    ROLLUP_LEVELS,
    tally_column,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.base import Progress
from xiuhua.core.engines.memory import Judge, Judged
from xiuhua.core.engines.rows import judged_row
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.standards import semantics
from xiuhua.core.standards.binder import LEVEL_BELOW, OVERALL
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.tables import arrow_type
from xiuhua.core.truth import UNKNOWN, Verdict


_STATUS: Final = {"exited": "exited", "not_exited": "remaining"}


class MemoryEngine:
    """Judges a registry row by row in Python."""

    name = "memory"

    def run(
        self,
        plan: Plan,
        tables: Mapping[str, Path],
        out: Path,
        progress: Progress | None = None,
    ) -> dict[str, Path]:
        """Run all steps; see `Engine.run`."""
        out.mkdir(parents=True, exist_ok=True)
        rows: dict[str, list[Judged]] = {}
        for level, columns in plan.reads.items():
            below = rows.get(LEVEL_BELOW.get(level, ""), [])
            rows[level] = _read(level, columns, tables[level], below)
        judge = Judge(plan.standard)
        kept: dict[str, Path] = {}
        for step in (step for step in plan.steps if step.kept):
            if progress:
                progress(step.name)
            kept[step.name] = out / f"{step.name}.parquet"
            level = step.name.removesuffix("__judged")
            if level in rows:
                for row in rows[level]:
                    judge.judge(row)
                table = _judged_table(plan, level, rows[level])
            else:
                table = _region_table(plan.standard, rows)
            pq.write_table(table, kept[step.name])
        return kept


# reading -----------------------------------------------------------------------------


def _read(
    level: str, columns: tuple[str, ...], path: Path, below: list[Judged]
) -> list[Judged]:
    """Return the rows of a table, each with the rows below it."""
    present = [c for c in columns if c in pq.read_schema(path).names]
    known = load_dictionary().level(level)
    groups: defaultdict[Any, list[Judged]] = defaultdict(list)
    for row in below:
        groups[_known(row, PARENT_KEY[row.level])].append(row)
    groups.pop(None, None)
    return [
        judged_row(known, stored, groups.get(stored[known.key], ()))
        if known.key in present
        else judged_row(known, stored)
        for stored in pq.read_table(path, columns=present).to_pylist()
    ]


# judged levels -----------------------------------------------------------------------


def _judged_table(plan: Plan, level: str, rows: list[Judged]) -> pa.Table:
    """One row per row of the level: its fields, verdicts and results."""
    standard = plan.standard
    fields = load_dictionary().level(level).by_name
    columns: dict[str, pa.Array] = {}
    for name in plan.keeps[level]:
        stored = [_stored(_known(row, name), fields[name].scale) for row in rows]
        columns[name] = pa.array(stored, arrow_type(fields[name]))
    columns[ROWS] = pa.array([len(row.below) for row in rows], pa.int64())
    shown = sorted(standard.shown_at(level), key=lambda i: i.level == level)
    for name in (i.id for i in shown):
        columns[verdict_column(name)] = _verdicts(rows, name)
    for derived in standard.results_of(level):
        decimals = derived.decimals or 0
        found = [result_value(row.derived[derived.name], decimals) for row in rows]
        columns[result_column(derived.name)] = pa.array(found, pa.int64())
    if shown:
        columns[verdict_column(OVERALL)] = _verdicts(rows, OVERALL)
    return pa.table(columns)


def _known(row: Judged, name: str) -> Any:
    value = row.values.get(name)
    return None if value is UNKNOWN else value


def _verdicts(rows: list[Judged], name: str) -> pa.Array:
    return pa.array([row.verdicts[name].value for row in rows], pa.int8())


def _stored(value: Any, scale: int) -> str | bool | date | int | None:
    return int(value * 10**scale) if isinstance(value, Fraction) else value


def result_value(value: Any, decimals: int) -> int | None:
    """Return a number as whole units of 10**-decimals, half away from zero.

    None when it is unknown, or lies within bounds that do not round to one value.
    """
    bounds = semantics.bounds_of(value)
    if bounds.low is None or bounds.high is None:
        return None
    low, high = (
        int(semantics.rounded(end, decimals) * 10**decimals)
        for end in (bounds.low, bounds.high)
    )
    return low if low == high else None


# the roll-up by region ---------------------------------------------------------------


def _region_table(standard: Standard, rows: Mapping[str, list[Judged]]) -> pa.Table:
    """One row per county, township and village; see `compiler.rollup`."""
    indicators = [i.id for i in standard.shown_at("household")]
    if indicators:
        indicators.append(OVERALL)
    tallies = [tally_column(i, v) for i in indicators for v in Verdict]
    sums: defaultdict[str, dict[str, int]] = defaultdict(
        lambda: dict.fromkeys((*COUNTS, *tallies), 0)
    )
    for household in rows["household"]:
        for code in _regions_of(_known(household, "village_code")):
            _add_household(sums[code], household, indicators)
    populations = _populations(rows, sums)
    names = sorted(sums)
    columns: dict[str, pa.Array] = {"region": pa.array(names, pa.string())}
    for count in COUNTS:
        columns[count] = pa.array([sums[n][count] for n in names], pa.int64())
    population = [populations.get(n) for n in names]
    columns["agricultural_population"] = pa.array(population, pa.int64())
    incidence = [
        _incidence(sums[n]["remaining_persons"], populations.get(n)) for n in names
    ]
    columns["poverty_incidence"] = pa.array(incidence, pa.int64())
    for tally in tallies:
        columns[tally] = pa.array([sums[n][tally] for n in names], pa.int64())
    return pa.table(columns)


def _regions_of(village_code: str | None) -> list[str]:
    if village_code is None or len(village_code) != LENGTH_BY_LEVEL["village"]:
        return []
    return [village_code[: LENGTH_BY_LEVEL[level]] for level in ROLLUP_LEVELS]


def _add_household(
    sums: dict[str, int], household: Judged, indicators: Iterable[str]
) -> None:
    persons = len(household.below)
    sums["households"] += 1
    sums["persons"] += persons
    status = _STATUS.get(_known(household, "exit_status"))
    if status:
        sums[f"{status}_households"] += 1
        sums[f"{status}_persons"] += persons
    for name in indicators:
        sums[tally_column(name, household.verdicts[name])] += 1


def _populations(
    rows: Mapping[str, list[Judged]], sums: defaultdict[str, dict[str, int]]
) -> dict[str, int | None]:
    """Agricultural population by region; unknown when a village's is unknown.

    A village nobody lists but a household names counts as one whose figure is unknown.
    """
    of_village: dict[str, int | None] = {}
    for household in rows["household"]:
        for code in _regions_of(_known(household, "village_code"))[-1:]:
            of_village[code] = None
    for village in rows.get("village", ()):
        for code in _regions_of(_known(village, "village_code"))[-1:]:
            of_village[code] = _known(village, "agricultural_population")
    parts: defaultdict[str, list[int | None]] = defaultdict(list)
    for village_code, population in of_village.items():
        for code in _regions_of(village_code):
            parts[code].append(population)
            sums[code]  # a village without households is a region too
    return {
        code: None if None in found else sum(p for p in found if p is not None)
        for code, found in parts.items()
    }


def _incidence(remaining: int, population: int | None) -> int | None:
    if not population:
        return None
    return result_value(Fraction(remaining, population), INCIDENCE_DECIMALS)
