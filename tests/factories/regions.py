"""Regions of a made-up province 99, and all that hangs on them."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.moments import NOON

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions import services as regions
from xiuhua.apps.regions.models import (
    Boundary,
    Grouping,
    GroupingMember,
    Region,
    RegionName,
    RegionYear,
    Succession,
)
from xiuhua.core.region_codes import ancestors


MAPPER = Actor("wang.li", "county_office@990101")
SQUARE = [[[(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)]]]


def make_region(
    code: str = "990101101201", *, name: str = "", valid_from: date | None = None
) -> Region:
    """Enter a region and those around it that are missing."""
    for around in ancestors(code)[:-1]:
        if not Region.objects.filter(code=around).exists():
            regions.region_create(
                code=around, name=f"名{around}", valid_from=None, by=MAPPER, at=NOON
            )
    found = Region.objects.filter(code=code).first()
    return found or regions.region_create(
        code=code, name=name or f"名{code}", valid_from=valid_from, by=MAPPER, at=NOON
    )


def make_region_name(**said: Any) -> RegionName:
    """Return the name of a region."""
    return make_region(**said).names.get()


def make_succession(
    old: str = "990101101201", new: str = "990101101301", on: date = date(2020, 1, 1)
) -> Succession:
    """Let a region take the place of another."""
    make_region(old)
    regions.region_replace(
        predecessors=[old], successors={new: "新名"}, on=on, by=MAPPER, at=NOON
    )
    return Succession.objects.get(predecessor__code=old)


def make_grouping(*codes: str, **said: Any) -> Grouping:
    """Take regions together."""
    for code in codes:
        make_region(code)
    usual = {"key": "area", "name": "连片特困地区", "document": "国开发2011-1号"}
    usual |= {"valid_from": date(2011, 12, 1), "by": MAPPER, "at": NOON}
    return regions.grouping_define(codes=codes, **usual | said)


def make_grouping_member() -> GroupingMember:
    """Return a county in a grouping."""
    return make_grouping("990101").members.get()


def make_region_year(
    code: str = "990101101201", year: int = 2019, **said: Any
) -> RegionYear:
    """Say that a village counts as poor in a year."""
    make_region(code)
    usual = {"poor_village": True, "deep_poverty": None, "target_class": ""}
    usual |= {"document": "县扶组2019-3号", "by": MAPPER, "at": NOON}
    return regions.year_set(code=code, year=year, **usual | said)


def make_boundary(code: str = "990101") -> Boundary:
    """Store a square as the boundary of a county."""
    make_region(code)
    return regions.boundaries_store(
        outlines={code: SQUARE}, review_number="示例（2019）1号", by=MAPPER, at=NOON
    )[0]
