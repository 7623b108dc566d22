"""The one base class of every error a user is meant to read.

A subclass is defined in the module that raises it and carries a dotted `code`
(`<stage>.<what>`), the place where it happened and a hint of what to do.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A place a reader can go to: a file with line and column, or a workbook cell."""

    file: str = ""
    line: int | None = None
    column: int | None = None
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        parts = [p for p in (self.file, self.sheet, self.cell) if p]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class XiuhuaError(Exception):
    """An error with a code, a place and a hint; shown to users without a traceback."""

    code = "core.error"

    def __init__(self, message: str, *, where: Place | None = None, hint: str = ""):
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where and str(self.where) else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message}{hint}"
