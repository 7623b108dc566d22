"""The reasons of a run, row by row: why a household is unmet or unknown.

Only households with such a verdict are read back and judged again by the reference
engine, streamed in order, so that a reason always speaks of the rule itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import duckdb

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judge, Judged
from xiuhua.core.engines.rows import judged_row
from xiuhua.core.reasons import Explainer, Reason
from xiuhua.core.screening.run import Screening
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.truth import Verdict
from xiuhua.core.wording import Wording


BATCH: Final = 2000


@dataclass(frozen=True)
class WhyRow:
    """One value behind one verdict of one household, in both languages."""

    household_id: str
    indicator: str
    verdict: str
    person_id: str
    field: str
    value: str
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class ReasonedHousehold:
    """A household with its reasons; `row.values` holds its fields."""

    household_id: str
    row: Judged
    reasons: tuple[Reason, ...]


UNSETTLED: Final = f"v_{OVERALL} <= {Verdict.UNKNOWN.value}"
"""Unmet or unknown in something, as a condition on judged households."""


def reasoned_households(
    screening: Screening, household_id: str | None = None, *, which: str = UNSETTLED
) -> Iterator[ReasonedHousehold]:
    """Yield every household that is unmet or unknown in something, with the reasons.

    With a `household_id` that household alone, whatever its verdicts. `which` narrows
    the households by a condition of ours on the table `judged`: reading and judging
    them again is what costs.
    """
    judge, explainer = Judge(screening.standard), Explainer(screening.standard)
    for key, row in households(screening, household_id, which):
        judge.judge(row)
        yield ReasonedHousehold(key, row, tuple(explainer.reasons(row)))


def why_rows(screening: Screening) -> Iterator[WhyRow]:
    """Yield the reasons of all unmet and unknown verdicts, household by household."""
    dictionary = load_dictionary()
    zh, en = (Wording(screening.standard, dictionary, lang) for lang in ("zh", "en"))
    for household in reasoned_households(screening):
        for reason in household.reasons:
            for cause in reason.causes:
                yield WhyRow(
                    household_id=household.household_id,
                    indicator=reason.indicator.id,
                    verdict=reason.verdict.word,
                    person_id=str(cause.row.values.get("person_id", "")),
                    field=cause.name,
                    value=zh.value(cause.level, cause.name, cause.value),
                    reason_zh=zh.cause(reason, cause),
                    reason_en=en.cause(reason, cause),
                )


def households(
    screening: Screening, household_id: str | None, which: str
) -> Iterator[tuple[str, Judged]]:
    """Yield households as rows to be judged, with their persons, in order of number."""
    dictionary = load_dictionary()
    connection = screening.results
    if household_id is None:
        chosen = f"SELECT household_id FROM judged WHERE {which}"
        values: list[str] = []
    else:
        chosen, values = "SELECT CAST(? AS VARCHAR) AS household_id", [household_id]
    persons = _stream(connection.cursor(), "person", chosen, values)
    grouped = groupby(persons, key=lambda person: person["household_id"])
    group = next(grouped, None)
    for household in _stream(connection.cursor(), "household", chosen, values):
        key = household["household_id"]
        members: list[Judged] = []
        if group is not None and group[0] == key:
            members = [judged_row(dictionary.level("person"), p) for p in group[1]]
            group = next(grouped, None)
        yield key, judged_row(dictionary.level("household"), household, members)


def _stream(
    cursor: duckdb.DuckDBPyConnection, table: str, chosen: str, values: list[str]
) -> Iterator[dict[str, Any]]:
    order = "household_id" if table == "household" else "household_id, person_id"
    query = (
        f"SELECT * FROM {table} SEMI JOIN ({chosen}) USING (household_id) "
        f"ORDER BY {order}"
    )
    reader = cursor.sql(query, params=values).to_arrow_reader(BATCH)
    for batch in reader:
        yield from batch.to_pylist()
