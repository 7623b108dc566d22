"""Send a file in, look through what it would change, decide, take it over or back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.exchange import selectors, tasks
from xiuhua.apps.exchange.rules import Choice, Origin, Outcome, State
from xiuhua.apps.exchange.services import uploads
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.failures import error_words
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.exchange import words
from xiuhua.web.pages.exchange.forms import DecideForm, SendForm
from xiuhua.web.pages.exchange.tables import (
    UPLOADS,
    missing_table,
    records_table,
    rows_table,
)
from xiuhua.web.shell import trail
from xiuhua.web.tables.answers import answer


_BUSY = (State.RECEIVED, State.READING, State.PROMOTING)


@allow(Permission.ROWS_IMPORT)
def index(request: HttpRequest) -> HttpResponseBase:
    """Show the files sent in."""
    return answer(
        request,
        UPLOADS,
        selectors.upload_list(viewer=request.post),
        "exchange/index.html",
        title=_("Files sent in"),
        trail=trail(request, request.post.region_id),
    )


@allow(Permission.ROWS_IMPORT, "GET", "POST")
def send(request: HttpRequest) -> HttpResponse:
    """Take a file in; a worker reads and compares it."""
    today = timezone.localdate()
    form = SendForm(
        request.POST or None, request.FILES or None, initial={"made_on": today}
    )

    def act(at: datetime) -> str:
        said = form.cleaned_data
        file = said["file"]
        # A file of a day knows that day's edits to its end, at most until now.
        end = timezone.make_aware(datetime.combine(said["made_on"], time.max))
        upload = tasks.upload_send(
            source=file,
            name=file.name,
            size=file.size,
            origin=Origin(said["origin"]),
            made_at=min(end, at),
            clears=said["clears"],
            by=request.post,
            at=at,
        )
        return reverse("exchange:upload", args=[upload.pk])

    done = _("The file was received. It is being read; nothing of it counts yet.")
    return _form_page(request, form, act, done, title=_("Send a file"))


@allow(Permission.ROWS_IMPORT)
def upload(request: HttpRequest, upload_id: int) -> HttpResponseBase:
    """Show an upload: how far it is, its row ledger, what it would change, receipt."""
    found = selectors.upload_get(viewer=request.post, upload_id=upload_id)
    context = {
        "upload": found,
        "busy": found.state in _BUSY,
        "state": words.STATES[found.state],
        "tone": words.TONES.get(found.state, "none"),
        "origin": words.ORIGINS[found.origin],
        "step": words.STEPS.get(found.step, ""),
        "error": error_words(found.error),
        "changed_meanwhile": bool(found.error) and "message" not in found.error,
        "unmapped": bool(selectors.headings_of(upload=found)),
        "ledger": _ledger(found),
        "same": selectors.same_file_before(upload=found),
        "form": ActForm(version=found.version),
        "trail": trail(request, found.region_id),
    }
    if not found.staged or found.erased_at:
        return render(request, "exchange/upload.html", context)
    choices = selectors.choices_of(upload=found)
    rows = selectors.record_rows(upload=found)
    return answer(
        request,
        records_table(request.post.rights, choices),
        _worth_showing(request, rows),
        "exchange/upload.html",
        title=_("What %(file)s would change") % {"file": found.file_name},
        **context,
    )


@allow(Permission.ROWS_IMPORT)
def rows(request: HttpRequest, upload_id: int) -> HttpResponseBase:
    """Show the rows of a file with outcome and reason, the rejected ones by default."""
    found = selectors.upload_get(viewer=request.post, upload_id=upload_id)
    if not found.staged or found.erased_at:
        return redirect("exchange:upload", upload_id)
    return answer(
        request,
        rows_table(),
        selectors.file_rows(upload=found),
        "exchange/rows.html",
        title=_("Rows of %(file)s") % {"file": found.file_name},
        upload=found,
        form=ActForm(),
        trail=trail(request, found.region_id),
    )


@allow(Permission.ROWS_IMPORT)
def missing(request: HttpRequest, upload_id: int) -> HttpResponseBase:
    """Show what of ours a national export does not hold; nothing is done about it."""
    found = selectors.upload_get(viewer=request.post, upload_id=upload_id)
    if not found.counts.get("missing") or found.erased_at:
        return redirect("exchange:upload", upload_id)
    return answer(
        request,
        missing_table(request.post.rights),
        selectors.missing_rows(upload=found),
        "exchange/missing.html",
        title=_("Not in %(file)s") % {"file": found.file_name},
        upload=found,
        trail=trail(request, found.region_id),
    )


@allow(Permission.ROWS_IMPORT, "POST")
def decide(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Keep ours or take the file's value, in the conflicts ticked or in all."""
    found = selectors.upload_get(viewer=request.post, upload_id=upload_id)
    form = DecideForm(request.POST)
    where = reverse("exchange:upload", args=[upload_id])

    def act(at: datetime) -> str:
        said = form.cleaned_data
        ticked = None if said["all_of_them"] else set(request.POST.getlist("row"))
        uploads.conflicts_decide(
            upload_id=upload_id,
            version=said["version"] or 0,
            cells=selectors.conflict_cells(upload=found, ticked=ticked),
            choice=Choice(said["choice"]),
            by=request.post,
            at=at,
        )
        return f"{where}?outcome={Outcome.CONFLICT.value}"

    words = (_("Your choice was noted."), _("The conflicts are not decided"))
    return _acted_or_back(request, form, act, words, where)


