"""Ask for a reason, have it recorded, show the values on a page that is not kept.

Nothing of a value stands on the page that asks. Where the record cannot be written the
answer is 503 and nothing is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.documents.words import in_words
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.services.withheld import withheld_reveal
from xiuhua.apps.registry.withholding import (
    RevealRefused,
    Withheld,
    reveals_left,
    withheld_fields,
)
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.failures import failed
from xiuhua.web.pages.reveal.forms import RevealForm, written
from xiuhua.web.shell import language, trail, worded


@dataclass(frozen=True)
class Line:
    """A field that is withheld: whose, which; never what."""

    key: str
    whose: str
    field: Any
    one: Withheld

    @property
    def label(self) -> str:
        """Return whose it is and what."""
        return f"{self.whose} · {worded(self.field.label)}"


@allow(Permission.SECRET_REVEAL, "GET", "POST")
def choose(request: HttpRequest, household_id: int) -> HttpResponse:
    """Show which values are withheld; show those that were asked for with a reason."""
    try:
        return _answered(request, household_id)
    except DatabaseError:
        # The record among it: nothing of a value has left.
        return failed(request, 503)


def _answered(request: HttpRequest, household_id: int) -> HttpResponse:
    household = registry.household_get(viewer=request.post, household_id=household_id)
    lines = _lines(household)
    ticked = request.GET.getlist("show")
    form = RevealForm(
        request.POST or None,
        choices=[(line.key, line.label) for line in lines],
        initial={"wanted": ticked},
    )
    context = {
        "household": household,
        "trail": trail(request, household.village_id),
        "form": form,
        "lines": lines,
        "left": reveals_left(by=request.post, at=timezone.now()),
    }
    if form.is_valid():
        return _revealed(request, household_id, form, lines, context)
    status = 422 if form.errors else 200
    return render(request, "reveal/choose.html", context, status=status)


def _revealed(
    request: HttpRequest,
    household_id: int,
    form: RevealForm,
    lines: list[Line],
    context: dict[str, Any],
) -> HttpResponse:
    asked = form.asked()
    try:
        values = withheld_reveal(
            household_id=household_id,
            wanted=asked,
            reason=form.cleaned_data["reason"],
            explanation=form.cleaned_data["explanation"],
            by=request.post,
            at=timezone.now(),
        )
    except RevealRefused as error:
        form.add_error(None, error.worded(translator(language())))
        return render(request, "reveal/choose.html", context, status=422)
    by_one = {line.one: line for line in lines}
    context["shown"] = [
        (by_one[one], in_words(by_one[one].field, value, language()))
        for one, value in zip(asked, values, strict=True)
    ]
    return render(request, "reveal/shown.html", context)


def _lines(household: Any) -> list[Line]:
    """Return what is known of a household and withheld, the household's own first."""
    found = _of(household, withheld_fields("household"), _("Household"), None)
    fields = withheld_fields("person")
    for person in registry.member_list(household=household):
        found += _of(person, fields, person.name or person.number, person.pk)
    return found


def _of(row: Any, fields: list[Any], whose: str, person_id: int | None) -> list[Line]:
    known = [f for f in fields if getattr(row, f.name, None) not in (None, "")]
    ones = [(field, Withheld(field.name, person_id)) for field in known]
    return [Line(written(one), whose, field, one) for field, one in ones]
