"""The places of a drive: what each has reached, and whether it gets there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.supervision.rules import CatchUp, Course, Spans, Standing, catch_up
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.room.drawing import Place
from xiuhua.web.pages.room.figures import percent_text
from xiuhua.web.pages.room.steps import Step, limits_of
from xiuhua.web.tables.table import Table


COURSES: Final[Mapping[Course, tuple[Any, str]]] = MappingProxyType(
    {
        Course.DONE: (_("nothing open"), "good"),
        Course.ON_COURSE: (_("on course"), "good"),
        Course.IN_RESERVE: (_("needs the reserve"), "warn"),
        Course.TOO_LATE: (_("too late at this pace"), "bad"),
        Course.UNKNOWN: (_("no working day yet"), "warn"),
    }
)
_MOST_PARTS: Final = 5000


@dataclass(frozen=True)
class Part:
    """A region of a drive with what it has reached."""

    code: str
    name: str
    standing: Standing
    course: CatchUp


def part_of(
    code: str, name: str, standing: Standing, countdown: Countdown, shocks: Spans
) -> Part:
    """Return a region with its pace."""
    return Part(code, name, standing, catch_up(standing, countdown, shocks))


def share_of(standing: Standing) -> Fraction | None:
    """Return the share struck off; None where there is nothing to strike off."""
    if not standing.counted:
        return None
    return Fraction(standing.struck_off, standing.counted)


def place_of(part: Part, drive_id: int, *, short: bool) -> Place:
    """Return a region as a tile, coloured by the share that is still open."""
    share = share_of(part.standing)
    left = Fraction(0) if share is None else 1 - share
    said = _("%(open)s open, %(struck)s struck off") % {
        "open": part.standing.open,
        "struck": part.standing.struck_off,
    }
    text = "–" if share is None else percent_text(share)
    return Place(
        part.code,
        part.name,
        str(part.standing.open) if short else text,
        limits_of(settings.ROOM_SHARE_STEPS).step(left),
        address("region", drive_id, part.code),
        title=f"{part.name}: {said}",
    )


def legend() -> list[tuple[Step, Any]]:
    """Return the steps with what they mean, in the order of need."""
    limits = limits_of(settings.ROOM_SHARE_STEPS)
    more, many = (percent_text(limit) for limit in limits.as_shares)
    return [
        (Step.CLEAR, _("nothing open")),
        (Step.FEW, _("open: below %(limit)s") % {"limit": more}),
        (Step.MORE, _("open: %(from)s to below %(to)s") % {"from": more, "to": many}),
        (Step.MANY, _("open: %(limit)s and more") % {"limit": many}),
    ]


def address(page: str, drive_id: int, code: str, state: str = "") -> str:
    """Return the address of a page of a drive for a region."""
    found = reverse(f"drives:{page}", args=[drive_id, code])
    return f"{found}?state={state}" if state else found


def parts_table(drive_id: int, *, links: bool) -> Table:
    """Return the table of places: every count leads to its problems.

    Places stand in the order of their codes: it is no ranking.
    """

    def to(state: str) -> Any:
        if not links:
            return None
        return lambda part: address("tasks", drive_id, part.code, state)

    columns = [
        Column(
            "name",
            _("region"),
            lambda p: p.name,
            href=lambda p: address("region", drive_id, p.code),
            width=20,
        ),
        _count("registered", _("problems"), lambda p: p.standing.registered, to("all")),
        _count(
            "struck",
            _("off the list"),
            lambda p: p.standing.struck_off,
            to("struck_off"),
        ),
        _count("open", _("still open"), lambda p: p.standing.open, to("open")),
        Column(
            "share",
            _("share struck off"),
            lambda p: _number(share_of(p.standing)),
            kind=Kind.RATE,
        ),
        Column("needed", _("needed a day"), lambda p: _rounded(p.course.needed)),
        Column("reached", _("reached a day"), lambda p: _rounded(p.course.reached)),
        Column(
            "until",
            _("done on, at this pace"),
            lambda p: p.course.until or "–",
            minor=True,
        ),
        Column(
            "course",
            _("course"),
            lambda p: COURSES[p.course.course][0],
            state=lambda p: COURSES[p.course.course][1],
        ),
    ]
    return Table(
        "places",
        columns=columns,
        size=_MOST_PARTS,
        exported=Permission.FIGURES_VIEW,
        empty=_("This region has no parts."),
    )


def _count(key: str, label: Any, value: Any, href: Any) -> Column:
    return Column(key, label, value, kind=Kind.NUMBER, href=href)


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)


def _rounded(pace: float | None) -> str:
    return "–" if pace is None else f"{pace:.1f}"


def total_of(standings: Sequence[Standing]) -> Standing:
    """Return what regions have reached together."""
    return sum(standings, Standing())
