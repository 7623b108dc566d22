"""What hangs on one problem, read at once for its page and its paper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from xiuhua.apps.ledger.models import Event, Evidence, Extension, Problem, Task


_HOUSEHOLDS_SHOWN: Final = 100


@dataclass(frozen=True)
class Parts:
    """Households, evidence, tasks, requests, merged problems, events of a problem."""

    households: list[Any]
    households_more: int
    evidence: list[Evidence]
    tasks: list[Task]
    extensions: list[Extension]
    merged: list[Problem]
    events: list[Event]


def parts_of(*, problem: Problem) -> Parts:
    """Return what hangs on a problem; of many households the first."""
    households = problem.households.order_by("village_id", "pk")
    shown = list(households[: _HOUSEHOLDS_SHOWN + 1])
    more = households.count() - _HOUSEHOLDS_SHOWN if _is_cut(shown) else 0
    return Parts(
        households=shown[:_HOUSEHOLDS_SHOWN],
        households_more=more,
        evidence=list(
            problem.evidence.select_related("attachment").order_by("given_at", "pk")
        ),
        # A search elsewhere is part of this problem, wherever it is done.
        tasks=list(
            Task.objects.filter(problem=problem)
            .select_related("owner__user")
            .order_by("done_at", "deadline", "pk")
        ),
        extensions=list(problem.extensions.order_by("-asked_at", "-pk")),
        merged=list(problem.merged.order_by("pk")),
        events=list(problem.events.order_by("-number")),
    )


def _is_cut(shown: list[Any]) -> bool:
    return len(shown) > _HOUSEHOLDS_SHOWN
