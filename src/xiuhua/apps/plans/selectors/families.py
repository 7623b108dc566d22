"""What is known of households for proposing measures to them, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from xiuhua.apps.assessments.models import Shortfall
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.plans.models import Measure
from xiuhua.apps.plans.proposals import Family
from xiuhua.apps.plans.rules import MeasureState
from xiuhua.apps.plans.selectors.plans import able_among
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.truth import Verdict


# One statement takes so many ids on every database.
_PART: Final = 2000
Remedies = dict[str, tuple[str, ...]]


def families_of(
    households: Sequence[Household], *, year: int
) -> Iterator[tuple[Household, Family]]:
    """Yield households with what is known of them; measures are those of the year."""
    for start in range(0, len(households), _PART):
        part = households[start : start + _PART]
        keys = [household.pk for household in part]
        shortfalls, skills = _remedies(keys), _skills(keys)
        measures = _measures(keys, year)
        for household in part:
            found = measures.get(household.pk, [])
            land = household.arable_land
            causes = [household.main_cause, *(household.other_causes or "").split(",")]
            yield (
                household,
                Family(
                    shortfalls=shortfalls.get(household.pk, {}),
                    causes=[cause for cause in causes if cause],
                    able=able_among(skills.get(household.pk, ())),
                    land=None if land is None else float(land),
                    taken=[
                        (m.kind, m.answers.removeprefix("indicator:")) for m in found
                    ],
                    incomes=[(m.kind, m.is_dividend) for m in found],
                ),
            )


def family_of(household: Household, *, year: int) -> Family:
    """Return what is known of a household for proposing measures to it."""
    return next(families_of([household], year=year))[1]


def _remedies(keys: Sequence[int]) -> Mapping[int, Remedies]:
    """Return the classes of measure that mend each unmet indicator, by the pack."""
    found: defaultdict[int, Remedies] = defaultdict(dict)
    packs: dict[str, Remedies] = {}
    rows = Shortfall.objects.filter(
        household__in=keys, verdict=str(Verdict.UNMET.value)
    )
    for key, pack, indicator in rows.order_by("pk").values_list(
        "household_id", "pack", "indicator"
    ):
        if pack not in packs:
            packs[pack] = {i.id: tuple(i.remedies) for i in pack_read(pack).indicators}
        if indicator in packs[pack]:
            found[key][indicator] = packs[pack][indicator]
    return found


def _skills(keys: Sequence[int]) -> Mapping[int, list[str | None]]:
    found: defaultdict[int, list[str | None]] = defaultdict(list)
    rows = Person.objects.filter(household__in=keys, ended_on=None)
    for key, skill in rows.values_list("household_id", "labor_skill"):
        found[key].append(skill)
    return found


def _measures(keys: Sequence[int], year: int) -> Mapping[int, list[Measure]]:
    found: defaultdict[int, list[Measure]] = defaultdict(list)
    rows = Measure.objects.filter(
        plan__household__in=keys, plan__person=None, plan__year=year
    ).exclude(state__in=[MeasureState.DROPPED, MeasureState.CARRIED])
    for measure in rows.select_related("plan").order_by("pk"):
        found[measure.plan.household_id or 0].append(measure)
    return found
