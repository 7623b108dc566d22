"""The table of problems: on the screen in short, as the official table in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.selectors import full_names
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.assessments.selectors.sectors import indicators_in_use
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.figures import evidence_counts
from xiuhua.apps.ledger.rules import OPEN, State
from xiuhua.apps.ledger.selectors import ProblemFilter
from xiuhua.apps.ledger.wording import MARK_OF_STATE, STATES
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.columns import Column
from xiuhua.web.columns import Kind as Holds
from xiuhua.web.shell import worded
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


_EQUAL: Final = ("source", "kind", "duty", "precision", "indicator")
_SHORT: Final = 60
Choices = list[tuple[str, Any]]


@dataclass(frozen=True)
class Row:
    """A problem of the list, with what stands elsewhere."""

    problem: Any
    place: str
    evidence: int
    late_days: int
    ended_by: str
    has_left: bool

    @property
    def is_open(self) -> bool:
        """Test whether it has not ended."""
        return self.problem.state in OPEN


def problem_table(post: Any, *, region: str, day: date, full: bool) -> Table:
    """Return the table of problems as a post sees it; `full`: the official columns."""
    columns = _official() if full else _short()
    return Table(
        "official" if full else "problems",
        columns=columns,
        filters=_filters(post, region, day),
        order="-number",
        last="id",
        prepare=partial(_with_places, day=day),
        select=_ticked if post.state.allows(Permission.PROBLEM_ASSIGN) else None,
        empty=_("Register a problem, or load a list of them."),
    )


def rows_of(post: Any, *, region: str, day: date) -> Callable[[dict[str, str]], Any]:
    """Return what gives the problems for the values of the filters."""

    def rows(values: dict[str, str]) -> Any:
        said: dict[str, Any] = {k: values[k] for k in _EQUAL if k in values}
        special = _SPECIAL.get(values.get("what", ""))
        said |= special(post, day) if special else {}
        then = _day(values.get("on", ""))
        filters = ProblemFilter(
            region=values.get("part", region),
            state=values.get("state", ""),
            on=then if then != day else None,
            words=values.get("find", ""),
            owner_name=values.get("whose", ""),
            household=_number(values.get("household", "")),
            **said,
        )
        found = ledger.problem_list(viewer=post, filters=filters)
        desk = _DESKS.get(values.get("what", ""))
        return found.filter(pk__in=desk(post, day).values("pk")) if desk else found

    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


_SPECIAL: Final[Mapping[str, Callable[[Any, date], dict[str, Any]]]] = {
    "overdue": lambda post, day: {"overdue_on": day},
    "escalated": lambda post, day: {"escalated": True},
    "review": lambda post, day: {"review_on": day},
    "left": lambda post, day: {"left_on": day},
    "immediate": lambda post, day: {"immediate": True},
    "policy": lambda post, day: {"policy": True},
    "raised": lambda post, day: {"raised_to": post.region_id},
    "common": lambda post, day: {"common": True},
}
_DESKS: Final[Mapping[str, Callable[[Any, date], Any]]] = {
    "mine": lambda post, day: ledger.problems_of(owner=post, on=day),
    "verify": lambda post, day: ledger.awaiting_verification_of(viewer=post),
    "returned": lambda post, day: ledger.returned_to(owner=post),
}


def _with_places(rows: list[Any], *, day: date) -> list[Row]:
    names = regions.names_of(codes=[p.region_id for p in rows], as_of=day)
    papers = evidence_counts(problems=[p.pk for p in rows])
    people = full_names(usernames=[p.ended_by for p in rows if p.ended_by])
    return [
        Row(
            p,
            names[p.region_id],
            papers.get(p.pk, 0),
            _late_days(p, day),
            people.get(p.ended_by, p.ended_by),
            _has_left(p, day),
        )
        for p in rows
    ]


def _has_left(problem: Any, day: date) -> bool:
    """Test whether who has it in hand holds the post no more."""
    owner = problem.owner
    if owner is None or owner.valid_to is None or problem.state not in OPEN:
        return False
    return bool(owner.valid_to <= day)


def _ticked(row: Row) -> str:
    return f"{row.problem.pk}.{row.problem.version}"


def _late_days(problem: Any, day: date) -> int:
    late = problem.deadline is not None and problem.state in OPEN
    return max(0, (day - problem.deadline).days) if late else 0


def _owner(row: Row) -> str:
    owner = row.problem.owner
    name = owner.user.full_name if owner else str(_("nobody yet"))
    return f"{name} ({_('post has ended')})" if row.has_left else name


def _page(row: Row) -> str:
    return reverse("ledger:page", args=[row.problem.pk])


def _state(row: Row) -> str:
    if row.late_days:
        return "bad"
    return MARK_OF_STATE.get(row.problem.state, "warn")


def _first() -> list[Column]:
    return [
        Column(
            "number", _("number"), lambda r: r.problem.number, ("number",), href=_page
        ),
        Column(
            "source",
            _("source"),
            lambda r: r.problem.get_source_display(),
            ("source",),
            width=20,
        ),
        Column(
            "found",
            _("found on"),
            lambda r: r.problem.found_on,
            ("found_on",),
            Holds.DAY,
        ),
        Column("place", _("Where"), lambda r: r.place, ("region_id",)),
    ]


def _about(full: bool) -> list[Column]:
    return [
        Column(
            "kind",
            _("class"),
            lambda r: r.problem.get_kind_display(),
            ("kind",),
            width=20,
        ),
        Column(
            "description",
            _("description"),
            lambda r: r.problem.description if full else _cut(r.problem.description),
            width=50,
        ),
    ]


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _course() -> list[Column]:
    return [
        Column("owner", _("owner"), _owner, ("owner__user__full_name",)),
        Column(
            "deadline",
            _("deadline"),
            lambda r: r.problem.deadline or (_("none yet") if r.is_open else "–"),
            ("deadline",),
            Holds.DAY,
        ),
        Column(
            "late",
            _("days late"),
            lambda r: r.late_days or "–",
            ("deadline",),
        ),
        Column(
            "state",
            _("state"),
            lambda r: STATES[r.problem.state],
            ("state",),
            state=_state,
            width=20,
        ),
    ]


def _short() -> list[Column]:
    first, found, (owner, *rest) = _first(), _about(full=False), _course()
    return [*first[:2], *first[3:], *found, owner, *rest]


def _official() -> list[Column]:
    """Return the columns of the ledger in use (问题台账), as DOMAIN 8 has them."""
    text = _text_column
    owner, deadline, late, state = _course()
    return [
        *_first(),
        *_about(full=True),
        Column("common", _("common problem"), lambda r: r.problem.is_common),
        text("measures", _("measures taken")),
        text("leader", _("responsible leader")),
        text("unit", _("responsible unit")),
        owner,
        deadline,
        state,
        Column("evidence", _("evidence"), lambda r: r.evidence, kind=Holds.NUMBER),
        Column("ended_by", _("ended by"), lambda r: r.ended_by or "–"),
        Column("ended_at", _("ended at"), lambda r: _ended(r.problem)),
        Column("struck", _("struck off"), lambda r: r.problem.state == "struck_off"),
        late,
        text("cause", _("cause of delay")),
        text("system_mended", _("system mended")),
    ]


def _ended(problem: Any) -> Any:
    return problem.ended_at.date() if problem.ended_at else "–"


def _text_column(name: str, label: Any) -> Column:
    return Column(name, label, lambda r: getattr(r.problem, name) or "–", width=24)


def _filters(post: Any, region: str, day: date) -> list[Filter]:
    return [
        Filter("find", _("Number or words"), private=True),
        Filter("whose", _("Name of the owner"), private=True),
        Filter("what", _("Which"), choices=_which),
        Filter("part", _("Where"), choices=cache(lambda: _parts(region, day))),
        Filter("state", _("state"), choices=_states),
        Filter("source", _("source"), choices=lambda: Source.choices),
        Filter("kind", _("class"), choices=lambda: Kind.choices),
        Filter("duty", _("three duties"), choices=lambda: Duty.choices),
        Filter("precision", _("three precisions"), choices=lambda: Precision.choices),
        Filter(
            "indicator",
            _("indicator"),
            choices=cache(lambda: indicators(post, day)),
        ),
        Filter("on", _("As of a day"), hint="2020-06-30"),
    ]


def _which() -> Choices:
    return [
        ("mine", _("mine to rectify")),
        ("verify", _("waiting for my verification")),
        ("returned", _("came back to me")),
        ("overdue", _("overdue")),
        ("escalated", _("escalated")),
        ("review", _("due to be looked at again")),
        ("left", _("owner's post has ended: to be given to another")),
        ("immediate", _("to be mended at once")),
        ("common", _("common problems")),
        ("policy", _("of policy itself")),
        ("raised", _("carried up to us, not answered")),
    ]


def _states() -> Choices:
    groups = [("open", _("open: all not ended")), ("ended", _("ended"))]
    # What was withdrawn stands in no list.
    return [*groups, *((s, w) for s, w in STATES.items() if s != State.WITHDRAWN)]


def _parts(region: str, day: date) -> Choices:
    parts = regions.part_list(code=region, as_of=day)
    return [(part.code, regions.name_of(part) or part.code) for part in parts]


def indicators(post: Any, day: date) -> Choices:
    """Return the indicators in force where a post is; a bureau is offered its own."""
    found = [
        (f"{standard.pack}.{key}", worded(label))
        for standard in standard_list(region=post.region_id, as_of=day)
        for key, label in standard.indicators
    ]
    own = indicators_in_use(sector=post.sector) if post.sector else None
    return [(k, w) for k, w in found if own is None or k in own]
