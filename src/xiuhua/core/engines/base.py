"""What an engine is: it runs a plan over the tables of a registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from xiuhua.core.compiler.assemble import Plan


Progress = Callable[[str], None]
"""Told the name of each step as it begins."""


class Engine(Protocol):
    """Runs the steps of a plan and leaves every kept step as a Parquet file."""

    name: str

    def run(
        self,
        plan: Plan,
        tables: Mapping[str, Path],
        out: Path,
        progress: Progress | None = None,
    ) -> dict[str, Path]:
        """Return the Parquet file of each kept step, by the step's name.

        `tables` maps household, person and village to Parquet files that follow
        `core.tables`; a column that is absent is unknown for every row.
        """
        ...
