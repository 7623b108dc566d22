"""Answer a request for a table: as a page, for the printer, as a workbook."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.audit import services as audit
from xiuhua.apps.desk import selectors as desk
from xiuhua.web.colleagues import Colleague, colleagues
from xiuhua.web.tables.papers import paper_of
from xiuhua.web.tables.searches import search_kept
from xiuhua.web.tables.table import Rows, Table, View
from xiuhua.web.workbooks import Sheet, workbook


# Filters and order of a list fit in this; what is longer was not made by a page.
_QUERY_MOST: Final = 1000


def list_asked(request: HttpRequest, page: str) -> str:
    """Return the address of a list as it was narrowed when a form on it was sent."""
    query = QueryDict(request.POST.get("query", "")[:_QUERY_MOST]).urlencode()
    return f"{reverse(page)}?{query}" if query else reverse(page)


def answer(
    request: HttpRequest,
    table: Table,
    rows: Rows,
    template: str,
    *,
    title: Any,
    **context: Any,
) -> HttpResponseBase:
    """Return the page of a table, its workbook, its paper, or where a search leads.

    `?as=xlsx` asks for the workbook, `?as=pdf` for the paper of a table that has one.

    `title` names the workbook. The template finds `table`, `page`, `lines` and `links`.

    Raises:
        TypeError: when `context` holds a name that is the table's own.
        PermissionDenied: when a workbook is asked for that the post may not take away.
    """
    if request.method == "POST":
        return _searched(request, table)
    view = View(request, table, rows)
    if request.GET.get("as") == "xlsx":
        return _taken_away(request, view, str(title))
    if request.GET.get("as") == "pdf" and table.paper:
        return _on_paper(request, view, str(title))
    page = view.paged()
    own = {
        "title": title,
        "table": view,
        "page": page,
        "lines": view.lines(page.object_list),
        "links": view.links(page) if page.has_other_pages() else [],
        "saved_views": desk.view_list(
            user=request.user, page=request.resolver_match.view_name
        )
        if request.resolver_match
        else [],
    }
    taken = sorted(own.keys() & context.keys())
    if taken:
        raise TypeError(f"the table fills {', '.join(taken)} itself")
    return render(request, template, context | own)


def _searched(request: HttpRequest, table: Table) -> HttpResponseBase:
    """Keep what was searched for and lead to the list narrowed by it."""
    private = [f.key for f in table.filters if f.private]
    values = {k: request.POST.get(k, "").strip() for k in private}
    values = {k: v for k, v in values.items() if v}
    query = request.GET.copy()
    for name in ("q", "page"):
        query.pop(name, None)
    if values:
        query["q"] = search_kept(request, values)
    return redirect(f"{request.path}?{query.urlencode()}")


def _taken_away(request: HttpRequest, view: View, title: str) -> HttpResponseBase:
    if not view.allows_export:
        raise PermissionDenied
    at = timezone.now()
    columns = [column for column in view.table.columns if not column.act]
    written = [[column.value(row) for column in columns] for row in view.all_rows()]
    sheet = Sheet(title, columns, written)
    notes = [
        (_("List"), title),
        (_("Rows"), str(len(written))),
        (
            _("Narrowed by"),
            "；".join(f"{f.filter.label} {f.worded}" for f in view.narrowed),
        ),
        (_("Taken by"), str(_taker(request, at))),
        (_("At"), f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
    ]
    file = workbook([sheet], notes=notes)
    _recorded(request, view, title, len(written))
    name = f"{title} {timezone.localdate(at):%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _taker(request: HttpRequest, at: datetime) -> Colleague:
    """Return who takes a list away, by name and office with its region."""
    actor = request.post.actor
    key = (actor.name, actor.post)
    return colleagues([key], as_of=timezone.localdate(at))[key]


def _on_paper(request: HttpRequest, view: View, title: str) -> HttpResponseBase:
    if not view.allows_export:
        raise PermissionDenied
    content, rows = paper_of(request, view, title)
    _recorded(request, view, title, rows)
    name = f"{title} {timezone.localdate():%Y-%m-%d}.pdf"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name)


def _recorded(request: HttpRequest, view: View, title: str, rows: int) -> None:
    post = request.post
    with transaction.atomic():
        audit.entry_append(
            action="web.table.exported",
            target="web.table",
            target_id=view.table.key,
            target_label=title,
            region_code=post.region_id,
            by=post.actor,
            at=timezone.now(),
            new={"rows": rows},
        )
