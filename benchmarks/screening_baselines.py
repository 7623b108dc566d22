"""The household-exit standard written by hand in DuckDB SQL, Polars and pandas.

Each function reads `household.parquet`, `person.parquet` and `village.parquet` and
writes `verdicts.parquet`, `villages.parquet` and `regions.parquet`: the indicators of
household exit per household, village exit per village, and counts per village,
township and county. Verdicts are 0 unmet, 1 unknown, 2 met, 3 not applicable, so that
the minimum is *all*. Written as a good analyst would write it once, for one standard,
one date and one region: the western thresholds of 2019 in a water-rich area.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from baseline_duckdb import duckdb_sql
from baseline_pandas import pandas_frames
from baseline_polars import polars_streaming


BASELINES: dict[str, Callable[[Path, Path], None]] = {
    "duckdb_sql": duckdb_sql,
    "polars_streaming": polars_streaming,
    "pandas": pandas_frames,
}
