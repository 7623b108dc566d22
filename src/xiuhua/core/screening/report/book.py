"""The workbook as a whole: its sheets by name, its language, its writer.

Nothing is ever written as a formula or as an address on the network; the time in the
file is the day of judgement, so that the same run writes the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import xlsxwriter

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.screening.lists import village_names
from xiuhua.core.screening.report.styles import Styles
from xiuhua.core.screening.run import Screening
from xiuhua.core.wording import Wording
from xiuhua.messages import translator


LARGE: Final = 50_000
"""Households from which on rows are written to disk as they come."""

SUMMARY: Final = "Summary"
SHORTFALLS: Final = "Shortfalls"
WRONG_EXITS: Final = "Suspected wrong exits"
READY: Final = "Ready to exit"
TO_ASK: Final = "To ask"
HOUSEHOLDS: Final = "Household list"
VILLAGES: Final = "Village list"
FAULTS: Final = "Data faults"
STANDARD: Final = "Standard"

_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


class Book:
    """A workbook being written for a screening, in one language.

    A context manager: leaving it without an error writes the file.
    """

    def __init__(self, path: Path, screening: Screening, language: str):
        self.screening = screening
        self.language = language
        self.say: Callable[[str], str] = translator(language)
        self.wording = Wording(screening.standard, load_dictionary(), language)
        self.places = village_names(screening)
        self.workbook: Any = xlsxwriter.Workbook(
            str(path),
            _OPTIONS
            | {
                "constant_memory": _households(screening) > LARGE,
                "tmpdir": str(screening.work_dir),
            },
        )
        self.styles = Styles(self.workbook, language)
        self.workbook.set_properties(self._properties())

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.workbook.close()

    @property
    def titles(self) -> str:
        """The titles of the standards judged by."""
        packs = self.screening.standard.packs
        return " + ".join(p.title.in_(self.language) for p in packs)

    @property
    def region(self) -> str:
        """The region as it is named in titles: its name where known, and its code."""
        code = self.screening.standard.region
        name = self.place_name(code)
        return f"{name} {code}".strip()

    @property
    def day(self) -> str:
        """The day of judgement as it is written."""
        day = self.screening.standard.as_of
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return day.isoformat()

    def label(self, level: str, name: str) -> str:
        """Return the label of a field of the dictionary or a derived field."""
        return self.wording.label(level, name)

    def indicator(self, name: str) -> str:
        """Return the label of an indicator or of the verdict over all of them."""
        for indicator in self.screening.standard.indicators:
            if indicator.id == name:
                return indicator.label.in_(self.language)
        return self.say("overall")

    def verdict(self, word: str) -> str:
        """Return a verdict as it is read; in English without an underscore."""
        return self.say(word).replace("_", " ")

    def place_name(self, code: str) -> str:
        """Return the name of a township or village, empty where not known."""
        if code in self.places:
            return self.places[code][1]
        below = (v for k, v in self.places.items() if len(code) == 9 and k[:9] == code)
        return next((township for township, _ in below if township), "")

    def _properties(self) -> dict[str, Any]:
        standard = self.screening.standard
        return {
            "title": self.titles,
            "subject": f"{self.region} {self.day}",
            "created": datetime.combine(standard.as_of, time(), UTC),
        }


def _households(screening: Screening) -> int:
    row = screening.results.execute("SELECT COUNT(*) FROM judged").fetchone()
    return int(row[0]) if row else 0
