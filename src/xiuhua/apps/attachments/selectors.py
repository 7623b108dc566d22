"""Read attachments; whoever may not see evidence finds none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import Attachment, EvidenceKind
from xiuhua.apps.regions.selectors import within
from xiuhua.core.errors import XiuhuaError


class AttachmentMissing(XiuhuaError):
    """There is no such attachment, or not where the post may look."""

    code = "attachments.attachment_missing"


def attachment_list(
    *, viewer: Post, subject_kind: str, subject_id: str
) -> QuerySet[Attachment]:
    """Return the attachments of a subject that are not removed, newest first.

    Raises:
        NotPermitted: when the post may not see evidence.
        ScopeMissing: outside a region scope.
    """
    found = _seen_by(viewer).filter(subject_kind=subject_kind, subject_id=subject_id)
    return found.select_related("added_by").order_by("-added_at", "-pk")


def attachment_get(*, viewer: Post, key: int) -> Attachment:
    """Return an attachment by its surrogate key.

    Raises:
        AttachmentMissing: when there is none, it was removed or lies elsewhere.
        NotPermitted: when the post may not see evidence.
        ScopeMissing: outside a region scope.
    """
    found = _seen_by(viewer).filter(pk=key).first()
    if found is None:
        raise AttachmentMissing("there is no such file")
    return found


def named_digests(digests: Iterable[str]) -> set[str]:
    """Return which of some digests a row names that was not removed."""
    rows = Attachment.unscoped.filter(digest__in=list(digests), removed_at=None)
    return set(rows.values_list("digest", flat=True))


def every_named_digest() -> set[str]:
    """Return the digests of all files that must be in the data folder."""
    rows = Attachment.unscoped.filter(removed_at=None)
    return set(rows.order_by().values_list("digest", flat=True).distinct())


def evidence_kinds() -> list[tuple[str, Any]]:
    """Return the kinds of evidence with their words."""
    return list(EvidenceKind.choices)


def _seen_by(viewer: Post) -> QuerySet[Attachment]:
    check_permitted(viewer.state, Permission.EVIDENCE_VIEW, region=viewer.region_id)
    return Attachment.objects.filter(
        within(viewer.region_id, "region_id"), removed_at=None
    )
