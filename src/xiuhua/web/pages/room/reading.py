"""Gather what the command room shows of a region: a fixed number of questions.

Nothing is computed here that a selector could not answer; it joins regions, tallies,
populations and campaigns for one page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.assessments.selectors import campaigns
from xiuhua.apps.assessments.selectors import region_figures as figures
from xiuhua.apps.assessments.selectors.room_standards import (
    StandardShown,
    standard_list,
)
from xiuhua.apps.assessments.totals import Population, Totals
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, contains


_WEEK: Final = timedelta(days=7)
_VILLAGE: Final = LENGTH_BY_LEVEL["village"]
_DIGITS: Final = tuple(n for n in LENGTH_BY_LEVEL.values() if n)


@dataclass(frozen=True)
class Asked:
    """What a page was asked for: of whom, where, as of which day, by which standard.

    `roots` are the regions taken together: one, or the members of a grouping; `names`
    the names of what is in force there: roots, parts, and parts of parts. `day` is
    today unless `past` says that the figures of a day gone by are wanted; of
    the smallest parts only the verdicts of `measure` are read.
    """

    viewer: Any
    roots: tuple[str, ...]
    names: Mapping[str, str]
    day: date
    past: bool
    standard: str = ""
    measure: str = ""

    @property
    def counted(self) -> date | None:
        """Return the day to count as of, None for now."""
        return self.day if self.past else None


@dataclass(frozen=True)
class Part:
    """A part of the region with its figures and what it counts as."""

    code: str
    name: str
    totals: Totals
    poor_village: bool | None
    deep_poverty: bool | None
    target_class: str


@dataclass(frozen=True)
class Change:
    """What became of the figures since a day; unknown when nothing was counted then."""

    since: date
    before: Totals
    now: Totals

    @property
    def known(self) -> bool:
        """Test whether the figures of both days are known."""
        return self.before.recorded and self.now.recorded

    @property
    def persons(self) -> int | None:
        """Return the change in persons left."""
        known = self.known
        return self.now.left.persons - self.before.left.persons if known else None

    @property
    def households(self) -> int | None:
        """Return the change in households left."""
        known = self.known
        return self.now.left.households - self.before.left.households if known else None

    @property
    def points(self) -> Fraction | None:
        """Return the change of the incidence, as a share, when both are one number."""
        then, now = self.before.rate, self.now.rate
        if not (self.known and then.known and now.known):
            return None
        if then.least is None or now.least is None:
            return None
        return now.least - then.least


@dataclass(frozen=True)
class Marked:
    """Places of one mark taken together: how many, and what is left there."""

    name: str
    codes: tuple[str, ...]
    totals: Totals
    cleared: int


@dataclass(frozen=True)
class Room:
    """Everything the page of a region shows."""

    totals: Totals
    parts: list[Part]
    smaller: list[Part]
    elsewhere: Totals | None
    standards: list[StandardShown]
    standard: StandardShown | None
    week: Change
    year: Change
    deep: Marked | None
    classes: list[Marked]
    campaign: Any
    countdown: Countdown | None


def room_of(asked: Asked) -> Room:
    """Return what is shown of a region, or of several taken together."""
    viewer, day = asked.viewer, asked.day
    standards = standard_list(region=_around(asked.roots), as_of=day)
    chosen = _chosen(standards, asked.standard)
    tree = _Tree(asked)
    counties = [
        code
        for root in asked.roots
        for code in figures.county_list(viewer=viewer, region=root)
    ]
    found = figures.totals_list(
        viewer=viewer,
        regions=dict.fromkeys([*asked.roots, *tree.near]),
        counties=counties,
        pack=chosen.pack if chosen else "",
        as_of=asked.counted,
    )
    far = figures.totals_list(
        viewer=viewer,
        regions=tree.far,
        counties=counties,
        pack=chosen.pack if chosen and asked.measure else "",
        measure=asked.measure,
        as_of=asked.counted,
    )
    week, last = day - _WEEK, date(day.year - 1, 12, 31)
    people, people_then = tree.populations(last)
    found = {c: _peopled(t, people, c) for c, t in (found | far).items()}
    totals = sum((found[root] for root in asked.roots[1:]), start=found[asked.roots[0]])
    marks = _Marks(asked, tree, found, counties)
    parts = [marks.part(code) for code in tree.near if _shown(tree, found, code)]
    campaign = campaigns.campaign_get(region=_around(asked.roots), as_of=day)
    return Room(
        totals=totals,
        parts=parts,
        smaller=[marks.part(c) for c in tree.far if tree.alive(c)],
        elsewhere=_elsewhere(totals, parts),
        standards=standards,
        standard=chosen,
        week=_change(
            asked,
            totals,
            counties,
            week,
            totals.population if week.year == day.year else people_then,
        ),
        year=_change(asked, totals, counties, last, people_then),
        deep=marks.deep(),
        classes=marks.classes(),
        campaign=campaign,
        countdown=campaigns.countdown_of(campaign, as_of=day) if campaign else None,
    )


class _Tree:
    """The parts of what was asked for, and their parts, with their names."""

    def __init__(self, asked: Asked):
        self.asked, self.names = asked, asked.names
        codes = sorted(c for c in self.names if contains(asked.viewer.region_id, c))
        if len(asked.roots) > 1:
            self.near = [code for code in codes if code in asked.roots]
        else:
            codes = [code for code in codes if code != asked.roots[0]]
            least = min(map(len, codes), default=0)
            self.near = [code for code in codes if len(code) == least]
        taken = set(self.near)
        self.far = [code for code in codes if code not in taken]

    def alive(self, code: str) -> bool:
        """Test whether a region is in force on the day."""
        return code in self.names

    def populations(self, since: date) -> tuple[dict[str, Population], Population]:
        """Return the population of every region of the tree and of the roots.

        The second is that of all roots together by the year of `since`.
        """
        people: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        before = Population()
        finest = self.far or self.near
        for root in self.asked.roots:
            length = max(
                (len(c) for c in finest if contains(root, c)), default=_VILLAGE
            )
            found, earlier = figures.population_list(
                viewer=self.asked.viewer,
                region=root,
                length=length,
                as_of=self.asked.day,
                earlier=since,
            )
            before += earlier
            lengths = [n for n in _DIGITS if len(root) <= n <= length]
            for code, given in found.items():
                for n in lengths:
                    sums = people[code[:n]]
                    sums[0] += given.persons
                    sums[1] += given.villages
                    sums[2] += given.without
        return {code: Population(*sums) for code, sums in people.items()}, before


class _Marks:
    """What regions count as in the year, and the figures of those places."""

    def __init__(
        self,
        asked: Asked,
        tree: _Tree,
        found: Mapping[str, Totals],
        counties: Sequence[str],
    ):
        self.tree, self.found = tree, dict(found)
        rows = regions.mark_list(
            codes=asked.roots, named=[*tree.near, *tree.far], as_of=asked.day
        )
        self.rows = {row.code: row for row in rows}
        inside = [c for c in self.rows if c not in asked.roots or len(asked.roots) > 1]
        self.deep_codes = _outermost(c for c in inside if self.rows[c].deep_poverty)
        self.by_class: dict[str, list[str]] = {}
        for code in inside:
            if name := self.rows[code].target_class:
                self.by_class.setdefault(name, []).append(code)
        wanted = {*self.deep_codes, *(c for cs in self.by_class.values() for c in cs)}
        missing = sorted(wanted - self.found.keys())
        self.found |= figures.totals_list(
            viewer=asked.viewer,
            regions=missing,
            counties=counties,
            as_of=asked.counted,
        )

    def part(self, code: str) -> Part:
        """Return a region of the tree with its figures and marks."""
        row = self.rows.get(code)
        return Part(
            code,
            self.tree.names.get(code, code),
            self.found[code],
            row.poor_village if row else None,
            row.deep_poverty if row else None,
            row.target_class if row else "",
        )

    def deep(self) -> Marked | None:
        """Return the places in deep poverty, None when none was entered."""
        return self._marked("", self.deep_codes) if self.deep_codes else None

    def classes(self) -> list[Marked]:
        """Return the classes of places with a goal of their own, by name."""
        return [
            self._marked(name, _outermost(codes))
            for name, codes in sorted(self.by_class.items())
        ]

    def _marked(self, name: str, codes: Sequence[str]) -> Marked:
        each = [self.found[code] for code in codes]
        cleared = sum(not t.left.households and not t.unsaid.households for t in each)
        return Marked(name, tuple(codes), sum(each[1:], start=each[0]), cleared)


def _around(roots: Sequence[str]) -> str:
    """Return the smallest region that holds all roots, empty for the nation."""
    lengths = [n for n in reversed(_DIGITS) if n <= min(map(len, roots))]
    return next((roots[0][:n] for n in lengths if len({r[:n] for r in roots}) == 1), "")


def _outermost(codes: Iterable[str]) -> list[str]:
    """Return codes without those that lie in another one: nobody is counted twice."""
    kept: list[str] = []
    for code in sorted(codes):
        if not kept or not contains(kept[-1], code):
            kept.append(code)
    return kept


def _chosen(standards: list[StandardShown], wanted: str) -> StandardShown | None:
    named = (s for s in standards if s.pack == wanted)
    return next(named, standards[0] if standards else None)


def _peopled(totals: Totals, people: Mapping[str, Population], code: str) -> Totals:
    population = people.get(code, Population())
    return Totals(totals.standing, totals.verdicts, population, totals.recorded)


def _shown(tree: _Tree, found: Mapping[str, Totals], code: str) -> bool:
    """Test whether a part is shown: one that ended only while rows are there."""
    return tree.alive(code) or bool(found[code].standing)


def _elsewhere(totals: Totals, parts: Sequence[Part]) -> Totals | None:
    """Return what no part of today holds, such as villages that ended; None if nothing.

    A region without parts is shown by its own figures alone.
    """
    if not parts:
        return None
    rest = dict(totals.standing)
    for part in parts:
        for axes, count in part.totals.standing.items():
            if axes in rest:
                rest[axes] -= count
    left = {axes: count for axes, count in rest.items() if count.households}
    return Totals(left) if left else None


def _change(
    asked: Asked,
    now: Totals,
    counties: Sequence[str],
    since: date,
    people: Population,
) -> Change:
    before = [
        figures.totals_before(
            viewer=asked.viewer, region=root, counties=counties, as_of=since
        )
        for root in asked.roots
    ]
    together = sum(before[1:], start=before[0])
    peopled = Totals(together.standing, {}, people, together.recorded)
    return Change(since, peopled, now)
