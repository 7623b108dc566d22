"""What stands beside a household: who helps it, who did, who answers, the visits."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import pairings, people, visits
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.dictionary.model import Mask
from xiuhua.web.access import allows
from xiuhua.web.pages.assistance.listing import chain_shown
from xiuhua.web.pages.households.shown import name_shown


register = template.Library()
_SHOWN = 5
_LOOKS = {"made": "good", "planned": "warn", "dropped": "none"}


def _old_place(now: Any, day: date) -> str:
    """Return where a household came from whose helper is still that of before."""
    code = now.old_village if now else ""
    return regions.names_of(codes=[code], as_of=day)[code] if code else ""


@register.inclusion_tag("assistance/_panel.html", takes_context=True)
def helping_panel(context: Any, household: Any) -> dict[str, Any]:
    """Show who helps a household, with what of it the post may see."""
    request = context["request"]
    rights, day = request.post.rights, timezone.localdate()
    rows = pairings.pairings_of_household(household=household)
    now = next((p for p in rows if p.ended_on is None), None)
    full = rights.shows(Mask.PERSONAL)
    latest = visits.visits_of_household(household=household)
    shown = list(latest[:_SHOWN])
    for visit in shown:
        visit.state_look = _LOOKS[visit.state]
    said = household.helper_name
    return {
        "household": household,
        "now": now,
        "now_name": name_shown(now.helper.name, rights) if now else "",
        "phone": (now.helper.phone if full else "") if now else "",
        "old_place": _old_place(now, day),
        "before": [
            (p, name_shown(p.helper.name, rights)) for p in rows if p is not now
        ],
        "archive_differs": bool(said and now and now.helper.name != said),
        "archive_name": name_shown(said, rights) if said else "",
        "chain": chain_shown(people.chain_of(region=household.village_id, on=day), day),
        "visits": [
            (v, name_shown(v.helper.name, rights), v.findings if full else "")
            for v in shown
        ],
        "visits_count": len(shown) if len(shown) < _SHOWN else latest.count(),
        "edits": allows(request, Permission.ASSISTANCE_EDIT)
        and household.ended_on is None,
        "visiting": allows(request, Permission.VISIT_WRITE)
        and household.ended_on is None,
    }
