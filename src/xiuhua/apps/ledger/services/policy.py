"""Carry a problem of policy itself upward, and bring the answer back (上下联动)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.ledger.acts.events import (
    Happening,
    check_beside,
    event_appended,
    problem_locked,
)
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import ANSWER, RAISE
from xiuhua.core.region_codes import ancestors


@transaction.atomic
def policy_raise(
    *, problem: Problem, version: int, to: str, question: str, by: Post, at: datetime
) -> Problem:
    """Carry a problem of policy up to a region around it, with the question asked.

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: when it is none of policy, or was carried up and not answered.
        ProblemUnfit: when the region is not around the problem, or nothing is asked.
    """
    locked = problem_locked(problem, version)
    happening = Happening(RAISE, {"to": to, "question": question.strip()}, by, at)
    check_beside(locked, RAISE, by, happening.day)
    if to not in ancestors(locked.region_id)[:-1] or not question.strip():
        raise ProblemUnfit("say what is asked, and of which region above")
    locked.raised_to, locked.raised_on = to, happening.day
    locked.answer, locked.answered_on = "", None
    event_appended(locked, happening, old_state=locked.state)
    return locked


@transaction.atomic
def policy_answer(
    *, problems: Mapping[int, int], answer: str, by: Post, at: datetime
) -> list[Problem]:
    """Answer a question of policy for all that raised it: `problems` by key to version.

    Raises:
        StaleProblem: when one of them was changed meanwhile.
        StepRefused: when one was not carried up to this post, or was answered.
        ProblemUnfit: when nothing is answered.
    """
    if not answer.strip() or not problems:
        raise ProblemUnfit("say what is answered")
    done = []
    for key in sorted(problems):
        locked = problem_locked(Problem(pk=key), problems[key])
        happening = Happening(ANSWER, {"answer": answer.strip()}, by, at)
        check_beside(locked, ANSWER, by, happening.day)
        locked.answer, locked.answered_on = answer.strip(), happening.day
        event_appended(locked, happening, old_state=locked.state)
        done.append(locked)
    return done
