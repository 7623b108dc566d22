"""Show the list of households and the page of one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors.verdicts import verdicts_of
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.region_codes import contains
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.households.bulk import LAST, BulkForm
from xiuhua.web.pages.households.chart import income_chart
from xiuhua.web.pages.households.listing import (
    STATE_OF_MONITORING,
    STATE_OF_POVERTY,
    household_table,
    rows_of,
)
from xiuhua.web.pages.households.shown import name_shown, shown_all
from xiuhua.web.pages.households.steps import OF_HOUSEHOLD, OF_MEMBER
from xiuhua.web.pages.households.topics import HOUSEHOLD, PERSON
from xiuhua.web.shell import language, trail
from xiuhua.web.tables.answers import answer


@allow(Permission.HOUSEHOLD_VIEW, "GET", "POST")
def index(request: HttpRequest) -> HttpResponseBase:
    """Show the households of a region; POST searches by what names a person."""
    region = region_asked(request)
    day = timezone.localdate()
    return answer(
        request,
        household_table(request.post, region=region, day=day),
        rows_of(request.post, region=region),
        "households/index.html",
        title=_("Households"),
        trail=trail(request, region, lambda code: f"?region={code}"),
        edits=allows(request, Permission.HOUSEHOLD_EDIT),
        bulk_form=BulkForm() if allows(request, Permission.ROWS_IMPORT) else None,
        last_batch=request.session.get(LAST),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def page(request: HttpRequest, household_id: int) -> HttpResponse:
    """Show a household: members, facts by topic, income, marks, the latest changes."""
    post = request.post
    household = registry.household_get(viewer=post, household_id=household_id)
    everybody = list(registry.member_list(household=household, past=True))
    members = [person for person in everybody if person.ended_on is None]
    context = {
        "standards": verdicts_of(
            viewer=post,
            household_id=household_id,
            language=language(),
            day=timezone.localdate(),
        ),
        "former": [
            (person, name_shown(person.name, post.rights))
            for person in everybody
            if person.ended_on is not None
        ],
        "steps": OF_HOUSEHOLD.values(),
        "member_steps": OF_MEMBER.values(),
        "household": household,
        "name": name_shown(household.head_name, post.rights),
        "poverty_state": STATE_OF_POVERTY.get(household.poverty, "none"),
        "monitoring_state": STATE_OF_MONITORING.get(household.monitoring, "none"),
        "members": [_member(person, post) for person in members],
        "topics": [
            (topic, shown_all("household", household, topic.fields, post.rights))
            for topic in HOUSEHOLD.values()
        ],
        "incomes": income_chart(
            list(registry.income_list(household=household)), household.persons_count
        ),
        "marks": registry.mark_list(household=household),
        "edits": allows(request, Permission.HOUSEHOLD_EDIT),
        "trail": trail(request, household.village_id, _list_of),
    }
    return render(request, "households/page.html", context)


def region_asked(request: HttpRequest) -> str:
    """Return the region a page is asked for: a part of the post's own, or all of it.

    Raises:
        Http404: when it lies elsewhere.
    """
    own = str(request.post.region_id)
    asked = request.GET.get("region", "") or own
    if not (asked.isascii() and asked.isdigit() and contains(own, asked)):
        raise Http404
    return asked


def _list_of(code: str) -> str:
    return f"{reverse('households:index')}?region={code}"


def _member(person: Any, post: Any) -> dict[str, Any]:
    rights = post.rights
    return {
        "person": person,
        "name": name_shown(person.name, rights),
        "short": shown_all(
            "person",
            person,
            ("relation_to_head", "sex", "birth_date", "school_stage", "health"),
            rights,
        ),
        "topics": [
            (topic, shown_all("person", person, topic.fields, rights))
            for topic in PERSON.values()
        ],
    }
