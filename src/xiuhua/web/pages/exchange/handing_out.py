"""Sheets to be corrected, exports, marked workbooks: asked for, made, fetched once."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.exchange import selectors, tasks
from xiuhua.apps.exchange.services import downloads
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allow
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.exchange import words
from xiuhua.web.pages.exchange.forms import ExportForm, SheetForm
from xiuhua.web.pages.exchange.tables import DOWNLOADS
from xiuhua.web.pages.exchange.views import _acted_or_back, _form_page
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer


_MOST_REGIONS: Final = 2_000


@allow(Permission.ROWS_EXPORT, "GET", "POST")
def sheet(request: HttpRequest) -> HttpResponse:
    """Ask for a sheet of a village, a township or one person in charge."""
    form = SheetForm(request.POST or None, **_said(request))
    title = _("Sheet to be corrected")
    return _asked(request, form, "sheet", ("helper", "whole", "year"), title)


@allow(Permission.ROWS_EXPORT, "GET", "POST")
def export(request: HttpRequest) -> HttpResponse:
    """Ask for an export of a region."""
    form = ExportForm(request.POST or None, **_said(request))
    return _asked(request, form, "export", ("form", "whole", "year"), _("Export"))


@allow(Permission.ROWS_IMPORT, "POST")
def marked(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Ask for the workbook of an upload with its bad cells marked."""
    found = selectors.upload_get(viewer=request.post, upload_id=upload_id)
    form = ActForm(request.POST)

    def act(at: datetime) -> str:
        download = tasks.download_ask(
            kind="marked",
            region=found.region_id,
            asked={"upload": found.pk},
            by=request.post,
            at=at,
        )
        return reverse("exchange:download", args=[download.pk])

    back = reverse("exchange:upload", args=[upload_id])
    words = (_being_made(), _("The error sheet is not made"))
    return _acted_or_back(request, form, act, words, back)


@allow(Permission.ROWS_EXPORT)
def index(request: HttpRequest) -> HttpResponseBase:
    """Show one's own files that have not expired."""
    return answer(
        request,
        DOWNLOADS,
        selectors.download_list(viewer=request.post),
        "exchange/downloads.html",
        title=_("Files for you"),
        takes_only=not request.post.state.allows(Permission.ROWS_IMPORT),
        trail=trail(request, request.post.region_id),
    )


@allow(Permission.FIGURES_VIEW)
def download(request: HttpRequest, download_id: int) -> HttpResponse:
    """Show how far a file is, and the button that fetches it."""
    found = selectors.download_get(viewer=request.post, download_id=download_id)
    context = {
        "download": found,
        "kind": words.DOWNLOADS[found.kind],
        "busy": found.ready_at is None and not found.error,
        "title": _("File for you"),
        "trail": trail(request, found.region_id),
    }
    return render(request, "exchange/download.html", context)


@allow(Permission.FIGURES_VIEW, "POST")
def fetch(request: HttpRequest, download_id: int) -> HttpResponseBase:
    """Give a file to whoever asked for it; recorded before it leaves."""
    found, content = downloads.download_take(
        download_id=download_id, by=request.post, at=timezone.now()
    )
    return FileResponse(BytesIO(content), as_attachment=True, filename=found.file_name)


def _asked(
    request: HttpRequest, form: Any, kind: str, names: tuple[str, ...], title: str
) -> HttpResponse:
    def act(at: datetime) -> str:
        said = form.cleaned_data
        asked = {name: said[name] for name in names}
        download = tasks.download_ask(
            kind=kind,
            region=said["region"],
            asked={**asked, "secret": said.get("secret", False)},
            by=request.post,
            at=at,
            reason=said.get("reason", ""),
        )
        return reverse("exchange:download", args=[download.pk])

    return _form_page(
        request,
        form,
        act,
        _being_made(),
        title=title,
        template="exchange/ask.html",
        takes_only=not request.post.state.allows(Permission.ROWS_IMPORT),
    )


def _being_made() -> str:
    return _("The file is being made; you can fetch it for a quarter of an hour.")


def _said(request: HttpRequest) -> dict[str, Any]:
    """Return what forms need: the regions of the post, the year, what it may see."""
    today = timezone.localdate()
    found = regions.region_list(under=request.post.region_id, as_of=today)
    state = request.post.state
    return {
        "regions": [
            (region.code, f"{regions.name_of(region)} {region.code}")
            for region in found[:_MOST_REGIONS]
        ],
        "may_reveal": state.allows(Permission.SECRET_REVEAL),
        "initial": {"year": today.year, "region": request.post.region_id},
    }
