"""The two made-up counties: how they are judged, and what must come out."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from xiuhua.core.intake.read import read_registry
from xiuhua.core.packs import load_pack
from xiuhua.core.standards.resolver import Standard, join, resolve
from xiuhua.core.truth import Verdict


CASES: Final = Path("tests/cases")
HOUSEHOLD_RULES: Final = (
    "income food clothing compulsory_education basic_medical safe_housing safe_water"
).split()
VILLAGE_RULES: Final = (
    "incidence hard_road broadband broadcast clinic doctor culture_place".split()
)
_REGION_COUNTS: Final = (
    "households",
    "persons",
    "exited_households",
    "exited_persons",
    "remaining_households",
    "remaining_persons",
    "agricultural_population",
)


@dataclass(frozen=True)
class County:
    """A made-up county with the choices its answers were computed for."""

    name: str
    region: str
    as_of: date
    water_area: str

    def standard(self) -> Standard:
        day, region = self.as_of, self.region
        given = {"water_area": self.water_area}
        household = resolve(
            load_pack("household_exit"), as_of=day, region=region, given=given
        )
        village = resolve(
            load_pack("village_exit_heilongjiang"), as_of=day, region=region
        )
        return join(household, village)

    def tables(self, work_dir: Path) -> dict[str, Path]:
        source = CASES / self.name / "registry.xlsx"
        registry = read_registry(source, region=self.region, work_dir=work_dir)
        return {
            "household": registry.household,
            "person": registry.person,
            "village": registry.village,
        }

    def expected(self, file: str) -> list[dict[str, str]]:
        with (CASES / self.name / file).open(encoding="utf-8", newline="") as source:
            return list(csv.DictReader(source))

    def expected_regions(self) -> dict[str, dict[str, Any]]:
        text = (CASES / self.name / "expected-regions.json").read_text("utf-8")
        regions = json.loads(text, parse_float=Fraction)
        return {code: _complete(region) for code, region in regions.items()}


COUNTIES: Final = (
    County("county-2019", "239906", date(2019, 11, 22), "short"),
    County("county-2020", "529917", date(2020, 2, 25), "rich"),
)


def found_verdicts(path: Path) -> list[dict[str, str]]:
    """The judged households as `expected-verdicts.csv` writes them."""
    return [
        {
            "household_id": row["household_id"],
            **_words(row, HOUSEHOLD_RULES),
            "net_income_per_capita": _yuan(row["r_net_income_per_capita"]),
            "n_persons": str(row["r_n_persons"]),
        }
        for row in pq.read_table(path).to_pylist()
    ]


def found_villages(path: Path) -> list[dict[str, str]]:
    """The judged villages as `expected-villages.csv` writes them."""
    return [
        {"village": row["village_code"], **_words(row, VILLAGE_RULES)}
        for row in pq.read_table(path).to_pylist()
    ]


def found_regions(path: Path) -> dict[str, dict[str, Any]]:
    """The roll-up as `expected-regions.json` writes it, absent keys as zero."""
    names = [*_REGION_COUNTS, "poverty_incidence"]
    regions = {}
    for row in pq.read_table(path).to_pylist():
        region = {name: row[name] for name in names}
        region["poverty_incidence"] = Fraction(row["poverty_incidence"], 10**8)
        regions[row["region"]] = region
    return regions


def by_key(rows: list[dict[str, str]], key: str) -> list[dict[str, str]]:
    """Rows in the order of their key: engines promise no order."""
    return sorted(rows, key=lambda row: row[key])


def _words(row: dict[str, Any], rules: list[str]) -> dict[str, str]:
    return {rule: Verdict(row[f"v_{rule}"]).word for rule in [*rules, "overall"]}


def _yuan(fen: int | None) -> str:
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _complete(region: dict[str, Any]) -> dict[str, Any]:
    return {name: region.get(name, 0) for name in _REGION_COUNTS} | {
        "poverty_incidence": Fraction(region["poverty_incidence"])
    }
