"""Households judged: by the reference engine one by one, by DuckDB many at once.

Both ways lead to the same `Assessed`; the reasons always come from the reference
engine, for those households alone that fall short.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from xiuhua.apps.assessments.extract import (
    EDITION,
    HouseholdRow,
    extract,
    household_rows,
    quiet_duckdb,
)
from xiuhua.apps.assessments.rules import OVERALL, REGISTERED, Counted
from xiuhua.apps.assessments.standards import InForce
from xiuhua.core.compiler.aggregates import ROWS
from xiuhua.core.compiler.assemble import result_column, verdict_column
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.duckdb import DuckDBEngine, literal
from xiuhua.core.engines.memory_run import result_value
from xiuhua.core.evaluate import evaluate
from xiuhua.core.reasons import PARAM, Cause, Reason
from xiuhua.core.standards.semantics import Bounds
from xiuhua.core.truth import UNKNOWN, Verdict
from xiuhua.core.wording import number_text


# From here on a scan of tables costs less than a household after the other.
MANY: Final = 200
_PART: Final = 1000
_SHORT: Final = frozenset({str(Verdict.UNMET.value), str(Verdict.UNKNOWN.value)})

Reasons = list[dict[str, Any]]


@dataclass(frozen=True)
class JudgedRow:
    """A household as a run judged it; `edition` is that of its standing then."""

    household_id: int
    edition: int | None
    village: str
    status: str | None
    persons: int
    marks: str
    numbers: tuple[int | None, ...]


@dataclass(frozen=True)
class Assessed:
    """What a standard says of a household: marks by measure, results, reasons.

    `reasons` holds the values behind every indicator that falls short.
    """

    household_id: int
    counted: Counted
    results: Mapping[str, str]
    reasons: Mapping[str, Reasons]

    @property
    def overall(self) -> str:
        """The mark of the whole household."""
        return self.counted.verdicts[-1]

    @property
    def shortfalls(self) -> dict[str, str]:
        """Return the mark of every indicator that is unmet or unknown."""
        marks = zip(self.counted.measures, self.counted.verdicts, strict=True)
        return {m: mark for m, mark in marks if m != OVERALL and mark in _SHORT}


def judge(
    found: InForce, household_ids: Sequence[int], *, as_of: date
) -> Iterator[Assessed]:
    """Yield what a standard says of registered households, many or few."""
    if len(household_ids) >= MANY:
        return judge_many(found, household_ids, as_of=as_of)
    rows = household_rows(household_ids, reads=found.reads, as_of=as_of)
    return judge_rows(found, rows)


def judge_rows(found: InForce, rows: Iterable[HouseholdRow]) -> Iterator[Assessed]:
    """Yield what a standard says of households by the reference engine."""
    for item in rows:
        if item.registration == REGISTERED:
            found.judge.judge(item.row)
            yield _assessed(found, item)


def _assessed(found: InForce, item: HouseholdRow) -> Assessed:
    marks = "".join(str(item.row.verdicts[m].value) for m in found.measures)
    results = {}
    for derived in found.standard.results_of("household"):
        decimals = derived.decimals or 0
        whole = result_value(item.row.derived[derived.name], decimals)
        if whole is not None:
            results[derived.name] = _number(whole, decimals)
    return Assessed(
        item.household_id,
        _counted(found, item.village, item.poverty, len(item.row.below), marks),
        results,
        reasons_of(found, item),
    )


def _counted(
    found: InForce, village: str, status: str, persons: int, marks: str
) -> Counted:
    return Counted(village, found.pack, status, persons, found.measures, marks)


def _number(whole: int, decimals: int) -> str:
    return number_text(Fraction(whole, 10**decimals), decimals)


def reasons_of(found: InForce, item: HouseholdRow) -> dict[str, Reasons]:
    """Return the values behind every shortfall of a judged household, as data."""
    return {
        reason.indicator.id: [_cause_data(c) for c in reason.causes]
        for reason in found.explainer.reasons(item.row)
    }


def judged_reasons(found: InForce, item: HouseholdRow) -> list[Reason]:
    """Judge a household and return the reasons of its shortfalls."""
    found.judge.judge(item.row)
    return list(found.explainer.reasons(item.row))


def _cause_data(cause: Cause) -> dict[str, Any]:
    person = cause.row.values.get("person_id")
    return {
        "person": int(person) if isinstance(person, str) else None,
        "level": cause.level,
        "name": cause.name,
        "value": None if _is_secret(cause) else _plain(cause.value),
    }


def _is_secret(cause: Cause) -> bool:
    if cause.level in (PARAM, "") or not cause.name:
        return False
    field = load_dictionary().level(cause.level).by_name.get(cause.name)
    return field is not None and field.mask is Mask.SECRET


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return None
    if isinstance(value, Bounds):
        return [_plain(value.low), _plain(value.high)]
    if isinstance(value, Fraction):
        return number_text(value, None)
    return value.isoformat() if isinstance(value, date) else value


# many at once -------------------------------------------------------------------------


def judge_many(
    found: InForce, household_ids: Sequence[int], *, as_of: date
) -> Iterator[Assessed]:
    """Yield what a standard says of many households by DuckDB."""
    with tempfile.TemporaryDirectory(prefix="xiuhua-judge-") as name:
        folder = Path(name)
        region = found.standard.region
        taken = extract(
            folder / "rows", region=region, as_of=as_of, household_ids=household_ids
        )
        evaluation = evaluate(
            found.standard, taken.tables, engine=DuckDBEngine(), out=folder / "results"
        )
        path = evaluation.files["household__judged"]
        for rows in judged_rows(found, path, taken.tables["household"], region=region):
            yield from with_reasons(found, rows, as_of=as_of)


def judged_rows(
    found: InForce, judged: Path, households: Path, *, region: str
) -> Iterator[list[JudgedRow]]:
    """Yield the households of a region as a run judged them, in parts."""
    results = found.standard.results_of("household")
    marks = " || ".join(f"CAST({verdict_column(m)} AS VARCHAR)" for m in found.measures)
    numbers = "".join(f", j.{result_column(d.name)}" for d in results)
    query = (
        f"SELECT CAST(household_id AS BIGINT) AS key, h.{EDITION}, h.village_code,"  # noqa: S608  names of ours
        f" h.exit_status, j.{ROWS}, {marks} AS marks{numbers}"
        f" FROM read_parquet({literal(str(judged))}) AS j"
        f" JOIN read_parquet({literal(str(households))}) AS h USING (household_id)"
        " WHERE starts_with(h.village_code, $region) ORDER BY key"
    )
    with tempfile.TemporaryDirectory(prefix="xiuhua-spill-") as spill:
        with quiet_duckdb(Path(spill)) as duck:
            cursor = duck.execute(query, {"region": region})
            while rows := cursor.fetchmany(_PART):
                yield [
                    JudgedRow(
                        key, edition, village, status, persons, text, tuple(numbers)
                    )
                    for key, edition, village, status, persons, text, *numbers in rows
                ]


def _judged_row(
    key: int,
    edition: int | None,
    village: str,
    status: str | None,
    persons: int,
    marks: str,
    *numbers: int | None,
) -> JudgedRow:
    return JudgedRow(key, edition, village, status, persons, marks, numbers)


def with_reasons(
    found: InForce, rows: Sequence[JudgedRow], *, as_of: date
) -> Iterator[Assessed]:
    """Yield judged households with the reasons of those that fall short.

    The reasons are read from the registry as it is now.
    """
    short = [row.household_id for row in rows if _SHORT & set(row.marks)]
    reasons: dict[int, dict[str, Reasons]] = {}
    for item in household_rows(short, reads=found.reads, as_of=as_of):
        found.judge.judge(item.row)
        reasons[item.household_id] = reasons_of(found, item)
    derived = found.standard.results_of("household")
    for row in rows:
        results = {
            d.name: _number(whole, d.decimals or 0)
            for d, whole in zip(derived, row.numbers, strict=True)
            if whole is not None
        }
        counted = _counted(found, row.village, row.status or "", row.persons, row.marks)
        yield Assessed(
            row.household_id, counted, results, reasons.get(row.household_id, {})
        )
