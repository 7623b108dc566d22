"""Give evidence that a problem was mended, and say what keeps it from coming again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import Attachment, EvidenceKind
from xiuhua.apps.ledger.acts.events import (
    Happening,
    check_beside,
    event_appended,
    problem_locked,
)
from xiuhua.apps.ledger.acts.fitness import (
    ProblemUnfit,
)
from xiuhua.apps.ledger.models import (
    Evidence,
    Problem,
)
from xiuhua.apps.ledger.rules import (
    EVIDENCE,
    MEND,
)


@transaction.atomic
def evidence_give(
    *,
    problem: Problem,
    version: int,
    kind: str,
    attachment: Attachment,
    by: Post,
    at: datetime,
) -> Evidence:
    """Put a file forward as proof that a problem was mended.

    Raises:
        StaleProblem: when it was changed meanwhile.
        ProblemUnfit: when the kind is none of evidence, or the file is about something
            else.
        StepRefused: when nobody has the problem in hand.
    """
    locked = problem_locked(problem, version)
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=locked.region_id)
    about = (attachment.subject_kind, attachment.subject_id)
    if kind not in EvidenceKind.values or about != ("ledger.problem", str(locked.pk)):
        raise ProblemUnfit("this is no evidence of the problem")
    check_beside(locked, EVIDENCE, by, timezone.localtime(at).date())
    evidence, made = Evidence.objects.get_or_create(
        problem=locked,
        attachment=attachment,
        defaults={"kind": kind, "given_by": by.actor.name, "given_at": at},
    )
    if made:
        said = {"kind": kind, "sha256": attachment.digest}
        event_appended(
            locked, Happening(EVIDENCE, said, by, at), old_state=locked.state
        )
    return evidence


@transaction.atomic
def system_mend(
    *, problem: Problem, version: int, what: str, by: Post, at: datetime
) -> Problem:
    """Record which rule or routine was mended so that it does not come again.

    Raises:
        StaleProblem: when it was changed meanwhile.
        ProblemUnfit: when nothing is said.
    """
    locked = problem_locked(problem, version)
    check_permitted(by.state, Permission.PROBLEM_REGISTER, region=locked.region_id)
    check_beside(locked, MEND, by, timezone.localtime(at).date())
    if not what.strip():
        raise ProblemUnfit("say which rule or routine was mended")
    locked.system_mended = what.strip()
    said = {"system_mended": locked.system_mended}
    event_appended(locked, Happening(MEND, said, by, at), old_state=locked.state)
    return locked
