"""Bring in sheets and files: what regions count as, divisions, boundaries."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions import services
from xiuhua.apps.regions.divisions import read_divisions
from xiuhua.apps.regions.geometry import simplified
from xiuhua.apps.regions.outlines import read_outlines
from xiuhua.apps.regions.rules import NotInForce
from xiuhua.apps.regions.year_sheets import HEADS, read_years
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.columns import Column
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.regions.forms import (
    BoundariesForm,
    DivisionsForm,
    YearSheetForm,
)
from xiuhua.web.pages.regions.views import address_of
from xiuhua.web.shell import language, trail
from xiuhua.web.workbooks import Sheet, workbook


# A hundred metres, in degrees: nobody sees more on a map of a county.
_TOLERANCE: Final = 0.001
_MOST_BYTES: Final = 50 * 1024 * 1024
Act = Callable[[Path, datetime], str]


class FileTooLarge(XiuhuaError):
    """A file is larger than such a file can be."""

    code = "web.file_too_large"


@allow(Permission.REGION_EDIT, "GET", "POST")
def years(request: HttpRequest) -> HttpResponseBase:
    """Hand out the sheet of what regions count as, and take it back."""
    if request.GET.get("as") == "xlsx":
        return _sheet(request)
    today = timezone.localdate()
    form = YearSheetForm(
        request.POST or None, request.FILES or None, initial={"year": today.year}
    )

    def act(file: Path, at: datetime) -> str:
        rows = read_years(file)
        for row in rows:
            _check_own(request, row.code)
        services.years_set(
            rows=rows,
            year=form.cleaned_data["year"],
            document=form.cleaned_data["document"],
            by=request.post.actor,
            at=at,
        )
        return address_of(request.post.region_id)

    said = _("Download the sheet, fill it in, bring it back. Empty cells: not known.")
    title = _("What regions count as")
    return _answered(request, form, act, title, said, sheet=True)


@allow(Permission.REGION_EDIT, "GET", "POST")
def divisions(request: HttpRequest) -> HttpResponse:
    """Bring in a list of divisions; those that are there stay as they are."""
    form = DivisionsForm(request.POST or None, request.FILES or None)

    def act(file: Path, at: datetime) -> str:
        own = str(request.post.region_id)
        found = read_divisions([file], under=own)
        services.divisions_enter(
            divisions=[d for d in found if d.code.startswith(own)],
            valid_from=form.cleaned_data["valid_from"],
            by=request.post.actor,
            at=at,
        )
        return address_of(own)

    said = _("A CSV file with the columns code and name. The same list twice is safe.")
    return _answered(request, form, act, _("Bring in divisions"), said)


@allow(Permission.REGION_EDIT, "GET", "POST")
def boundaries(request: HttpRequest) -> HttpResponse:
    """Bring in boundaries with the review number of their map."""
    form = BoundariesForm(request.POST or None, request.FILES or None)

    def act(file: Path, at: datetime) -> str:
        own = str(request.post.region_id)
        raw = read_outlines(file, code_field=form.cleaned_data["code_field"])
        mine = {code: parts for code, parts in raw.items() if code.startswith(own)}
        if not mine:
            raise NotInForce("no boundary in the file is one of {code}", code=own)
        services.boundaries_store(
            outlines=simplified(mine, tolerance=_TOLERANCE),
            review_number=form.cleaned_data["review_number"],
            by=request.post.actor,
            at=at,
        )
        return address_of(own)

    said = _("A GeoJSON file. Boundaries of other regions are left out.")
    return _answered(request, form, act, _("Bring in boundaries"), said)


def _check_own(request: HttpRequest, code: str) -> None:
    check_permitted(request.post.state, Permission.REGION_EDIT, region=code)


@contextmanager
def _kept(sent: Any) -> Iterator[Path]:
    """Keep a sent file under its own ending as long as it is read.

    Raises:
        FileTooLarge: when it is larger than such a file can be.
    """
    if sent.size > _MOST_BYTES:
        raise FileTooLarge("the file is too large")
    with tempfile.TemporaryDirectory(prefix="xiuhua-sent-") as name:
        ending = PurePath(sent.name).suffix.lower()
        path = Path(name) / f"sent{ending if ending.isascii() else ''}"
        with path.open("wb") as file:
            for chunk in sent.chunks():
                file.write(chunk)
        yield path


def _answered(
    request: HttpRequest,
    form: ActForm,
    act: Act,
    title: str,
    said: str,
    **context: Any,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            with _kept(form.cleaned_data["file"]) as path:
                answer = acted(
                    request,
                    form,
                    lambda at: act(path, at),
                    done=lambda: _("The file is taken in."),
                )
        except (NotInForce, FileTooLarge) as error:
            form.add_error("file", error.worded(translator(language())))
        else:
            if answer is not None:
                return answer
    context |= {
        "form": form,
        "title": title,
        "said": said,
        "files": True,
        "trail": trail(request, request.post.region_id, address_of),
    }
    return render(request, "regions/form.html", context)


def _sheet(request: HttpRequest) -> FileResponse:
    """Return the sheet, filled with what is known for the year."""
    today = timezone.localdate()
    own = request.post.region_id
    known = {y.region.code: y for y in regions.year_list(codes=[own], as_of=today)}
    rows = []
    for region in regions.region_list(under=own, as_of=today):
        year = known.get(region.code)
        rows.append(
            (
                region.code,
                regions.name_of(region),
                _word(year.poor_village if year else None),
                _word(year.deep_poverty if year else None),
                year.target_class if year else "",
            )
        )
    place = 0 if language() == "zh" else 1
    columns = [Column(key, heads[place], str, width=18) for key, heads in HEADS.items()]
    title = _("What regions count as")
    return FileResponse(
        workbook([Sheet(title, columns, rows)]),
        as_attachment=True,
        filename=f"{title} {today.year}.xlsx",
    )


def _word(value: bool | None) -> str | None:
    """Return yes or no as the sheet has it, None for what is not known."""
    if value is None:
        return None
    words = {True: ("是", "yes"), False: ("否", "no")}[value]
    return words[0 if language() == "zh" else 1]
