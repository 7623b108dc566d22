"""Judge one household of five, as a form does while it is saved; `make bench-one`.

The judge is compiled once and used again. A call takes a household as stored, gaps and
all, and ends with its verdicts; every call judges another family. Demand: 95 of 100
calls within one millisecond. Results go to `results/judge_one.json`.
"""

from __future__ import annotations

import random
import time
from datetime import date
from statistics import quantiles
from typing import Any

from measure import record

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judge
from xiuhua.core.engines.rows import judged_row
from xiuhua.core.packs import load_pack
from xiuhua.core.standards.resolver import resolve


CALLS = 20_000
PERSONS = 5
SEED = 20191122
DEMAND_MS = 1.0


def main() -> None:
    start = time.perf_counter()
    pack = load_pack("household_exit")
    standard = resolve(
        pack,
        as_of=date(2019, 11, 22),
        region="239906",
        given={"water_area": "short"},
    )
    judge = Judge(standard)
    compiled_ms = (time.perf_counter() - start) * 1000
    chance = random.Random(SEED)
    families = [_family(chance) for _ in range(CALLS)]
    wall, cpu = [], []
    for family in families:
        wall_start, cpu_start = time.perf_counter_ns(), time.process_time_ns()
        _judge(judge, family)
        cpu.append((time.process_time_ns() - cpu_start) / 1e6)
        wall.append((time.perf_counter_ns() - wall_start) / 1e6)
    figures = {"wall": _middle_and_tail(wall), "cpu": _middle_and_tail(cpu)}
    path = record(
        "judge_one",
        {
            "pack": pack.id,
            "persons": PERSONS,
            "calls": CALLS,
            "read_and_compile_ms": round(compiled_ms, 1),
            "demand_p95_ms": DEMAND_MS,
            "met": figures["wall"]["p95_ms"] <= DEMAND_MS,
            **figures,
        },
    )
    print(figures, path.name)


def _judge(judge: Judge, family: dict[str, Any]) -> None:
    levels = load_dictionary().levels
    members = [judged_row(levels["person"], row) for row in family["persons"]]
    judge.judge(judged_row(levels["household"], family["household"], members))


def _middle_and_tail(times: list[float]) -> dict[str, float]:
    cuts = quantiles(times, n=100)
    return {"p50_ms": round(cuts[49], 4), "p95_ms": round(cuts[94], 4)}


def _family(chance: random.Random) -> dict[str, Any]:
    """A family with incomes in fen, one cell in twenty not filled in."""
    household = {
        name: chance.randrange(0, 3_000_000)
        for name in ("wage_income", "business_income", "property_income")
    } | {
        "transfer_income": chance.randrange(0, 500_000),
        "business_expense": chance.randrange(0, 500_000),
        "enough_food": chance.random() < 0.99,
        "seasonal_clothing": chance.random() < 0.99,
        "housing_grade": chance.choice("ABCD"),
        "water_quantity": chance.randrange(1000, 6000),
        "water_quality": chance.choice(["attained", "basically_attained"]),
        "water_round_trip": chance.randrange(0, 300),
        "water_supply_rate": chance.randrange(8500, 10_000),
    }
    persons = [_gaps(_person(chance), chance) for _ in range(PERSONS)]
    return {"household": _gaps(household, chance), "persons": persons}


def _person(chance: random.Random) -> dict[str, Any]:
    born = date(chance.randrange(1935, 2019), chance.randrange(1, 13), 15)
    pupil = 2003 <= born.year <= 2013
    return {
        "birth_date": born,
        "school_stage": chance.choice(["primary", "junior_1"]) if pupil else None,
        "education": None if pupil else chance.choice(["primary", "illiterate"]),
        "absence_reason": None,
        "resident_medical_insurance": chance.random() < 0.97,
        "employee_medical_insurance": chance.random() < 0.05,
    }


def _gaps(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {k: None if chance.random() < 0.05 else v for k, v in row.items()}


if __name__ == "__main__":
    main()
