"""One change to many households at once, and the way back."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.desk.sending import acted_once
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.acts.rows import HouseholdRow
from xiuhua.apps.registry.services.bulk import changes_apply, changes_undo
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.forms import ActForm, DateInput
from xiuhua.web.pages.households.fields import fact_fields, facts_said
from xiuhua.web.shell import language, worded
from xiuhua.web.tables.answers import list_asked


# What lists of households are put in order by; anything else is a case of its own.
FIELDS: Final = ("village_group", "planned_exit_year", "helper_name", "helper_unit")
# Where the last change of a session is kept, so that it can be taken back at once.
LAST: Final = "bulk"
_ROW: Final = re.compile(r"(\d{1,18})\.(\d{1,9})")


class BulkForm(ActForm):
    """Which field of the ticked households becomes what, since when."""

    field = forms.ChoiceField(label=_("Set"))
    value = forms.CharField(label=_("to"), max_length=200, required=False)
    valid_from = forms.DateField(
        label=_("So since"), widget=DateInput(), initial=timezone.localdate
    )
    order_number = forms.CharField(
        label=_("On which document"), max_length=100, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        known = load_dictionary().level("household").by_name
        choices = [(name, worded(known[name].label)) for name in FIELDS]
        self.fields["field"].choices = choices


@allow(Permission.ROWS_IMPORT, "POST")
def bulk(request: HttpRequest) -> HttpResponse:
    """Change a field of the ticked households: all of them, or none.

    Raises:
        Http404: when one of them is not in the post's region.
        XiuhuaError: when one was changed since the list was shown.
    """
    form = BulkForm(request.POST)
    ticked = [_ROW.fullmatch(text) for text in request.POST.getlist("row")]
    back = redirect(list_asked(request, "households:index"))
    if not ticked or None in ticked or not form.is_valid():
        messages.error(request, _("Tick households and say what becomes what."))
        return back
    seen = {int(m[1]): int(m[2]) for m in ticked if m}
    found = registry.household_list(viewer=request.post).filter(pk__in=seen)
    numbers = dict(found.values_list("pk", "number"))
    if len(numbers) != len(seen):
        raise Http404
    values = _values(form, request.post.rights)
    if values is None:
        messages.error(request, _("This value does not fit the field."))
        return back

    def act(at: datetime) -> str:
        batch = changes_apply(
            households=[
                HouseholdRow(
                    number=numbers[pk],
                    values=values,
                    valid_from=form.cleaned_data["valid_from"],
                    version=version,
                )
                for pk, version in seen.items()
            ],
            source=str(_("List of households")),
            act="correct",
            order_number=form.cleaned_data["order_number"],
            by=request.post,
            at=at,
        )
        request.session[LAST] = {"batch": batch.pk, "number": len(seen)}
        return list_asked(request, "households:index")

    key, at = form.cleaned_data["once"], timezone.now()
    where = acted_once(user=request.user, key=key, at=at, act=lambda: act(at))
    words = _("Changed %(number)s households. It can be taken back above the list.")
    messages.success(request, words % {"number": len(seen)})
    return redirect(where)


@allow(Permission.ROWS_IMPORT, "POST")
def bulk_undo(request: HttpRequest) -> HttpResponse:
    """Take back the last change to many households this session made."""
    last = request.session.pop(LAST, None)
    if last is None:
        messages.error(request, _("There is nothing to take back."))
        return redirect("households:index")
    try:
        changes_undo(batch_id=last["batch"], by=request.post, at=timezone.now())
    except XiuhuaError as error:
        messages.error(request, error.worded(translator(language())))
    else:
        words = _("Taken back: %(number)s households are as they were.")
        messages.success(request, words % {"number": last["number"]})
    return redirect("households:index")


def _values(form: BulkForm, rights: Any) -> dict[str, Any] | None:
    """Return the value as services take it, None when it does not fit its field."""
    name = form.cleaned_data["field"]
    made = fact_fields("household", [name], rights)
    try:
        cleaned = {name: made[name].clean(form.cleaned_data["value"])}
    except forms.ValidationError:
        return None
    return facts_said("household", cleaned, [name], rights, None)
