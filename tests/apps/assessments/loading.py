"""The made-up counties laid into the registry as rows, without any act."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tests.factories.moments import NOON

from xiuhua.apps.regions.models import Region
from xiuhua.apps.registry.facts import INCOME, PLACED, fact_names
from xiuhua.apps.registry.models import (
    Household,
    IncomeStatement,
    Person,
    VillageFacts,
)
from xiuhua.apps.registry.rules import income_window
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.read import read_registry
from xiuhua.core.region_codes import level_of


CASES = Path(__file__).parents[2] / "cases"
OF_CASE = {
    "county-2019": ("239906", date(2019, 11, 22), {"water_area": "short"}),
    "county-2020": ("529917", date(2020, 2, 25), {"water_area": "rich"}),
}


@cache
def _rows_of_case(name: str) -> dict[str, list[dict[str, Any]]]:
    """Read the workbook of a case once per run of the tests."""
    region, as_of, _ = OF_CASE[name]
    with tempfile.TemporaryDirectory() as folder:
        read = read_registry(
            CASES / name / "registry.xlsx",
            region=region,
            work_dir=Path(folder),
            as_of=as_of,
        )
        return {
            level: pq.read_table(getattr(read, level)).to_pylist()
            for level in ("household", "person", "village")
        }


def load_case(name: str, *, limit: int | None = None) -> str:
    """Lay a case into the registry, return the code of the county."""
    region, as_of, _ = OF_CASE[name]
    rows = _rows_of_case(name)
    households = rows["household"][:limit]
    kept = {row["household_id"] for row in households}
    persons = [row for row in rows["person"] if row["household_id"] in kept]
    make_regions([row["village_code"] for row in rows["village"]])
    for row in rows["village"]:
        VillageFacts.unscoped.create(
            village_id=row["village_code"],
            year=as_of.year,
            changed_at=NOON,
            **_facts("village", row),
        )
    _persons(persons, _households(households, as_of))
    return region


def make_regions(villages: list[str]) -> None:
    """Enter villages and what is around them."""
    codes = {v[:n] for v in villages for n in (2, 4, 6, 9, 12)}
    codes -= set(Region.objects.values_list("code", flat=True))
    for code in sorted(codes, key=lambda c: (len(c), c)):
        parent = next((code[:n] for n in (9, 6, 4, 2) if n < len(code)), None)
        Region.objects.create(code=code, level=level_of(code), parent_id=parent)


def _households(rows: list[dict[str, Any]], as_of: date) -> dict[str, int]:
    made = Household.unscoped.bulk_create(
        [
            Household(
                number=row["household_id"],
                village_id=row["village_code"],
                registration="registered",
                poverty=row.get("exit_status"),
                monitoring="none",
                changed_at=NOON,
                **_facts("household", row),
            )
            for row in rows
        ],
        batch_size=200,
    )
    keys = {h.number: h.pk for h in made}
    window = income_window(as_of.year)
    IncomeStatement.unscoped.bulk_create(
        [
            IncomeStatement(
                household_id=keys[row["household_id"]],
                window_from=window.start,
                window_to=window.end,
                source="case",
                changed_at=NOON,
                **_chosen("household", row, INCOME),
            )
            for row in rows
        ],
        batch_size=200,
    )
    return keys


def _persons(rows: list[dict[str, Any]], keys: dict[str, int]) -> None:
    Person.unscoped.bulk_create(
        [
            Person(
                number=row["person_id"],
                household_id=keys[row["household_id"]],
                member_from=date(2014, 1, 1),
                changed_at=NOON,
                **_facts("person", row),
            )
            for row in rows
        ],
        batch_size=200,
    )


def _facts(level: str, row: dict[str, Any]) -> dict[str, Any]:
    names = [n for n in fact_names(level) if n not in PLACED[level]]
    return _chosen(level, row, names)


def _chosen(level: str, row: dict[str, Any], names: Any) -> dict[str, Any]:
    fields = load_dictionary().level(level).by_name
    found = {}
    for name in names:
        value = row.get(name)
        if value is not None and fields[name].scale:
            value = Decimal(value) / 10 ** fields[name].scale
        found[name] = value
    return found
