"""The sheet of helpers: who they are, entered or corrected as a list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.acts.entering import (
    HelperSaid,
    HelpUnfit,
    helpers_found,
)
from xiuhua.apps.assistance.acts.recording import Done, StaleHelp, recorded
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.selectors.people import helper_list
from xiuhua.apps.assistance.services.people import helper_correct
from xiuhua.apps.assistance.sheet_naming import (
    NAME,
    NUMBER,
    RANK_WORDS,
    UNIT,
    Known,
    ranks,
)
from xiuhua.apps.sheets.finding import parts, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head
from xiuhua.apps.sheets.kinds import Kind, Row, Sending, Taken
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.region_codes import contains


# What a row may change of somebody who is entered, by its column.
_FACTS: Final = ("name", "rank", "position", "phone", "left_on")


HEADS: Final = (
    NUMBER,
    replace(NAME, needed=True, must=True),
    replace(UNIT, needed=True, shown=True),
    Head("rank", "职务级别", "rank", Form.CHOICE, choices=ranks, synonyms=("职级",)),
    Head("position", "职务", "position", most=100),
    Head(
        "phone",
        "联系电话",
        "phone",
        Form.CODE,
        synonyms=("电话", "手机号"),
        mask=Mask.PERSONAL,
        most=20,
    ),
    Head("left_on", "离任时间", "left on", Form.DAY),
)


def _compared(rows: Sequence[Row], sending: Sending) -> None:
    known = Known(sending.region, left=True)
    reject_doubles(rows, "number")
    reject_doubles([row for row in rows if not row["number"]], "helper", "unit")
    for row in rows:
        helper = known.of(row)
        if helper is None:
            if row.is_sound and not row["unit"]:
                row.reject("unit", CellUnfit("say who it is: name and unit"))
            row.plan = {"helper": None}
        elif not contains(sending.region, helper.unit.region_id):
            row.reject("unit", CellUnfit("the unit lies outside your region"))
        elif row.is_sound:
            _differing(row, helper)
        day = row["left_on"]
        if day is not None and day > sending.today:
            row.reject("left_on", CellUnfit("nobody has left on a day to come"))


def _differing(row: Row, helper: Helper) -> None:
    """Say what a row would change of somebody; what it leaves empty stays."""
    row.outcome = Outcome.UNCHANGED
    row.plan = {"helper": helper.pk, "version": helper.version}
    old: dict[str, Any] = {}
    for name in _FACTS:
        key = "helper" if name == "name" else name
        new, now = row[key], getattr(helper, name)
        if new is not None and new != now:
            row.differs(key, now or "", new)
            old[name] = now.isoformat() if isinstance(now, date) else now
    row.plan["old"] = old
    if row["unit"] and row["unit"] != helper.unit.name:
        row.reject(
            "unit",
            CellUnfit(
                "{who} belongs to another unit",
                hint="correct it on their page",
                who=helper.name,
            ),
        )


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    by, at = sending.by, sending.at
    new = [_said(row) for row in rows if not row.plan["helper"]]
    entered = helpers_found(new, region=sending.region, by=by, at=at)
    made = []
    for row in rows:
        key = row.plan["helper"]
        helper = Helper.unscoped.get(pk=key) if key else entered[_said(row)]
        facts = _facts(row, row.plan["old"] if key else ("position", "left_on"))
        version = row.plan["version"] if key else helper.version
        if facts:
            helper_correct(helper=helper, version=version, facts=facts, by=by, at=at)
        made.append(helper.pk)
    return made


def _said(row: Row) -> HelperSaid:
    keys = ("helper", "unit", "number", "rank", "phone")
    return HelperSaid(*[row[key] or "" for key in keys])


def _facts(row: Row, names: Any) -> dict[str, Any]:
    said = {name: row["helper" if name == "name" else name] for name in names}
    return {name: value for name, value in said.items() if value is not None}


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Take entered helpers out again, and give corrected ones what they had.

    Raises:
        HelpUnfit: when somebody helps, leads or answers for something by now.
        StaleHelp: when somebody was corrected since.
    """
    helpers: dict[int, Helper] = {}
    for part in parts(one.made for one in taken):
        rows = Helper.unscoped.select_for_update(of=("self",)).filter(pk__in=part)
        helpers |= {helper.pk: helper for helper in rows.select_related("unit")}
    for one in taken:
        helper = helpers[one.made]
        if one.outcome is Outcome.NEW:
            _left_out(helper, sending)
            continue
        if helper.version != one.plan["version"] + 1:
            raise StaleHelp("somebody else changed it meanwhile")
        facts = dict(one.plan["old"])
        if facts.get("left_on"):
            facts["left_on"] = date.fromisoformat(facts["left_on"])
        helper_correct(
            helper=helper,
            version=helper.version,
            facts=facts,
            by=sending.by,
            at=sending.at,
        )


def _left_out(helper: Helper, sending: Sending) -> None:
    region, key = helper.unit.region_id, helper.pk
    try:
        helper.delete()
    except ProtectedError as error:
        raise HelpUnfit("somebody of the sheet helps by now: it stands") from error
    helper.pk = key
    done = Done("undo", helper)
    recorded("helper.undone", done, region=region, by=sending.by, at=sending.at)


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the helpers of units in the post's region."""
    for helper in helper_list(viewer=viewer).iterator():
        if contains(viewer.region_id, helper.unit.region_id):
            yield (
                helper.number,
                helper.name,
                helper.unit.name,
                RANK_WORDS.get(helper.rank),
                helper.position or None,
                helper.phone or None,
                helper.left_on.isoformat() if helper.left_on else None,
            )


KIND: Final = Kind(
    "helpers",
    _("Sheet of helpers"),
    Permission.ASSISTANCE_EDIT,
    HEADS,
    _compared,
    _apply,
    _undo,
    _filled,
)
