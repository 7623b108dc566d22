"""Count and erase orders of cards: printed, they lie on paper."""

from __future__ import annotations

from datetime import datetime

from xiuhua.apps.documents.files import order_forget
from xiuhua.apps.documents.selectors import printings_before


def printing_count(*, before: datetime) -> int:
    """Return how many orders were given before."""
    return printings_before(before=before).count()


def printing_erase(*, before: datetime, at: datetime) -> int:
    """Erase orders that were given before, with their files."""
    found = printings_before(before=before)
    for key in found.values_list("pk", flat=True):
        order_forget(key)
    return found.delete()[0]
