"""Turn parts of a region into places of the map and of the tile grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from xiuhua.apps.assessments.rules import OVERALL
from xiuhua.apps.assessments.totals import Totals
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.truth import Verdict
from xiuhua.web.pages.room.asking import Question
from xiuhua.web.pages.room.drawing import Map, Place, map_of
from xiuhua.web.pages.room.figures import bounds_text, count_text, percent_text
from xiuhua.web.pages.room.outlines import Layout, layout_of
from xiuhua.web.pages.room.reading import Part
from xiuhua.web.pages.room.steps import Limits, Step
from xiuhua.web.pages.room.tiles import short_count


RATE = "rate"


@dataclass(frozen=True)
class Colour:
    """What colours say on this page: a figure, its name and its limits.

    `measure` is empty for the incidence, else an indicator or `overall`: then the share
    of judged households that fall short.
    """

    measure: str
    name: str
    limits: Limits

    @cached_property
    def households_text(self) -> str:
        """Return how many households a place has, in words: read once for hundreds."""
        return _("%(households)s households")

    def households(self, totals: Totals, of: tuple[str, ...] | None) -> tuple[int, int]:
        """Return how many households it counts, and how many at most with unknowns."""
        if not self.measure:
            least = totals.left.households
            return least, least + totals.unsaid.households
        least = totals.verdict(self.measure, Verdict.UNMET, of).households
        unknown = totals.verdict(self.measure, Verdict.UNKNOWN, of).households
        return least, least + unknown

    def share(
        self, totals: Totals, of: tuple[str, ...] | None, least: int, most: int
    ) -> Fraction | None:
        """Return the share colours are chosen by; None when it cannot be said.

        `least` and `most` are what `households` returned for the same totals.
        """
        if not totals.recorded:
            return None
        if not most:
            return Fraction(0)
        if not self.measure:
            return totals.rate.least if least else None
        judged = sum(
            totals.verdict(self.measure, verdict, of).households for verdict in Verdict
        )
        return Fraction(least, judged) if least else None


def place_of(part: Part, colour: Colour, question: Question, *, short: bool) -> Place:
    """Return a part as a place; `short` for a square, which has little room."""
    least, most = colour.households(part.totals, question.poverty)
    share = colour.share(part.totals, question.poverty, least, most)
    recorded = part.totals.recorded
    text = short_count(least if recorded else None) if short else count_text(least)
    if not recorded:
        text = "?" if short else "—"
    if not recorded:
        said = _("not known")
    else:
        said = colour.households_text % {"households": bounds_text(least, most)}
        if share is not None:
            said += f" ({percent_text(share, apart_from=colour.limits.as_shares)})"
    return Place(
        part.code,
        part.name,
        text,
        colour.limits.step(share),
        question.address(part.code),
        title=f"{part.name}: {said}",
    )


@lru_cache(maxsize=64)
def _layout(stamps: tuple[tuple[str, datetime], ...]) -> Layout | None:
    """Return drawn outlines; a new import has another moment, so another key."""
    return layout_of(regions.boundary_polygons(codes=[code for code, _ in stamps]))


def map_drawn(places: Sequence[Place]) -> tuple[Map | None, list[str]]:
    """Return the map of the places, and the review numbers it must carry.

    None when no place has a boundary.
    """
    stamps = regions.boundary_stamps(codes=[place.code for place in places])
    layout = _layout(tuple((code, at) for code, (_, at) in stamps.items()))
    if layout is None:
        return None, []
    reviews = sorted({review for review, _ in stamps.values()})
    return map_of(layout, places), reviews


def legend(colour: Colour) -> list[tuple[Step, Any]]:
    """Return the steps with what they mean, in the order of need."""
    more, many = (percent_text(limit) for limit in colour.limits.as_shares)
    return [
        (Step.CLEAR, _("nothing left")),
        (Step.FEW, _("below %(limit)s") % {"limit": more}),
        (Step.MORE, _("%(from)s to below %(to)s") % {"from": more, "to": many}),
        (Step.MANY, _("%(limit)s and more") % {"limit": many}),
        (Step.UNKNOWN, _("not known")),
    ]


def measure_of(colour: str, indicators: Sequence[str]) -> str:
    """Return the measure colours show, empty for the incidence."""
    return colour if colour in (*indicators, OVERALL) else ""
