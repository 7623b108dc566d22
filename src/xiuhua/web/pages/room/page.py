"""Put the page of the command room together: as a page, for a wall, as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.rules import OVERALL
from xiuhua.apps.audit import services as audit
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.access import allows
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.room.asking import GROUPS, Question
from xiuhua.web.pages.room.figures import count_text, counted
from xiuhua.web.pages.room.links import Lists
from xiuhua.web.pages.room.places import (
    RATE,
    Colour,
    legend,
    map_drawn,
    measure_of,
    place_of,
)
from xiuhua.web.pages.room.reading import Asked, Room, room_of
from xiuhua.web.pages.room.sheets import parts_table
from xiuhua.web.pages.room.showing import (
    Figure,
    Line,
    cards_of_figures,
    lines_of_verdicts,
    rate_text,
)
from xiuhua.web.pages.room.steps import limits_of
from xiuhua.web.pages.room.tiles import cards_of
from xiuhua.web.shell import worded
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.table import View
from xiuhua.web.workbooks import Sheet, workbook


# A wall asks anew after so many seconds.
REFRESH_SECONDS: Final = 60


@dataclass(frozen=True)
class Subject:
    """What a page is about: its regions, its name, the code when it is one region."""

    roots: tuple[str, ...]
    names: Mapping[str, str]
    name: str
    code: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Wording:
    """The indicators of the standard and what colours say, in words."""

    names: list[tuple[str, Any]]
    colour: Colour


def answered(
    request: HttpRequest, question: Question, subject: Subject, *, trail: Any
) -> HttpResponseBase:
    """Return the page, or the workbook of what it shows (`?as=xlsx`)."""
    asked = Asked(
        request.post,
        subject.roots,
        subject.names,
        question.day,
        question.past,
        question.standard,
        "" if question.colour in ("", RATE) else question.colour,
    )
    room = room_of(asked)
    names = [(key, worded(label)) for key, label in _indicators(room)]
    wording = _Wording(names, _colour(question, names))
    lists = Lists(now=not question.past, standard=_standard(room))
    table = parts_table(room.parts, names, question, lists)
    figures = cards_of_figures(room, subject.code, question)
    lines = lines_of_verdicts(room, subject.code, question, names)
    title = _("%(region)s: what is left") % {"region": subject.name}
    if request.GET.get("as") == "xlsx":
        view = View(request, table, room.parts)
        return _taken_away(request, title, subject, figures, lines, view)
    context = _context(room, question, wording, subject)
    return answer(
        request,
        table,
        room.parts,
        "room/region.html",
        title=title,
        trail=trail,
        room=room,
        subject=subject,
        question=question,
        figures=figures,
        verdicts=lines,
        heading=_("By region"),
        refresh=REFRESH_SECONDS,
        now=timezone.now(),
        may_set=allows(request, Permission.REGION_EDIT),
        **context,
    )


def _indicators(room: Room) -> Sequence[tuple[str, Any]]:
    return room.standard.indicators if room.standard else ()


def _standard(room: Room) -> str:
    return room.standard.pack if room.standard else ""


def _colour(question: Question, names: Sequence[tuple[str, Any]]) -> Colour:
    """Return what colours say: the incidence, or a share that falls short."""
    measure = measure_of(question.colour, [key for key, _ in names])
    words = dict(names) | {
        OVERALL: _("households that fall short"),
        "": _("households left"),
    }
    given = settings.ROOM_SHARE_STEPS if measure else settings.ROOM_RATE_STEPS
    return Colour(measure, words[measure], limits_of(given))


def _context(
    room: Room, question: Question, wording: _Wording, subject: Subject
) -> dict[str, Any]:
    colour = wording.colour
    places = [place_of(p, colour, question, short=False) for p in room.parts]
    squares = [place_of(p, colour, question, short=True) for p in room.smaller]
    drawn, reviews = map_drawn(places)
    return {
        "map": drawn,
        "reviews": reviews,
        "cards": cards_of(places, squares),
        "colour": colour,
        "steps": legend(colour),
        "colours": _colours(room, wording, question),
        "groups": [
            (key, words, key == question.of) for key, (words, _s) in GROUPS.items()
        ],
        "standards": [
            (s.pack, worded(s.title), s is room.standard) for s in room.standards
        ],
        "groupings": _groupings(question, subject),
        "classes": [
            (m, count_text(m.totals.left.households), rate_text(m.totals))
            for m in room.classes
        ],
        "deep_places": _deep_places(room),
        "page_url": question.turned(wall=None, **{"as": None}),
        "wall_url": question.turned(wall="1", **{"as": None}),
        "excel_url": question.turned(wall=None, **{"as": "xlsx"}),
        "print_url": question.turned(wall=None, **{"as": "print"}),
        "now_url": question.turned(as_of=None),
    }


def _colours(
    room: Room, wording: _Wording, question: Question
) -> list[tuple[str, Any, bool]]:
    """Return what colours can say, the present choice marked."""
    choices = [(RATE, _("poverty incidence"))]
    if room.standard:
        choices += [(OVERALL, _("households that fall short")), *wording.names]
    present = wording.colour.measure or RATE
    return [(key, words, key == present) for key, words in choices]


def _groupings(question: Question, subject: Subject) -> list[tuple[str, str, bool]]:
    """Return the groupings that touch the regions shown, with their addresses."""
    own = question.request.post.region_id
    found = []
    for grouping, codes in regions.grouping_list(as_of=question.day):
        near = any(c.startswith(own) or own.startswith(c) for c in codes)
        if near:
            path = reverse("room:grouping", args=[grouping.key])
            found.append((grouping.name, path, grouping.name == subject.name))
    return found


def _deep_places(room: Room) -> list[tuple[Any, bool]]:
    """Return the parts that count as in deep poverty."""
    return [(p, p.totals.left.households == 0) for p in room.parts if p.deep_poverty]


def _taken_away(
    request: HttpRequest,
    title: str,
    subject: Subject,
    figures: Sequence[Figure],
    lines: Sequence[Line],
    view: View,
) -> FileResponse:
    """Return a workbook of the figures, the verdicts and the parts, and record it."""
    at, post = timezone.now(), request.post
    columns = view.table.columns
    parts = [[column.value(row) for column in columns] for row in view.all_rows()]
    sheets = [
        Sheet(
            _("Figures"),
            _plain(_("figure"), _("value of the figure"), _("compared")),
            [(f.name, counted(f.number), "；".join(f.more)) for f in figures],
        )
    ]
    if lines:
        heads = (_("indicator"), _("fall short"), _("unknown"), _("met"), _("judged"))
        sheets.append(
            Sheet(
                _("Verdicts"),
                _plain(*heads),
                [
                    (n.name, *map(counted, (n.unmet, n.unknown, n.met, n.judged)))
                    for n in lines
                ],
            )
        )
    if parts:
        sheets.append(Sheet(_("By region"), columns, parts))
    notes = [
        (_("List"), title),
        (_("Taken by"), f"{request.user.full_name} {post}"),
        (_("At"), f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
    ]
    file = workbook(sheets, notes=notes)
    with transaction.atomic():
        audit.entry_append(
            action="web.table.exported",
            target="web.table",
            target_id="room",
            target_label=title,
            region_code=subject.code or post.region_id,
            by=post.actor,
            at=at,
            new={"rows": len(parts)},
        )
    name = f"{title} {timezone.localdate(at):%Y-%m-%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name)


def _plain(*labels: str) -> list[Column]:
    return [
        Column(str(n), label, str, kind=Kind.NUMBER if n else Kind.TEXT, width=24)
        for n, label in enumerate(labels)
    ]
