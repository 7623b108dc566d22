"""A table as PDF: the rows and columns on the screen, across on A4, to be signed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.documents.typesetting import list_pdf
from xiuhua.web.columns import cell_of
from xiuhua.web.tables.table import PRINTED_ROWS, View


def paper_of(request: HttpRequest, view: View, title: str) -> tuple[bytes, int]:
    """Return the PDF of a table, and how many rows are on it.

    Of more rows than are printed the first stand on it, and it says so.
    """
    now = timezone.localtime()
    columns = [column for column in view.table.columns if not column.act]
    rows: list[list[str]] = []
    for row in view.all_rows():
        if len(rows) == PRINTED_ROWS:
            break
        rows.append([cell_of(column, row).text for column in columns])
    about = [f"{f.filter.label} {f.worded}" for f in view.narrowed]
    about.append(_("%(number)s rows") % {"number": len(rows)})
    said: dict[str, Any] = {
        "title": title,
        "about": "；".join(about),
        "foot": f"{request.user.full_name}  {now:%Y-%m-%d %H:%M}",
        "invented": _("Invented data. Nobody lives here.") if settings.DEMO else "",
        "columns": [str(column.label) for column in columns],
        "widths": [column.width for column in columns],
        "numeric": [column.numeric for column in columns],
        "rows": rows,
        "signs": [_("Handed out by"), _("Received by"), _("Date")],
    }
    return list_pdf(said, day=now.date()), len(rows)
