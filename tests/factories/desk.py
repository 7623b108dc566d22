"""What a user keeps at hand."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.factories.accounts import make_user
from tests.factories.moments import NOON

from xiuhua.apps.desk.models import SavedView, SentForm


_numbers = count(1)


def make_saved_view(**said: Any) -> SavedView:
    """Keep a view of the list of households."""
    usual = {"page": "households:index", "name": f"视图{next(_numbers)}"}
    usual |= {"query": "cause=illness", "saved_at": NOON}
    said = {"user": said.get("user") or make_user(), **said}
    return SavedView.objects.create(**usual | said)


def make_sent_form(**said: Any) -> SentForm:
    """Note that a form has acted."""
    usual = {"key": f"key{next(_numbers)}", "outcome": "/", "sent_at": NOON}
    said = {"user": said.get("user") or make_user(), **said}
    return SentForm.objects.create(**usual | said)
