"""Keep the number of plans and measures per region, year and state.

Kept for the village of a plan, its township and its county; wider regions add up their
counties. Rows are locked in one order, so that two acts cannot wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from xiuhua.apps.plans.models import PlanTally
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, ancestors


DRAFT: Final = "plan_draft"
IN_FORCE: Final = "plan_in_force"
CLOSED: Final = "plan_closed"
_COUNTY: Final = LENGTH_BY_LEVEL["county"]
# Region, year and state.
Key = tuple[str, int, str]


def kept_for(region_code: str) -> list[str]:
    """Return the regions whose tallies a plan counts in.

    >>> kept_for("239906100201")
    ['239906', '239906100', '239906100201']
    """
    return [code for code in ancestors(region_code) if len(code) >= _COUNTY]


def tallies_shift(changes: Mapping[Key, int]) -> None:
    """Count changes of villages in them and the regions around them."""
    wanted: Counter[Key] = Counter()
    for (region, year, state), step in changes.items():
        for code in kept_for(region):
            wanted[code, year, state] += step
    for key, step in sorted(wanted.items()):
        if step:
            _shift(key, step)


def _shift(key: Key, step: int) -> None:
    row, made = PlanTally.unscoped.select_for_update().get_or_create(
        region_code=key[0],
        year=key[1],
        state=key[2],
        defaults={"number": step},
    )
    if not made:
        row.number += step
        row.save(update_fields=["number"])
