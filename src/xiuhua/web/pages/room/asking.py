"""Read what a page of the command room was asked for, and write such addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assessments.totals import EXITED, LEFT


# Which of the registered households the verdicts are counted for.
GROUPS: Final = {
    "all": (_("all registered households"), None),
    "left": (_("households not exited"), LEFT),
    "exited": (_("exited households"), EXITED),
}
_ANY: Final = "0"
# What travels from one region to the next; the rest belongs to one page.
_KEPT: Final = ("standard", "of", "colour", "as_of", "wall")


@dataclass(frozen=True)
class Question:
    """The parameters of a page, read and made sound."""

    request: HttpRequest
    day: date
    past: bool
    wrong_day: bool
    standard: str
    of: str
    colour: str

    @property
    def poverty(self) -> tuple[str, ...] | None:
        """Return the exit statuses the verdicts are counted for, None for all."""
        return GROUPS[self.of][1]

    @cached_property
    def kept(self) -> str:
        """Return the parameters that lead on to another region, as a query."""
        query = self.request.GET.copy()
        for name in list(query):
            if name not in _KEPT or not query[name]:
                query.pop(name)
        return query.urlencode()

    def address(self, code: str) -> str:
        """Return the address of a region, asked for in the same way."""
        # A page has hundreds of these: the pattern is resolved once.
        before, after = self._around
        return f"{before}{code}{after}"

    @cached_property
    def _around(self) -> tuple[str, str]:
        path = reverse("room:region", args=[_ANY])
        before, _, after = path.partition(_ANY)
        return before, f"{after}?{self.kept}" if self.kept else after

    def turned(self, **changed: str | None) -> str:
        """Return the address of this page with some parameters changed or left out."""
        query = self.request.GET.copy()
        for name, value in changed.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        text = query.urlencode()
        return f"{self.request.path}?{text}" if text else self.request.path


def question_of(request: HttpRequest, *, today: date) -> Question:
    """Return what a page was asked for; what cannot be is answered as of today."""
    given = request.GET.get("as_of", "").strip()
    day, wrong = _day(given, today)
    of = request.GET.get("of", "")
    return Question(
        request,
        day=day,
        past=day < today,
        wrong_day=wrong,
        standard=request.GET.get("standard", ""),
        of=of if of in GROUPS else "all",
        colour=request.GET.get("colour", ""),
    )


def _day(given: str, today: date) -> tuple[date, bool]:
    if not given:
        return today, False
    try:
        day = date.fromisoformat(given)
    except ValueError:
        return today, True
    plausible = date(1949, 10, 1) <= day <= today
    return (day, False) if plausible else (today, True)
