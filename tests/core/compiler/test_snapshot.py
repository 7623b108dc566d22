"""The SQL of the household exit, read like code: a change shows in the review.

Written anew, after looking at the difference, by

    XIUHUA_WRITE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/core/compiler
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from xiuhua.core.compiler.assemble import assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.packs import load_pack
from xiuhua.core.standards.resolver import resolve


SNAPSHOTS = Path("tests/snapshots")


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_household_exit(dialect) -> None:
    standard = resolve(
        load_pack("household_exit"),
        as_of=date(2019, 11, 22),
        region="239906",
        given={"water_area": "short"},
    )
    plan = assemble(standard, load_dictionary())
    written = "\n\n".join(
        f"-- {step.name}{' (kept)' if step.kept else ''}\n"
        f"{step.query.sql(dialect=dialect, pretty=True)};"
        for step in plan.steps
    )
    path = SNAPSHOTS / f"household_exit.{dialect}.sql"
    if os.environ.get("XIUHUA_WRITE_SNAPSHOTS"):
        path.write_text(f"{written}\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == f"{written}\n"
