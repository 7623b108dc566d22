"""Send a sheet in, look through what it would change, take it over or back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, Final, cast

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.sheets import selectors, tasks
from xiuhua.apps.sheets.kinds import Kind
from xiuhua.apps.sheets.marking import error_workbook
from xiuhua.apps.sheets.reading import fingerprint
from xiuhua.apps.sheets.receiving import Received, received
from xiuhua.apps.sheets.rules import Outcome, State, Step
from xiuhua.apps.sheets.services import settling
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.headers import normalized
from xiuhua.messages import translator
from xiuhua.web.acting import acted
from xiuhua.web.columns import Column
from xiuhua.web.failures import error_words
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.sheets.forms import ColumnsForm, SendForm, StepForm
from xiuhua.web.pages.sheets.tables import (
    LOOKS,
    OUTCOMES,
    row_table,
    sheet_table,
    shown_to,
)
from xiuhua.web.shell import language, trail
from xiuhua.web.tables.answers import answer
from xiuhua.web.workbooks import Sheet, workbook


# What each step is called, what takes it, what is said when it is done.
_ACTS: Final[dict[str, tuple[Any, Callable[..., Any], Any]]] = {
    "apply": (
        _("Take it over"),
        partial(tasks.step_take, step=Step.APPLY),
        _("The sheet was taken over. It can be taken back here."),
    ),
    "compare": (
        _("Compare it again"),
        partial(tasks.step_take, step=Step.COMPARE),
        _("The sheet was compared with what stands now."),
    ),
    "undo": (
        _("Take it back"),
        partial(tasks.step_take, step=Step.UNDO),
        _("Everything the sheet brought was taken back."),
    ),
    "discard": (
        _("Set it aside"),
        settling.sheet_discard,
        _("The sheet was set aside. Nothing had changed."),
    ),
}
_BEING_DONE: Final = {
    Step.COMPARE: _("The file is read, and every row compared with what stands"),
    Step.APPLY: _("All new and changed rows are taken over, or none"),
    Step.UNDO: _("Everything the sheet brought is taken back, or nothing"),
}
_STANDS: Final = _("The sheet was taken over.")
_ORDERED: Final = _("It is being done; you may leave this page.")


def sheet_list(request: HttpRequest, *, kind: Kind) -> HttpResponseBase:
    """Show the sheets that were sent in; hand out the filled one (`?as=filled`)."""
    if request.GET.get("as") == "filled":
        return _filled(request, kind)
    return answer(
        request,
        sheet_table(kind),
        selectors.sheet_list(kind=kind, viewer=request.post),
        "sheets/list.html",
        title=kind.title,
        kind=kind,
        send=_address(kind, "send"),
        trail=trail(request, request.post.region_id),
    )


def sheet_send(request: HttpRequest, *, kind: Kind) -> HttpResponse:
    """Take a sheet in and compare it; nothing else changes."""
    form = SendForm(request.POST or None, request.FILES or None, kind=kind)
    what = _received(request, form, kind) if form.is_valid() else None

    def act(at: datetime) -> str:
        made = tasks.sheet_send(
            kind=kind.code,
            received=cast("Received", what),  # the form is valid: it was taken in
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        page = "columns" if made.state == State.UNMAPPED else "sheet"
        return _address(kind, page, made.pk)

    return _form_page(
        request,
        form,
        act,
        lambda: _("The sheet has arrived. Nothing else has changed yet."),
        title=_("Send a sheet in"),
        kind=kind,
        back=_address(kind),
        region=request.post.region_id,
        files=True,
        needed=[head.called(language()) for head in kind.heads if head.needed],
        others=[head.called(language()) for head in kind.heads if not head.needed],
    )


def sheet(request: HttpRequest, sheet_id: int, *, kind: Kind) -> HttpResponseBase:
    """Show what a sheet would change, or changed; its marked file (`?as=marked`)."""
    found = selectors.sheet_get(kind=kind, viewer=request.post, key=sheet_id)
    if request.GET.get("as") == "marked":
        return _marked(request, found)
    may_fetch = selectors.may_fetch(sheet=found, viewer=request.post)
    rejected = found.counts.get(Outcome.REJECTED, 0)
    return answer(
        request,
        row_table(kind, request.post.rights),
        selectors.row_list(sheet=found),
        "sheets/sheet.html",
        title=kind.title,
        heading=_("Rows of the sheet"),
        sheet=found,
        kind=kind,
        look=LOOKS[found.state],
        doing=_BEING_DONE.get(found.doing, ""),
        error=error_words(found.error),
        counts=[(words, found.counts.get(o, 0)) for o, words in OUTCOMES.items()],
        steps=_open_steps(kind, found),
        marked=may_fetch and bool(rejected) and not found.doing,
        same=selectors.same_before(sheet=found) if found.state == State.SEEN else None,
        back=_address(kind),
        trail=trail(request, found.region_id),
    )


def columns(request: HttpRequest, sheet_id: int, *, kind: Kind) -> HttpResponse:
    """Say once which columns of a foreign list are ours; lists like it are read so.

    Raises:
        Http404: when the sheet does not wait for its columns and has no file any more.
    """
    found = selectors.sheet_get(kind=kind, viewer=request.post, key=sheet_id)
    open_ones = (State.UNMAPPED, State.SEEN)
    if not found.key or found.doing or found.state not in open_ones:
        raise Http404
    layout = max(found.layouts, key=lambda one: len(one["heads"]))
    heads = list(dict.fromkeys(layout["heads"].values()))
    known = {key: layout["heads"][str(at)] for key, at in layout["columns"].items()}
    form = ColumnsForm(
        request.POST or None,
        kind=kind,
        heads=heads,
        known=known,
        version=found.version,
    )

    def act(at: datetime) -> str:
        said = form.columns()
        mark = fingerprint(list(layout["heads"].values()))
        tasks.heads_map(
            sheet=found,
            version=form.cleaned_data["version"],
            columns=said,
            fingerprint=mark,
            mapped={normalized(head): key for head, key in said.items()},
            by=request.post,
            at=at,
        )
        return _address(kind, "sheet", found.pk)

    return _form_page(
        request,
        form,
        act,
        lambda: _("The columns are remembered; the sheet is compared by them."),
        title=_("Name the columns of a list"),
        kind=kind,
        name=found.source,
        back=_address(kind, "sheet", found.pk),
        region=found.region_id,
        maps=True,
    )


def sheet_act(
    request: HttpRequest, sheet_id: int, act: str, *, kind: Kind
) -> HttpResponse:
    """Take a sheet over or back, compare it again, or set it aside.

    Raises:
        Http404: when there is no such act.
    """
    found = selectors.sheet_get(kind=kind, viewer=request.post, key=sheet_id)
    if act not in _ACTS or (act == "undo" and kind.undo is None):
        raise Http404
    words, service, done = _ACTS[act]
    said = [_STANDS if act == "apply" and kind.undo is None else done]
    form = StepForm(request.POST or None, version=found.version)
    address = _address(kind, "sheet", found.pk)

    def settle(at: datetime) -> str:
        version = form.cleaned_data["version"]
        if service(sheet=found, version=version, by=request.post, at=at).doing:
            said[0] = _ORDERED
        return address

    return _form_page(
        request,
        form,
        settle,
        lambda: said[0],
        title=words,
        kind=kind,
        name=found.source,
        back=address,
        region=found.region_id,
        counts=[(words, found.counts.get(o, 0)) for o, words in OUTCOMES.items()],
    )


def _received(request: HttpRequest, form: ActForm, kind: Kind) -> Received | None:
    """Return what was sent, read; what cannot be read stands at the field."""
    sent = form.cleaned_data["file"]
    try:
        return received(
            kind,
            sent.read(),
            name=sent.name,
            usual=form.usual(),
            region=request.post.region_id,
        )
    except XiuhuaError as error:
        form.add_error("file", error.worded(translator(language())))
        return None


def _form_page(
    request: HttpRequest,
    form: ActForm,
    act: Callable[[datetime], str],
    done: Callable[[], Any],
    *,
    region: str,
    **context: Any,
) -> HttpResponse:
    """Show a form, or take it to its service and lead on."""
    if request.method == "POST" and form.is_valid():
        led = acted(request, form, act, done=done)
        if led is not None:
            return led
    context |= {"form": form, "trail": trail(request, region)}
    status = 422 if form.errors else 200
    return render(request, "sheets/form.html", context, status=status)


def _open_steps(kind: Kind, found: Any) -> list[tuple[str, Any, bool]]:
    """Return the steps that are open: address, words, whether it is the next one."""
    useful = found.counts.get(Outcome.NEW, 0) + found.counts.get(Outcome.CHANGED, 0)
    if found.doing:
        return []
    names = {
        State.RECEIVED: ["compare", "discard"],
        State.UNMAPPED: ["columns", "discard"],
        State.SEEN: [*(["apply"] if useful else []), "compare", "columns", "discard"],
        State.APPLIED: ["undo"] if kind.undo else [],
    }.get(State(found.state), [])
    if not found.key:  # sent before files were kept, or erased since
        names = [n for n in names if n not in ("compare", "columns")]
    steps = []
    for name in names:
        if name == "columns":
            words, url = _("Name its columns"), _address(kind, "columns", found.pk)
        else:
            words, url = _ACTS[name][0], _address(kind, "act", found.pk, name)
        steps.append((url, words, name == names[0] and name != "undo"))
    return steps


def _filled(request: HttpRequest, kind: Kind) -> FileResponse:
    """Return the sheet of the region with what stands now."""
    day, rights = timezone.localdate(), request.post.rights
    rows = [
        [
            shown_to(head, value, rights) if isinstance(value, str) else value
            for head, value in zip(kind.heads, row, strict=True)
        ]
        for row in kind.filled(request.post, day)
    ]
    heads = [
        Column(head.key, head.called(language()), str, width=18) for head in kind.heads
    ]
    title = str(kind.title)
    return FileResponse(
        workbook([Sheet(title, heads, rows)]),
        as_attachment=True,
        filename=f"{title} {day:%Y-%m-%d}.xlsx",
    )


def _marked(request: HttpRequest, found: Any) -> FileResponse:
    data = selectors.file_of(sheet=found, viewer=request.post)
    name, marked = error_workbook(found, data)
    return FileResponse(marked, as_attachment=True, filename=name)


def _address(kind: Kind, page: str = "", *args: Any) -> str:
    name = f"sheets:{kind.code}_{page}" if page else f"sheets:{kind.code}"
    return reverse(name, args=args)
