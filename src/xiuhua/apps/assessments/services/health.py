"""Ask that the data of a region are looked at anew."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.tasks import health_check
from xiuhua.apps.audit import services as audit


@transaction.atomic
def health_check_ask(*, region: str, by: Post, at: datetime) -> None:
    """Ask for a look at all households of a region; a worker does it.

    Raises:
        NotPermitted: when the post may not, or not there.
    """
    check_permitted(by.state, Permission.HOUSEHOLD_EDIT, region=region)
    audit.entry_append(
        action="assessments.health.asked",
        target="regions.region",
        target_id=region,
        target_label=region,
        region_code=region,
        by=by.actor,
        at=at,
    )
    transaction.on_commit(lambda: health_check.enqueue(region))
