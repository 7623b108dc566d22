"""Read the draws for a second look."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.ledger.models import Recheck, RecheckItem
from xiuhua.apps.ledger.selectors import ProblemMissing
from xiuhua.apps.regions.selectors import within


def recheck_list(*, viewer: Post) -> QuerySet[Recheck]:
    """Return the draws of the viewer's region, the newest first, with their results.

    Raises:
        NotPermitted: when the post verifies no problems.
    """
    check_permitted(viewer.state, Permission.PROBLEM_VERIFY, region=viewer.region_id)
    found = Recheck.objects.filter(within(viewer.region_id, "region_id"))
    return found.annotate(
        drawn=Count("items"),
        seen=Count("items", filter=Q(items__holds__isnull=False)),
        failed=Count("items", filter=Q(items__holds=False)),
    ).order_by("-drawn_at", "-pk")[:100]


def recheck_get(*, viewer: Post, key: int) -> Recheck:
    """Return a draw.

    Raises:
        ProblemMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post verifies no problems.
    """
    check_permitted(viewer.state, Permission.PROBLEM_VERIFY, region=viewer.region_id)
    found = Recheck.objects.filter(within(viewer.region_id, "region_id"), pk=key)
    draw = found.first()
    if draw is None:
        raise ProblemMissing("there is no such draw")
    return draw


def item_list(*, recheck: Recheck) -> QuerySet[RecheckItem]:
    """Return the drawn problems of a draw, by number."""
    items = recheck.items.select_related("problem__owner__user")
    return items.order_by("problem__number")


def item_get(*, viewer: Post, key: int) -> RecheckItem:
    """Return a drawn problem.

    Raises:
        ProblemMissing: when there is none, or it lies elsewhere.
        NotPermitted: when the post verifies no problems.
    """
    check_permitted(viewer.state, Permission.PROBLEM_VERIFY, region=viewer.region_id)
    found = RecheckItem.objects.filter(
        within(viewer.region_id, "problem__region_id"), pk=key
    )
    item = found.select_related("problem", "recheck").first()
    if item is None:
        raise ProblemMissing("there is no such draw")
    return item
