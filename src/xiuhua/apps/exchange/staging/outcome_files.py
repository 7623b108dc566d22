"""The staged outcome of an upload, read back from its sealed files."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.apps.exchange.models import Upload
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.exchange.staging.missing import FILE_NAME as MISSING
from xiuhua.apps.exchange.staging.outcomes import FILE_NAME as ROWS
from xiuhua.apps.exchange.staging.reading import ABOUT, FAULTS, LEVELS
from xiuhua.apps.exchange.staging.records import FILE_NAME as RECORDS
from xiuhua.apps.exchange.staging.records import Record, read_records


def records(upload: Upload) -> Iterator[Record]:
    """Yield the records of an upload, in the order of the file."""
    yield from read_records(_table(upload, RECORDS))


def tables(upload: Upload) -> dict[str, bytes]:
    """Return the typed rows of an upload by level, as Parquet."""
    names = {level: f"{level}.parquet" for level in LEVELS}
    folder = store.folder(store.UPLOADS, upload.key) / upload.staged
    # Outcomes staged before villages were taken over have no table of them.
    return {k: _bytes(upload, n) for k, n in names.items() if (folder / n).exists()}


def faults(upload: Upload) -> pa.Table:
    """Return everything that was found wrong on reading."""
    return _table(upload, FAULTS)


def about(upload: Upload) -> dict[str, Any]:
    """Return how each sheet was read and what was not understood."""
    said: dict[str, Any] = json.loads(_bytes(upload, ABOUT))
    return said


def records_table(upload: Upload) -> pa.Table:
    """Return the records of an upload as a table."""
    return _table(upload, RECORDS)


def rows_table(upload: Upload) -> pa.Table:
    """Return the rows of the file with their outcomes."""
    return _table(upload, ROWS)


def missing_table(upload: Upload) -> pa.Table:
    """Return what of ours is not in a national export."""
    return _table(upload, MISSING)


def _table(upload: Upload, name: str) -> pa.Table:
    return pq.read_table(io.BytesIO(_bytes(upload, name)))


def _bytes(upload: Upload, name: str) -> bytes:
    folder = store.folder(store.UPLOADS, upload.key)
    return store.content(folder / upload.staged / name)
