"""Write the whole workbook, `report.xlsx`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from xiuhua.core.screening.report.asks import write_asks
from xiuhua.core.screening.report.basis import write_basis
from xiuhua.core.screening.report.book import READY, SUMMARY, WRONG_EXITS, Book
from xiuhua.core.screening.report.faults import write_faults
from xiuhua.core.screening.report.households import write_households
from xiuhua.core.screening.report.lists import write_lists
from xiuhua.core.screening.report.page import Page
from xiuhua.core.screening.report.shortfalls import write_shortfalls
from xiuhua.core.screening.report.standard import write_standard
from xiuhua.core.screening.report.summary_page import (
    Found,
    set_up_summary,
    write_summary,
)
from xiuhua.core.screening.report.villages import write_villages
from xiuhua.core.screening.run import Screening
from xiuhua.core.screening.summary import summary


REPORT: Final = "report.xlsx"


def report_writer(
    language: str, progress: Callable[[str], None] | None = None
) -> Callable[[Screening, Path], None]:
    """Return a writer for `write_files(extra=...)` that puts `report.xlsx` beside."""

    def write(screening: Screening, folder: Path) -> None:
        if progress:
            progress(REPORT)
        write_report(screening, folder / REPORT, language)

    return write


def write_report(screening: Screening, path: Path, language: str) -> None:
    """Write the workbook of a screening in `zh` or `en`.

    The same screening writes the same bytes. It holds names, but no numbers of ID
    cards, telephones or accounts and nothing on health.

    Raises:
        KeyError: when the language is neither `zh` nor `en`.
    """
    with Book(path, screening, language) as book:
        # Sheets stand in the order they are made; the first is filled when the
        # others have been counted.
        first = Page(book, SUMMARY)
        set_up_summary(first)
        write_shortfalls(book)
        lists = write_lists(book)
        asked = write_asks(book)
        write_households(book)
        write_villages(book)
        write_faults(book)
        write_standard(book)
        figures = summary(screening)
        found = Found(lists[WRONG_EXITS], lists[READY], asked)
        write_summary(first, figures, found)
        write_basis(first, figures)
