"""File the scan of a signed paper behind the names on a version of a plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.plans.acts.writing import PlanUnfit, plan_as_seen, recorded
from xiuhua.apps.plans.models import Plan, PlanVersion, SignedPaper


SUBJECT = "plans.plan"


@transaction.atomic
def paper_file(
    *,
    plan: Plan,
    version: int,
    signers: Collection[str],
    attachment: Attachment,
    by: Post,
    at: datetime,
) -> PlanVersion:
    """Put a scan behind signatures of what was agreed last; a closed plan takes it too.

    Raises:
        StalePlan: when the plan was changed meanwhile.
        NotPermitted: when the post adds no evidence there.
        PlanUnfit: when nothing is agreed, the file is about something else, or one of
            the signers did not sign that version.
    """
    locked = plan_as_seen(plan, version)
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=locked.region_id)
    agreed = locked.versions.order_by("-number").first()
    if agreed is None:
        raise PlanUnfit("nothing is agreed on that could be signed")
    about = (attachment.subject_kind, attachment.subject_id)
    signed = {who for who, name in agreed.signed.items() if name.strip()}
    if about != (SUBJECT, str(locked.pk)) or not signers or not signed >= {*signers}:
        raise PlanUnfit("the file is no paper of those who signed the plan")
    for signer in sorted(set(signers)):
        SignedPaper.objects.get_or_create(
            version=agreed, signer=signer, attachment=attachment
        )
    said = {"version": agreed.number, "signers": sorted(set(signers))}
    said |= {"sha256": attachment.digest}
    recorded(locked, None, "paper", said, by=by, at=at)
    return agreed
