"""Plans and measures, made through the services."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.attachments import make_attachment
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE, make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.plans.acts.taking import Taken
from xiuhua.apps.plans.models import (
    Measure,
    MeasureBatch,
    MeasureEvidence,
    Plan,
    PlanEvent,
    PlanTally,
    PlanVersion,
    SignedPaper,
)
from xiuhua.apps.plans.services import measures as measured
from xiuhua.apps.plans.services import plans
from xiuhua.apps.plans.services.batches import measures_take
from xiuhua.apps.plans.services.signing import paper_file
from xiuhua.apps.registry.models import Household


YEAR_END = date(2019, 11, 30)
SIGNED = {"family": "王小明", "helper": "李强", "team": "赵敏"}
_keys = count(1)


def once() -> str:
    """Return the key of another form."""
    return f"measure-{next(_keys)}"


def make_planner() -> Post:
    """Return the post of a village's first secretary."""
    return make_post("first_secretary", VILLAGE)


def make_checker() -> Post:
    """Return the post of a township's leader."""
    return make_post("township_leader", VILLAGE[:9])


def make_plan(household: Household | None = None, by: Post | None = None) -> Plan:
    """Open the plan of a household for 2019."""
    household = household or make_household()
    return plans.plan_open(
        region=household.village_id,
        household=household,
        year=2019,
        by=by or make_planner(),
        at=NOON,
    )


def make_measure(
    plan: Plan | None = None, by: Post | None = None, **said: Any
) -> Measure:
    """Propose that a family raises pigs."""
    by = by or make_planner()
    plan = plan or make_plan(by=by)
    facts: dict[str, Any] = {
        "kind": "industry",
        "what": "养猪五头，合作社回收",
        "owner": by,
        "deadline": YEAR_END,
    }
    plan.refresh_from_db()
    return measured.measure_add(
        plan=plan, version=plan.version, facts=facts | said, once=once(), by=by, at=NOON
    )


def make_agreed(by: Post | None = None, **said: Any) -> Measure:
    """Return a measure agreed with the family."""
    by = by or make_planner()
    measure = make_measure(by=by, **said)
    agree(measure.plan, by)
    measure.refresh_from_db()
    return measure


def agree(plan: Plan, by: Post, reason: str = "") -> Plan:
    """Agree on a plan with the family."""
    plan.refresh_from_db()
    return plans.plan_agree(
        plan=plan, version=plan.version, signed=SIGNED, reason=reason, by=by, at=NOON
    )


def give_evidence(measure: Measure, by: Post, kind: str = "photo") -> MeasureEvidence:
    """Give a new file as proof of delivery."""
    measure.refresh_from_db()
    attachment = make_attachment(
        subject=Subject("plans.measure", str(measure.pk), measure.plan.region_id)
    )
    return measured.evidence_give(
        measure=measure,
        version=measure.version,
        kind=kind,
        attachment=attachment,
        by=by,
        at=NOON,
    )


def make_measure_evidence() -> MeasureEvidence:
    """Give proof that a measure was delivered."""
    by = make_planner()
    return give_evidence(make_agreed(by), by)


def file_paper(
    plan: Plan, by: Post, *signers: str, subject: Subject | None = None
) -> Attachment:
    """File a new scan behind signatures of what was agreed last."""
    plan.refresh_from_db()
    attachment = make_attachment(
        subject=subject or Subject("plans.plan", str(plan.pk), plan.region_id)
    )
    paper_file(
        plan=plan,
        version=plan.version,
        signers=signers,
        attachment=attachment,
        by=by,
        at=NOON,
    )
    return attachment


def make_signed_paper() -> SignedPaper:
    """File the paper the family signed."""
    by = make_planner()
    plan = make_agreed(by).plan
    file_paper(plan, by, "family")
    return SignedPaper.objects.get(version__plan=plan)


def make_plan_version() -> PlanVersion:
    """Return the first agreed version of a plan."""
    return make_agreed().plan.versions.get()


def make_plan_event() -> PlanEvent:
    """Return the first event of a plan."""
    return make_plan().events.get()


def make_batch(by: Post | None = None) -> MeasureBatch:
    """Take over a sheet with one measure of one household, agreed on."""
    by = by or make_planner()
    facts = {"kind": "industry", "what": "养猪五头", "owner": by, "deadline": YEAR_END}
    return measures_take(
        taken=[Taken(make_household(), 2019, [facts], signed=SIGNED)],
        source="计划清单.xlsx",
        digest="2" * 64,
        by=by,
        at=NOON,
    )


def make_measure_batch() -> MeasureBatch:
    """Return a batch of one measure."""
    return make_batch()


def make_plan_tally() -> PlanTally:
    """Return the tally of a village with one draft."""
    plan = make_plan()
    return PlanTally.objects.get(region_code=plan.region_id, state="plan_draft")
