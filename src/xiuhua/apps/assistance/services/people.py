"""Enter and correct units and helpers, state who is kin of whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assistance.acts.entering import (
    HelperSaid,
    HelpUnfit,
    checked_facts,
    helpers_found,
    number_given,
    unnumbered,
)
from xiuhua.apps.assistance.acts.recording import Done, kept, locked, recorded
from xiuhua.apps.assistance.people import Helper, Kinship, Unit
from xiuhua.apps.audit import services as audit
from xiuhua.apps.registry.models import Household


@transaction.atomic
def unit_enter(
    *, region: str, name: str, affiliation: str, once: str, by: Post, at: datetime
) -> Unit:
    """Enter a unit that helps; the same key again returns the first.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when it has no name, or the region has one of that name.
    """
    made = Unit.objects.filter(once=once).first()
    if made is not None:
        return made
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    name = name.strip()
    _check_unit(region, name)
    unit = Unit.objects.create(
        region_id=region, name=name, affiliation=affiliation.strip(), once=once
    )
    done = Done("enter", unit, {"name": name})
    recorded("unit.entered", done, region=region, by=by, at=at)
    return unit


@transaction.atomic
def unit_correct(
    *,
    unit: Unit,
    version: int | None,
    name: str,
    affiliation: str,
    by: Post,
    at: datetime,
) -> Unit:
    """Correct the name of a unit or what it belongs to.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when it has no name, or the region has another of that name.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=unit.region_id)
    row = locked(unit, version)
    name = name.strip()
    _check_unit(row.region_id, name, row)
    row.name, row.affiliation = name, affiliation.strip()
    kept(row)
    done = Done("correct", row, {"name": name})
    recorded("unit.corrected", done, region=row.region_id, by=by, at=at)
    return row


@transaction.atomic
def helper_enter(
    *, facts: Mapping[str, Any], once: str, by: Post, at: datetime, number: str = ""
) -> Helper:
    """Enter somebody who helps; the same key again returns the first.

    `facts` are `unit` and `name`, and what else is known. Without the number of the
    national system they get one of our own.

    Raises:
        NotPermitted: when the post keeps no helpers in the region of the unit.
        HelpUnfit: when a fact cannot be, or the number is taken.
    """
    made = Helper.objects.filter(once=once).first()
    if made is not None:
        return made
    said = checked_facts(facts, None)
    region = said["unit"].region_id
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    if number and Helper.unscoped.filter(number=number).exists():
        raise HelpUnfit("another helper has this number")
    helper = Helper.objects.create(once=once, number=number or unnumbered(), **said)
    if not number:
        number_given(helper)
        helper.save(update_fields=["number"])
    done = Done("enter", helper, {"unit": helper.unit_id})
    recorded("helper.entered", done, region=region, by=by, at=at)
    return helper


@transaction.atomic
def helpers_take(
    *, said: Sequence[HelperSaid], region: str, by: Post, at: datetime
) -> dict[HelperSaid, Helper]:
    """Enter the helpers of a list that are missing, and their units; return them all.

    Raises:
        NotPermitted: when the post keeps no helpers there.
        HelpUnfit: when a name is missing or a rank is none.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=region)
    for one in said:
        checked_facts({"name": one.name, "rank": one.rank}, None)
    found = helpers_found(said, region=region, by=by, at=at)
    audit.entry_append(
        action="assistance.helpers.taken",
        target="regions.region",
        target_id=region,
        target_label=region,
        region_code=region,
        by=by.actor,
        at=at,
        new={"helpers": len(found)},
    )
    return found


@transaction.atomic
def helper_correct(
    *,
    helper: Helper,
    version: int | None,
    facts: Mapping[str, Any],
    by: Post,
    at: datetime,
) -> Helper:
    """Correct what is said of a helper; who has left keeps pairings until they end.

    Raises:
        StaleHelp: when it was changed meanwhile.
        NotPermitted: when the post keeps no helpers in the region of the unit.
        HelpUnfit: when a fact cannot be.
    """
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=helper.unit.region_id)
    row = locked(helper, version)
    said = checked_facts(facts, row)
    unit = said.get("unit", row.unit)
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=unit.region_id)
    for name, value in said.items():
        setattr(row, name, value)
    kept(row)
    done = Done("correct", row, {"facts": sorted(facts)})
    recorded("helper.corrected", done, region=unit.region_id, by=by, at=at)
    return row


@transaction.atomic
def kinship_state(
    *,
    helper: Helper,
    household: Household,
    relation: str,
    once: str,
    by: Post,
    at: datetime,
) -> Kinship:
    """State that a helper is close kin of a household, so that they are not paired.

    A pairing that runs is not ended by this: it is for the office to see and mend.

    Raises:
        NotPermitted: when the post keeps no pairings there.
        HelpUnfit: when the relation is not said, or it is stated already.
    """
    made = Kinship.objects.filter(once=once).first()
    if made is not None:
        return made
    village = household.village_id
    check_permitted(by.state, Permission.ASSISTANCE_EDIT, region=village)
    known = Kinship.objects.filter(helper=helper, household=household)
    if not relation.strip() or known.exists():
        raise HelpUnfit("say the relation; each is stated once")
    kin = Kinship.objects.create(
        helper=helper, household=household, relation=relation.strip(), once=once
    )
    done = Done("state", kin, {"helper": helper.pk, "household": household.pk})
    recorded("kinship.stated", done, region=village, by=by, at=at)
    return kin


def _check_unit(region: str, name: str, unit: Unit | None = None) -> None:
    others = Unit.objects.filter(region_id=region, name=name)
    if unit is not None:
        others = others.exclude(pk=unit.pk)
    if not name or others.exists():
        raise HelpUnfit("a unit has a name, and a region no two of one name")
