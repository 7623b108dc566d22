"""Say once what the columns of a foreign list are; lists like it are read by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.exchange import selectors, tasks
from xiuhua.apps.exchange.rules import UNMAPPED
from xiuhua.apps.exchange.services.mappings import mapping_save
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.headers import meaning_of
from xiuhua.core.intake.mapping import headers_fingerprint
from xiuhua.web.access import allow
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.exchange import words
from xiuhua.web.pages.exchange.views import _form_page
from xiuhua.web.shell import language, worded


class MappingForm(ActForm):
    """A choice of our field for each column of a list, samples beside it."""

    name = forms.CharField(label=_("Name of the list"), max_length=100)

    def __init__(self, *args: Any, headings: Sequence[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.headings = headings
        for at, heading in enumerate(headings):
            self.fields[f"column{at}"] = forms.ChoiceField(
                label=heading.header,
                help_text=" · ".join(heading.samples),
                choices=_choices(language()),
                initial=meaning_of(heading.header),
                required=False,
            )

    def columns(self) -> dict[str, str]:
        """Return the fields that were chosen by header."""
        said = {
            heading.header: self.cleaned_data[f"column{at}"]
            for at, heading in enumerate(self.headings)
        }
        return {header: place for header, place in said.items() if place}


@allow(Permission.ROWS_IMPORT, "GET", "POST")
def columns(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Map the columns of a list that was sent and read it by them.

    Raises:
        Http404: when the upload does not wait for its columns.
    """
    found = selectors.upload_get(viewer=request.post, upload_id=upload_id)
    headings = selectors.headings_of(upload=found)
    if not headings:
        raise Http404
    form = MappingForm(
        request.POST or None, headings=headings, initial={"name": found.file_name}
    )

    def act(at: datetime) -> str:
        mapping_save(
            fingerprint=headers_fingerprint([h.header for h in headings]),
            name=form.cleaned_data["name"],
            columns=form.columns(),
            by=request.post,
            at=at,
        )
        tasks.reading_again(
            upload_id=found.pk, version=found.version, by=request.post, at=at
        )
        return reverse("exchange:upload", args=[upload_id])

    done = str(_("The columns are remembered. The list is being read by them."))
    return _form_page(
        request,
        form,
        act,
        done,
        title=str(_("Columns of %(file)s") % {"file": found.file_name}),
        template="exchange/columns.html",
    )


@cache
def _choices(_language: str) -> list[tuple[str, Any]]:
    """Return our fields by level; the language is part of what is kept."""
    groups: list[tuple[str, Any]] = [("", _("not taken over"))]
    for level in ("person", "household"):
        fields = [
            (f"{level}.{f.name}", worded(f.label))
            for f in load_dictionary().level(level).fields
            if f.name not in UNMAPPED and (level, f.name) != ("person", "household_id")
        ]
        groups.append((str(words.LEVELS[level]), fields))
    return groups
