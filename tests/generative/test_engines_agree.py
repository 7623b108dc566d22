"""Random rules over random tables with gaps: all engines agree cell by cell.

The normal run is small and always the same. XIUHUA_RANDOM_RUNS=2000 makes a long one
that is different every time (`make test-long`).
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from tests.generative.rules import random_standards
from tests.generative.tables import registries, write_registry

from xiuhua.core.compiler.assemble import Plan, assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.registry import open_engine


RUNS = int(os.environ.get("XIUHUA_RANDOM_RUNS", "0"))
RANDOM = settings(
    max_examples=RUNS or 60,
    derandomize=not RUNS,
    deadline=None,
    database=None,
    print_blob=False,
    # Making a failure smaller takes minutes: left to long runs.
    phases=tuple(Phase) if RUNS else (Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
_INTERNAL = re.compile(r"a\d+(low|high|gap|t)")


def results(
    engine: str, plan: Plan, tables: dict[str, Path], out: Path
) -> dict[str, Any]:
    """Rows of every kept step in the order of their key, internal counts left out."""
    settings_ = {"threads": 1} if engine == "duckdb" else {}
    files = open_engine(engine, **settings_).run(plan, tables, out)
    found = {}
    for step, path in files.items():
        table = pq.read_table(path)
        names = [n for n in table.column_names if not _INTERNAL.fullmatch(n)]
        rows = table.select(names).sort_by(names[0])
        types = [(f.name, f.type) for f in rows.schema]
        found[step] = (types, rows.to_pylist())
    return found


def judged_only(plan: Plan) -> Plan:
    """The plan without the roll-up by region, which reads no rule."""
    return replace(plan, steps=tuple(s for s in plan.steps if s.name != "regions"))


@RANDOM
@given(st.data())
def test_memory_and_duckdb_agree(data: st.DataObject) -> None:
    standard, rules = data.draw(random_standards())
    if not standard.indicators:
        event("no rule was accepted")
        return
    plan = judged_only(assemble(standard, load_dictionary()))
    registry = data.draw(registries(plan.reads))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        tables = write_registry(registry, plan.reads, work)
        memory = results("memory", plan, tables, work / "memory")
        duckdb = results("duckdb", plan, tables, work / "duckdb")
    assert memory == duckdb, rules