@allow(Permission.ROWS_IMPORT, "POST")
def promote(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Take an upload over into the registry, all of it or nothing."""

    def act(at: datetime, version: int) -> None:
        tasks.promotion_order(
            upload_id=upload_id, version=version, by=request.post, at=at
        )

    done = _("The rows are being taken over: all of them, or none.")
    return _step(request, upload_id, act, done, _("The rows are not taken over"))


@allow(Permission.ROWS_IMPORT, "POST")
def undo(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Take back what an upload changed."""

    def act(at: datetime, version: int) -> None:
        uploads.upload_undo(
            upload_id=upload_id, version=version, by=request.post, at=at
        )

    done = _(
        "The upload was taken back; every row is what the rest of its history says."
    )
    return _step(request, upload_id, act, done, _("The upload is not taken back"))


@allow(Permission.ROWS_IMPORT, "POST")
def discard(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Put an upload aside; its files are erased."""

    def act(at: datetime, version: int) -> None:
        uploads.upload_discard(
            upload_id=upload_id, version=version, by=request.post, at=at
        )

    done = _("The upload was put aside, its files erased.")
    return _step(request, upload_id, act, done, _("The upload is not put aside"))


@allow(Permission.ROWS_IMPORT, "POST")
def again(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Read and compare an upload once more."""

    def act(at: datetime, version: int) -> None:
        tasks.reading_again(
            upload_id=upload_id, version=version, by=request.post, at=at
        )

    done = _("The file is being compared anew.")
    refused = _("The file is not compared anew")
    return _step(request, upload_id, act, done, refused)


def _worth_showing(request: HttpRequest, rows: Any) -> Any:
    """Leave out what changes nothing, unless it is asked for; rejected rows apart."""
    taken = rows.where("outcome <> 'rejected'")
    if request.GET.get("outcome"):
        return taken
    return taken.where("outcome <> 'unchanged' OR changes <> '{}'")


def _step(
    request: HttpRequest,
    upload_id: int,
    act: Callable[[datetime, int], None],
    done: str,
    refused: str,
) -> HttpResponse:
    form = ActForm(request.POST)
    where = reverse("exchange:upload", args=[upload_id])

    def once(at: datetime) -> str:
        act(at, form.cleaned_data["version"] or 0)
        return where

    return _acted_or_back(request, form, once, (done, refused), where)


def _acted_or_back(
    request: HttpRequest,
    form: Any,
    act: Callable[[datetime], str],
    words: tuple[str, str],
    back: str,
) -> HttpResponse:
    """Act and lead on; a refusal is shown on a page of its own with the way back.

    `words` say what was done, or what was not.
    """
    done, refused = words
    if form.is_valid():
        answered = acted(request, form, act, done=lambda: done)
        if answered is not None:
            return answered
    context = {"form": form, "back": back, "title": refused}
    return render(request, "exchange/refused.html", context, status=422)


def _form_page(
    request: HttpRequest,
    form: Any,
    act: Callable[[datetime], str],
    done: str,
    *,
    title: str,
    template: str = "exchange/send.html",
    **context: Any,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        answered = acted(request, form, act, done=lambda: done)
        if answered is not None:
            return answered
    context |= {"form": form, "title": title}
    context["trail"] = trail(request, request.post.region_id)
    return render(request, template, context, status=422 if form.errors else 200)


def _ledger(upload: Any) -> Iterable[dict[str, Any]]:
    """Return the rows by outcome, each with the address of its rows."""
    counts = upload.counts.get("counts")
    if counts is None:
        return []
    base = reverse("exchange:rows", args=[upload.pk])
    return [
        {
            "name": words.OUTCOMES[outcome],
            "number": counts.get(outcome.value, 0),
            "url": f"{base}?outcome={outcome.value}",
            "bad": outcome is Outcome.REJECTED and counts.get(outcome.value, 0),
        }
        for outcome in map(Outcome, words.OUTCOMES)
    ]
