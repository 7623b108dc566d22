"""The front door: judge a registry by a standard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xiuhua.core.compiler.assemble import Plan, assemble
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.base import Engine, Progress
from xiuhua.core.standards.resolver import Standard


@dataclass(frozen=True)
class Evaluation:
    """The outcome of a run: the plan and the Parquet file of each kept step.

    `household__judged` and `village__judged` hold verdicts as whole numbers
    (unmet 0, unknown 1, met 2, not applicable 3) in columns `v_<indicator>` and
    results in `r_<derived>`; `regions` is the roll-up.
    """

    plan: Plan
    files: Mapping[str, Path]


def evaluate(
    standard: Standard,
    tables: Mapping[str, Path],
    *,
    engine: Engine,
    out: Path,
    progress: Progress | None = None,
) -> Evaluation:
    """Judge all rows of a registry and leave the results as Parquet files in `out`.

    `tables` maps household, person and village to Parquet files by `core.tables`.
    """
    plan = assemble(standard, load_dictionary())
    return Evaluation(plan, engine.run(plan, tables, out, progress))
