"""Give the ticked problems of the list to one post."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.desk.sending import acted_once
from xiuhua.apps.ledger.offices import takers_of
from xiuhua.apps.ledger.services.rectifying import problems_assign
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.pages.ledger.steps import posts_offered
from xiuhua.web.tables.answers import list_asked


_ROW: Final = re.compile(r"(\d{1,18})\.(\d{1,9})")


class AssignForm(ActForm):
    """To whom the ticked problems go, and until when."""

    owner = forms.ChoiceField(label=_("owner"))
    deadline = forms.DateField(
        label=_("deadline"),
        widget=DateInput(),
        required=False,
        help_text=_("Empty: the days each class allows."),
    )

    def __init__(self, *args: Any, takers: list[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)  # noqa: S101  declared above
        owner.choices = posts_offered(takers)


def takers(region: str, day: date) -> list[Any]:
    """Return the posts the problems of a region can be given to."""
    parts = [part.code for part in regions.part_list(code=region, as_of=day)]
    return takers_of(region=region, parts=parts, on=day)


@allow(Permission.PROBLEM_ASSIGN, "POST")
def assign(request: HttpRequest) -> HttpResponse:
    """Assign the ticked problems: all of them, or none.

    Raises:
        XiuhuaError: when one was changed since, or cannot go to that post.
    """
    post, back = request.post, list_asked(request, "ledger:index")
    offered = takers(post.region_id, timezone.localdate())
    ticked = [_ROW.fullmatch(text) for text in request.POST.getlist("row")]
    form = AssignForm(request.POST, takers=offered)
    if not ticked or None in ticked or not form.is_valid():
        messages.error(request, _("Tick problems and say to whom they go."))
        return redirect(back)
    seen = {int(m[1]): int(m[2]) for m in ticked if m}
    owner = next(p for p in offered if str(p.pk) == form.cleaned_data["owner"])

    def act(at: datetime) -> str:
        problems_assign(
            seen=seen,
            owner=owner,
            deadline=form.cleaned_data["deadline"],
            by=post,
            at=at,
        )
        return back

    key, at = form.cleaned_data["once"], timezone.now()
    where = acted_once(user=request.user, key=key, at=at, act=lambda: act(at))
    words = _("%(number)s problems are assigned; they wait to be signed for.")
    messages.success(request, words % {"number": len(seen)})
    return redirect(where)
