"""Turn figures and estimates into the numbers and words of the cases."""

from __future__ import annotations

from typing import Any

from xiuhua.core.survey.decisions import (
    Decision,
    Direction,
    Threshold,
    decide,
)
from xiuhua.core.survey.figures import Figure, NoFigure
from xiuhua.core.survey.intervals import Interval


# The cases say not_met where the project says unmet.
WORDS = {
    Decision.MET: "met",
    Decision.UNMET: "not_met",
    Decision.UNDECIDED: "undecided",
}


def put(answer: dict[str, Any], key: str, value: Figure | int) -> None:
    """Set a number, or null with the reason beside it."""
    if isinstance(value, NoFigure):
        answer[key] = None
        answer.setdefault("reasons", {})[key] = value.reason.value
    else:
        answer[key] = value


def put_interval(answer: dict[str, Any], interval: Interval | NoFigure) -> None:
    if isinstance(interval, NoFigure):
        put(answer, "lower", interval)
        put(answer, "upper", interval)
    else:
        answer["lower"], answer["upper"] = interval.lower, interval.upper


def threshold_of(estimand: dict[str, Any]) -> Threshold | None:
    """The case grammar is strict below a threshold and not strict above one."""
    if estimand.get("threshold") is None:
        return None
    direction = Direction(estimand.get("direction", "below"))
    strict = direction is Direction.BELOW
    return Threshold(float(estimand["threshold"]), direction, strict)


def put_decision(
    answer: dict[str, Any], estimand: dict[str, Any], interval: Interval | NoFigure
) -> None:
    threshold = threshold_of(estimand)
    if threshold is not None:
        answer["decision"] = WORDS[decide(interval, threshold)]


def level_of(estimand: dict[str, Any]) -> float:
    return float(estimand.get("level") or 0.95)
