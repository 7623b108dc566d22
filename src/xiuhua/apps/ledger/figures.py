"""Figures of the ledger as a post sees them: the reconciliation and its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.ledger.models import Evidence
from xiuhua.apps.ledger.selectors import (
    ProblemFilter,
    Reconciliation,
    numbers_by_region,
    problem_list,
    reconciled,
)


@dataclass(frozen=True)
class Part:
    """A region of a table of the reconciliation; empty code: what lies in no part."""

    code: str
    figures: Reconciliation


def reconciliation_of(
    *, viewer: Post, region: str, on: date, source: str = ""
) -> Reconciliation:
    """Return where the problems a post may see stood at the end of a day.

    A sector bureau's own are counted one by one: there are few, and no tally of them.

    Raises:
        NotPermitted: when the post sees no problems there.
    """
    return reconciliation_parts(viewer=viewer, parts=[region], on=on, source=source)[
        0
    ].figures


def reconciliation_parts(
    *, viewer: Post, parts: Iterable[str], on: date, source: str = ""
) -> list[Part]:
    """Return the reconciliation of several regions at the end of a day.

    Raises:
        NotPermitted: when the post sees no problems there.
    """
    wanted = list(parts)
    for code in wanted:
        check_permitted(viewer.state, Permission.PROBLEM_VIEW, region=code)
    if viewer.sector:
        return [Part(c, _counted(viewer, c, on, source)) for c in wanted]
    numbers = numbers_by_region(regions=wanted, on=on, source=source)
    return [Part(code, reconciled(numbers[code])) for code in wanted]


def _counted(viewer: Post, region: str, on: date, source: str) -> Reconciliation:
    filters = ProblemFilter(region=region, source=source, on=on)
    rows = problem_list(viewer=viewer, filters=filters).order_by()
    counts: Mapping[str, int] = dict(
        rows.values("stood").annotate(n=Count("pk")).values_list("stood", "n")
    )
    return reconciled(counts)


def overdue_count(*, viewer: Post, region: str, on: date) -> int:
    """Return how many open problems are past their deadline."""
    filters = ProblemFilter(region=region, overdue_on=on)
    return problem_list(viewer=viewer, filters=filters).count()


def evidence_counts(*, problems: Iterable[int]) -> dict[int, int]:
    """Return how many pieces of evidence some problems have, by key."""
    rows = Evidence.objects.filter(problem__in=list(problems)).values("problem")
    return dict(rows.annotate(n=Count("pk")).values_list("problem", "n"))
