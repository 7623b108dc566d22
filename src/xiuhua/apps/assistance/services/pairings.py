"""Pair helpers with households, end pairings, take helpers over from the archive."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.acts.entering import (
    HelperSaid,
    HelpUnfit,
    helpers_found,
)
from xiuhua.apps.assistance.acts.laying import Laid, Origin, pairings_laid
from xiuhua.apps.assistance.acts.recording import (
    Done,
    day_of,
    kept,
    locked,
    recorded,
)
from xiuhua.apps.assistance.choices import PairingEnd
from xiuhua.apps.assistance.models import Pairing
from xiuhua.apps.assistance.people import Helper
from xiuhua.apps.assistance.rules import match_refusals
from xiuhua.apps.assistance.selectors.pairings import matches_of, uncovered_list
from xiuhua.apps.audit import services as audit
from xiuhua.apps.registry.models import Household
from xiuhua.core.steps import StepRefused


ARCHIVE = "archive"


@transaction.atomic
def pairing_open(
    *,
    helper: Helper,
    household: Household,
    starts_on: date,
    replaces: int | None,
    once: str,
    by: Post,
    at: datetime,
) -> Pairing:
    """Let a helper answer for a household; whoever did so before stops that day.

    `replaces` is the pairing that was seen to run, None for nobody: another one means
    that somebody else was quicker. The same key again returns the first.

    Raises:
        NotPermitted: when the post keeps no pairings there.
        StepRefused: with every reason why the two cannot be paired.
        HelpUnfit: when the day is to come, or another pairing runs than was seen.
    """
    made = Pairing.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=household.village_id)
    if starts_on > day_of(at):
        raise HelpUnfit("a pairing starts on a day that has come")
    home = Household.objects.select_for_update().get(pk=household.pk)
    running = Pairing.objects.filter(household=home, ended_on__isnull=True).first()
    if (running.pk if running else None) != replaces:
        raise HelpUnfit("somebody else paired the household meanwhile")
    (match,) = matches_of(pairs=[(helper, home)], starts_on=starts_on)
    refused = match_refusals(match)
    if refused:
        raise StepRefused(refused)
    (pairing,) = pairings_laid(
        [Laid(helper, home, starts_on, once)], Origin(by, at, "")
    )
    audit.entry_append(
        action="assistance.pairing.opened",
        target="assistance.pairing",
        target_id=str(pairing.pk),
        target_label=home.village_id,
        region_code=home.village_id,
        by=by.actor,
        at=at,
        new={"household": home.pk, "helper": helper.pk, "from": starts_on},
    )
    return pairing


@transaction.atomic
def pairing_end(
    *,
    pairing: Pairing,
    version: int | None,
    ended_on: date,
    reason: str,
    by: Post,
    at: datetime,
) -> Pairing:
    """End a pairing on a day; with the reason `undone` it never was.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when it has ended, the day is before its start or to come, or the
            reason is none.
    """
    row = locked(pairing, version)
    village = row.household.village_id
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=village)
    if row.ended_on is not None or reason not in PairingEnd.values:
        raise HelpUnfit("the pairing has ended, or the reason is none")
    day = row.starts_on if reason == str(PairingEnd.UNDONE) else ended_on
    if not row.starts_on <= day <= day_of(at):
        raise HelpUnfit("a pairing ends after its start, on a day that has come")
    row.ended_on, row.ended_reason = day, reason
    kept(row)
    done = Done("end", row, {"reason": reason, "on": day})
    recorded("pairing.ended", done, region=village, by=by, at=at)
    return row


@transaction.atomic
def pairing_keep(
    *, pairing: Pairing, version: int | None, since: date, by: Post, at: datetime
) -> Pairing:
    """Let the helper of a household that moved stay its helper, from a day on.

    The pairing of the old village ends that day, a new one with the same helper
    starts; who moved stops standing in the list of those helped from elsewhere.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when it has ended, or the day is not after its start or to come.
        StepRefused: with every reason why the two cannot be paired.
    """
    old = pairing_end(
        pairing=pairing,
        version=version,
        ended_on=since,
        reason=str(PairingEnd.MOVED),
        by=by,
        at=at,
    )
    return pairing_open(
        helper=old.helper,
        household=old.household,
        starts_on=since,
        replaces=None,
        once=f"kept/{old.pk}",
        by=by,
        at=at,
    )


@transaction.atomic
def pairings_seed(
    *, region: str, starts_on: date, by: Post, at: datetime
) -> list[Pairing]:
    """Take over who helps from the archive: names and units the national list gave.

    Households that somebody helps are left alone; a name with its unit is one person
    in a county. Units and helpers that are missing are entered.

    Raises:
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when the day is to come.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    if starts_on > day_of(at):
        raise HelpUnfit("a pairing starts on a day that has come")
    homes = [
        home
        for home in uncovered_list(viewer=by, region=region, on=day_of(at))
        if home.helper_name
    ]
    said = [_said(home) for home in homes]
    found = helpers_found(said, region=region, by=by, at=at)
    pairs = [(found[one], home) for one, home in zip(said, homes, strict=True)]
    rows = [
        Laid(helper, home, starts_on, f"archive/{home.pk}/{at.timestamp():.0f}")
        for (helper, home), match in zip(
            pairs, matches_of(pairs=pairs, starts_on=starts_on), strict=True
        )
        if not match_refusals(match)
    ]
    made = pairings_laid(rows, Origin(by, at, ARCHIVE))
    audit.entry_append(
        action="assistance.pairings.seeded",
        target="regions.region",
        target_id=region,
        target_label=region,
        region_code=region,
        by=by.actor,
        at=at,
        new={"pairings": len(made), "left": len(homes) - len(made)},
    )
    return made


def _said(home: Household) -> HelperSaid:
    return HelperSaid(
        name=(home.helper_name or "").strip(), unit=(home.helper_unit or "").strip()
    )
