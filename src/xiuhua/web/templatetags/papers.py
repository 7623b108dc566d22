"""What stands beside a household: its problems, its files, what may be shown."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import owed
from xiuhua.apps.attachments import selectors as attachments
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.wording import MARK_OF_STATE, STATES
from xiuhua.web.access import allows


register = template.Library()
_PROBLEMS_SHOWN: Final = 20


@register.inclusion_tag("attachments/_panel.html", takes_context=True)
def files_panel(context: Any, household: Any) -> dict[str, Any]:
    """Show the files of a household to posts that may see evidence."""
    request = context["request"]
    if not allows(request, Permission.EVIDENCE_VIEW):
        return {"hidden": True}
    found = attachments.attachment_list(
        viewer=request.post,
        subject_kind="registry.household",
        subject_id=str(household.pk),
    )
    files = list(owed.with_visits(files=found))
    add_url = reverse("files:add", args=[household.pk])
    return _panel(context, files, _("Files"), add_url)


@register.inclusion_tag("attachments/_panel.html", takes_context=True)
def visit_papers_panel(context: Any, visit: Any) -> dict[str, Any]:
    """Show the papers of a visit to posts that may see evidence."""
    if not allows(context["request"], Permission.EVIDENCE_VIEW):
        return {"hidden": True}
    files = [paper.attachment for paper in owed.papers_of(visit=visit)]
    add_url = reverse("assistance:visit_paper", args=[visit.pk])
    return _panel(context, files, _("Papers of the visit"), add_url)


def _panel(context: Any, files: Any, heading: str, add_url: str) -> dict[str, Any]:
    request = context["request"]
    return {
        "hidden": False,
        "heading": heading,
        "files": files,
        "add_url": add_url,
        "adds": allows(request, Permission.EVIDENCE_ADD),
        "reveals": allows(request, Permission.SECRET_REVEAL),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("ledger/_panel.html", takes_context=True)
def problems_panel(context: Any, household: Any) -> dict[str, Any]:
    """Show the problems of a household to posts that may see problems, newest first."""
    request = context["request"]
    if not allows(request, Permission.PROBLEM_VIEW):
        return {"hidden": True}
    found = ledger.problem_list(
        viewer=request.post, filters=ledger.ProblemFilter(household=household.pk)
    )
    return {
        "hidden": False,
        "problems": [
            (p, STATES[p.state], MARK_OF_STATE.get(p.state, "warn"))
            for p in found.order_by("-pk")[:_PROBLEMS_SHOWN]
        ],
        "household": household,
        "registers": allows(request, Permission.PROBLEM_REGISTER),
    }


@register.simple_tag(takes_context=True)
def may_reveal(context: Any) -> bool:
    """Test whether the post of the page may have withheld values shown."""
    return allows(context["request"], Permission.SECRET_REVEAL)
