"""Read the figures of regions from the tallies, now or as counted on a day.

The tallies are kept for counties and below; what is wider is the sum of its counties.
No household is looked at, so the cost does not grow with the registry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Count as CountOf
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Substr

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import current_scope, region_scope
from xiuhua.apps.assessments.models import Tally, TallyDay
from xiuhua.apps.assessments.rules import STANDING, VERDICT_BY_MARK
from xiuhua.apps.assessments.totals import Count, Population, Totals
from xiuhua.apps.regions.models import Region, in_force
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import VillageFacts
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.truth import Verdict


_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_KEY: Final = ("region_id", "pack", "measure", "status", "verdict")

Standings = dict[tuple[str, str, str], Count]
Verdicts = dict[tuple[str, Verdict, str], Count]


def county_list(*, viewer: Post, region: str) -> list[str]:
    """Return the codes of all counties in a region, ended ones too.

    On a day gone by they had households. A county and what lies below need none: their
    tallies are kept as they are.
    """
    if len(region) >= _COUNTY:
        return []
    found = Region.objects.filter(within(region), within(viewer.region_id))
    return sorted(found.filter(level="county").values_list("code", flat=True))


def totals_list(
    *,
    viewer: Post,
    regions: Iterable[str],
    counties: Sequence[str] = (),
    pack: str = "",
    measure: str = "",
    as_of: date | None = None,
) -> dict[str, Totals]:
    """Return the totals of regions of any levels, by code; empty ones included.

    `counties` are those the regions above the county are the sums of. With `pack` come
    the verdicts under it, of one measure when it is named. `as_of` null is what is
    counted now, a day what was counted at its end.

    Raises:
        ScopeMissing: outside a region scope.
    """
    standing: defaultdict[str, Standings] = defaultdict(dict)
    verdicts: defaultdict[str, Verdicts] = defaultdict(dict)
    seen: set[str] = set()
    wanted = list(regions)
    for length, codes in _by_length(wanted).items():
        sources = _sources(codes, counties)
        for row in _cells(viewer, sources, length, (pack, measure), as_of):
            code, name, status, mark, households, persons = row
            if households is None:
                continue
            seen.add(code)
            count = Count(households, persons)
            if name == STANDING:
                standing[code][tuple(status.split("/"))] = count
            else:
                verdicts[code][name, VERDICT_BY_MARK[mark], status] = count
    return {
        code: Totals(
            standing[code],
            verdicts[code],
            recorded=as_of is None or code in seen,
        )
        for code in wanted
    }


def population_list(
    *, viewer: Post, region: str, length: int, as_of: date, earlier: date | None = None
) -> tuple[dict[str, Population], Population]:
    """Return the rural population of the parts of a region, of the last year given.

    Parts are the codes of `length` digits. A village in force that has not given its
    population by the day's year counts as `without`. The second is that of the same
    villages, all together, by the year of `earlier`.
    """
    here = within(region), within(viewer.region_id)
    villages = dict(
        Region.objects.filter(in_force(as_of), *here, level="village")
        .values(part=Substr("code", 1, length))
        .annotate(villages=CountOf("pk"))
        .order_by()
        .values_list("part", "villages")
    )
    years = _years_given(viewer, region, length, as_of)

    def by(year: int) -> dict[str, tuple[int, int]]:
        given = _given_by(years, villages, year)
        if given is None:
            given = _last_given(viewer, region, length, year, as_of)
        return given

    now = by(as_of.year)
    people = {part: _population(now, part, n) for part, n in villages.items()}
    if earlier is None:
        return people, Population()
    then = now if _same(years, as_of.year, earlier.year) else by(earlier.year)
    before = (_population(then, part, n) for part, n in villages.items())
    return people, sum(before, Population())


def _same(years: Mapping[str, Iterable[int]], one: int, other: int) -> bool:
    """Test whether nothing was given for a year after one and by the other."""
    least, most = sorted((one, other))
    return not any(least < year <= most for given in years.values() for year in given)


def _population(
    given: dict[str, tuple[int, int]], part: str, villages: int
) -> Population:
    persons, known = given.get(part, (0, 0))
    return Population(persons, villages, max(0, villages - known))


def _facts(viewer: Post, region: str, as_of: date) -> QuerySet[VillageFacts]:
    """Return what villages in force have said of their population."""
    # The scope that is open, and none without one; narrowed, because SQLite goes by the
    # first range of villages it is given.
    current_scope()
    with region_scope([region or viewer.region_id]):
        facts = VillageFacts.objects.all()
    return facts.filter(
        in_force(as_of, "village__"),
        within(region, "village_id"),
        within(viewer.region_id, "village_id"),
        agricultural_population__isnull=False,
    )


def _years_given(
    viewer: Post, region: str, length: int, as_of: date
) -> dict[str, dict[int, tuple[int, int]]]:
    """Return persons and villages by part and year, up to the day's year."""
    said = (
        _facts(viewer, region, as_of)
        .filter(year__lte=as_of.year)
        .values("year", part=Substr("village_id", 1, length))
        .annotate(persons=Sum("agricultural_population"), villages=CountOf("pk"))
        .order_by()
        .values_list("part", "year", "persons", "villages")
    )
    years: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for part, year, persons, count in said:
        years[part][year] = persons, count
    return years


