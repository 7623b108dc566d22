"""The sheet of visits that were made: filled in by hand, sent in as a list.

A row without a day and findings says nothing: the sheet that is handed out has one for
every household, to be filled in where somebody has been.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.acts.entering import HelpUnfit
from xiuhua.apps.assistance.acts.recording import Done, booked
from xiuhua.apps.assistance.choices import Mending, VisitKind
from xiuhua.apps.assistance.models import Pairing, Visit, VisitPaper
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.rules import VisitState
from xiuhua.apps.assistance.selectors.owed import standings_of
from xiuhua.apps.assistance.selectors.pairings import in_force
from xiuhua.apps.assistance.services.visits import VisitSaid, visits_record
from xiuhua.apps.assistance.sheet_naming import NAME, NUMBER, UNIT, Known
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.choices import words_to_codes
from xiuhua.apps.sheets.finding import households_of, parts, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head
from xiuhua.apps.sheets.kinds import Kind, Row, Sending, Taken
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.dictionary.model import Mask


# What a visit says that was taken back with its sheet.
TAKEN_BACK: Final = "taken back with the sheet"
_KINDS: Final = {
    "入户走访": "call",
    "走访": "call",
    "对标核查": "check",
    "商议计划": "plan",
    "政策宣讲": "policy",
    "困难或灾害": "hardship",
}


@cache
def _kinds() -> Mapping[str, str]:
    return {**_KINDS, **words_to_codes(VisitKind.choices)}


HEADS: Final = (
    Head(
        "household",
        "户编号",
        "household number",
        Form.CODE,
        needed=True,
        must=True,
        synonyms=("户号", "家庭编号"),
        shown=True,
    ),
    Head("head", "户主姓名", "head of household", mask=Mask.PERSONAL),
    Head("village", "村", "village"),
    replace(NAME, zh="走访人", en="visitor", synonyms=("帮扶责任人", "姓名")),
    UNIT,
    NUMBER,
    Head("made_on", "走访日期", "made on", Form.DAY, needed=True, shown=True),
    Head("kind", "类别", "kind", Form.CHOICE, choices=_kinds),
    Head(
        "findings",
        "发现的情况",
        "what was found",
        needed=True,
        mask=Mask.PERSONAL,
        most=1000,
        shown=True,
    ),
    Head("mending", "需要整改", "to be mended", Form.FLAG, shown=True),
)


def _compared(rows: Sequence[Row], sending: Sending) -> None:
    homes = households_of(rows, "household", region=sending.region)
    reject_doubles(rows, "household", "made_on")
    known = Known(sending.region)
    keys = [home.pk for home in homes.values()]
    helping, made = _helping(keys, sending.today), _made(keys)
    for row in rows:
        _planned(row, homes, known, helping, sending.today)
        if row.is_sound and row.outcome is Outcome.NEW:
            there = (row.plan["household"], row.plan["helper"], row.plan["on"])
            row.outcome = Outcome.UNCHANGED if there in made else Outcome.NEW


def _planned(
    row: Row,
    homes: Mapping[str, Household],
    known: Known,
    helping: Mapping[int, int],
    today: date,
) -> None:
    """Say which visit a row means, or what keeps it from meaning one."""
    day, found = row["made_on"], row["findings"]
    if day is None and not found:
        if row.is_sound:
            row.outcome = Outcome.UNCHANGED
        return
    if day is None and "made_on" not in dict(row.faults):
        row.reject("made_on", CellUnfit("say on which day"))
    elif day is not None and day > today:
        row.reject("made_on", CellUnfit("the day of the visit is still to come"))
    if not found:
        row.reject("findings", CellUnfit("say what was found"))
    home = homes.get(row["household"] or "")
    named = row["number"] or row["helper"]
    helper = known.named(row) if named else None
    key = helper.pk if helper else helping.get(home.pk if home else 0)
    if key is None and row.is_sound:
        row.reject("helper", CellUnfit("say who visited: nobody helps the household"))
    if row.is_sound and home is not None:
        row.plan = {
            "household": home.pk,
            "helper": key,
            "on": day.isoformat(),
            "kind": row["kind"] or str(VisitKind.CALL),
            "mending": bool(row["mending"]),
        }


def _helping(homes: Sequence[int], day: date) -> dict[int, int]:
    found: dict[int, int] = {}
    for part in parts(homes):
        rows = Pairing.objects.filter(in_force(day), household__in=part)
        found |= dict(rows.values_list("household_id", "helper_id"))
    return found


def _made(homes: Sequence[int]) -> set[tuple[int, int, str]]:
    found: set[tuple[int, int, str]] = set()
    for part in parts(homes):
        rows = Visit.objects.filter(household__in=part, state=VisitState.MADE)
        for home, helper, day in rows.values_list(
            "household_id", "helper_id", "made_on"
        ):
            found.add((home, helper, day.isoformat() if day else ""))
    return found


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    homes: dict[int, Household] = {}
    helpers: dict[int, Helper] = {}
    for part in parts(row.plan["household"] for row in rows):
        homes |= Household.objects.in_bulk(part)
    for part in parts({row.plan["helper"] for row in rows}):
        helpers |= Helper.unscoped.in_bulk(part)
    said = [
        VisitSaid(
            homes[row.plan["household"]],
            helpers[row.plan["helper"]],
            row.plan["kind"],
            date.fromisoformat(row.plan["on"]),
            row["findings"],
            mending=row.plan["mending"],
        )
        for row in rows
    ]
    key = f"visits/{sending.key}"
    made = visits_record(rows=said, key=key, by=sending.by, at=sending.at)
    return [visit.pk for visit in made]


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Drop the visits of a sheet; those that had been planned are to be made again.

    Raises:
        HelpUnfit: when one has papers or a problem by now.
    """
    rows: list[Visit] = []
    for part in parts(one.made for one in taken):
        found = Visit.objects.select_for_update(of=("self",)).filter(pk__in=part)
        rows += found.select_related("household")
        if VisitPaper.objects.filter(visit__in=part).exists():
            raise HelpUnfit("a visit of the sheet has papers by now: it stands")
    if any(visit.mending == Mending.TAKEN_UP for visit in rows):
        raise HelpUnfit("what a visit of the sheet found is on the ledger: it stands")
    by_village: defaultdict[str, list[Done]] = defaultdict(list)
    for visit in rows:
        done = _taken_back(visit, new=visit.once.startswith(f"visits/{sending.key}/"))
        by_village[visit.household.village_id].append(done)
    fields = ["state", "made_on", "findings", "mending", "reason", "version"]
    Visit.objects.bulk_update(rows, fields, batch_size=500)
    for village in sorted(by_village):
        booked(by_village[village], region=village, by=sending.by, at=sending.at)


