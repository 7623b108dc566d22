"""Read the views a user keeps."""

from __future__ import annotations

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import User
from xiuhua.apps.desk.models import SavedView


def view_list(*, user: User, page: str) -> QuerySet[SavedView]:
    """Return a user's own views of a page by name."""
    return SavedView.objects.filter(user=user, page=page).order_by("name", "pk")
