"""Called with every change of households: nobody helps one that is no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assistance.acts.releasing import households_released


def households_changed(*, household_ids: Sequence[int], by: Post, at: datetime) -> None:
    """End the pairings of those households that ended."""
    # Workers and commands change households as well, where no scope is open.
    with region_scope([by.region_id]):
        households_released(households=household_ids, by=by, at=at)