def _taken_back(visit: Visit, *, new: bool) -> Done:
    old = visit.state
    visit.state = (VisitState.DROPPED if new else VisitState.PLANNED).value
    visit.made_on, visit.findings, visit.mending = None, "", ""
    visit.reason = TAKEN_BACK if new else ""
    visit.version += 1
    return Done("undo", visit, {"reason": TAKEN_BACK}, old, visit.state)


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the households of the post's region with who helps them, to be filled."""
    homes = registry.household_list(
        viewer=viewer, filters=registry.HouseholdFilter(registration="registered")
    )
    names = regions.names_of(
        codes=homes.order_by().values_list("village_id", flat=True).distinct(),
        as_of=day,
    )
    for part in parts(homes.iterator()):
        found = standings_of(households=part, on=day)
        for home in part:
            helper = found[home.pk].helper
            yield (
                home.number,
                home.head_name,
                names[home.village_id],
                helper.name if helper else None,
                helper.unit.name if helper else None,
                helper.number if helper else None,
                None,
                None,
                None,
                None,
            )


KIND: Final = Kind(
    "visits",
    _("Sheet of visits"),
    Permission.VISIT_WRITE,
    HEADS,
    _compared,
    _apply,
    _undo,
    _filled,
)
# Those who keep lists for others send in what was written on paper.
KIND_KEPT: Final = replace(
    KIND,
    code="visits_kept",
    title=_("Sheet of visits, from paper"),
    permission=Permission.ASSISTANCE_EDIT,
)
