"""Let a form act once, however often it is sent.

The key of the form is written in the transaction of its act: either both stand or
neither. It makes no record of its own in the audit, the act does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from xiuhua.apps.accounts.models import User
from xiuhua.apps.desk.models import SentForm


def acted_once(*, user: User, key: str, at: datetime, act: Callable[[], str]) -> str:
    """Run an act unless a form with this key has acted; return where it led.

    `act` returns the address the user is led to. Of two forms sent at once the second
    waits for the first and is led where that one was.
    """
    try:
        with transaction.atomic():
            form = SentForm.objects.create(user=user, key=key, sent_at=at)
            form.outcome = act()
            form.save(update_fields=["outcome"])
            return form.outcome
    except IntegrityError:
        before = SentForm.objects.filter(user=user, key=key).first()
        if before is None:
            # The act itself broke a rule of the database.
            raise
        return before.outcome


def form_count(*, before: datetime) -> int:
    """Return how many forms were sent before an instant."""
    return SentForm.objects.filter(sent_at__lt=before).count()


def form_erase(*, before: datetime, at: datetime) -> int:
    """Forget forms sent before an instant, return how many: no page is open so long."""
    return SentForm.objects.filter(sent_at__lt=before).delete()[0]
