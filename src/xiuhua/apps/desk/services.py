"""Keep and forget a user's own views: one act, one transaction, one entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit import services as audit
from xiuhua.apps.desk.models import SavedView
from xiuhua.apps.desk.rules import checked_name, kept_query


@transaction.atomic
def view_save(*, page: str, name: str, query: str, by: Post, at: datetime) -> SavedView:
    """Keep a view of a page under a name; one of the same name is replaced.

    Raises:
        ViewUnfit: when the name is empty or too long, or the view is too long.
    """
    saved, _ = SavedView.objects.update_or_create(
        user=by.user,
        page=page,
        name=checked_name(name),
        defaults={"query": kept_query(query), "saved_at": at},
    )
    _recorded("desk.view.saved", saved, by=by, at=at)
    return saved


@transaction.atomic
def view_forget(*, view_id: int, by: Post, at: datetime) -> None:
    """Forget a view of one's own; of another user's nothing happens."""
    saved = SavedView.objects.filter(pk=view_id, user=by.user).first()
    if saved is not None:
        _recorded("desk.view.forgotten", saved, by=by, at=at)
        saved.delete()


def _recorded(action: str, saved: SavedView, *, by: Post, at: datetime) -> None:
    audit.entry_append(
        action=action,
        target="desk.view",
        target_id=str(saved.pk),
        target_label=saved.page,
        region_code=by.region_id,
        by=by.actor,
        at=at,
    )
