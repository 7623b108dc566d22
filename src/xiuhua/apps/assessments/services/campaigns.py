"""Set the campaigns that regions count down to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.countdown import CampaignRefused, check_campaign
from xiuhua.apps.assessments.models import Campaign
from xiuhua.apps.audit import services as audit
from xiuhua.core.errors import XiuhuaError


FIELDS: Final = ("name", "starts_on", "deadline", "reserve_days", "document")


class CampaignChanged(XiuhuaError):
    """Somebody changed the campaign after it was shown."""

    code = "assessments.campaign_changed"


@transaction.atomic
def campaign_set(
    *,
    region: str,
    name: str,
    starts_on: date,
    deadline: date,
    reserve_days: int,
    document: str,
    by: Post,
    at: datetime,
) -> Campaign:
    """Set a campaign for a region; one that begins on the same day is refused.

    Raises:
        CampaignRefused: when it has no sense, or one starts that day already.
        NotPermitted: when the post may not decide this for the region.
    """
    check_campaign(
        name=name,
        document=document,
        starts_on=starts_on,
        deadline=deadline,
        reserve_days=reserve_days,
    )
    check_permitted(by.state, Permission.REGION_EDIT, region=region)
    _check_once(region, starts_on)
    campaign = Campaign.unscoped.create(
        region_id=region,
        name=name.strip(),
        starts_on=starts_on,
        deadline=deadline,
        reserve_days=reserve_days,
        document=document.strip(),
        changed_at=at,
    )
    _record("set", campaign, by, at, old=None)
    return campaign


@transaction.atomic
def campaign_correct(
    *,
    campaign_id: int,
    version: int | None,
    name: str,
    starts_on: date,
    deadline: date,
    reserve_days: int,
    document: str,
    by: Post,
    at: datetime,
) -> Campaign:
    """Change a campaign as it was shown.

    Raises:
        CampaignChanged: when the version is not the one stored.
        CampaignRefused: when it has no sense or there is none of that number.
        NotPermitted: when the post may not decide this for its region.
    """
    check_campaign(
        name=name,
        document=document,
        starts_on=starts_on,
        deadline=deadline,
        reserve_days=reserve_days,
    )
    found = Campaign.unscoped.select_for_update().filter(pk=campaign_id).first()
    if found is None:
        raise CampaignRefused("there is no such campaign here")
    check_permitted(by.state, Permission.REGION_EDIT, region=found.region_id)
    if version != found.version:
        raise CampaignChanged("the campaign was changed meanwhile: look at it again")
    if starts_on != found.starts_on:
        _check_once(found.region_id, starts_on)
    old = {field: getattr(found, field) for field in FIELDS}
    found.name, found.document = name.strip(), document.strip()
    found.starts_on, found.deadline = starts_on, deadline
    found.reserve_days = reserve_days
    found.version, found.changed_at = found.version + 1, at
    found.save()
    _record("corrected", found, by, at, old=old)
    return found


def _check_once(region: str, starts_on: date) -> None:
    if Campaign.unscoped.filter(region_id=region, starts_on=starts_on).exists():
        raise CampaignRefused(
            "a campaign that starts on {day} is set already", day=str(starts_on)
        )


def _record(
    done: str,
    campaign: Campaign,
    by: Post,
    at: datetime,
    *,
    old: Mapping[str, Any] | None,
) -> None:
    audit.entry_append(
        action=f"assessments.campaign.{done}",
        target="assessments.campaign",
        target_id=str(campaign.pk),
        target_label=campaign.name,
        region_code=campaign.region_id,
        by=by.actor,
        at=at,
        old=old,
        new={field: getattr(campaign, field) for field in FIELDS},
        order_number=campaign.document,
    )
