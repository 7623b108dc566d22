"""Sheets of pairings: handed out filled, sent in, compared, taken over, taken back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.choices import Rank
from xiuhua.apps.assistance.selectors import pairings
from xiuhua.apps.assistance.selectors import sheets as selectors
from xiuhua.apps.assistance.services import sheets
from xiuhua.apps.assistance.sheet_rows import HEADS, digest_of, read_pairings
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.columns import Column, Kind
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.assistance.forming import form_page
from xiuhua.web.pages.assistance.forms import SettleForm, SheetForm
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import language, trail
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table
from xiuhua.web.workbooks import Sheet, workbook


_MOST_BYTES: Final = 20 * 1024 * 1024
_STATES: Final = {
    "seen": "warn",
    "applied": "good",
    "undone": "none",
    "discarded": "none",
}
_LOOKS: Final = {
    "new": "good",
    "changed": "warn",
    "unchanged": "none",
    "rejected": "bad",
}
_OUTCOMES: Final = {
    "new": _("new pairing"),
    "changed": _("another helper takes over"),
    "unchanged": _("unchanged"),
    "rejected": _("rejected"),
}
_ACTS: Final[dict[str, tuple[Callable[..., Any], Any]]] = {
    "apply": (sheets.sheet_apply, _("Take it over")),
    "undo": (sheets.sheet_undo, _("Take it back")),
    "discard": (sheets.sheet_discard, _("Set it aside")),
}


@allow(Permission.ASSISTANCE_EDIT)
def sheet_list(request: HttpRequest) -> HttpResponseBase:
    """Show the sheets that were sent in; hand out the filled one (`?as=filled`)."""
    if request.GET.get("as") == "filled":
        return _filled(request)
    region = request.post.region_id
    acts = [
        (f"{reverse('assistance:sheets')}?as=filled", _("Download the filled sheet")),
        (reverse("assistance:sheet_send"), _("Send a sheet in")),
    ]
    rows = selectors.sheet_list(viewer=request.post)
    return listed(
        request, _sheet_table(), rows, _("Sheets of pairings"), region, acts=acts
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def sheet_send(request: HttpRequest) -> HttpResponse:
    """Take a sheet in and compare it; nothing else changes."""
    form = SheetForm(request.POST or None, request.FILES or None)
    rows, digest = _read(form) if form.is_valid() else ([], "")

    def act(at: datetime) -> str:
        made = sheets.sheet_compare(
            rows=rows,
            source=form.cleaned_data["file"].name,
            digest=digest,
            starts_on=form.cleaned_data["starts_on"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:sheet", args=[made.pk])

    return form_page(
        request,
        form,
        act,
        title=_("Send a sheet in"),
        back=reverse("assistance:sheets"),
        region=request.post.region_id,
        files=True,
        note=_(
            "It is compared first: you see each row and each bad cell before anything "
            "changes."
        ),
    )


@allow(Permission.ASSISTANCE_EDIT)
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponseBase:
    """Show what a sheet would change, or changed, row by row."""
    found = selectors.sheet_get(viewer=request.post, key=sheet_id)
    return answer(
        request,
        _row_table(request.post),
        found.rows,
        "assistance/sheet.html",
        title=_("Sheet of pairings"),
        heading=_("Rows"),
        sheet=found,
        look=_STATES[found.state],
        counts=[(_OUTCOMES[o], found.counts.get(o, 0)) for o in _OUTCOMES],
        new_helpers=found.counts.get("helpers", 0),
        open_acts=_open_acts(found),
        form=SettleForm(version=found.version),
        trail=trail(request, found.region_id),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def sheet_act(request: HttpRequest, sheet_id: int, act: str) -> HttpResponse:
    """Take a sheet over, take it back, or set it aside.

    Raises:
        Http404: when there is no such act.
    """
    found = selectors.sheet_get(viewer=request.post, key=sheet_id)
    if act not in _ACTS:
        raise Http404
    service, title = _ACTS[act]
    form = SettleForm(request.POST or None, version=found.version)
    address = reverse("assistance:sheet", args=[found.pk])

    def settle(at: datetime) -> str:
        version = form.cleaned_data["version"]
        service(sheet=found, version=version, by=request.post, at=at)
        return address

    return form_page(
        request,
        form,
        settle,
        title=title,
        back=address,
        region=found.region_id,
        name=found.source,
    )


def _read(form: ActForm) -> tuple[list[Any], str]:
    """Return the rows of a sent file and its digest; an error stands at the field."""
    sent = form.cleaned_data["file"]
    if sent.size > _MOST_BYTES:
        form.add_error("file", _("The file is too large."))
        return [], ""
    with tempfile.TemporaryDirectory(prefix="xiuhua-sent-") as name:
        ending = PurePath(sent.name).suffix.lower()
        path = Path(name) / f"sent{ending if ending.isascii() else ''}"
        path.write_bytes(sent.read())
        try:
            return read_pairings(path), digest_of(path)
        except XiuhuaError as error:
            form.add_error("file", error.worded(translator(language())))
            return [], ""


def _open_acts(found: Any) -> list[tuple[str, Any]]:
    names = {"seen": ("apply", "discard"), "applied": ("undo",)}.get(found.state, ())
    useful = found.counts.get("new", 0) + found.counts.get("changed", 0)
    return [(n, _ACTS[n][1]) for n in names if n != "apply" or useful]


def _filled(request: HttpRequest) -> FileResponse:
    """Return the sheet of the region with those who help now."""
    post, day = request.post, timezone.localdate()
    running = {
        p.household_id: p for p in pairings.pairing_list(viewer=post, on=day).iterator()
    }
    homes = registry.household_list(
        viewer=post, filters=registry.HouseholdFilter(registration="registered")
    )
    names = regions.names_of(
        codes=homes.order_by().values_list("village_id", flat=True).distinct(),
        as_of=day,
    )
    rank = dict(Rank.choices)
    rows = []
    for home in homes.iterator():
        now = running.get(home.pk)
        helper = now.helper if now else None
        rows.append(
            (
                home.number,
                name_shown(home.head_name, post.rights) if home.head_name else None,
                names[home.village_id],
                helper.name if helper else None,
                helper.unit.name if helper else None,
                helper.number if helper else None,
                str(rank[helper.rank]) if helper and helper.rank else None,
                helper.phone if helper else None,
                now.starts_on.isoformat() if now else None,
            )
        )
    place = 0 if language() == "zh" else 1
    columns = [Column(key, heads[place], str, width=18) for key, heads in HEADS.items()]
    title = str(_("Sheet of pairings"))
    return FileResponse(
        workbook([Sheet(title, columns, rows)]),
        as_attachment=True,
        filename=f"{title} {day:%Y-%m-%d}.xlsx",
    )


def _sheet_table() -> Table:
    return Table(
        "sheets",
        columns=[
            Column(
                "source",
                _("file"),
                lambda row: row.source,
                order=("source",),
                href=lambda row: reverse("assistance:sheet", args=[row.pk]),
                width=30,
            ),
            Column(
                "sent",
                _("sent at"),
                lambda row: row.sent_at,
                order=("sent_at",),
                kind=Kind.MOMENT,
            ),
            Column("by", _("sent by"), lambda row: row.sent_by),
            Column(
                "state",
                _("state"),
                lambda row: row.get_state_display(),
                order=("state",),
                state=lambda row: _STATES[row.state],
            ),
        ],
        order="-sent",
        last="pk",
        empty=_("Download the filled sheet, change it, send it in."),
    )


def _row_table(post: Any) -> Table:
    def why(row: dict[str, Any]) -> str | None:
        if not row["why"]:
            return None
        head = HEADS[row["cell"]][0 if language() == "zh" else 1]
        return f"{head}: {translator(language())(row['why'])}"

    value = _value
    return Table(
        "sheet_rows",
        columns=[
            Column(
                "row",
                _("row"),
                value("row"),
                order=("row",),
                kind=Kind.NUMBER,
            ),
            Column(
                "number",
                _("household number"),
                value("number"),
                order=("number",),
                width=22,
            ),
            Column(
                "helper",
                _("helper"),
                lambda row: name_shown(row["name"], post.rights),
                order=("helper",),
            ),
            Column("unit", _("unit"), value("unit"), order=("unit",)),
            Column("from", _("from"), value("from")),
            Column(
                "outcome",
                _("what becomes of it"),
                lambda row: str(_OUTCOMES[row["outcome"]]),
                order=("outcome",),
                state=lambda row: _LOOKS[row["outcome"]],
            ),
            Column("why", _("bad cell, and why"), why, width=40),
        ],
        filters=[
            Filter(
                "outcome",
                _("what becomes of it"),
                lambda rows, said: [r for r in rows if r["outcome"] == said],
                choices=_OUTCOMES.items,
            )
        ],
        order="row",
    )


def _value(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda row: row[key] if row[key] != "" else None
