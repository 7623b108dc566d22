"""Tell the apps above that a problem went from a state to another.

`settings.PROBLEM_FOLLOWERS` names functions `(*, problem, old, ended_at, day, count)`.
They are called in the transaction of the step: when one fails, nothing has happened.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from xiuhua.apps.ledger.models import Problem


def tell(
    *,
    problem: Problem,
    old: str,
    ended_at: datetime | None,
    day: date,
    count: int = 1,
) -> None:
    """Call every follower; `old` empty: the problem is new.

    `ended_at` is when the problem had ended before the step, None when it had not. With
    a `count` as many took the step at once, alike in region, source and class.
    """
    for path in settings.PROBLEM_FOLLOWERS:
        _follower(path)(
            problem=problem, old=old, ended_at=ended_at, day=day, count=count
        )


@cache
def _follower(path: str) -> Callable[..., None]:
    return import_string(path)
