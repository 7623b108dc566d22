"""Find who decides about an objection: whoever raised the problem, or a level above.

What an office only entered for somebody who checks it from above (审计、巡视 …) is
decided above that office: who is found fault with does not strike the finding out.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from xiuhua.apps.accounts.models import Post, held_on
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES
from xiuhua.apps.ledger.models import Event, Problem
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import LIFE, REGISTER, Act, ProblemState, Said, Step
from xiuhua.core.region_codes import ancestors


_DECIDING: Final = sorted(
    r.code for r in ROLES.values() if Permission.PROBLEM_DECIDE in r.permissions
)
# Offices that mend as well as find: they also enter what others found.
_MENDING: Final = frozenset(
    r.code for r in ROLES.values() if Permission.PROBLEM_ASSIGN in r.permissions
)


def with_source(state: ProblemState, problem: Problem, *, on: date) -> ProblemState:
    """Return a disputed problem with whoever raised it, as the rules see it.

    Those merged into it were raised by somebody too, who is not passed over.
    """
    entered = Event.objects.filter(problem__in=_same(problem), act=REGISTER)
    rows = entered.exclude(post="").values_list("post", "problem__source")
    found = replace(
        state,
        raised_by=frozenset(post for post, _ in rows),
        is_passed_on=any(
            post.partition("@")[0].partition("/")[0] in _MENDING
            and source not in parameters().own_sources
            for post, source in rows
        ),
    )
    return found if decider_list(found, on=on) else replace(found, is_source_gone=True)


def _same(problem: Problem) -> set[int]:
    """Return the keys of a problem and of all that were merged into it."""
    known, ahead = {problem.pk}, {problem.pk}
    while ahead:
        merged = Problem.unscoped.filter(merged_into__in=ahead)
        ahead = set(merged.values_list("pk", flat=True)) - known
        known |= ahead
    return known


def decider_list(problem: ProblemState, *, on: date) -> list[Post]:
    """Return the posts that may decide about an objection now, the nearest first."""
    held = Post.unscoped.filter(
        held_on(on),
        role__in=_DECIDING,
        region_id__in=ancestors(problem.region),
        user__is_active=True,
    )
    said = Said(on, reason="-")
    return [
        post
        for post in held.select_related("user").order_by("-region_id", "role", "pk")
        if not LIFE.refusals(Act.UPHOLD, Step(problem, post.state, said))
    ]
