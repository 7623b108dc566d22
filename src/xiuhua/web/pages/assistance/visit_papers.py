"""Papers of a visit: sent whole by a form, or in chunks that survive a break."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors import visits as selectors
from xiuhua.apps.assistance.services import visits
from xiuhua.apps.attachments import services as attachments
from xiuhua.web.access import allow
from xiuhua.web.pages.assistance.forming import form_page
from xiuhua.web.pages.files.forms import FileForm
from xiuhua.web.pages.files.sendings import answered
from xiuhua.web.pages.files.views import file_kept, subject_of


@allow(Permission.EVIDENCE_ADD, "GET", "POST")
def visit_paper(request: HttpRequest, visit_id: int) -> HttpResponse:
    """Add a paper of a visit; it is a file of the household as well."""
    found = selectors.visit_get(viewer=request.post, key=visit_id)
    form = FileForm(request.POST or None, request.FILES or None)
    home = f"{reverse('assistance:visit', args=[visit_id])}#files"

    @transaction.atomic
    def act(at: datetime) -> str:
        subject = subject_of(found.household)
        file = file_kept(form, subject=subject, by=request.post, at=at)
        visits.visit_paper_add(visit=found, attachment=file, by=request.post, at=at)
        return home

    return form_page(
        request,
        form,
        act,
        title=_("Add a paper"),
        back=home,
        region=found.household.village_id,
        template="attachments/add.html",
        visit=found,
        household=found.household,
        announce=reverse("files:announce", args=[found.household_id]),
        finish=reverse("assistance:visit_paper_finish", args=[visit_id, "KEY"]),
        home=home,
    )


@allow(Permission.EVIDENCE_ADD, "POST")
def visit_paper_finish(request: HttpRequest, visit_id: int, key: str) -> JsonResponse:
    """Make a paper of a visit from a sending that is whole."""
    found = selectors.visit_get(viewer=request.post, key=visit_id)

    @transaction.atomic
    def act() -> dict[str, int]:
        at = timezone.now()
        file = attachments.sending_finish(key=key, by=request.post, at=at)
        visits.visit_paper_add(visit=found, attachment=file, by=request.post, at=at)
        return {"file": file.pk}

    return answered(act)
