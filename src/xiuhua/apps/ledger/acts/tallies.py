"""Keep the number of problems per region, source and state, day by day.

Kept for the county of a problem and what lies in it down to the problem's own region;
wider regions add up their counties. A problem above a county is kept under its own
region alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from xiuhua.apps.ledger.models import LedgerTally
from xiuhua.apps.ledger.rules import State
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors


_COUNTY: Final = LENGTH_BY_LEVEL["county"]


def kept_for(region_code: str) -> list[str]:
    """Return the regions whose tallies a problem counts in, in the order of locking.

    >>> kept_for("239906100201"), kept_for("23")
    (['239906', '239906100', '239906100201'], ['23'])
    """
    if len(region_code) < _COUNTY:
        return [region_code]
    return [code for code in ancestors(region_code) if len(code) >= _COUNTY]


def tallies_shift(
    *, region_code: str, source: str, old: str, new: str, day: date, count: int = 1
) -> None:
    """Count problems that go from one state to another; `old` empty: they are new.

    Those withdrawn are counted nowhere.
    """
    for code in kept_for(region_code):
        for state, step in _steps(old, new):
            _shift(code, source, state, day, step * count)


def _steps(old: str, new: str) -> Iterator[tuple[str, int]]:
    if old:
        yield old, -1
    if new != State.WITHDRAWN:
        yield new, 1


def _shift(code: str, source: str, state: str, day: date, step: int) -> None:
    rows = LedgerTally.unscoped.select_for_update().filter(
        region_code=code, source=source, state=state
    )
    last = rows.order_by("-day").first()
    if last is not None and last.day >= day:
        # A clock that was set back must not lose a problem: count it from today's row.
        last.problems += step
        last.save(update_fields=["problems"])
        return
    before = last.problems if last else 0
    LedgerTally.unscoped.create(
        region_code=code,
        source=source,
        state=state,
        day=day,
        problems=before + step,
    )
