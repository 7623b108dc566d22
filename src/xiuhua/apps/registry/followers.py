"""Tell the apps above that households changed, without knowing them.

`settings.HOUSEHOLD_FOLLOWERS` names functions `(*, household_ids, by, at)`. They are
called in the transaction of the act: when one fails, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from xiuhua.apps.accounts.models import Post


def tell(*, household_ids: Sequence[int], by: Post, at: datetime) -> None:
    """Call every follower once with the households that changed."""
    if not household_ids:
        return
    for path in settings.HOUSEHOLD_FOLLOWERS:
        _follower(path)(household_ids=list(household_ids), by=by, at=at)


@cache
def _follower(path: str) -> Callable[..., None]:
    return import_string(path)
