"""Read sheets that were sent in, and their rows."""

from __future__ import annotations

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.sheets import store
from xiuhua.apps.sheets.kinds import Kind
from xiuhua.apps.sheets.models import Sheet, SheetRow
from xiuhua.apps.sheets.rules import State
from xiuhua.core.errors import XiuhuaError


class SheetMissing(XiuhuaError):
    """No such sheet where the post is held."""

    code = "sheets.missing"


def sheet_list(*, kind: Kind, viewer: Post) -> QuerySet[Sheet]:
    """Return the sheets of a kind sent in for the post's region, the latest first.

    A post of one sector sees what it sent itself: others' lists hold other sectors.

    Raises:
        NotPermitted: when the post does not keep such lists.
        ScopeMissing: outside a region scope.
    """
    check_permitted(viewer.state, kind.permission, region=viewer.region_id)
    found = Sheet.objects.filter(within(viewer.region_id, "region_id"), kind=kind.code)
    if viewer.sector:
        found = found.filter(post=viewer)
    return found.order_by("-sent_at", "-pk")


def sheet_get(*, kind: Kind, viewer: Post, key: int) -> Sheet:
    """Return a sheet.

    Raises:
        SheetMissing: when there is none, or it is another region's or kind's.
        NotPermitted: when the post does not keep such lists.
    """
    found = sheet_list(kind=kind, viewer=viewer).filter(pk=key).first()
    if found is None:
        raise SheetMissing("there is no such sheet here")
    return found


def row_list(*, sheet: Sheet) -> QuerySet[SheetRow]:
    """Return the rows of a sheet in its order."""
    return sheet.rows.order_by("place")


def may_fetch(*, sheet: Sheet, viewer: Post) -> bool:
    """Test whether the file itself may be handed back: to whoever sent it, in time."""
    own = sheet.post is not None and sheet.post.user_id == viewer.user_id
    return own and bool(sheet.key) and sheet.erased_at is None


def file_of(*, sheet: Sheet, viewer: Post) -> bytes:
    """Return the file of a sheet as it was sent.

    Raises:
        SheetMissing: when it is not the viewer's, or has been erased.
    """
    if not may_fetch(sheet=sheet, viewer=viewer):
        raise SheetMissing("there is no such sheet here")
    return store.content(sheet.key)


def same_before(*, sheet: Sheet) -> Sheet | None:
    """Return the sheet of the same bytes that was taken over already, if any."""
    same = Sheet.objects.filter(
        kind=sheet.kind,
        region_id=sheet.region_id,
        digest=sheet.digest,
        state=State.APPLIED.value,
    )
    return same.exclude(pk=sheet.pk).order_by("pk").first()
