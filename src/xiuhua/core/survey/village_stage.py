"""Stage one: the chance of every village, and which villages a seed gives."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xiuhua.core.survey import selection
from xiuhua.core.survey.frames import Frame, FrameVillage
from xiuhua.core.survey.inclusion import inclusion_probabilities
from xiuhua.core.survey.plans import VILLAGE_STRATA, Plan
from xiuhua.core.truth import UNKNOWN


WHOLE = "all"
UNTOLD = "unknown"


@dataclass(frozen=True, slots=True)
class VillageChance:
    """The chance of a village, and the numbers of its stratum."""

    village: FrameVillage
    stratum: str
    size: int
    probability: Fraction
    stratum_villages: int
    stratum_drawn: int


def village_chances(frame: Frame, plan: Plan) -> list[VillageChance]:
    """Return the chance of every village that has a household to draw, by code."""
    sizes = Counter(
        h.village for t in plan.takes for h in frame.households if h.group in t.groups
    )
    by_stratum: dict[str, list[FrameVillage]] = defaultdict(list)
    for village in frame.villages:
        stratum = stratum_of(village, plan)
        if stratum and sizes[village.code]:
            by_stratum[stratum].append(village)
    result: list[VillageChance] = []
    for stratum, villages in sorted(by_stratum.items()):
        number = plan.villages.number.get(stratum, 0)
        if plan.villages.method == "all":
            number = len(villages)
        result += _stratum_chances(plan, stratum, villages, sizes, number)
    return sorted(result, key=lambda c: c.village.code)


def stratum_of(village: FrameVillage, plan: Plan) -> str | None:
    """Return the stratum of a village in a plan, None when it cannot be told."""
    limited = any(set(t.strata) != set(VILLAGE_STRATA) for t in plan.takes)
    if set(plan.villages.number) == {WHOLE} and not limited:
        return WHOLE
    if village.poor is UNKNOWN:
        # Where every village is taken and nothing depends on it, it need not be known.
        return UNTOLD if plan.villages.method == "all" and not limited else None
    return "poor" if village.poor else "other"


def _stratum_chances(
    plan: Plan,
    stratum: str,
    villages: Sequence[FrameVillage],
    sizes: Mapping[str, int],
    number: int,
) -> Iterator[VillageChance]:
    measure = [
        sizes[v.code] if plan.villages.method.startswith("pps") else 1 for v in villages
    ]
    drawn = min(number, len(villages))
    probabilities = inclusion_probabilities(measure, drawn)
    for village, probability in zip(villages, probabilities, strict=True):
        if probability:
            yield VillageChance(
                village,
                stratum,
                sizes[village.code],
                probability,
                len(villages),
                drawn,
            )


def drawn_codes(
    chances: Sequence[VillageChance], plan: Plan, seed: str
) -> Iterator[str]:
    """Yield the codes of the villages that a seed gives."""
    by_stratum: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for chance in chances:
        by_stratum[chance.stratum][chance.village.code] = chance.probability
    for stratum, pik in by_stratum.items():
        label = f"villages/{stratum}"
        if all(p == 1 for p in pik.values()):
            yield from pik
        elif plan.villages.method == "pps_systematic":
            yield from selection.pps_systematic(pik, seed=seed, label=label)
        elif plan.villages.method == "pps_pivotal":
            yield from selection.pps_pivotal(pik, seed=seed, label=label)
        else:
            n = int(sum(pik.values()))
            yield from selection.simple_random(sorted(pik), n, seed=seed, label=label)
