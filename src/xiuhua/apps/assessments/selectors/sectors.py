"""Which indicators a sector bureau answers for, in whatever standards are in use.

A county's own pack that extends a shipped one keeps the names of its indicators: the
bureau of safe water answers for `safe_water` there as well.
"""

from __future__ import annotations

from xiuhua.apps.accounts.sectors import indicators_of
from xiuhua.apps.assessments.models import Adoption


def indicators_in_use(*, sector: str) -> frozenset[str]:
    """Return the indicators of a sector as `pack.indicator`, of every pack adopted."""
    shipped = indicators_of(sector)
    names = {full.partition(".")[2] for full in shipped}
    packs = Adoption.unscoped.order_by().values_list("pack", flat=True).distinct()
    return shipped | {f"{pack}.{name}" for pack in packs for name in names}
