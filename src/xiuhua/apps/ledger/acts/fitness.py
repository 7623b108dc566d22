"""What every act on the ledger refuses alike: who is not reached, what lies outside."""

from __future__ import annotations

from collections.abc import Iterable

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.ledger.models import (
    Problem,
    ProblemHousehold,
)
from xiuhua.apps.ledger.rules import OPEN
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import contains


class ProblemUnfit(XiuhuaError):
    """A problem, task or piece of evidence cannot be entered like this; says why."""

    code = "ledger.problem_unfit"


def check_reaches(owner: Post, region: str) -> None:
    """Refuse an owner who would not see it: who holds no office there or around it.

    Raises:
        ProblemUnfit: when the post does not reach the region.
    """
    if not contains(owner.region_id, region):
        raise ProblemUnfit(
            "the owner's post does not reach there",
            hint="Give parts of it to posts below as tasks.",
        )


def check_open(problem: Problem) -> None:
    """Refuse what makes no sense any more once a problem has ended.

    Raises:
        ProblemUnfit: when it has.
    """
    if problem.state not in OPEN:
        raise ProblemUnfit("the problem has ended")


def households_linked(problem: Problem, households: Iterable[int]) -> None:
    """Name the households a problem is about.

    Raises:
        ProblemUnfit: when one lies outside its region.
    """
    wanted = set(households)
    found = Household.objects.filter(
        regions.within(problem.region_id, "village_id"), pk__in=wanted
    )
    if found.count() != len(wanted):
        raise ProblemUnfit("a household lies outside the problem's region")
    ProblemHousehold.objects.bulk_create(
        [ProblemHousehold(problem=problem, household_id=pk) for pk in sorted(wanted)],
        ignore_conflicts=True,
    )
