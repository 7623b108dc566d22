"""Show plans, measures and households without a plan as lists."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.plans.selectors.lists import figures_of, owner_list
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.plans.forms import OwnerForm
from xiuhua.web.pages.plans.listing import (
    measure_table,
    measures_asked,
    missing_asked,
    missing_table,
    plan_table,
    plans_asked,
)
from xiuhua.web.pages.plans.planning import owner_words
from xiuhua.web.pages.plans.words import STATES
from xiuhua.web.pages.sheets.ways import sheet_ways
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer


# Where a session keeps the measures that were given to another last.
CHANGED: Final = "plans_owner_changed"


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def index(request: HttpRequest) -> HttpResponseBase:
    """Show the plans of a region; POST searches by what names a household."""
    region, day = region_asked(request), timezone.localdate()
    return answer(
        request,
        plan_table(request.post, region=region, day=day),
        plans_asked(request.post, region=region, day=day),
        "plans/index.html",
        title=_("Plans"),
        figures=_figures(request, region),
        year=day.year,
        edits=allows(request, Permission.PLAN_EDIT),
        village=region if _is_village(region) else "",
        trail=trail(request, region, lambda code: f"?region={code}"),
    )


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def measures(request: HttpRequest) -> HttpResponseBase:
    """Show the measures of a region; POST searches by what names a household."""
    region, day = region_asked(request), timezone.localdate()
    edits = allows(request, Permission.PLAN_EDIT)
    return answer(
        request,
        measure_table(request.post, region=region, day=day),
        measures_asked(request.post, region=region, day=day),
        "plans/measures.html",
        title=_("Measures"),
        bulk_form=OwnerForm(owners=owner_choices(region)) if edits else None,
        changed=len(request.session.get(CHANGED, ())) if edits else 0,
        sheets=sheet_ways("measures") if edits else [],
        trail=trail(request, region, lambda code: f"?region={code}"),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def missing(request: HttpRequest) -> HttpResponseBase:
    """Show households that fall short in something and have no plan this year."""
    region, day = region_asked(request), timezone.localdate()
    return answer(
        request,
        missing_table(request.post, region=region, day=day),
        missing_asked(request.post, region=region, day=day),
        "plans/missing.html",
        title=_("Households without a plan"),
        edits=allows(request, Permission.PLAN_EDIT),
        trail=trail(request, region, lambda code: f"?region={code}"),
    )


def owner_choices(region: str) -> list[tuple[str, str]]:
    """Return the posts measures of a region can be given to, with their words.

    From a township down those of its villages are among them; of a county they are too
    many to choose from: narrow the list to a township first.
    """
    below = len(region) >= LENGTH_BY_LEVEL["township"]
    found = owner_list(region=region, on=timezone.localdate(), below=below)
    return [(str(post.pk), owner_words(post)) for post in found]


def _figures(request: HttpRequest, region: str) -> list[tuple[Any, int, str]]:
    """Return the figures above the list; a bureau, which sees a part, gets none."""
    if request.post.sector:
        return []
    found = figures_of(region=region, year=timezone.localdate().year)
    measures_url = reverse("plans:measures")
    plans: list[tuple[Any, int, str]] = [
        (_("plans in force"), found.get("plan_in_force", 0), "?state=in_force"),
        (_("drafts"), found.get("plan_draft", 0), "?state=draft"),
        (_("closed plans"), found.get("plan_closed", 0), "?state=closed"),
    ]
    states = [
        (words, found.get(state, 0), f"{measures_url}?state={state}")
        for state, words in STATES.items()
        if state not in ("dropped", "carried_over")
    ]
    suffix = f"&region={region}"
    return [(words, number, url + suffix) for words, number, url in plans + states]


def _is_village(region: str) -> bool:
    day = timezone.localdate()
    found = regions.region_list(under=region, as_of=day).filter(code=region).first()
    return found is not None and found.level == "village"
