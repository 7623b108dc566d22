"""The record of the audit as its administrator may read it: the region's, filtered.

Entries that concern no region (signing in, commands) show when their actor works in it;
refusals under a name nobody has show to all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions.selectors import within


@dataclass(frozen=True)
class Question:
    """What is looked for in the record; empty parts ask for everything.

    `action` is the start of an action's name (`accounts.`, `registry.household.`),
    `first` and `last` are days, both included.
    """

    actor: str = ""
    action: str = ""
    region: str = ""
    target_id: str = ""
    first: date | None = None
    last: date | None = None


def record_list(*, viewer: Post, question: Question) -> QuerySet[Entry]:
    """Return the entries that answer a question, newest first.

    Raises:
        NotPermitted: when the post does not read the audit.
    """
    check_permitted(viewer.state, Permission.AUDIT_READ, region=viewer.region_id)
    here = User.objects.filter(
        within(viewer.region_id, "posts__region_id")
        | within(viewer.region_id, "registered_in")
    )
    nowhere = Q(region_code="") & (Q(actor__in=here.values("username")) | Q(actor="?"))
    found = Entry.objects.filter(within(viewer.region_id, "region_code") | nowhere)
    return found.filter(_asked(question)).order_by("-recorded_at", "-pk")


def _asked(question: Question) -> Q:
    asked = Q()
    if question.actor:
        asked &= Q(actor__iexact=question.actor)
    if question.action:
        asked &= Q(action__startswith=question.action)
    if question.region:
        asked &= within(question.region, "region_code")
    if question.target_id:
        asked &= Q(target_id=question.target_id)
    if question.first:
        asked &= Q(recorded_at__gte=_start_of(question.first))
    if question.last:
        end = datetime.combine(question.last, time.max, ZoneInfo(settings.TIME_ZONE))
        asked &= Q(recorded_at__lte=end)
    return asked


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))
