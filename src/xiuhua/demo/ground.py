"""Enter the invented places: divisions, outlines, what they count as by year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from xiuhua.apps.regions import services as regions
from xiuhua.apps.regions.divisions import Division
from xiuhua.apps.regions.geometry import polygons_of, simplified
from xiuhua.demo.cast import LOADER
from xiuhua.demo.outlines import REVIEW_NUMBER, outlines
from xiuhua.demo.places import (
    NAMES_AROUND,
    Village,
    deep_townships,
    townships,
    villages,
)


_TOLERANCE: Final = 0.0015
_DOCUMENT: Final = "贫困村名册（虚构）"
_TARGET: Final = "2020年计划摘帽（虚构）"


def places_enter(*, on: date, at: datetime) -> None:
    """Enter the regions of the county and those around it, as always having been."""
    places = villages()
    named = NAMES_AROUND | townships() | {v.code: v.name for v in places}
    regions.divisions_enter(
        divisions=[Division(code, named[code]) for code in sorted(named)],
        valid_from=None,
        by=LOADER,
        at=at,
    )
    drawn = {
        feature["properties"]["code"]: polygons_of(feature["geometry"])
        for feature in outlines(places)["features"]
    }
    regions.boundaries_store(
        outlines=simplified(drawn, tolerance=_TOLERANCE),
        review_number=REVIEW_NUMBER,
        by=LOADER,
        at=at,
    )
    for year in (on.year - 1, on.year):
        _year_enter(places, year, at=at)


def _year_enter(places: Sequence[Village], year: int, *, at: datetime) -> None:
    counted: dict[str, tuple[bool | None, bool]] = {
        village.code: (village.poor, village.deep) for village in places
    }
    for code in townships():
        counted[code] = (None, code in deep_townships())
    for code, (poor, deep) in sorted(counted.items()):
        regions.year_set(
            code=code,
            year=year,
            poor_village=poor,
            deep_poverty=deep,
            target_class=_TARGET if deep else "",
            document=_DOCUMENT,
            by=LOADER,
            at=at,
        )
