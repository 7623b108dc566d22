"""The plan of a household in short, for the household's page."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.selectors.page import plan_card
from xiuhua.web.access import allows
from xiuhua.web.forms import new_key


register = template.Library()


@register.inclusion_tag("plans/_card.html", takes_context=True)
def household_plan(context: Any, household: Any) -> dict[str, Any]:
    """Show the newest plan of a household, and the way to one where there is none."""
    request, day = context["request"], timezone.localdate()
    if not allows(request, Permission.HOUSEHOLD_VIEW):
        return {"shown": False}
    card = plan_card(viewer=request.post, household_id=household.pk, on=day)
    return {
        "shown": True,
        "card": card,
        "current": card is not None and card.plan.year == day.year,
        "household": household,
        "edits": allows(request, Permission.PLAN_EDIT) and not household.ended_on,
        "once": new_key(),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def may_plan(context: Any) -> bool:
    """Test whether the post of the page makes plans."""
    return allows(context["request"], Permission.PLAN_EDIT)
