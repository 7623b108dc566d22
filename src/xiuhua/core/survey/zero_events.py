"""The upper bound of a rate of which the sample shows no case.

Zero events are the normal case of an exit check, and a variance of zero says
nothing. The design effect is fixed before the field work instead: n_eff =
(n / deff) (t_{n-1} / t_df)^2, upper = 1 - (tail)^(1 / n_eff). With deff = 1 this is
the rule of NCHS (Parker and others 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

from xiuhua.core.survey.figures import NoFigure, Reason
from xiuhua.core.survey.intervals import Interval, Method, degrees_factor


@dataclass(frozen=True)
class ZeroEvents:
    """The bound for a sample without events, two-sided and one-sided."""

    effective_n: float
    interval: Interval
    one_sided_upper: float


def zero_events(
    n: int, df: int, *, assumed_deff: float = 1.0, level: float = 0.95
) -> ZeroEvents | NoFigure:
    """Return the bound for no event among n sampled units (households).

    >>> found = zero_events(1509, 127)
    >>> round(found.interval.upper, 5)
    0.00248
    """
    if n < 1:
        return NoFigure(Reason.EMPTY_DOMAIN)
    if df < 1:
        return NoFigure(Reason.NO_DEGREES_OF_FREEDOM)
    size = n / assumed_deff * degrees_factor(n, df, level)
    upper = 1 - ((1 - level) / 2) ** (1 / size)
    one_sided = 1 - (1 - level) ** (1 / size)
    return ZeroEvents(size, Interval(0.0, upper, level, Method.ZERO_EVENTS), one_sided)
