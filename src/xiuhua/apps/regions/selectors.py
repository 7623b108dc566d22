"""Read the tree as of a day, and what became of codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import F, FilteredRelation, Prefetch, Q, QuerySet

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
from xiuhua.apps.regions.rules import CODE_DIGITS, NotInForce, followed
from xiuhua.core import region_codes


def within(code: str, field: str = "code") -> Q:
    """Return the condition that a code lies in a region, fit for an index.

    Codes are digits, at most 12 of them, so all that start with `code` lie between it
    and itself filled up with nines, in every collation.
    """
    last = code.ljust(CODE_DIGITS, "9")
    return Q(**{f"{field}__gte": code, f"{field}__lte": last})


def region_get(*, code: str, as_of: date) -> Region:
    """Return the region of a code on a day, its name of that day as `names_then`.

    Raises:
        NotInForce: when no region had the code on that day.
    """
    found = _as_of(as_of).filter(code=code).first()
    if found is None:
        raise NotInForce(
            "no region has the code {code} on {day}", code=code, day=str(as_of)
        )
    return found


def region_list(*, under: str, as_of: date) -> QuerySet[Region]:
    """Return a region and all parts of it on a day, in the order of codes."""
    return _as_of(as_of).filter(within(under)).order_by("code")


def part_list(*, code: str, as_of: date) -> QuerySet[Region]:
    """Return the direct parts of a region on a day, in the order of codes."""
    return _as_of(as_of).filter(parent=code).order_by("code")


def near_names(*, code: str, as_of: date) -> dict[str, str]:
    """Return the names of a region on a day, its direct parts and theirs, by code.

    A region without a name is called by its code.
    """
    parts = Region.objects.filter(parent=code).values_list("code", flat=True)
    return part_of_any_names(codes=[code, *parts], as_of=as_of)


def part_of_any_names(*, codes: Iterable[str], as_of: date) -> dict[str, str]:
    """Return the names of regions on a day and of their direct parts, by code."""
    wanted = list(codes)
    return _names_then(Q(code__in=wanted) | Q(parent__in=wanted), as_of)


def _names_then(which: Q, as_of: date) -> dict[str, str]:
    """Return the names regions in force had on a day, else their codes, by code.

    A page names hundreds of regions: plain texts are read, not rows.
    """
    called = FilteredRelation("names", condition=in_force(as_of, "names__"))
    found = Region.objects.filter(in_force(as_of), which).annotate(called=called)
    rows = found.order_by("code").values_list("code", "called__name")
    return {code: name or code for code, name in rows}


def ancestor_list(*, code: str, as_of: date) -> QuerySet[Region]:
    """Return the regions around a region on a day, widest first, itself last."""
    return _as_of(as_of).filter(code__in=region_codes.ancestors(code)).order_by("code")


def region_name(*, code: str, as_of: date) -> str:
    """Return the name of a region on a day, whether the region was in force or not.

    Empty when it had none; a code that ended is still spoken of by its last name.
    """
    names = RegionName.objects.filter(region__code=code)
    then = names.filter(in_force(as_of)).first()
    last = then or names.order_by(F("valid_from").desc(nulls_last=True)).first()
    return last.name if last else ""


def names_of(*, codes: Iterable[str], as_of: date) -> dict[str, str]:
    """Return the names of regions by code, in one query; of a nameless one its code.

    A region not in force on the day is spoken of by its last name.
    """
    wanted = list(dict.fromkeys(codes))
    names = RegionName.objects.filter(region__code__in=wanted)
    spans = names.order_by(F("valid_from").asc(nulls_first=True))
    found: dict[str, str] = {code: code for code in wanted}
    settled = set()
    for code, name, start, end in spans.values_list(
        "region__code", "name", "valid_from", "valid_to"
    ):
        if code not in settled:
            found[code] = name
        if (start is None or start <= as_of) and (end is None or as_of < end):
            settled.add(code)
    return found


def name_of(region: Region) -> str:
    """Return the name of a region that was read as of a day."""
    return next((n.name for n in region.names_then), "")


def successor_list(*, code: str, as_of: date) -> list[str]:
    """Return the codes in force on a day that stand where a code stood.

    One that is in force stands for itself; one that ended with nobody after it, and
    one unknown, has none.
    """
    onward: dict[str, list[str]] = defaultdict(list)
    ahead = {code}
    while ahead:
        steps = Succession.objects.filter(
            predecessor__code__in=ahead, on_date__lte=as_of
        ).values_list("predecessor__code", "successor__code")
        found = set()
        for old, new in steps:
            onward[old].append(new)
            found.add(new)
        ahead = found - onward.keys()
    codes = {code, *(new for news in onward.values() for new in news)}
    alive = Region.objects.filter(in_force(as_of), code__in=codes)
    return followed(
        code, onward=onward, alive=frozenset(alive.values_list("code", flat=True))
    )


def grouping_codes(*, key: str, as_of: date) -> list[str]:
    """Return the codes of the regions that belong to a grouping on a day."""
    members = GroupingMember.objects.filter(in_force(as_of), grouping__key=key)
    return sorted(members.values_list("region__code", flat=True))


def year_get(*, code: str, year: int) -> RegionYear | None:
    """Return what a region counted as in a year, None when nothing was entered."""
    return RegionYear.objects.filter(region__code=code, year=year).first()


def _as_of(day: date) -> QuerySet[Region]:
    names = RegionName.objects.filter(in_force(day))
    return Region.objects.filter(in_force(day)).prefetch_related(
        Prefetch("names", queryset=names, to_attr="names_then")
    )


class Mark(NamedTuple):
    """What a region counts as in a year; None is not known."""

    code: str
    poor_village: bool | None
    deep_poverty: bool | None
    target_class: str


def year_list(*, codes: Iterable[str], as_of: date) -> QuerySet[RegionYear]:
    """Return what regions and all they contain count as, of the last year entered.

    The last year is the last one up to the day for which anything was entered there.
    """
    inside = Q(pk__in=[])
    for code in codes:
        inside |= within(code, "region__code")
    said = RegionYear.objects.filter(inside, year__lte=as_of.year)
    last = said.order_by("-year").values("year")[:1]
    return said.filter(year=last).select_related("region").order_by("region__code")


def mark_list(*, codes: Iterable[str], named: Iterable[str], as_of: date) -> list[Mark]:
    """Return what the regions `named` count as, and which others are out of the line.

    Those are all that lie in `codes` and are in deep poverty or of a target class: a
    province has thousands of villages that are neither. A county has few: all of its
    come, which is cheaper than to name them.
    """
    around = list(codes)
    found = year_list(codes=around, as_of=as_of)
    if any(len(code) < region_codes.LENGTH_BY_LEVEL["county"] for code in around):
        found = found.filter(
            Q(region__code__in=list(named)) | Q(deep_poverty=True) | ~Q(target_class="")
        )
    rows = found.values_list(
        "region__code", "poor_village", "deep_poverty", "target_class"
    )
    return [Mark(*row) for row in rows]


def grouping_list(*, as_of: date) -> list[tuple[Grouping, list[str]]]:
    """Return the groupings with the codes of their members on a day, by name."""
    members: defaultdict[int, list[str]] = defaultdict(list)
    groupings: dict[int, Grouping] = {}
    found = GroupingMember.objects.filter(in_force(as_of))
    for member in found.select_related("grouping", "region").order_by("region__code"):
        groupings[member.grouping_id] = member.grouping
        members[member.grouping_id].append(member.region.code)
    ordered = sorted(groupings.values(), key=lambda g: (g.name, g.key))
    return [(grouping, members[grouping.pk]) for grouping in ordered]


def boundary_stamps(*, codes: Iterable[str]) -> dict[str, tuple[str, datetime]]:
    """Return review number and moment of import of the boundaries regions have."""
    found = Boundary.objects.filter(region__code__in=list(codes))
    rows = found.values_list("region__code", "review_number", "imported_at")
    return {code: (review, at) for code, review, at in rows.order_by("region__code")}


def boundary_polygons(*, codes: Iterable[str]) -> dict[str, list[Polygon]]:
    """Return the outlines of regions that have one, in degrees."""
    found = Boundary.objects.filter(region__code__in=list(codes))
    return dict(found.order_by("region__code").values_list("region__code", "polygons"))


def name_list(*, code: str) -> QuerySet[RegionName]:
    """Return the names a region has had, the latest first."""
    found = RegionName.objects.filter(region__code=code)
    return found.order_by(F("valid_from").desc(nulls_last=True))


def succession_list(*, code: str) -> QuerySet[Succession]:
    """Return what a region came of and what became of it, by day."""
    found = Succession.objects.filter(
        Q(predecessor__code=code) | Q(successor__code=code)
    )
    return found.select_related("predecessor", "successor").order_by("on_date", "pk")


def own_year_list(*, code: str) -> QuerySet[RegionYear]:
    """Return what a region counted as, the latest year first."""
    return RegionYear.objects.filter(region__code=code).order_by("-year")
