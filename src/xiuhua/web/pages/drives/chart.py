"""The burn-down of a drive as a drawing: what is open day by day, and the plan.

Drawn by the server in units of its own; the same figures stand in the tables beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from xiuhua.apps.assessments.countdown import Countdown
from xiuhua.apps.supervision.rules import Spans, Standing


WIDE: Final = 720
HIGH: Final = 260
LEFT: Final = 48
_TOP: Final = 14
_FOOT: Final = 28
_GRID: Final = 4


@dataclass(frozen=True)
class Band:
    """Days from the left edge to the right one: the reserve, a shock."""

    x: float
    width: float


@dataclass(frozen=True)
class Mark:
    """A number of the scale, or a day below it, with where it stands."""

    at: float
    text: str


@dataclass(frozen=True)
class Burndown:
    """Points as an SVG polyline wants them; `plan` falls to nothing at its end."""

    actual: str
    plan: str
    today: float
    reserve: Band
    shocks: tuple[Band, ...]
    levels: tuple[Mark, ...]
    days: tuple[Mark, ...]
    last: Mark
    wide: int = WIDE
    high: int = HIGH
    left: int = LEFT
    top: int = _TOP
    floor: int = HIGH - _FOOT


@dataclass(frozen=True)
class _Scale:
    start: date
    end: date
    most: int

    def x(self, day: date) -> float:
        whole = (self.end - self.start).days
        share = min(1.0, max(0.0, (day - self.start).days / whole))
        return round(LEFT + share * (WIDE - LEFT - 10), 1)

    def y(self, count: int) -> float:
        floor = HIGH - _FOOT
        return round(floor - count / self.most * (floor - _TOP), 1)

    def band(self, first: date, last: date) -> Band:
        x = self.x(first)
        return Band(x, max(2.0, round(self.x(last) - x, 1)))


def burndown(
    curve: Sequence[tuple[date, Standing]], countdown: Countdown, shocks: Spans
) -> Burndown | None:
    """Return the drawing, None while nothing was counted."""
    if not curve:
        return None
    start, end = countdown.starts_on, countdown.deadline
    highest = max(standing.open for _, standing in curve)
    scale = _Scale(start, end, _round_up(highest))
    today = min(max(countdown.day, start), end)
    ground = [s.open for day, s in curve if day <= start]
    first = ground[-1] if ground else curve[0][1].open
    planned = f"{scale.x(start)},{scale.y(first)} "
    planned += f"{scale.x(countdown.planned_end)},{scale.y(0)}"
    last = curve[-1][1].open
    return Burndown(
        actual=" ".join(_stairs(curve, scale, today)),
        plan=planned,
        today=scale.x(today),
        reserve=scale.band(countdown.planned_end, end),
        shocks=tuple(scale.band(a, b) for a, b in shocks),
        levels=tuple(
            Mark(scale.y(n), f"{n:,}")
            for n in range(0, scale.most + 1, scale.most // _GRID)
        ),
        days=tuple(
            Mark(scale.x(day), f"{day:%m-%d}")
            for day in (start, countdown.planned_end, end)
        ),
        last=Mark(scale.y(last), f"{last:,}"),
    )


def _round_up(count: int) -> int:
    """Return the top of a scale of four equal steps that holds a count.

    >>> _round_up(3), _round_up(37), _round_up(1201)
    (4, 40, 2000)
    """
    step = 1
    while step * _GRID < count:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step * _GRID


def _stairs(
    curve: Sequence[tuple[date, Standing]], scale: _Scale, today: date
) -> list[str]:
    """Return the corners of a line that steps on the days something changed."""
    points: list[str] = []
    height = scale.y(curve[0][1].open)
    for day, standing in curve:
        x = scale.x(day)
        if points:
            points.append(f"{x},{height}")
        height = scale.y(standing.open)
        points.append(f"{x},{height}")
    points.append(f"{scale.x(today)},{height}")
    return points
