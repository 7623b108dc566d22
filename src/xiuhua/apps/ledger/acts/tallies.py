"""Keep the number of problems per region, source and state, day by day.

Kept for the county of a problem and what lies in it down to the problem's own region;
wider regions add up their counties. A problem above a county is kept under its own
region alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Exists, F, OuterRef

from xiuhua.apps.ledger.models import LedgerTally
from xiuhua.apps.ledger.rules import State
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
# Region and state.
Key = tuple[str, str]


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

    Those withdrawn are counted nowhere. Four questions, whatever the level. A clock
    that was set back must not lose a problem: it is counted from the latest row, be
    that of a later day.
    """
    steps = _steps(old, new, count)
    keys = [(code, state) for code in kept_for(region_code) for state in steps]
    last = _last_rows(source, keys)
    fresh = [key for key in keys if key not in last or last[key].day < day]
    for state, step in steps.items():
        kept = [last[key].pk for key in keys if key[1] == state and key not in fresh]
        if kept:
            rows = LedgerTally.unscoped.filter(pk__in=kept)
            rows.update(problems=F("problems") + step)
    LedgerTally.unscoped.bulk_create(
        LedgerTally(
            region_code=code,
            source=source,
            state=state,
            day=day,
            problems=(last[code, state].problems if (code, state) in last else 0)
            + steps[state],
        )
        for code, state in fresh
    )


def _steps(old: str, new: str, count: int) -> dict[str, int]:
    """Return by how many each state grows."""
    if old == new:
        return {}
    steps = {old: -count, new: count}
    return {k: n for k, n in steps.items() if k not in ("", State.WITHDRAWN)}


def _last_rows(source: str, keys: Sequence[Key]) -> dict[Key, LedgerTally]:
    """Return the latest row of each region and state, locked in one order."""
    later = LedgerTally.unscoped.filter(
        region_code=OuterRef("region_code"),
        source=source,
        state=OuterRef("state"),
        day__gt=OuterRef("day"),
    )
    found = LedgerTally.unscoped.select_for_update().filter(
        ~Exists(later),
        region_code__in={code for code, _ in keys},
        source=source,
        state__in={state for _, state in keys},
    )
    rows = found.order_by("region_code", "state")
    return {(row.region_code, row.state): row for row in rows}
