"""Columns of a made-up table: NumPy arrays inside, Arrow arrays to the outside.

Inside, an empty cell is `EMPTY`; choices and texts of a list are positions in that
list; booleans are 0 and 1; dates are days since 1970-01-01. All are whole numbers, so
a fault is planted by writing into an array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from xiuhua.core.dictionary.model import DATE_TYPES, NUMBER_TYPES, FieldType, Level
from xiuhua.core.synthetic.draws import Ints


EMPTY: Final = -(10**9)
Digits = NDArray[np.uint8]


@dataclass
class Columns:
    """The columns of one table, all of equal length.

    `numbers` holds whole numbers, `words` the lists that some of them point into,
    `digits` the characters (ASCII) of identifiers, one row each; `lengths` how many
    of them count, where not all do.
    """

    numbers: dict[str, Ints] = field(default_factory=dict)
    words: dict[str, Sequence[str]] = field(default_factory=dict)
    digits: dict[str, Digits] = field(default_factory=dict)
    lengths: dict[str, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.digits.values())))

    def taken(self, rows: Ints) -> Columns:
        """Return the rows at these positions, as copies."""
        return Columns(
            {name: values[rows] for name, values in self.numbers.items()},
            dict(self.words),
            {name: values[rows] for name, values in self.digits.items()},
            {name: values[rows] for name, values in self.lengths.items()},
        )

    def text(self, name: str, row: int) -> str:
        """Return one identifier."""
        return str(self.digits[name][row].tobytes(), "ascii")


def arrow_table(columns: Columns, level: Level) -> pa.Table:
    """Return the columns as Arrow, in dictionary order, lists dictionary-encoded."""
    kinds = {f.name: f.type for f in level.fields}
    names = [f.name for f in level.fields if _has(columns, f.name)]
    return pa.table({name: _arrow(columns, name, kinds[name]) for name in names})


def fixed_text(digits: Digits, lengths: Ints | None = None) -> pa.Array:
    """Return rows of ASCII characters as an Arrow text column."""
    count, width = digits.shape
    if lengths is None:
        offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
        data = np.ascontiguousarray(digits)
    else:
        offsets = np.zeros(count + 1, dtype=np.int32)
        np.cumsum(lengths, out=offsets[1:])
        data = digits[np.arange(width) < lengths[:, None]]
    return pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    )


def digit_table(limit: int, width: int) -> Digits:
    """Return the decimal digits of 0 .. limit - 1 as characters, with leading zeros."""
    numbers = np.arange(limit, dtype=np.int64)[:, None]
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return (numbers // powers % 10 + ord("0")).astype(np.uint8)


def _has(columns: Columns, name: str) -> bool:
    return name in columns.numbers or name in columns.digits


def _arrow(columns: Columns, name: str, kind: FieldType) -> pa.Array:
    if name in columns.digits:
        return fixed_text(columns.digits[name], columns.lengths.get(name))
    values = columns.numbers[name]
    empty = values == EMPTY
    mask = empty if empty.any() else None
    if name in columns.words:
        positions = pa.array(np.where(empty, 0, values).astype(np.int32), mask=mask)
        words = pa.array(columns.words[name], type=pa.string())
        return pa.DictionaryArray.from_arrays(positions, words)
    if kind is FieldType.BOOLEAN:
        return pa.array(values == 1, mask=mask)
    if kind in DATE_TYPES:
        days = np.where(empty, 0, values).astype(np.int32)
        return pa.array(days, type=pa.int32(), mask=mask).cast(pa.date32())
    if kind in NUMBER_TYPES:
        return pa.array(values, mask=mask)
    raise TypeError(f"column {name} of type {kind} has neither digits nor a list")
