"""What a mark is, and why a workbook may take none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from xiuhua.core.errors import XiuhuaError


RETURNED_SHEET: Final = "标注说明"
"""The sheet of a marked workbook that says what was left out of it."""


class MarkingImpossible(XiuhuaError):
    """A workbook is written in a way that cannot be marked without changing it."""

    code = "intake.marking_impossible"


@dataclass(frozen=True)
class Mark:
    """A cell to be marked: `row` from 1, `column` from 0, and the comment's text."""

    sheet: str
    row: int
    column: int
    text: str


def unmarkable() -> MarkingImpossible:
    """Return the error of a workbook whose parts are not as expected."""
    return MarkingImpossible(
        "the workbook is written in an unusual way and cannot be marked",
        hint="take the list of faults instead",
    )
