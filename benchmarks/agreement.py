"""Tell whether two engines wrote the same results, whatever their order of rows."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import duckdb


RESULTS = {
    "verdicts": "household_id",
    "villages": "village_code",
    "regions": "region",
}


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of the sorted rows of every result, columns by name."""
    return {
        name: _digest(folder / f"{name}.parquet", key) for name, key in RESULTS.items()
    }


def _digest(path: Path, key: str) -> str:
    con = duckdb.connect()
    columns = sorted(
        row[0] for row in con.execute(f"DESCRIBE FROM '{path}'").fetchall()
    )
    text = ", ".join(f"coalesce(CAST({name} AS VARCHAR), '')" for name in columns)
    reader = con.sql(
        f"SELECT concat_ws('|', {text}) AS row FROM '{path}' ORDER BY {key}"
    ).to_arrow_reader(100_000)
    digest = blake2b(",".join(columns).encode(), digest_size=16)
    for batch in reader:
        digest.update("\n".join(batch.column(0).to_pylist()).encode())
    return digest.hexdigest()
