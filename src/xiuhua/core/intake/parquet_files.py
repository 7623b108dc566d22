"""Parquet files to raw sheets; runs in the parsing child."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.headers import Planner
from xiuhua.core.intake.raw import BATCH_ROWS, RawSheet, cell_name
from xiuhua.core.intake.sources import SourceFile


class ParquetUnreadable(XiuhuaError):
    """A Parquet file is damaged."""

    code = "intake.parquet_unreadable"


def read_parquet(file: SourceFile, planned: Planner) -> Iterator[RawSheet | str]:
    """Yield the table of a Parquet file with the types it has.

    Raises:
        ParquetUnreadable: when it is damaged.
    """
    try:
        source = pq.ParquetFile(file.path)
        names = source.schema_arrow.names
        plan = planned([names], file.path.stem)
        if plan is None:
            yield file.name
            return
        wanted = list(dict.fromkeys(c.index for c in plan.columns))
        schema = pa.schema(
            [source.schema_arrow.field(i).with_name(cell_name(i)) for i in wanted]
        )
        batches = (
            pa.RecordBatch.from_arrays(
                [batch.column(names[i]) for i in wanted], schema=schema
            )
            for batch in source.iter_batches(
                BATCH_ROWS, columns=[names[i] for i in wanted]
            )
        )
        cells = pa.RecordBatchReader.from_batches(schema, batches)
        yield RawSheet(file.name, file.path.stem, plan, 1, False, cells)
    except (pa.ArrowException, OSError) as error:
        raise ParquetUnreadable(
            "the Parquet file is damaged", where=Place(file.name)
        ) from error
