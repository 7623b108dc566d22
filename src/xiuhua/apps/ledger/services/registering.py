"""Enter a problem on the ledger by hand, as found by somebody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.ledger.acts.entering import numbers_locked, problem_entered
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import Found


@transaction.atomic
def problem_register(*, found: Found, once: str, by: Post, at: datetime) -> Problem:
    """Enter a problem on the ledger; the same key of a form again returns the first.

    Raises:
        NotPermitted: when the post registers no problems there.
        NotInForce: when the region does not exist.
        ProblemUnfit: when source, class or an axis is none of theirs, the text is
            empty, the day lies ahead, or a household lies outside the region.
    """
    check_permitted(by.state, Permission.PROBLEM_REGISTER, region=found.region)
    # The lock comes first, so that of two forms sent at once the second sees the first.
    numbers = numbers_locked(found.region, timezone.localtime(at).date())
    made = Problem.objects.filter(once=once).first()
    if made is not None:
        return made
    return problem_entered(found, once=once, numbers=numbers, by=by, at=at)
