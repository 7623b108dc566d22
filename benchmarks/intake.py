"""Intake of a county's workbook against fastexcel merely reading its cells.

    python benchmarks/intake.py [--households 100000] [--rounds 5]

100,000 household rows and 260,000 person rows, made up and without faults, in one
workbook. Each round runs both in processes of their own, one after the other; the
medians, the CPU seconds and the largest resident sizes are written to
`benchmarks/results/intake.json`. The aim: intake within twice the time of the reading,
the parsing child below 1.5 GB.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import fastexcel
import xlsxwriter
from measure import record

from xiuhua.core.dictionary.model import FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.id_number import check_character
from xiuhua.core.intake.read import read_registry
from xiuhua.core.tables import REGISTRY_LEVELS


REGION = "990126"
AS_OF = date(2019, 11, 22)
VILLAGES = 300
DAYS = 20_000


def plain_value(field, number: int) -> object:
    """A value without fault for the n-th row; distinct where real values would be."""
    if field.codes is not None:
        codes = field.codes.codes
        return codes[number % len(codes)].label.zh
    if field.type is FieldType.BOOLEAN:
        return "是" if number % 3 else "否"
    if field.type is FieldType.MONEY:
        return (number * 7919) % 3_000_000 / 100
    if field.type is FieldType.YEAR:
        return 2014 + number % 6
    if field.type in (FieldType.INTEGER, FieldType.DECIMAL):
        return number % 12
    if field.type is FieldType.PHONE:
        return f"199{number % 10**8:08d}"
    return f"{field.label.zh}{number % 5000}"


def village_code(home: int) -> str:
    return f"{REGION}{100 + home % VILLAGES // 20:03d}{200 + home % 20:03d}"


def household(home: int) -> dict[str, object]:
    return {
        "household_id": f"{village_code(home)}{home:06d}",
        "village_code": village_code(home),
        "year": 2019,
    }


def person(number: int, households: int) -> dict[str, object]:
    home, member = number % households, number // households
    born = date(1930, 1, 1) + timedelta(days=number % DAYS)
    digits = f"{REGION}{born:%Y%m%d}{number // DAYS:03d}"
    pupil = {"education": None, "school_stage": None}
    return {
        "household_id": household(home)["household_id"],
        "person_id": f"{household(home)['household_id']}{member + 1:02d}",
        "id_number": digits + check_character(digits),
        "sex": "男" if int(digits[-1]) % 2 else "女",
        "birth_date": born,
        "relation_to_head": "户主" if member == 0 else "其他",
        "labor_skill": "无劳动力",
        "employee_medical_insurance": "否",
        **pupil,
    }


def village(number: int) -> dict[str, object]:
    return {"village_code": village_code(number)}


def make_workbook(path: Path, households: int, persons: int) -> None:
    counts = {"household": households, "person": persons, "village": VILLAGES}
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name in REGISTRY_LEVELS:
            level = load_dictionary().level(name)
            fields = [f for f in level.fields if f.template]
            sheet = book.add_worksheet(level.sheet)
            sheet.write_row(0, 0, [f.label.zh for f in fields])
            for number in range(counts[name]):
                fixed = {
                    "household": lambda n: household(n),
                    "person": lambda n: person(n, households),
                    "village": village,
                }[name](number)
                for column, field in enumerate(fields):
                    value = fixed.get(field.name, ...)
                    if value is ...:
                        value = plain_value(field, number)
                    if isinstance(value, str):
                        sheet.write_string(number + 1, column, value)
                    elif isinstance(value, date):
                        moment = datetime(
                            value.year, value.month, value.day, tzinfo=UTC
                        )
                        sheet.write_datetime(
                            number + 1, column, moment.replace(tzinfo=None), day
                        )
                    elif value is not None:
                        sheet.write_number(number + 1, column, value)


def read_cells(path: Path) -> dict[str, int]:
    book = fastexcel.read_excel(path)
    return {t: book.load_sheet(t).to_arrow().num_rows for t in book.sheet_names}


def take_in(path: Path, work_dir: Path) -> dict[str, int]:
    registry = read_registry(path, region=REGION, work_dir=work_dir, as_of=AS_OF)
    kinds = registry.faults["kind"].value_counts().to_pylist()
    return {**registry.rows_read, "faults": registry.faults.num_rows, "kinds": kinds}


def worker(what: str, path: Path) -> None:
    """One measured run; its figures go to standard output."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        found = (
            read_cells(path) if what == "cells" else take_in(path, Path(folder) / "w")
        )
        seconds = time.perf_counter() - start
    own = resource.getrusage(resource.RUSAGE_SELF)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures = {
        "seconds": seconds,
        "cpu_seconds": own.ru_utime + own.ru_stime + child.ru_utime + child.ru_stime,
        "peak_mb": own.ru_maxrss / 1024,
        "child_peak_mb": child.ru_maxrss / 1024,
        "found": found,
    }
    print(json.dumps(figures, ensure_ascii=False))


def measured(what: str, path: Path) -> dict:
    command = [sys.executable, __file__, "--worker", what, "--workbook", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def summary(runs: list[dict]) -> dict:
    keys = ("seconds", "cpu_seconds", "peak_mb", "child_peak_mb")
    return {
        **{k: round(statistics.median(run[k] for run in runs), 3) for k in keys},
        "all_seconds": [round(run["seconds"], 3) for run in runs],
        "found": runs[0]["found"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--persons", type=int, default=260_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--worker", choices=["cells", "intake"])
    parser.add_argument("--workbook", type=Path)
    asked = parser.parse_args()
    if asked.worker:
        worker(asked.worker, asked.workbook)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = asked.workbook or Path(folder) / "registry.xlsx"
        if not path.exists():
            make_workbook(path, asked.households, asked.persons)
        runs: dict[str, list[dict]] = {"cells": [], "intake": []}
        for _ in range(asked.rounds):
            for what, done in runs.items():
                done.append(measured(what, path))
        size = path.stat().st_size
    cells, intake = summary(runs["cells"]), summary(runs["intake"])
    content = {
        "workbook_bytes": size,
        "rounds": asked.rounds,
        "fastexcel": cells,
        "intake": intake,
        "ratio": round(intake["seconds"] / cells["seconds"], 3),
        "cpu_ratio": round(intake["cpu_seconds"] / cells["cpu_seconds"], 3),
        "aim": "ratio at most 2, child_peak_mb at most 1500",
    }
    path = record("intake", content)
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
