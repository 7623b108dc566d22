"""The one base class of every error a user is meant to read.

A subclass is defined in the module that raises it and carries a dotted `code`
(`<stage>.<what>`), the place where it happened and a hint of what to do. Messages are
English templates, so that an interface can word them in another language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


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
    """An error with a code, a place and a hint; shown to users without a traceback.

    `message` and `hint` are templates filled with `values`:
    `XiuhuaError("there is no {what}", what=name)`.
    """

    code = "core.error"

    def __init__(
        self,
        message: str,
        *,
        where: Place | None = None,
        hint: str = "",
        **values: Any,
    ):
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.values = values

    def worded(self, say: Callable[[str], str]) -> str:
        """Return the whole error in the language of a translator."""
        place = f"{self.where}: " if self.where and str(self.where) else ""
        hint = ""
        if self.hint:
            hint = say(" ({hint})").format(hint=self._filled(self.hint, say))
        return f"{place}{self._filled(self.message, say)}{hint}"

    def kept(self) -> dict[str, Any]:
        """Return the error as JSON: what a worker met is told when somebody looks."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "where": str(self.where or ""),
            "values": json.loads(json.dumps(self.values, default=str)),
        }

    def _filled(self, template: str, say: Callable[[str], str]) -> str:
        # A template without values may hold braces of its own.
        words = say(template)
        return words.format(**self.values) if self.values else words

    def __str__(self) -> str:
        return self.worded(str)


def kept_worded(kept: Mapping[str, Any], say: Callable[[str], str]) -> str:
    """Return an error that was kept in the language of a translator.

    >>> kept_worded(XiuhuaError("no {what}", what="row", hint="add one").kept(), str)
    'no row (add one)'
    """
    told = XiuhuaError(kept["message"], hint=kept["hint"], **kept["values"])
    place = f"{kept['where']}: " if kept["where"] else ""
    return f"{place}{told.worded(say)}"
