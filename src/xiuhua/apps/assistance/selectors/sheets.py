"""Read the sheets of pairings that were sent in."""

from __future__ import annotations

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.models import Sheet
from xiuhua.apps.assistance.selectors.people import HelpMissing
from xiuhua.apps.regions.selectors import within


def sheet_list(*, viewer: Post) -> QuerySet[Sheet]:
    """Return the sheets sent in for the post's region, the latest first.

    Raises:
        NotPermitted: when the post keeps no pairings.
        ScopeMissing: outside a region scope.
    """
    check_permitted(viewer.state, Permission.ASSISTANCE_EDIT, region=viewer.region_id)
    found = Sheet.objects.filter(within(viewer.region_id, "region_id"))
    return found.order_by("-sent_at", "-pk")


def sheet_get(*, viewer: Post, key: int) -> Sheet:
    """Return a sheet with its rows.

    Raises:
        HelpMissing: when there is none, or it is another region's.
        NotPermitted: when the post keeps no pairings.
    """
    found = sheet_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise HelpMissing("there is no such thing here")
    return found
