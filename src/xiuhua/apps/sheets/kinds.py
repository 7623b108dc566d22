"""What an app says about a list of its own, and the kinds an installation has.

A kind judges rows and takes them over; reading, remembering, showing and the order of
steps are the same for all. Its three acts run in one transaction each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.sheets.heads import CellUnfit, Head
from xiuhua.apps.sheets.rules import Outcome


@dataclass
class Row:
    """A row of a sheet and what is found about it.

    `said` are the tidied texts of its cells, `values` what they were read as. A row
    with a fault is rejected; a note leaves it be. `plan` is what taking it over needs,
    as JSON: the row is compared again at that moment, and must come to the same.
    """

    title: str
    number: int
    said: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome = Outcome.NEW
    faults: list[tuple[str, CellUnfit]] = field(default_factory=list)
    notes: list[tuple[str, CellUnfit]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    plan: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        """Return what a cell says; None where it is empty, or not there."""
        return self.values.get(key)

    @property
    def is_sound(self) -> bool:
        """Test whether nothing is wrong with the row so far."""
        return not self.faults

    def reject(self, key: str, fault: CellUnfit) -> None:
        """Say what is wrong with a cell."""
        self.faults.append((key, fault))
        self.outcome = Outcome.REJECTED

    def note(self, key: str, remark: CellUnfit) -> None:
        """Say what should be looked at before the sheet is taken over."""
        self.notes.append((key, remark))

    def differs(self, key: str, old: Any, new: Any) -> None:
        """Say which value would change; the row is then a changed one."""
        self.changes.append((key, str(old), str(new)))
        self.outcome = Outcome.CHANGED


@dataclass(frozen=True)
class Taken:
    """A row that was taken over: the key of what it made or changed, and its plan.

    The plan is gone once the rows of the sheet have been erased.
    """

    made: int
    outcome: Outcome
    plan: Mapping[str, Any]


@dataclass(frozen=True)
class Sending:
    """The sheet as a kind knows it: for which region, named what, by whom, when."""

    key: int
    region: str
    source: str
    digest: str
    by: Post
    at: datetime
    today: date


@dataclass(frozen=True)
class Kind:
    """A list that can be sent in.

    `compare` sets the outcome of sound rows and rejects bad ones, all in place; it sees
    every row, so that all that is wrong with one is told at once. `apply` takes over
    new and changed rows and returns the key of what each made or changed. `undo` takes
    all of them back or raises; None where what was said stands. `filled` yields the
    rows of the sheet that is handed out, a value for each head.
    """

    code: str
    title: Any
    permission: Permission
    heads: tuple[Head, ...]
    compare: Callable[[Sequence[Row], Sending], None]
    apply: Callable[[Sequence[Row], Sending], Sequence[int]]
    undo: Callable[[Sequence[Taken], Sending], None] | None
    filled: Callable[[Post, date], Iterable[Sequence[Any]]]

    def head(self, key: str) -> Head:
        """Return the column of a key."""
        return next(head for head in self.heads if head.key == key)

    @property
    def needed(self) -> frozenset[str]:
        """Return the columns without which a sheet is not of this kind."""
        return frozenset(head.key for head in self.heads if head.needed)


class KindMissing(LookupError):
    """No kind of list has this code."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of lists by code, in the order of the settings."""
    found = [import_string(path) for path in settings.SHEET_KINDS]
    return {kind.code: kind for kind in found}


def kind_get(code: str) -> Kind:
    """Return a kind of list.

    Raises:
        KindMissing: when there is none of this code.
    """
    try:
        return kinds()[code]
    except KeyError:
        raise KindMissing(code) from None
