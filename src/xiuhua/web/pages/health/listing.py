"""The tables of data health: faults, households with gaps, things to ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assessments.selectors import health
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.columns import Column
from xiuhua.web.pages.health.mending import gap_address, mend_address
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import language, worded
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


@dataclass(frozen=True)
class FaultRow:
    """A fault with its words and where it is mended."""

    fault: Any
    village: str
    problem: str
    remedy: str
    address: str


@dataclass(frozen=True)
class HouseholdRow:
    """A household of a list, with the name of its village."""

    household: Any
    village: str


@dataclass(frozen=True)
class QuestionRow:
    """What is not known of a household in an indicator."""

    question: Any
    village: str
    indicator: str
    fields: str


def fault_table(post: Any, *, day: date, edits: bool) -> Table:
    """Return the table of faults as a post sees it."""
    return Table(
        "faults",
        columns=[
            Column(
                "problem",
                _("fault"),
                lambda row: row.problem,
                order=("kind",),
                href=lambda row: row.address,
                width=36,
            ),
            *_household_columns(post, lambda row: row.fault.household),
            Column(
                "member",
                _("member"),
                lambda row: _member(row.fault.person, post),
                width=12,
            ),
            Column("remedy", _("what to do"), lambda row: row.remedy, width=40),
            Column(
                "state",
                _("state"),
                lambda row: _("changed since") if row.fault.stale else _("open"),
                order=("stale",),
                state=lambda row: "warn" if row.fault.stale else "bad",
            ),
        ],
        filters=[
            Filter("kind", _("kind"), lambda rows, v: rows.filter(kind=v), _kinds),
            Filter(
                "village",
                _("village code"),
                lambda rows, v: rows.filter(village__code__startswith=v),
            ),
            Filter(
                "helper",
                _("person in charge"),
                lambda rows, v: rows.filter(household__helper_name=v),
                private=True,
            ),
        ],
        order="place",
        prepare=partial(_with_words, post=post, day=day, edits=edits),
        empty=_("Nothing in the data contradicts itself, as far as was looked."),
    )


def gap_table(post: Any, *, level: str, field: str, day: date, edits: bool) -> Table:
    """Return the table of households that lack a field."""

    def address(row: HouseholdRow) -> str:
        return gap_address(row.household.pk, level, field, edits=edits)

    return Table(
        "gaps",
        columns=_household_columns(post, lambda row: row.household, address),
        order="place",
        prepare=partial(_with_villages, day=day),
        empty=_("This field is filled in everywhere."),
    )


def question_table(post: Any, *, pack: str, day: date) -> Table:
    """Return the table of what has to be asked for a standard."""
    return Table(
        "questions",
        columns=[
            *_household_columns(
                post,
                lambda row: row.question.household,
                lambda row: reverse(
                    "households:page", args=[row.question.household_id]
                ),
            ),
            Column(
                "indicator",
                _("indicator"),
                lambda row: row.indicator,
                order=("indicator",),
            ),
            Column("fields", _("to be asked"), lambda row: row.fields, width=40),
            Column(
                "since",
                _("not known since"),
                lambda row: row.question.since,
                order=("since",),
            ),
        ],
        filters=[
            Filter(
                "indicator",
                _("indicator"),
                lambda rows, v: rows.filter(indicator=v),
                partial(_indicators, pack),
            ),
        ],
        order="place",
        prepare=partial(_with_questions, pack=pack, day=day),
        empty=_("Nothing is unknown: every verdict could be given."),
    )


def _household_columns(
    post: Any,
    household: Callable[[Any], Any],
    address: Callable[[Any], str] | None = None,
) -> list[Column]:
    fields = load_dictionary().level("household").by_name
    return [
        Column(
            "head",
            worded(fields["head_name"].label),
            lambda row: name_shown(household(row).head_name, post.rights),
            href=address,
        ),
        Column(
            "number",
            worded(fields["household_id"].label),
            lambda row: household(row).number,
            width=22,
        ),
        Column("place", _("village"), lambda row: row.village, order=("village_id",)),
        Column(
            "helper",
            worded(fields["helper_name"].label),
            lambda row: _helper(household(row).helper_name, post),
        ),
    ]


def _helper(name: str | None, post: Any) -> str | None:
    return health.helper_shown(name, post) if name else None


def _member(person: Any, post: Any) -> str:
    return name_shown(person.name, post.rights) if person else "—"


def _kinds() -> list[tuple[str, str]]:
    return [(kind, health.kind_label(kind, language())) for kind in health.KINDS]


def _indicators(pack: str) -> list[tuple[str, str]]:
    return [(i.id, worded(i.label)) for i in pack_read(pack).indicators]


def _with_words(
    rows: list[Any], *, post: Any, day: date, edits: bool
) -> list[FaultRow]:
    names = regions.names_of(codes=[f.village_id for f in rows], as_of=day)
    others = health.others_shown(viewer=post, faults=rows)
    offices = health.offices_asked(faults=rows, as_of=day)
    return [
        FaultRow(
            fault,
            names[fault.village_id],
            *health.fault_words(
                fault, language(), others[fault.pk], offices.get(fault.expected, "")
            ),
            mend_address(fault, edits=edits),
        )
        for fault in rows
    ]


def _with_villages(rows: list[Any], *, day: date) -> list[HouseholdRow]:
    names = regions.names_of(codes=[h.village_id for h in rows], as_of=day)
    return [HouseholdRow(h, names[h.village_id]) for h in rows]


def _with_questions(rows: list[Any], *, pack: str, day: date) -> list[QuestionRow]:
    names = regions.names_of(codes=[q.village_id for q in rows], as_of=day)
    found = pack_read(pack)
    labels = {i.id: worded(i.label) for i in found.indicators}
    return [
        QuestionRow(
            question,
            names[question.village_id],
            labels[question.indicator],
            health.asked_words(question.reasons, found, language()),
        )
        for question in rows
    ]
