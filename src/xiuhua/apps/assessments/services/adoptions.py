"""Put a standard in force in a region, end it, move the day it is judged for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.assessments.models import Adoption
from xiuhua.apps.assessments.rules import (
    AdoptionRefused,
    StandardLocked,
    refused_overrides,
)
from xiuhua.apps.assessments.standards import adoption_list_at, pack_read, standard_of
from xiuhua.apps.assessments.tasks import region_judge
from xiuhua.apps.audit import services as audit
from xiuhua.core.region_codes import ancestors
from xiuhua.core.standards.fingerprint import fingerprint
from xiuhua.core.standards.model import Pack
from xiuhua.core.truth import UNKNOWN


@transaction.atomic
def pack_adopt(
    *,
    region: str,
    pack: str,
    document: str,
    as_of: date,
    valid_from: date,
    by: Post,
    at: datetime,
    parameters: Mapping[str, Any] | None = None,
    locked: bool = False,
    follows_calendar: bool = False,
) -> Adoption:
    """Put a pack in force in a region from a day on; one before it ends that day.

    Households are judged again by a task; see `tasks.rejudge`.

    Raises:
        NotPermitted: when the post may not decide this for the region.
        AdoptionRefused: without a document, or when it would start before another one.
        StandardLocked: when a region above has locked the standard otherwise.
        XiuhuaError: when there is no such pack, or a value given is not right.
    """
    check_permitted(by.state, Permission.STANDARD_ADOPT, region=region)
    given = dict(parameters or {})
    found = pack_read(pack)
    if not document.strip():
        raise AdoptionRefused("a standard is adopted on a document")
    # Resolving says whether the pack covers the day and the values can be.
    standard_of(pack, as_of, region, given)
    print_now = fingerprint(found)
    _check_lock(region, found, given, print_now, valid_from)
    before = Adoption.unscoped.filter(
        region_id=region, pack=pack, valid_to__isnull=True
    ).first()
    if before is not None:
        if before.valid_from > valid_from:
            raise AdoptionRefused("a later adoption of the standard exists already")
        before.valid_to = valid_from
        before.save(update_fields=["valid_to"])
    adoption = Adoption.unscoped.create(
        region_id=region,
        pack=pack,
        unit=found.unit,
        parameters=given,
        document=document.strip(),
        fingerprint=print_now,
        locked=locked,
        valid_from=valid_from,
        as_of=as_of,
        follows_calendar=follows_calendar,
        adopted_at=at,
        adopted_by=str(by),
    )
    _record("adopted", adoption, by, at, _said(before) if before else None)
    return adoption


@transaction.atomic
def adoption_end(*, adoption: int, on: date, by: Post, at: datetime) -> Adoption:
    """Let a standard no longer be in force in its region from a day on.

    What is in force above takes its place; a task judges by that.

    Raises:
        NotPermitted: when the post may not decide this for the region.
        AdoptionRefused: when it has ended, or would end before it began.
    """
    found = _locked(adoption, by, at)
    if on < found.valid_from:
        raise AdoptionRefused("a standard cannot end before it was in force")
    old = _said(found)
    found.valid_to = on
    found.save(update_fields=["valid_to"])
    _record("ended", found, by, at, old)
    if on <= timezone.localtime(at).date():
        transaction.on_commit(lambda: region_judge.enqueue(found.region_id))
    return found


@transaction.atomic
def judging_day_set(*, adoption: int, as_of: date, by: Post, at: datetime) -> Adoption:
    """Set the day a standard is judged for; households are judged again by a task.

    Raises:
        NotPermitted: when the post may not decide this for the region.
        AdoptionRefused: when the adoption has ended.
        OutOfForce: when the pack does not cover the day.
    """
    found = _locked(adoption, by, at)
    standard_of(found.pack, as_of, found.region_id, found.parameters)
    old = _said(found)
    found.as_of = as_of
    found.save(update_fields=["as_of"])
    _record("redated", found, by, at, old)
    return found


def _locked(adoption: int, by: Post, at: datetime) -> Adoption:
    found = Adoption.objects.select_for_update().filter(pk=adoption).first()
    if found is None or found.valid_to is not None:
        raise AdoptionRefused("there is no such standard in force")
    check_permitted(by.state, Permission.STANDARD_ADOPT, region=found.region_id)
    return found


def _check_lock(
    region: str, pack: Pack, given: Mapping[str, Any], print_now: str, day: date
) -> None:
    """Refuse what a region above has locked otherwise."""
    above = [
        a
        for code in ancestors(region)[:-1]
        for a in adoption_list_at(county=code, day=day, unit=pack.unit)
        if a.pack == pack.id and a.locked
    ]
    for adoption in above:
        standard = standard_of(pack.id, adoption.as_of, region, adoption.parameters)
        left_open = [p.param.name for p in standard.params if p.value is UNKNOWN]
        refused = refused_overrides(adoption.parameters, given, left_open)
        if refused or print_now != adoption.fingerprint:
            raise StandardLocked(
                "{region} has locked the standard {pack} by {document}: it is neither"
                " raised nor lowered ({what})",
                region=adoption.region_id,
                pack=pack.id,
                document=adoption.document,
                what=", ".join(refused) or print_now,
            )


def _said(adoption: Adoption) -> dict[str, Any]:
    return {
        "parameters": {k: str(v) for k, v in sorted(adoption.parameters.items())},
        "document": adoption.document,
        "fingerprint": adoption.fingerprint,
        "locked": adoption.locked,
        "valid_from": adoption.valid_from,
        "valid_to": adoption.valid_to,
        "as_of": adoption.as_of,
    }


def _record(
    what: str,
    adoption: Adoption,
    by: Post,
    at: datetime,
    old: Mapping[str, Any] | None,
) -> None:
    audit.entry_append(
        action=f"assessments.adoption.{what}",
        target="assessments.adoption",
        target_id=str(adoption.pk),
        target_label=adoption.pack,
        region_code=adoption.region_id,
        by=by.actor,
        at=at,
        old=old,
        new=_said(adoption),
    )
