"""What is known while a batch of rows is laid on the archive."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeVar

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.registry.acts.quick_writes import rows_inserted, rows_updated
from xiuhua.apps.registry.acts.recording import Act, change_of
from xiuhua.apps.registry.acts.spans import SpanStep, spans_follow, spans_opened
from xiuhua.apps.registry.models import Change, Household, IncomeStatement, Person
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import contains


CHUNK: Final = 500
_Item = TypeVar("_Item")


class RowTwice(XiuhuaError):
    """A batch says two things about one household or person."""

    code = "registry.row_twice"


class Laying:
    """The households a batch touches, their new spans and members, and the counts."""

    def __init__(self, act: Act):
        self.counts: Counter[str] = Counter()
        self.touched: dict[int, Household] = {}
        self.steps: list[SpanStep] = []
        self.act = act
        # Households that say themselves what their head is called.
        self.named: set[int] = set()
        self._entered: dict[int, date] = {}
        self._members: Counter[tuple[int, date]] = Counter()
        self._acts: dict[date, Act] = {}
        self._changes: list[Change] = []

    def check_inside(self, village: str | None) -> None:
        """Refuse a village outside the post's region.

        Raises:
            NotPermitted: when it lies outside.
        """
        if not village or not contains(self.act.by.region_id, village):
            raise NotPermitted("{region} is outside the post", region=village or "")

    def act_on(self, day: date) -> Act:
        """Return the act as it holds from a day on.

        Raises:
            DayWrong: when the day is still to come.
        """
        if day not in self._acts:
            self._acts[day] = replace(self.act, valid_from=day)
        return self._acts[day]

    def entered(self, household: Household, day: date) -> None:
        """Note a household that begins on a day; its spans open with its members."""
        self._entered[household.pk] = day

    def counted(self, household: Household, more: int, day: date) -> None:
        """Note members who came or went on a day."""
        self.touched[household.pk] = household
        self._members[household.pk, day] += more

    def changed(
        self,
        row: Household | Person | IncomeStatement,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        day: date,
    ) -> Change:
        """Keep the change of a row, to be written with the others of its chunk."""
        change = change_of(row, old, new, self.act_on(day))
        self._changes.append(change)
        return change

    def write_changes(self) -> None:
        """Write the changes kept so far."""
        rows_inserted(Change, self._changes)
        self._changes = []

    def finish(self) -> None:
        """Count members and write the spans, once all rows are laid."""
        opened: dict[date, list[Household]] = defaultdict(list)
        recounted: set[int] = set()
        for (pk, day), more in self._members.items():
            if not more:
                continue
            household = self.touched[pk]
            household.persons_count += more
            recounted.add(pk)
            if self._entered.get(pk) != day:
                self.steps.append(SpanStep(household, day, persons=more))
        for pk in recounted - self._entered.keys():
            self.touched[pk].version += 1
            self.touched[pk].changed_at = self.act.at
        rows_updated((self.touched[pk], ["persons_count"]) for pk in recounted)
        for pk, day in self._entered.items():
            opened[day].append(self.touched[pk])
        for day, households in opened.items():
            spans_opened(households, valid_from=day, persons=self._first_counts(day))
        spans_follow(self.steps)

    def _first_counts(self, day: date) -> dict[int, int]:
        return {pk: n for (pk, on), n in self._members.items() if on == day}


def check_once(numbers: Iterable[str]) -> None:
    """Refuse rows that speak of the same number.

    Raises:
        RowTwice: when a number stands twice.
    """
    if any(n > 1 for n in Counter(numbers).values()):
        raise RowTwice("a number stands twice among the rows")


def chunks(items: Sequence[_Item]) -> Iterator[Sequence[_Item]]:
    """Yield items some hundreds at a time, as many as a statement takes."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
