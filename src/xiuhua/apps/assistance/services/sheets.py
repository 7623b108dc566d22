"""Take in a sheet of pairings: compared first, then taken over in one step, or back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.acts.comparing import compared, counts_of, said_of
from xiuhua.apps.assistance.acts.entering import HelpUnfit, helpers_found
from xiuhua.apps.assistance.acts.laying import Laid, Origin, pairings_laid
from xiuhua.apps.assistance.acts.recording import (
    Done,
    booked,
    day_of,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.choices import PairingEnd, SheetState
from xiuhua.apps.assistance.models import Pairing, Sheet
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.rules import match_refusals
from xiuhua.apps.assistance.selectors.pairings import matches_of
from xiuhua.apps.assistance.sheet_rows import SheetRow
from xiuhua.apps.registry.models import Household
from xiuhua.core.steps import StepRefused


@transaction.atomic
def sheet_compare(
    *,
    rows: Sequence[SheetRow],
    source: str,
    digest: str,
    starts_on: date,
    once: str,
    by: Post,
    at: datetime,
) -> Sheet:
    """Compare a sheet with what stands; nothing else changes.

    `starts_on` is the day for rows that name none. The same key returns the first.

    Raises:
        NotPermitted: when the post keeps no pairings.
    """
    made = Sheet.objects.filter(once=once).first()
    if made is not None:
        return made
    region = by.region_id
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    found = compared(rows, region=region, usual=starts_on, today=day_of(at), by=by)
    sheet = Sheet.objects.create(
        region_id=region,
        source=source[:200],
        digest=digest,
        rows=found,
        counts=counts_of(found),
        sent_by=by.actor.name,
        sent_at=at,
        once=once,
    )
    done = Done("compare", sheet, {"sha256": digest, **sheet.counts})
    recorded("sheet.compared", done, region=region, by=by, at=at)
    return sheet


@transaction.atomic
def sheet_apply(*, sheet: Sheet, version: int | None, by: Post, at: datetime) -> Sheet:
    """Take over all rows that are new or changed, in one step or not at all.

    Raises:
        StaleHelp: when it was settled meanwhile.
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when it was settled, or a household was paired since.
        StepRefused: when a row cannot be any more.
    """
    row = _open(sheet, version, str(SheetState.SEEN), by)
    wanted = [r for r in row.rows if r["outcome"] in ("new", "changed")]
    homes = Household.objects.in_bulk([r["household"] for r in wanted])
    running = Pairing.objects.filter(household__in=homes, ended_on__isnull=True)
    if running.count() != sum(r["outcome"] == "changed" for r in wanted):
        raise HelpUnfit("households were paired since: compare the sheet again")
    new = [said_of(r) for r in wanted if r["helper"] is None]
    entered = helpers_found(new, region=row.region_id, by=by, at=at)
    known = Helper.unscoped.select_related("unit").in_bulk(
        [r["helper"] for r in wanted if r["helper"] is not None]
    )
    by_day: defaultdict[date, list[Laid]] = defaultdict(list)
    for number, one in enumerate(wanted):
        helper = (
            entered[said_of(one)] if one["helper"] is None else known[one["helper"]]
        )
        day = date.fromisoformat(one["from"])
        once = f"sheet/{row.pk}/{number}"
        by_day[day].append(Laid(helper, homes[one["household"]], day, once))
    for day in sorted(by_day):
        pairs = [(laid.helper, laid.household) for laid in by_day[day]]
        for match in matches_of(pairs=pairs, starts_on=day):
            refused = match_refusals(match)
            if refused:
                raise StepRefused(refused)
        pairings_laid(by_day[day], Origin(by, at, row.source[:100], row))
    return _settled(
        row, str(SheetState.APPLIED), {"pairings": len(wanted)}, by=by, at=at
    )


@transaction.atomic
def sheet_undo(*, sheet: Sheet, version: int | None, by: Post, at: datetime) -> Sheet:
    """Take a sheet back: its pairings never were, those they replaced run on.

    Raises:
        StaleHelp: when it was settled meanwhile.
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when it was not taken over, or one of its pairings has ended since.
    """
    row = _open(sheet, version, str(SheetState.APPLIED), by)
    laid = list(row.pairings.select_for_update().select_related("household"))
    if any(pairing.ended_on is not None for pairing in laid):
        raise HelpUnfit("a pairing of the sheet has ended since: it stands")
    starts = {p.household_id: p.starts_on for p in laid}
    for pairing in laid:
        pairing.ended_on = pairing.starts_on
        pairing.ended_reason = PairingEnd.UNDONE
        pairing.version += 1
    fields = ["ended_on", "ended_reason", "version"]
    Pairing.objects.bulk_update(laid, fields, batch_size=500)
    replaced = Pairing.objects.select_for_update().filter(
        household__in=starts, ended_reason=PairingEnd.REPLACED
    )
    back = [p for p in replaced if p.ended_on == starts[p.household_id]]
    for pairing in back:
        pairing.ended_on, pairing.ended_reason = None, ""
        pairing.version += 1
    Pairing.objects.bulk_update(back, fields, batch_size=500)
    by_village: defaultdict[str, list[Done]] = defaultdict(list)
    for pairing in laid:
        by_village[pairing.household.village_id].append(Done("undo", pairing))
    for village in sorted(by_village):
        booked(by_village[village], region=village, by=by, at=at)
    return _settled(row, str(SheetState.UNDONE), {"pairings": len(laid)}, by=by, at=at)


@transaction.atomic
def sheet_discard(
    *, sheet: Sheet, version: int | None, by: Post, at: datetime
) -> Sheet:
    """Set a compared sheet aside; nothing had changed.

    Raises:
        StaleHelp: when it was settled meanwhile.
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when it was settled.
    """
    row = _open(sheet, version, str(SheetState.SEEN), by)
    return _settled(row, str(SheetState.DISCARDED), {}, by=by, at=at)


def _open(sheet: Sheet, version: int | None, state: str, by: Post) -> Sheet:
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=sheet.region_id)
    row = locked(sheet, version)
    if row.state != state:
        raise HelpUnfit("the sheet does not stand at this step any more")
    return row


def _settled(
    row: Sheet, state: str, said: dict[str, int], *, by: Post, at: datetime
) -> Sheet:
    old = row.state
    row.state, row.settled_by, row.settled_at = state, by.actor.name, at
    kept(row)
    done = Done("settle", row, said, old, row.state)
    recorded(f"sheet.{row.state}", done, region=row.region_id, by=by, at=at)
    return row
