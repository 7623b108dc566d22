"""Keep the files that prove what was ended; let go of others with an event.

Named in `settings.ATTACHMENT_FOLLOWERS`; called in the transaction of a removal.
"""

from __future__ import annotations

from datetime import datetime

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.ledger.acts.events import Happening, event_appended
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit
from xiuhua.apps.ledger.models import Evidence, Problem
from xiuhua.apps.ledger.rules import ENDED, EVIDENCE_GONE


def attachment_leaves(*, attachment: Attachment, by: Post, at: datetime) -> None:
    """Withdraw a file as evidence of a problem that is still open.

    Raises:
        ProblemUnfit: when the problem has ended: its proof stays.
    """
    if attachment.subject_kind != "ledger.problem":
        return
    found = Evidence.objects.filter(attachment=attachment)
    problems = Problem.unscoped.select_for_update()
    for problem in problems.filter(pk__in=found.values("problem")):
        if problem.state in ENDED:
            raise ProblemUnfit(
                "the file proves how {number} ended, so it stays",
                hint="Reopen the problem first if it was not mended.",
                number=problem.number,
            )
        evidence = found.get(problem=problem)
        said = {"kind": evidence.kind, "sha256": attachment.digest}
        evidence.delete()
        happening = Happening(EVIDENCE_GONE, said, by, at)
        event_appended(problem, happening, old_state=problem.state)
