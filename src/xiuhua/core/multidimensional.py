"""The weights and the cutoff of a counting standard, from its pack to the estimators.

A counting pack names its weights `weight_<indicator>` as whole parts of
`weight_total`, its cutoff `poor_from`, and its indicators `mpi_<indicator>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.survey.alkire_foster import Cutoff, Weighting


_PREFIX = "weight_"
_TOTAL = "weight_total"
_CUTOFF = "poor_from"


class NotCounting(XiuhuaError):
    """The standard has no weights and cutoff to count by."""

    code = "standard.not_counting"


@dataclass(frozen=True)
class CountingRule:
    """Indicators in the order of their weights, and the cutoff on the score."""

    indicators: tuple[str, ...]
    weighting: Weighting
    cutoff: Cutoff


def counting_rule(standard: Standard) -> CountingRule:
    """Return weights and cutoff of a counting standard as estimators take them.

    The verdict columns of the indicators, unmet being deprived, go with it.

    Raises:
        NotCounting: when a weight or the cutoff is missing or unknown.
    """
    values = {p.param.name: p.value for p in standard.params}
    names = [n for n in values if n.startswith(_PREFIX) and n != _TOTAL]
    needed = (*names, _TOTAL, _CUTOFF)
    numbers = {n: values.get(n) for n in needed}
    if not names or not all(isinstance(v, Fraction) for v in numbers.values()):
        raise NotCounting(
            "the standard {pack} does not count deprivations",
            pack=standard.packs[0].id,
        )
    whole = {n: int(v) for n, v in numbers.items() if isinstance(v, Fraction)}
    return CountingRule(
        indicators=tuple("mpi_" + n.removeprefix(_PREFIX) for n in names),
        weighting=Weighting(tuple(whole[n] for n in names), whole[_TOTAL]),
        cutoff=Cutoff(whole[_CUTOFF], whole[_TOTAL]),
    )
