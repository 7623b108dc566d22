"""The sheet of pairings: who helps which household, sent in as a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.acts.comparing import pairings_compared, said_of
from xiuhua.apps.assistance.acts.entering import HelpUnfit, helpers_found
from xiuhua.apps.assistance.acts.laying import Laid, Origin, pairings_laid
from xiuhua.apps.assistance.acts.recording import Done, booked
from xiuhua.apps.assistance.choices import PairingEnd
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.selectors.pairings import pairing_list
from xiuhua.apps.assistance.sheet_naming import RANK_WORDS, ranks
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.finding import parts
from xiuhua.apps.sheets.heads import Form, Head
from xiuhua.apps.sheets.kinds import Kind, Row, Sending, Taken
from xiuhua.core.dictionary.model import Mask


HEADS: Final = (
    Head(
        "household",
        "户编号",
        "household number",
        Form.CODE,
        needed=True,
        must=True,
        synonyms=("户号", "家庭编号", "贫困户编号"),
        shown=True,
    ),
    Head("head", "户主姓名", "head of household", mask=Mask.PERSONAL),
    Head("village", "村", "village"),
    Head(
        "helper",
        "帮扶责任人",
        "helper",
        needed=True,
        synonyms=("帮扶人", "帮扶干部", "帮扶责任人姓名", "结对干部"),
        mask=Mask.PERSONAL,
        most=100,
        shown=True,
    ),
    Head("unit", "帮扶单位", "unit", synonyms=("工作单位",), most=100, shown=True),
    Head("number", "帮扶干部编号", "helper number", Form.CODE),
    Head(
        "rank",
        "职务级别",
        "rank",
        Form.CHOICE,
        choices=ranks,
        synonyms=("职级",),
    ),
    Head(
        "phone",
        "联系电话",
        "phone",
        Form.CODE,
        synonyms=("电话", "手机号"),
        mask=Mask.PERSONAL,
        most=20,
    ),
    Head(
        "starts_on",
        "结对开始时间",
        "from",
        Form.DAY,
        usual=True,
        synonyms=("结对时间", "帮扶开始时间"),
        shown=True,
    ),
)


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    by, at = sending.by, sending.at
    named = Household.objects.only("number", "village_id")
    homes = _in_bulk(named, [row.plan["household"] for row in rows])
    known = _in_bulk(
        Helper.unscoped.select_related("unit"),
        [row.plan["helper"] for row in rows if row.plan["helper"]],
    )
    new = [said_of(row) for row in rows if not row.plan["helper"]]
    entered = helpers_found(new, region=sending.region, by=by, at=at)
    by_day: defaultdict[date, list[Laid]] = defaultdict(list)
    for place, row in enumerate(rows):
        key = row.plan["helper"]
        helper = known[key] if key else entered[said_of(row)]
        day = date.fromisoformat(row.plan["from"])
        once = f"pairings/{sending.key}/{place}"
        by_day[day].append(Laid(helper, homes[row.plan["household"]], day, once))
    origin = Origin(by, at, sending.source[:100])
    made: dict[int, int] = {}
    for day in sorted(by_day):
        laid = pairings_laid(by_day[day], origin)
        made |= {pairing.household_id: pairing.pk for pairing in laid}
    return [made[row.plan["household"]] for row in rows]


def _undo(taken: Sequence[Taken], sending: Sending) -> None:
    """Take pairings back: they never were, those they replaced run on.

    Raises:
        HelpUnfit: when one of them has ended since.
    """
    laid: list[Pairing] = []
    for part in parts(one.made for one in taken):
        laid += Pairing.objects.select_for_update().filter(pk__in=part)
    if any(pairing.ended_on is not None for pairing in laid):
        raise HelpUnfit("a pairing of the sheet has ended since: it stands")
    starts = {p.household_id: p.starts_on for p in laid}
    again = F("version") + 1
    for part in parts(pairing.pk for pairing in laid):
        Pairing.objects.filter(pk__in=part).update(
            ended_on=F("starts_on"), ended_reason=PairingEnd.UNDONE, version=again
        )
    villages: dict[int, str] = {}
    for part in parts(starts):
        replaced = Pairing.objects.select_for_update().filter(
            household__in=part, ended_reason=PairingEnd.REPLACED
        )
        back = [p.pk for p in replaced if p.ended_on == starts[p.household_id]]
        Pairing.objects.filter(pk__in=back).update(
            ended_on=None, ended_reason="", version=again
        )
        homes = Household.objects.filter(pk__in=part)
        villages |= dict(homes.values_list("pk", "village_id"))
    by_village: defaultdict[str, list[Done]] = defaultdict(list)
    for pairing in laid:
        by_village[villages[pairing.household_id]].append(Done("undo", pairing))
    for village in sorted(by_village):
        booked(by_village[village], region=village, by=sending.by, at=sending.at)


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the households of the post's region with who helps them now."""
    found = pairing_list(viewer=viewer, on=day)
    helped = found.select_related(None).select_related("helper__unit")
    running = {p.household_id: p for p in helped}
    homes = registry.household_list(
        viewer=viewer, filters=registry.HouseholdFilter(registration="registered")
    )
    names = regions.names_of(
        codes=homes.order_by().values_list("village_id", flat=True).distinct(),
        as_of=day,
    )
    for home in homes.only("number", "head_name", "village_id").iterator():
        now = running.get(home.pk)
        helper = now.helper if now else None
        yield (
            home.number,
            home.head_name,
            names[home.village_id],
            helper.name if helper else None,
            helper.unit.name if helper else None,
            helper.number if helper else None,
            RANK_WORDS.get(helper.rank) if helper else None,
            helper.phone if helper else None,
            now.starts_on.isoformat() if now else None,
        )


def _in_bulk(rows: Any, keys: Sequence[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for part in parts(sorted(set(keys))):
        found |= rows.in_bulk(part)
    return found


KIND: Final = Kind(
    "pairings",
    _("Sheet of pairings"),
    Permission.ASSISTANCE_EDIT,
    HEADS,
    pairings_compared,
    _apply,
    _undo,
    _filled,
)
