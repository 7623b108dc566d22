"""Open problems by rule where a plan has failed; nothing is ever closed by rule.

A rule is a function from a day to causes. The same cause opens no second problem while
the first is open, nor for some time after it was ended: the data follow the deed.
Unknown never opens one: it is a question for data health.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger.acts.entering import numbers_locked, problem_entered
from xiuhua.apps.ledger.acts.events import Program
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.opening_rules import Cause
from xiuhua.apps.ledger.parameters import parameters


_PART: Final = 500


@transaction.atomic
def problems_open(*, causes: Iterable[Cause], by: Actor, at: datetime) -> list[Problem]:
    """Put a problem on the ledger for each cause that has none; return the new ones."""
    day = timezone.localtime(at).date()
    wanted = {cause.key: cause for cause in causes}
    new = [wanted[key] for key in wanted if key not in _known(wanted, at)]
    made = []
    for cause in new:
        numbers = numbers_locked(cause.found.region, day)
        made.append(
            problem_entered(
                cause.found,
                once=_once(cause, at),
                numbers=numbers,
                by=Program(by),
                at=at,
                opened_for=cause.key,
            )
        )
    return made


def _known(wanted: Mapping[str, Cause], at: datetime) -> set[str]:
    """Return the causes whose problem is open, or was ended not long ago.

    A merged problem lives on in another: its cause is known as long as that is open.
    """
    lately = at - timedelta(days=parameters().days_before_opening_again)
    alive = (
        Q(ended_at__isnull=True)
        | Q(ended_at__gte=lately)
        | Q(merged_into__isnull=False, merged_into__ended_at__isnull=True)
    )
    keys = list(wanted)
    known: set[str] = set()
    for start in range(0, len(keys), _PART):
        part = keys[start : start + _PART]
        rows = Problem.unscoped.filter(alive, opened_for__in=part)
        known |= set(rows.values_list("opened_for", flat=True))
    return known


def _once(cause: Cause, at: datetime) -> str:
    return hashlib.sha256(f"{cause.key}\n{at.isoformat()}".encode()).hexdigest()
