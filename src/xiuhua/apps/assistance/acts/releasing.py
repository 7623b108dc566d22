"""End what hangs on households that are no more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.acts.recording import Done, kept, recorded
from xiuhua.apps.assistance.choices import PairingEnd
from xiuhua.apps.assistance.models import Pairing


def households_released(*, households: Iterable[int], by: Post, at: datetime) -> int:
    """End the pairings of households that are no more; part of the act that ends them.

    The registry's service asked for the permission and recorded its act.
    """
    ended = Pairing.unscoped.select_for_update().filter(
        household__in=list(households),
        household__ended_on__isnull=False,
        ended_on__isnull=True,
    )
    rows = list(ended.select_related("household"))
    for row in rows:
        row.ended_on = max(row.household.ended_on, row.starts_on)
        row.ended_reason = PairingEnd.HOUSEHOLD
        kept(row)
        done = Done("end", row, {"reason": row.ended_reason, "on": row.ended_on})
        recorded("pairing.ended", done, region=row.household.village_id, by=by, at=at)
    return len(rows)
