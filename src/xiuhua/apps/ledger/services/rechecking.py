"""Draw struck-off problems for a second look, and record what was found there."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.ledger.acts.events import Happening, event_appended, step_taken
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit
from xiuhua.apps.ledger.drawing import drawn
from xiuhua.apps.ledger.models import Problem, Recheck, RecheckItem
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import RECHECK, Act, Said, State
from xiuhua.apps.ledger.selectors import as_state
from xiuhua.apps.regions.selectors import within


@transaction.atomic
def recheck_draw(
    *,
    region: str,
    ended_from: date,
    ended_to: date,
    seed: str,
    once: str,
    by: Post,
    at: datetime,
) -> Recheck:
    """Draw problems struck off between two days; the same key again draws nothing new.

    Raises:
        NotPermitted: when the post verifies no problems there.
        ProblemUnfit: when no problem was struck off then, or no seed is given.
    """
    check_permitted(by.state, Permission.PROBLEM_VERIFY, region=region)
    made = Recheck.objects.filter(once=once).first()
    if made is not None:
        return made
    ended = Problem.objects.filter(
        within(region, "region_id"),
        state=State.STRUCK_OFF,
        ended_at__date__gte=ended_from,
        ended_at__date__lte=ended_to,
    )
    keys = dict(ended.values_list("number", "pk"))
    if not keys or not seed.strip() or ended_from > ended_to:
        raise ProblemUnfit("nothing was struck off then, or the seed is missing")
    share = Decimal(str(parameters().recheck_share))
    frame = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()
    recheck = Recheck.objects.create(
        region_id=region,
        once=once,
        ended_from=ended_from,
        ended_to=ended_to,
        share=share,
        seed=seed.strip(),
        frame_count=len(keys),
        frame_digest=frame,
        drawn_by=by.actor.name,
        drawn_at=at,
    )
    sample = drawn(keys, seed=recheck.seed, share=share)
    RecheckItem.objects.bulk_create(
        [RecheckItem(recheck=recheck, problem_id=keys[n]) for n in sample]
    )
    audit.entry_append(
        action="ledger.recheck.drawn",
        target="ledger.recheck",
        target_id=str(recheck.pk),
        target_label=recheck.seed,
        region_code=region,
        by=by.actor,
        at=at,
        new={"frame": frame, "of": len(keys), "drawn": len(sample)},
    )
    return recheck


@transaction.atomic
def recheck_record(
    *, item: RecheckItem, holds: bool, found: str, by: Post, at: datetime
) -> RecheckItem:
    """Record whether a drawn problem is mended; one that is not is opened again.

    One that was opened again since the draw is not opened twice.

    Raises:
        NotPermitted: when the post verifies no problems there.
        ProblemUnfit: when it was looked at already, by whoever rectified it, or nothing
            is said of what was found.
    """
    problem = Problem.objects.select_for_update().get(pk=item.problem_id)
    locked = RecheckItem.objects.select_for_update().get(pk=item.pk)
    check_permitted(by.state, Permission.PROBLEM_VERIFY, region=problem.region_id)
    seen = as_state(problem)
    if locked.checked_at is not None or not found.strip():
        raise ProblemUnfit("a drawn problem is looked at once; say what was found")
    if by.actor.name in seen.rectifiers | {seen.owner}:
        raise ProblemUnfit("whoever rectifies does not verify")
    locked.holds, locked.found = holds, found.strip()
    locked.checked_by, locked.checked_at = by.actor.name, at
    locked.save()
    said = {"holds": holds, "found": locked.found}
    event_appended(problem, Happening(RECHECK, said, by, at), old_state=problem.state)
    if not holds and problem.state == State.STRUCK_OFF:
        happening = Happening(Act.REOPEN, {"reason": locked.found}, by, at)
        said_again = Said(happening.day, reason=locked.found)
        step_taken(problem, Act.REOPEN, said_again, happening)
    return locked