def _given_by(
    years: Mapping[str, Mapping[int, tuple[int, int]]],
    villages: Mapping[str, int],
    year: int,
) -> dict[str, tuple[int, int]] | None:
    """Return what was given for the last year when every village gave it, else None.

    That is the rule of most days and needs no look at single villages.
    """
    found = {}
    for part, count in villages.items():
        given = [y for y in years.get(part, ()) if y <= year]
        if given:
            found[part] = years[part][max(given)]
            if found[part][1] != count:
                return None
    return found


def _last_given(
    viewer: Post, region: str, length: int, year: int, as_of: date
) -> dict[str, tuple[int, int]]:
    """Return the sums of what every village gave last by a year, village by village."""
    last = VillageFacts.objects.filter(
        village=OuterRef("village"),
        year__lte=year,
        agricultural_population__isnull=False,
    )
    said = (
        _facts(viewer, region, as_of)
        .filter(year=Subquery(last.order_by("-year").values("year")[:1]))
        .values(part=Substr("village_id", 1, length))
        .annotate(persons=Sum("agricultural_population"), villages=CountOf("pk"))
        .order_by()
        .values_list("part", "persons", "villages")
    )
    return {part: (persons, count) for part, persons, count in said}


def totals_before(
    *, viewer: Post, region: str, counties: Sequence[str], as_of: date
) -> Totals:
    """Return the standing of a region as counted on a day, without verdicts.

    Above the county it is known only when every county counted by now was counted then.
    """
    sources = _sources([region], counties)
    standing: defaultdict[tuple[str, str, str], Count] = defaultdict(Count)
    counted: dict[str, bool] = {}
    for row in _cells(viewer, sources, _COUNTY, ("", ""), as_of):
        code, _, status, _, households, persons = row
        counted[code] = counted.get(code, False) or households is not None
        if households is not None:
            registration, poverty, monitoring = status.split("/")
            standing[registration, poverty, monitoring] += Count(households, persons)
    known = bool(counted) and all(counted.values())
    return Totals(dict(standing), recorded=known)


def _by_length(regions: Iterable[str]) -> dict[int, list[str]]:
    """Return regions by what is summed for them: nothing from the county down."""
    lengths: defaultdict[int, list[str]] = defaultdict(list)
    for code in regions:
        lengths[min(len(code), _COUNTY)].append(code)
    return lengths


def _sources(regions: Sequence[str], counties: Sequence[str]) -> list[str]:
    """Return the codes whose tallies make up regions of one level."""
    if not regions or len(regions[0]) >= _COUNTY:
        return list(regions)
    length, wanted = len(regions[0]), set(regions)
    return [code for code in counties if code[:length] in wanted]


def _cells(
    viewer: Post,
    sources: Sequence[str],
    length: int,
    under: tuple[str, str],
    as_of: date | None,
) -> Iterable[tuple[Any, ...]]:
    """Yield region, measure, status, verdict, households, persons of every cell.

    What lies above the county is summed by the database: there a province has one row
    per cell, not one per cell and county.
    """
    pack, measure = under
    wanted = Q(pack="", measure=STANDING)
    if pack:
        wanted |= Q(pack=pack, measure=measure) if measure else Q(pack=pack)
    found = Tally.objects.filter(wanted, region_id__in=sources)
    found = found.filter(within(viewer.region_id, "region_id"))
    names = ("measure", "status", "verdict")
    if as_of is None:
        counted = found.annotate(then=F("households"), then_persons=F("persons"))
    else:
        counted = _as_counted(found, as_of)
    if length >= _COUNTY:
        return counted.values_list("region_id", *names, "then", "then_persons")
    summed = counted.values(*names, part=Substr("region_id", 1, length))
    return (
        summed.annotate(sum_households=Sum("then"), sum_persons=Sum("then_persons"))
        .order_by()
        .values_list("part", *names, "sum_households", "sum_persons")
    )


def _as_counted(found: QuerySet[Tally], as_of: date) -> QuerySet[Tally]:
    """Add what cells counted on a day; null before they first counted anything."""
    same: dict[str, Any] = {name: OuterRef(name) for name in _KEY}
    last = TallyDay.objects.filter(day__lte=as_of, **same).order_by("-day")
    return found.annotate(
        then=Subquery(last.values("households")[:1]),
        then_persons=Subquery(last.values("persons")[:1]),
    )


def _any_of(regions: Sequence[str], field: str) -> Q:
    condition = Q(pk__in=[])
    for code in regions:
        condition |= within(code, field)
    return condition
