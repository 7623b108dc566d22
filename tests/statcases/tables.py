"""Read the data of a case as R's `read.csv` does."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from xiuhua.core.errors import XiuhuaError


class CaseInvalid(XiuhuaError):
    code = "statcase.invalid"


LOGICAL = {"TRUE": 1.0, "T": 1.0, "FALSE": 0.0, "F": 0.0}


class Table:
    """Columns of numbers (missing is NaN) or of text (missing is None)."""

    def __init__(self, columns: Mapping[str, np.ndarray], texts: Mapping[str, list]):
        self.columns = columns
        self.texts = texts
        self.rows = len(next(iter(columns.values())))

    def numbers(self, name: str) -> np.ndarray:
        column = self._column(name)
        if column.dtype == object:
            raise CaseInvalid(f"column {name} is not numeric")
        return column

    def raw(self, name: str) -> np.ndarray:
        return self._column(name)

    def text(self, name: str) -> list[str | None]:
        """The values as R's `as.character` gives them."""
        self._column(name)
        return self.texts[name]

    def is_text(self, name: str) -> bool:
        return self._column(name).dtype == object

    def mask(self, domain: Mapping[str, Any] | None) -> np.ndarray:
        """The rows of a domain {column: [values]}; missing lies outside."""
        inside = np.ones(self.rows, dtype=bool)
        for name, values in (domain or {}).items():
            listed = values if isinstance(values, list) else [values]
            wanted = {as_text(v) for v in listed}
            inside &= np.array([t in wanted for t in self.text(name)])
        return inside

    def only(self, keep: np.ndarray) -> Table:
        columns = {k: v[keep] for k, v in self.columns.items()}
        texts = {
            k: [t for t, kept in zip(v, keep, strict=True) if kept]
            for k, v in self.texts.items()
        }
        return Table(columns, texts)

    def _column(self, name: str) -> np.ndarray:
        if name not in self.columns:
            raise CaseInvalid(f"no column {name}")
        return self.columns[name]


def as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return f"{value:.15g}"
    return str(value)


def read(path: Path) -> Table:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        rows = [row for row in reader if row]
    columns: dict[str, np.ndarray] = {}
    texts: dict[str, list[str | None]] = {}
    for i, name in enumerate(header):
        columns[name], texts[name] = _typed([row[i] for row in rows])
    return Table(columns, texts)


def _typed(cells: list[str]) -> tuple[np.ndarray, list[str | None]]:
    stripped = [c.strip() for c in cells]
    filled = [c for c in stripped if c not in ("", "NA")]
    if filled and all(c in LOGICAL for c in filled):
        values = [LOGICAL.get(c, np.nan) for c in stripped]
        names = {1.0: "TRUE", 0.0: "FALSE"}
        return np.array(values), [names.get(v) for v in values]
    try:
        numbers = [float(c) if c not in ("", "NA") else np.nan for c in stripped]
    except ValueError:
        kept = [None if c == "NA" else c for c in cells]
        return np.array(kept, dtype=object), kept
    return np.array(numbers), [None if np.isnan(v) else as_text(v) for v in numbers]
