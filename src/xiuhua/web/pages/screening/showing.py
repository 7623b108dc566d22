"""Words and tables of screening: packs, runs, what changed, places by threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.selectors import full_names
from xiuhua.apps.assessments.rules import OVERALL
from xiuhua.apps.assessments.selectors.runs import households_of
from xiuhua.apps.assessments.standards import known_packs, pack_read
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.standards.model import Pack
from xiuhua.core.truth import Verdict
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import worded
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.table import Table


VERDICT_WORDS: Final = {
    "met": _("met"),
    "unmet": _("unmet"),
    "unknown": _("unknown"),
    "not_applicable": _("not applicable"),
}
STATE_OF_VERDICT: Final = {
    "met": "good",
    "unmet": "bad",
    "unknown": "warn",
    "not_applicable": "none",
}
STATE_OF_RUN: Final = {
    "done": "good",
    "failed": "bad",
    "cancelled": "none",
    "waiting": "warn",
    "running": "warn",
}
STEPS: Final = {
    "standings": _("counting households"),
    "snapshot": _("taking the snapshot"),
    "judge": _("judging"),
    "hash": _("computing hashes"),
    "refresh": _("renewing current verdicts"),
}


@dataclass(frozen=True)
class PackShown:
    """A pack as the page to choose one shows it."""

    id: str
    title: str
    summary: str
    version: str
    unit: str
    draft: bool
    documents: tuple[str, ...]
    indicators: tuple[str, ...]


def pack_shown(pack: Pack) -> PackShown:
    """Return a pack in words."""
    return PackShown(
        id=pack.id,
        title=worded(pack.title),
        summary=worded(pack.summary),
        version=pack.version,
        unit=pack.unit,
        draft=pack.draft,
        documents=tuple(d.citation for d in pack.documents.values()),
        indicators=tuple(worded(i.label) for i in pack.indicators),
    )


def pack_title(name: str) -> str:
    """Return the title of a pack, its name when it is no longer there."""
    return worded(pack_read(name).title) if name in known_packs() else name


def values_worded(pack: str, given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the values given to a pack, name and value in words where it is known."""
    params = pack_read(pack).params if pack in known_packs() else {}
    found = []
    for name, value in sorted(given.items()):
        param = params.get(name)
        label = worded(param.label) if param else name
        option = param.options.get(str(value)) if param and param.options else None
        found.append((label, worded(option) if option else str(value)))
    return found


def measure_label(pack: str, measure: str) -> str:
    """Return an indicator in words."""
    if measure == OVERALL or pack not in known_packs():
        return str(_("overall")) if measure == OVERALL else measure
    labels = {i.id: worded(i.label) for i in pack_read(pack).indicators}
    return labels.get(measure, measure)


def step_words(step: str) -> str:
    """Return the step of a run in words; the steps of judging are one to the reader."""
    return str(STEPS.get(step, STEPS["judge"])) if step else ""


# runs ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class RunRow:
    """A run with the names of its region and of whoever asked for it."""

    run: Any
    place: str
    asker: str


def _named(day: date) -> Callable[[list[Any]], list[RunRow]]:
    def prepare(runs: list[Any]) -> list[RunRow]:
        places = regions.names_of(codes=[run.region_id for run in runs], as_of=day)
        people = full_names(usernames=[run.asked_by for run in runs])
        return [
            RunRow(
                run,
                places.get(run.region_id) or run.region_id,
                people.get(run.asked_by, run.asked_by),
            )
            for run in runs
        ]

    return prepare


def run_table(day: date) -> Table:
    """Return the table of runs, with names as they are on a day."""
    return Table(
        "runs",
        columns=[
            Column(
                "asked",
                _("asked at"),
                lambda row: row.run.asked_at,
                order=("asked_at",),
                kind=Kind.MOMENT,
                href=lambda row: reverse("screening:run", args=[row.run.pk]),
                width=18,
            ),
            Column(
                "pack", _("standard"), lambda row: pack_title(row.run.pack), width=36
            ),
            Column("region", _("region"), lambda row: row.place),
            Column(
                "as_of",
                _("as of"),
                lambda row: row.run.as_of,
                order=("as_of",),
                kind=Kind.DAY,
            ),
            Column(
                "kind",
                _("kind"),
                lambda row: _("standard in force") if row.run.adopted else _("trial"),
            ),
            Column(
                "state",
                _("state"),
                lambda row: row.run.get_state_display(),
                order=("state",),
                state=lambda row: STATE_OF_RUN[row.run.state],
            ),
            Column(
                "households",
                _("households"),
                lambda row: row.run.counts.get("households"),
                kind=Kind.NUMBER,
            ),
            Column("unmet", _("unmet"), _unmet, kind=Kind.NUMBER),
            Column("by", _("asked by"), lambda row: row.asker, minor=True),
        ],
        order="-asked",
        prepare=_named(day),
        empty=_("No run yet. Adopt a standard first, then screen the region."),
    )


