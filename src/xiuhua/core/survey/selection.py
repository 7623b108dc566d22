"""Select units with known inclusion probabilities, from a seed, in exact arithmetic.

Every method sorts by id first, so the order of the rows in a file has no influence.
A `seed` is a text (see `manifest.sampling_seed`); `label` keeps the draws of
different strata apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import floor, lcm

from xiuhua.core.survey.random_numbers import (
    in_random_order,
    number_in,
    start_in_unit_interval,
)


def simple_random(ids: Sequence[str], n: int, *, seed: str, label: str) -> list[str]:
    """Return `n` ids in the order they were drawn, without replacement.

    The first m of them are themselves a simple random sample of m: replacements are
    the ids drawn next. All ids when there are no more than `n`.
    """
    return in_random_order(ids, seed, label)[:n]


def systematic(ids: Sequence[str], n: int, *, seed: str, label: str) -> list[str]:
    """Return `n` of the ids, sorted, at equal distance from a random start."""
    return spread_evenly(sorted(ids), n, seed=seed, label=label)


def spread_evenly(
    ordered: Sequence[str], n: int, *, seed: str, label: str
) -> list[str]:
    """Return `n` ids at equal distance from a random start, in the order given.

    The caller answers for the order: it must not come from the rows of a file.
    """
    if n >= len(ordered):
        return list(ordered)
    share = Fraction(n, len(ordered))
    start = start_in_unit_interval(seed, label)
    chosen = systematic_positions([share] * len(ordered), start)
    return [ordered[at] for at in chosen]


def systematic_positions(pik: Sequence[Fraction], start: Fraction) -> list[int]:
    """Return the positions of units whose stretch of cumulated probability holds
    `start` plus a whole number.

    Unit i owns the stretch (c[i-1], c[i]]; `start` lies in (0, 1].
    """
    chosen = []
    reached = floor(-start)
    total = Fraction(0)
    for at, probability in enumerate(pik):
        total += probability
        level = floor(total - start)
        if level > reached:
            chosen.append(at)
        reached = level
    return chosen


def pps_systematic(pik: Mapping[str, Fraction], *, seed: str, label: str) -> list[str]:
    """Return ids by systematic selection on the list sorted by id.

    Neighbors in the list (same township) are spread; some pairs can never be drawn
    together, so variances are estimated as with replacement.
    """
    ordered = sorted(pik)
    start = start_in_unit_interval(seed, label)
    chosen = systematic_positions([pik[unit] for unit in ordered], start)
    return [ordered[at] for at in chosen]


def pps_pivotal(pik: Mapping[str, Fraction], *, seed: str, label: str) -> list[str]:
    """Return ids by the random pivotal method (Deville and Tillé 1998, Biometrika 85).

    Two units duel until one is in or out; the probabilities hold exactly, the size is
    fixed, and every pair of units that are not certain may come together.
    """
    scale = lcm(*(p.denominator for p in pik.values()))
    chosen = sorted(unit for unit, p in pik.items() if p >= 1)
    undecided = [unit for unit, p in pik.items() if 0 < p < 1]
    queue = in_random_order(undecided, seed, label, "order")
    champion, strength = "", 0
    for turn, challenger in enumerate(queue):
        other = int(pik[challenger] * scale)
        luck = (seed, label, "duel", str(turn))
        if strength == 0:
            champion, strength = challenger, other
        elif strength + other < scale:
            # One of them leaves; the other carries both probabilities on.
            if number_in(strength + other, *luck) >= strength:
                champion = challenger
            strength += other
        else:
            # One of them is in; the other carries on what is left over.
            left = 2 * scale - strength - other
            challenger_in = left > 0 and number_in(left, *luck) < scale - strength
            chosen.append(challenger if challenger_in else champion)
            champion = champion if challenger_in else challenger
            strength += other - scale
    if strength and number_in(scale, seed, label, "last") < strength:
        chosen.append(champion)  # only where the probabilities add up to no whole
    return sorted(chosen)
