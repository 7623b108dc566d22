"""What stands beside a household: its files, and whether one may have values shown."""

from __future__ import annotations

from typing import Any

from django import template

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments import selectors as attachments
from xiuhua.web.access import allows


register = template.Library()


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
    return {
        "hidden": False,
        "files": list(found),
        "household": household,
        "adds": allows(request, Permission.EVIDENCE_ADD),
        "reveals": allows(request, Permission.SECRET_REVEAL),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def may_reveal(context: Any) -> bool:
    """Test whether the post of the page may have withheld values shown."""
    return allows(context["request"], Permission.SECRET_REVEAL)
