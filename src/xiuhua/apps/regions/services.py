"""Change the tree: one act, one transaction, one entry in the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions import taking_back
from xiuhua.apps.regions.divisions import Division
from xiuhua.apps.regions.geometry import Polygon
from xiuhua.apps.regions.models import (
    Boundary,
    Grouping,
    GroupingMember,
    Region,
    RegionName,
    RegionYear,
    Succession,
    in_force,
)
from xiuhua.apps.regions.rules import (
    CodeTaken,
    NotInForce,
    PartsLeft,
    SuccessionUnclear,
    check_life,
    check_succession,
    checked_level,
    parent_code,
    renumbered,
)
from xiuhua.apps.regions.year_sheets import YearRow
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.periods import Period


class GroupingExists(XiuhuaError):
    """A grouping has the key already."""

    code = "regions.grouping_exists"


@transaction.atomic
def region_create(
    *,
    code: str,
    name: str,
    valid_from: date | None,
    by: Actor,
    at: datetime,
    order_number: str = "",
) -> Region:
    """Enter a region; `valid_from` null means that it was always there.

    Raises:
        CodeWrong: when the code has not the digits of a division.
        CodeTaken: when a region has or had the code.
        NotInForce: when the region around it is not entered.
        OutsideParent: when it would be older than the region around it.
    """
    level, around = checked_level(code), parent_code(code)
    if Region.objects.filter(code=code).exists():
        raise CodeTaken("the code {code} was given before", code=code)
    parent = Region.objects.filter(code=around).first() if around else None
    if around and parent is None:
        raise NotInForce("the region {code} is not entered", code=around)
    if parent:
        check_life(Period(valid_from, parent.valid_to), around=parent.life, code=code)
    region = Region.objects.create(
        code=code,
        level=level,
        parent=parent,
        valid_from=valid_from,
        valid_to=parent.valid_to if parent else None,
    )
    RegionName.objects.create(
        region=region, name=name, valid_from=valid_from, valid_to=region.valid_to
    )
    new = {"name": name, "valid_from": valid_from}
    _record("region", "created", code, name, by, at, new=new, order_number=order_number)
    return region


@transaction.atomic
def region_rename(
    *,
    code: str,
    name: str,
    on: date,
    by: Actor,
    at: datetime,
    order_number: str = "",
) -> RegionName:
    """Give a region another name from a day on.

    Raises:
        NotInForce: when the region does not exist on that day, or has been renamed
            later: history is not rewritten from the middle.
    """
    region = regions.region_get(code=code, as_of=on)
    now = region.names.select_for_update().get(in_force(on))
    if now.valid_from == on or now.valid_to != region.valid_to:
        raise NotInForce("{code} has a later name already", code=code)
    now.valid_to = on
    now.save(update_fields=["valid_to"])
    renamed = RegionName.objects.create(
        region=region, name=name, valid_from=on, valid_to=region.valid_to
    )
    _record(
        "region",
        "renamed",
        code,
        name,
        by,
        at,
        old={"name": now.name},
        new={"name": name, "on": on},
        order_number=order_number,
    )
    return renamed


@transaction.atomic
def region_replace(
    *,
    predecessors: Sequence[str],
    successors: Mapping[str, str],
    on: date,
    by: Actor,
    at: datetime,
    order_number: str = "",
) -> list[Region]:
    """End regions and let others take their place: a new code, a merger, a split.

    `successors` gives the name of each code; a code in force on the day takes in the
    predecessors and keeps its own name.

    Raises:
        SuccessionUnclear: when several would become several, levels differ, or a
            predecessor is to end on a later day already.
        PartsLeft: when a predecessor still has parts; renumber or replace them first,
            or use `region_renumber` for the whole.
        NotInForce: when a predecessor does not exist on the day.
    """
    check_succession(predecessors, list(successors))
    ending = [regions.region_get(code=code, as_of=on) for code in predecessors]
    _check_not_ending(ending)
    heirs = [
        Region.objects.filter(in_force(on), code=code).first()
        or region_create(
            code=code, name=name, valid_from=on, by=by, at=at, order_number=order_number
        )
        for code, name in successors.items()
    ]
    for region in ending:
        _end(region, on)
        for heir in heirs:
            Succession.objects.create(predecessor=region, successor=heir, on_date=on)
        _record(
            "region",
            "replaced",
            region.code,
            regions.name_of(region),
            by,
            at,
            new={"successors": list(successors), "on": on},
            order_number=order_number,
        )
    return heirs


def _check_not_ending(ending: Sequence[Region]) -> None:
    """Refuse to replace what is to be replaced later: history has one course."""
    known = Succession.objects.filter(predecessor__in=ending)
    said = known.values_list("predecessor__code", "on_date").first()
    if said is not None:
        raise SuccessionUnclear(
            "{code} is to be replaced on {day} already", code=said[0], day=said[1]
        )


@transaction.atomic
def region_renumber(
    *,
    code: str,
    new_code: str,
    name: str,
    on: date,
    by: Actor,
    at: datetime,
    order_number: str = "",
) -> Region:
    """Give a region and all its parts other codes, each its own successor.

    Raises:
        SuccessionUnclear: when the two codes differ in level.
        CodeTaken: when a new code was given before.
        NotInForce: when the region does not exist on the day.
    """
    check_succession([code], [new_code])
    regions.region_get(code=code, as_of=on)
    old = list(regions.region_list(under=code, as_of=on))
    for region in old:
        region_create(
            code=renumbered(region.code, old=code, new=new_code),
            name=name if region.code == code else regions.name_of(region),
            valid_from=on,
            by=by,
            at=at,
            order_number=order_number,
        )
    for region in reversed(old):
        region_replace(
            predecessors=[region.code],
            successors={renumbered(region.code, old=code, new=new_code): name},
            on=on,
            by=by,
            at=at,
            order_number=order_number,
        )
    return Region.objects.get(code=new_code)


@transaction.atomic
def region_keep(
    *, code: str, by: Actor, at: datetime, order_number: str = ""
) -> list[Region]:
    """Take back that a region is to be replaced on a day that has not come.

    The region stays, and so does each part that was to get another code with it. Who
    was to take its place and lives for nothing else is gone.

    Raises:
        NothingAhead: when nothing is to become of it, or its day has come: households
            may have moved, so another replacement must lead back.
        OutsideParent: when the region around it is to be replaced that day as well.
        HeirInUse: when something hangs on who was to take its place.
    """
    ahead = taking_back.ahead_of(code, today=timezone.localtime(at).date())
    on = ahead[0].on_date
    kept = sorted({one.predecessor for one in ahead}, key=lambda r: r.code)
    heirs = sorted({one.successor for one in ahead}, key=lambda r: r.code)
    Succession.objects.filter(pk__in=[one.pk for one in ahead]).delete()
    said: dict[str, Any] = {"by": by, "at": at, "order_number": order_number}
    for region in kept:
        name = taking_back.begun_again(region, on)
        new = {"on": on, "successors": [h.code for h in heirs]}
        _record("region", "kept", region.code, name, **said, new=new)
    for heir in reversed(heirs):
        gone = taking_back.withdrawn(heir, on)
        if gone is not None:
            old = {"valid_from": on}
            _record("region", "withdrawn", heir.code, gone, **said, old=old)
    return kept


@transaction.atomic
def grouping_define(
    *,
    key: str,
    name: str,
    document: str,
    codes: Sequence[str],
    valid_from: date | None,
    by: Actor,
    at: datetime,
) -> Grouping:
    """Take regions together across the tree.

    Raises:
        NotInForce: when one of the codes is not entered.
        GroupingExists: when another grouping has the key.
    """
    if Grouping.objects.filter(key=key).exists():
        raise GroupingExists("the key {key} is taken", key=key)
    members = {r.code: r for r in Region.objects.filter(code__in=codes)}
    missing = sorted(set(codes) - members.keys())
    if missing:
        raise NotInForce("the region {code} is not entered", code=missing[0])
    grouping = Grouping.objects.create(key=key, name=name, document=document)
    GroupingMember.objects.bulk_create(
        GroupingMember(grouping=grouping, region=region, valid_from=valid_from)
        for region in members.values()
    )
    new = {"document": document, "regions": sorted(members), "valid_from": valid_from}
    _record("grouping", "defined", key, name, by, at, new=new, region_code="")
    return grouping


@transaction.atomic
def year_set(
    *,
    code: str,
    year: int,
    poor_village: bool | None,
    deep_poverty: bool | None,
    target_class: str,
    document: str,
    by: Actor,
    at: datetime,
) -> RegionYear:
    """Say what a region counts as in a year, by which document.

    Raises:
        NotInForce: when the region is not entered.
    """
    region = _entered(code)
    fields = ("poor_village", "deep_poverty", "target_class", "document")
    said = dict(
        zip(fields, (poor_village, deep_poverty, target_class, document), strict=True)
    )
    before = RegionYear.objects.select_for_update().filter(region=region, year=year)
    old = before.values(*fields).first()
    kept, _ = RegionYear.objects.update_or_create(
        region=region, year=year, defaults=said
    )
    _record("year", "set", code, str(year), by, at, old=old, new={"year": year, **said})
    return kept


@transaction.atomic
def years_set(
    *, rows: Sequence[YearRow], year: int, document: str, by: Actor, at: datetime
) -> int:
    """Say what many regions count as in a year; return how many changed.

    Rows that say what is stored already change nothing.

    Raises:
        NotInForce: when one of the regions is not entered.
    """
    fields = ("poor_village", "deep_poverty", "target_class")
    codes = [row.code for row in rows]
    stored = RegionYear.objects.filter(region__code__in=codes, year=year)
    known = {row.region.code: row for row in stored.select_related("region")}
    changed = 0
    for row in rows:
        said = {name: getattr(row, name) for name in fields}
        old = known.get(row.code)
        if old and all(getattr(old, name) == value for name, value in said.items()):
            continue
        year_set(code=row.code, year=year, **said, document=document, by=by, at=at)
        changed += 1
    return changed


@transaction.atomic
def boundaries_store(
    *,
    outlines: Mapping[str, Sequence[Polygon]],
    review_number: str,
    by: Actor,
    at: datetime,
) -> list[Boundary]:
    """Keep the outlines of regions in place of earlier ones, all or none.

    Raises:
        NotInForce: when one of the regions is not entered.
    """
    stored = []
    for code, polygons in sorted(outlines.items()):
        said = {"review_number": review_number, "imported_at": at}
        boundary, _ = Boundary.objects.update_or_create(
            region=_entered(code), defaults={"polygons": polygons, **said}
        )
        stored.append(boundary)
        points = sum(len(ring) for polygon in polygons for ring in polygon)
        new = {"review_number": review_number, "points": points}
        _record("boundary", "stored", code, review_number, by, at, new=new)
    return stored


@dataclass(frozen=True)
class Receipt:
    """What entering a list of divisions did: code, name here, name in the list."""

    entered: int
    unchanged: int
    named_otherwise: tuple[tuple[str, str, str], ...]


@transaction.atomic
def divisions_enter(
    *,
    divisions: Sequence[Division],
    valid_from: date | None,
    by: Actor,
    at: datetime,
    order_number: str = "",
) -> Receipt:
    """Enter the divisions that are not there yet; the same list twice changes nothing.

    A list has no date of renaming, so names are compared, never changed.

    Raises:
        NotInForce: when the list leaves out a region around one of its regions.
        OutsideParent: when a region would be older than the one around it.
    """
    names = RegionName.objects.filter(region__code__in=[d.code for d in divisions])
    known = {
        name.region.code: name.name
        for name in names.select_related("region").order_by(
            F("valid_from").asc(nulls_first=True)
        )
    }
    for division in divisions:
        if division.code not in known:
            region_create(
                code=division.code,
                name=division.name,
                valid_from=valid_from,
                by=by,
                at=at,
                order_number=order_number,
            )
    kept = [d for d in divisions if d.code in known]
    otherwise = [
        (d.code, known[d.code], d.name) for d in kept if known[d.code] != d.name
    ]
    return Receipt(
        len(divisions) - len(kept), len(kept) - len(otherwise), tuple(otherwise)
    )


def _entered(code: str) -> Region:
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise NotInForce("the region {code} is not entered", code=code)
    return region


def _end(region: Region, on: date) -> None:
    left = regions.part_list(code=region.code, as_of=on).first()
    if left is not None:
        raise PartsLeft(
            "{code} still has the part {part}", code=region.code, part=left.code
        )
    region.valid_to = on
    region.save(update_fields=["valid_to"])
    region.names.filter(valid_to__isnull=True).update(valid_to=on)


def _record(
    noun: str,
    done: str,
    key: str,
    label: str,
    by: Actor,
    at: datetime,
    *,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    region_code: str | None = None,
    order_number: str = "",
) -> None:
    audit.entry_append(
        action=f"regions.{noun}.{done}",
        target=f"regions.{noun}",
        target_id=key,
        target_label=label,
        region_code=key if region_code is None else region_code,
        by=by,
        at=at,
        old=old,
        new=new,
        order_number=order_number,
    )
