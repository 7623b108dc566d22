"""Let plans follow their households; keep the files that prove a delivery.

Named in `settings.HOUSEHOLD_FOLLOWERS` and `settings.ATTACHMENT_FOLLOWERS`; called in
the transaction of the move or of the removal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import F

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.attachments.services import subject_follow
from xiuhua.apps.plans.acts.tallies import Key, tallies_shift
from xiuhua.apps.plans.acts.writing import PlanUnfit, recorded, saved, standing
from xiuhua.apps.plans.models import Measure, MeasureEvidence, Plan, SignedPaper
from xiuhua.apps.plans.rules import MeasureState
from xiuhua.apps.plans.services.signing import SUBJECT as SIGNED_SUBJECT


# One statement takes so many ids on every database.
_PART: Final = 5000


def households_changed(*, household_ids: Sequence[int], by: Post, at: datetime) -> None:
    """Bring the plans of households that moved to where they live now."""
    for start in range(0, len(household_ids), _PART):
        moved = Plan.unscoped.filter(
            household__in=household_ids[start : start + _PART]
        ).exclude(region=F("household__village"))
        for plan in moved.select_for_update(of=("self",)).select_related("household"):
            _move(plan, by=by, at=at)


def attachment_leaves(*, attachment: Attachment, by: Post, at: datetime) -> None:
    """Withdraw a file as proof of a measure that is not checked off.

    Raises:
        PlanUnfit: when the measure was checked off: its proof stays; or when the file
            is the only paper behind a signature.
    """
    if attachment.subject_kind == SIGNED_SUBJECT:
        _paper_leaves(attachment, by, at)
    if attachment.subject_kind != "plans.measure":
        return
    found = MeasureEvidence.objects.filter(attachment=attachment)
    keys = found.values("measure")
    plans = Plan.unscoped.select_for_update(of=("self",)).filter(measures__in=keys)
    for plan in list(plans):
        measures = Measure.unscoped.select_for_update()
        measure = measures.get(plan=plan, pk__in=keys)
        if measure.state == MeasureState.CHECKED_OFF:
            raise PlanUnfit(
                "the file proves a delivery that was checked off, so it stays",
                hint="Reopen the measure first if it was not delivered.",
            )
        evidence = found.get(measure=measure)
        said = {"kind": evidence.kind, "sha256": attachment.digest}
        evidence.delete()
        saved(measure)
        recorded(plan, measure, "evidence_gone", said, by=by, at=at)


def _paper_leaves(attachment: Attachment, by: Post, at: datetime) -> None:
    """Let a wrong scan go once the right one stands behind each signature."""
    found = SignedPaper.objects.filter(attachment=attachment)
    plans = Plan.unscoped.select_for_update().filter(
        pk__in=found.values("version__plan")
    )
    for plan in list(plans):
        own = found.filter(version__plan=plan).select_related("version")
        for paper in own:
            others = SignedPaper.objects.exclude(attachment=attachment).filter(
                version=paper.version_id, signer=paper.signer
            )
            if not others.exists():
                raise PlanUnfit(
                    "the file is the paper that was signed, so it stays",
                    hint="File the right paper first; then the wrong one can go.",
                )
        said = {"signers": sorted({p.signer for p in own})}
        said |= {"sha256": attachment.digest}
        own.delete()
        recorded(plan, None, "paper_gone", said, by=by, at=at)


def _move(plan: Plan, *, by: Post, at: datetime) -> None:
    assert plan.household is not None  # noqa: S101  asked for by household
    old, new = plan.region_id, plan.household.village_id
    measures = list(Measure.unscoped.filter(plan=plan))
    changes: Counter[Key] = Counter()
    for state in (standing(plan), *(m.state for m in measures)):
        changes[old, plan.year, state] -= 1
        changes[new, plan.year, state] += 1
    tallies_shift(changes)
    plan.region_id = new
    Measure.unscoped.filter(plan=plan).update(region_code=new)
    about = [("plans.measure", str(measure.pk)) for measure in measures]
    for kind, key in [(SIGNED_SUBJECT, str(plan.pk)), *about]:
        subject_follow(
            old=Subject(kind, key, old), new=Subject(kind, key, new), by=by, at=at
        )
    recorded(plan, None, "move", {"from": old, "to": new}, by=by, at=at)
