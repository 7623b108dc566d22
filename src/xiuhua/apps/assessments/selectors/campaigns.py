"""Read the campaign a region counts down to."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Length

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.assessments.models import Campaign
from xiuhua.apps.regions.selectors import within
from xiuhua.core.region_codes import ancestors


def campaign_get(*, region: str, as_of: date) -> Campaign | None:
    """Return the campaign a region is in on a day, None without one.

    The nearest region that set one decides; of several the one that began last. One
    that is to begin or has ended counts when there is no other. What a region above has
    set is no secret from those below, so it is read outside the scope.
    """
    set_here_or_above = Campaign.unscoped.filter(region_id__in=ancestors(region))
    found = list(set_here_or_above)
    running = [c for c in found if c.starts_on <= as_of <= c.deadline]
    near = sorted(running or found, key=lambda c: (len(c.region_id), c.starts_on))
    return near[-1] if near else None


def countdown_of(campaign: Campaign, *, as_of: date) -> Countdown:
    """Return how far a campaign is on a day."""
    return Countdown(
        as_of, campaign.starts_on, campaign.deadline, campaign.reserve_days
    )


def campaign_list(*, viewer: Post) -> QuerySet[Campaign]:
    """Return the campaigns set for the viewer's region and its parts, latest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Campaign.objects.filter(within(viewer.region_id, "region_id"))
    return found.order_by(Length("region_id"), "region_id", "-starts_on", "pk")