def _unmet(row: RunRow) -> int | None:
    overall = row.run.counts.get("measures", {}).get(OVERALL)
    return overall.get("unmet", 0) if overall else None


@dataclass(frozen=True)
class MeasureLine:
    """A measure of a run: households by verdict, and where its changes stand."""

    measure: str
    label: str
    met: int
    unmet: int
    unknown: int
    not_applicable: int


def measure_lines(run: Any) -> list[MeasureLine]:
    """Return the measures of a run with households by verdict, overall last."""
    return [
        MeasureLine(
            measure,
            measure_label(run.pack, measure),
            *(counts.get(word, 0) for word in VERDICT_WORDS),
        )
        for measure, counts in run.counts.get("measures", {}).items()
    ]


# changes ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeRow:
    """A household whose verdict changed, as far as it still stands here."""

    household: Any
    village: str
    before: Verdict | None
    after: Verdict | None


def change_table(post: Any, *, day: date) -> Table:
    """Return the table of households whose verdict changed between two runs."""
    return Table(
        "changes",
        columns=[
            Column(
                "head",
                _("household"),
                lambda row: (
                    name_shown(row.household.head_name, post.rights)
                    if row.household
                    else _("no longer in this region")
                ),
                href=lambda row: (
                    reverse("households:page", args=[row.household.pk])
                    if row.household
                    else ""
                ),
            ),
            Column(
                "number",
                _("number"),
                lambda row: row.household.number if row.household else "—",
                width=22,
            ),
            Column("village", _("village"), lambda row: row.village),
            Column("before", _("before"), lambda row: _word(row.before)),
            Column(
                "after",
                _("after"),
                lambda row: _word(row.after),
                state=lambda row: (
                    STATE_OF_VERDICT[row.after.word] if row.after else "none"
                ),
            ),
        ],
        filters=[
            Filter(
                "after",
                _("newly"),
                lambda rows, v: [r for r in rows if r.after and r.after.word == v],
                lambda: VERDICT_WORDS.items(),
            )
        ],
        prepare=partial(_with_households, day=day),
        empty=_("No household's verdict changed between the two runs."),
    )


def _with_households(rows: list[Any], *, day: date) -> list[ChangeRow]:
    households = households_of(rows)
    names = regions.names_of(codes=[c.village for c in rows], as_of=day)
    return [
        ChangeRow(
            households.get(c.household_id),
            names[c.village] or c.village,
            c.before,
            c.after,
        )
        for c in rows
    ]


def _word(verdict: Verdict | None) -> Any:
    return VERDICT_WORDS[verdict.word] if verdict else _("not on the list")


# places -------------------------------------------------------------------------------


def place_table() -> Table:
    """Return the table of places at or above a threshold."""
    return Table(
        "places",
        columns=[
            Column("name", _("region"), lambda p: p.name or p.code),
            Column("code", _("code"), lambda p: p.code, order=("code",)),
            Column(
                "households",
                _("households left"),
                lambda p: p.households,
                order=("households",),
                kind=Kind.NUMBER,
            ),
            Column(
                "persons",
                _("persons left"),
                lambda p: p.persons,
                order=("persons",),
                kind=Kind.NUMBER,
            ),
            Column(
                "population",
                _("registered rural population"),
                lambda p: p.population,
                order=("population",),
                kind=Kind.NUMBER,
            ),
            Column(
                "incidence",
                _("poverty incidence"),
                lambda p: _decimal(p.incidence),
                order=("incidence",),
                kind=Kind.RATE,
                decimals=2,
            ),
        ],
        order="-incidence",
        empty=_("No place reaches the threshold on this day."),
    )


def _decimal(share: Fraction | None) -> Decimal | None:
    if share is None:
        return None
    return Decimal(share.numerator) / Decimal(share.denominator)
