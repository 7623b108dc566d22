"""Read the books of who helps: what happened to a row, and whether a chain holds."""

from __future__ import annotations

from django.db import models
from django.db.models import QuerySet

from xiuhua.apps.assistance.models import Book, HelpEvent
from xiuhua.apps.audit.chained import is_sound


def event_list(*, row: models.Model) -> QuerySet[HelpEvent]:
    """Return what happened to a row, the latest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    about = f"{row._meta.label_lower}:{row.pk}"
    return HelpEvent.objects.filter(about=about).order_by("-recorded_at", "-number")


def broken_book_list() -> list[Book]:
    """Return the books in the scope whose events were tampered with.

    Raises:
        ScopeMissing: outside a region scope.
    """
    return [
        book
        for book in Book.objects.order_by("region_id")
        if not is_sound(book, book.events.select_related("book"))
        or any(e.said.get("about") != e.about for e in book.events.all())
    ]
