"""Change the ledger: one act, one transaction, one event, one entry in the audit.

Every act takes the version of the problem it was decided on; another one is refused.
An act that makes a row takes the key of its form: the same key again makes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.attachments.models import Attachment, EvidenceKind
from xiuhua.apps.ledger.acts.events import (
    Happening,
    event_appended,
    problem_locked,
    step_taken,
)
from xiuhua.apps.ledger.acts.tallies import tallies_shift
from xiuhua.apps.ledger.models import (
    Duty,
    Evidence,
    Extension,
    Kind,
    NumberSeries,
    Precision,
    Problem,
    ProblemHousehold,
    Source,
    Task,
)
from xiuhua.apps.ledger.rules import (
    DELAY,
    EVIDENCE,
    EXTENDED,
    EXTENSION,
    IN_HAND,
    MEND,
    OPEN,
    REGISTER,
    TASK,
    TASK_DONE,
    Act,
    Found,
    Said,
    State,
)
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import contains
from xiuhua.core.steps import Refusal, StepRefused


_NUMBER_DIGITS: Final = 5
# What a problem takes over from how it was found, name by name.
_COPIED: Final = (
    *("source", "kind", "duty", "precision", "indicator", "description", "found_on"),
    *("is_common", "is_policy_level", "is_immediate"),
)


class ProblemUnfit(XiuhuaError):
    """A problem, task or piece of evidence cannot be entered like this; says why."""

    code = "ledger.problem_unfit"


@transaction.atomic
def problem_register(*, found: Found, once: str, by: Post, at: datetime) -> Problem:
    """Enter a problem on the ledger; the same key of a form again returns the first.

    Raises:
        NotPermitted: when the post registers no problems there.
        NotInForce: when the region does not exist.
        ProblemUnfit: when source, class or an axis is none of theirs, the text is
            empty, the day lies ahead, or a household lies outside the region.
    """
    check_permitted(by.state, Permission.PROBLEM_REGISTER, region=found.region)
    today = timezone.localtime(at).date()
    # The lock comes first, so that of two forms sent at once the second sees the first.
    numbers = _numbers_locked(found.region, today)
    made = Problem.objects.filter(once=once).first()
    if made is not None:
        return made
    regions.region_get(code=found.region, as_of=today)
    _check_found(found, today)
    problem = Problem(
        number=_next_number(numbers),
        once=once,
        region_id=found.region,
        source_reference=found.reference,
        state=State.REGISTERED,
        registered_by=by.actor.name,
        registered_at=at,
        **{name: getattr(found, name) for name in _COPIED},
    )
    happening = Happening(REGISTER, {"description": problem.description}, by, at)
    event_appended(problem, happening, old_state="")
    _link(problem, found.households)
    tallies_shift(
        region_code=found.region,
        source=found.source,
        old="",
        new=problem.state,
        day=today,
    )
    return problem


@transaction.atomic
def problem_assign(
    *,
    problem: Problem,
    version: int,
    owner: Post,
    deadline: date,
    by: Post,
    at: datetime,
    leader: str = "",
    unit: str = "",
) -> Problem:
    """Give a problem to a post to rectify until a day (交办).

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: with every reason why it cannot be assigned now.
        ProblemUnfit: when the owner's post does not reach the problem's region.
    """
    locked = problem_locked(problem, version)
    _check_reaches(owner, locked.region_id)
    said = {"owner": owner.actor.post, "user": owner.actor.name}
    said |= {"deadline": deadline.isoformat(), "leader": leader, "unit": unit}
    happening = Happening(Act.ASSIGN, said, by, at)
    step_taken(
        locked,
        Act.ASSIGN,
        Said(happening.day, owner=owner.actor.name, deadline=deadline),
        happening,
        owner=owner,
        deadline=deadline,
        leader=leader,
        unit=unit,
    )
    return locked


@transaction.atomic
def problem_step(
    *,
    problem: Problem,
    version: int,
    act: Act,
    by: Post,
    at: datetime,
    reason: str = "",
    measures: str = "",
    review_date: date | None = None,
) -> Problem:
    """Let a problem take a step that needs no more than words and a day.

    Assigning, merging have services of their own.

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: with every reason why the step is not open.
    """
    if act in (Act.ASSIGN, Act.MERGE):
        raise StepRefused((Refusal("ledger.own_service", "this act is not a step"),))
    locked = problem_locked(problem, version)
    given = {"reason": reason, "measures": measures, "review_date": review_date}
    happening = Happening(act, {k: v for k, v in given.items() if v}, by, at)
    changes: dict[str, Any] = {"measures": measures} if act is Act.START else {}
    if act is Act.SEND_BACK:
        changes = {"owner": None, "deadline": None}
    said = Said(
        happening.day, reason=reason, measures=measures, review_date=review_date
    )
    step_taken(locked, act, said, happening, **changes)
    return locked


@transaction.atomic
def problem_merge(
    *, problem: Problem, version: int, into: Problem, by: Post, at: datetime
) -> Problem:
    """Let a problem stand for another one found by another source; both are kept.

    Raises:
        StaleProblem: when it was changed meanwhile.
        StepRefused: when it has ended, or the post may not.
        ProblemUnfit: when the other is itself, has ended, or lies outside the post.
    """
    locked = problem_locked(problem, version)
    other = Problem.objects.select_for_update().filter(pk=into.pk).first()
    if other is None or other.pk == locked.pk or other.state not in OPEN:
        raise ProblemUnfit("choose another problem that is still open")
    check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=other.region_id)
    happening = Happening(Act.MERGE, {"into": other.number}, by, at)
    said = Said(happening.day, into=other.number)
    step_taken(locked, Act.MERGE, said, happening, merged_into=other)
    _link(other, locked.links.values_list("household_id", flat=True))
    return locked


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
        ProblemUnfit: when the kind is none of evidence, the file is about something
            else, or nobody has the problem in hand.
    """
    locked = problem_locked(problem, version)
    check_permitted(by.state, Permission.EVIDENCE_ADD, region=locked.region_id)
    about = (attachment.subject_kind, attachment.subject_id)
    if kind not in EvidenceKind.values or about != ("ledger.problem", str(locked.pk)):
        raise ProblemUnfit("this is no evidence of the problem")
    if locked.state not in IN_HAND:
        raise ProblemUnfit("evidence is given while the problem is in hand")
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
def task_set(
    *,
    problem: Problem,
    version: int,
    what: str,
    owner: Post,
    deadline: date,
    region: str,
    once: str,
    by: Post,
    at: datetime,
    is_search: bool = False,
) -> Task:
    """Set a part of a problem as a task; `is_search`: look for the same elsewhere.

    Raises:
        StaleProblem: when it was changed meanwhile.
        NotPermitted: when the post assigns nothing there and is not the owner.
        ProblemUnfit: when the text is empty, the deadline is past, or the owner's post
            does not reach the region.
    """
    made = Task.objects.filter(once=once, problem=problem).first()
    if made is not None:
        return made
    locked = problem_locked(problem, version)
    if locked.owner_id != by.pk or is_search:
        check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=region)
    _check_reaches(owner, region)
    if locked.state not in OPEN:
        raise ProblemUnfit("the problem has ended")
    if not what.strip() or deadline < timezone.localtime(at).date():
        raise ProblemUnfit("a task says what is to be done until a day that lies ahead")
    task = Task.objects.create(
        problem=locked,
        region_id=region,
        once=once,
        what=what.strip(),
        is_search=is_search,
        owner=owner,
        deadline=deadline,
    )
    said = {"what": task.what, "region": region, "owner": owner.actor.name}
    said |= {"deadline": deadline.isoformat()}
    event_appended(locked, Happening(TASK, said, by, at), old_state=locked.state)
    return task


@transaction.atomic
def task_finish(
    *, task: Task, version: int, outcome: str, by: Post, at: datetime
) -> Task:
    """Say that a task is done and what came out.

    Raises:
        ProblemUnfit: when it is another's, done already, changed meanwhile, or nothing
            is said of the outcome.
    """
    locked = Task.objects.select_for_update().get(pk=task.pk)
    if locked.version != version or locked.done_at is not None:
        raise ProblemUnfit("somebody else changed the task meanwhile")
    if locked.owner_id != by.pk:
        raise ProblemUnfit("the task is somebody else's")
    if not outcome.strip():
        raise ProblemUnfit("say what came out")
    locked.done_at, locked.done_by = at, by.actor.name
    locked.outcome = outcome.strip()
    locked.version += 1
    locked.save()
    # The problem may lie around the scope: a county's search in one township.
    problem = Problem.unscoped.select_for_update().get(pk=locked.problem_id)
    said = {"task": locked.what, "outcome": locked.outcome}
    event_appended(problem, Happening(TASK_DONE, said, by, at), old_state=problem.state)
    return locked


@transaction.atomic
def extension_ask(
    *,
    problem: Problem,
    version: int,
    until: date,
    reason: str,
    by: Post,
    at: datetime,
) -> Extension:
    """Ask for more time.

    Raises:
        StaleProblem: when it was changed meanwhile.
        ProblemUnfit: when another than the owner asks, without reason, for no later
            day, or while a request is open.
    """
    locked = problem_locked(problem, version)
    if locked.owner_id != by.pk or locked.state not in IN_HAND:
        raise ProblemUnfit("only who has the problem in hand asks for more time")
    if not reason.strip() or locked.deadline is None or until <= locked.deadline:
        raise ProblemUnfit("more time needs a reason and a later day")
    if locked.extensions.filter(approved=None).exists():
        raise ProblemUnfit("a request for more time is open already")
    asked = Extension.objects.create(
        problem=locked,
        until=until,
        reason=reason.strip(),
        asked_by=by.actor.name,
        asked_at=at,
    )
    said = {"until": until.isoformat(), "reason": asked.reason}
    event_appended(locked, Happening(EXTENSION, said, by, at), old_state=locked.state)
    return asked


@transaction.atomic
def extension_decide(
    *, extension: Extension, approved: bool, by: Post, at: datetime
) -> Extension:
    """Grant or refuse more time.

    Raises:
        NotPermitted: when the post assigns no problems there.
        ProblemUnfit: when it was decided before, or is one's own request.
    """
    problem = Problem.objects.select_for_update().get(pk=extension.problem_id)
    locked = Extension.objects.select_for_update().get(pk=extension.pk)
    check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=problem.region_id)
    if locked.approved is not None or locked.asked_by == by.actor.name:
        raise ProblemUnfit("a request is decided once, and by somebody else")
    locked.approved, locked.decided_by, locked.decided_at = approved, by.actor.name, at
    locked.save()
    if approved:
        problem.deadline = locked.until
        problem.escalated_on = None
    said = {"until": locked.until.isoformat(), "approved": approved}
    event_appended(problem, Happening(EXTENDED, said, by, at), old_state=problem.state)
    return locked


@transaction.atomic
def delay_explain(
    *,
    problem: Problem,
    version: int,
    cause: str,
    accountability: str,
    by: Post,
    at: datetime,
) -> Problem:
    """Record why a problem is late and what follows for those responsible (问责).

    Raises:
        StaleProblem: when it was changed meanwhile.
        ProblemUnfit: when it is not overdue, or nothing is said.
    """
    locked = problem_locked(problem, version)
    check_permitted(by.state, Permission.PROBLEM_ASSIGN, region=locked.region_id)
    today = timezone.localtime(at).date()
    if locked.deadline is None or locked.deadline >= today or not cause.strip():
        raise ProblemUnfit("the cause is recorded for a problem that is overdue")
    locked.cause, locked.accountability = cause.strip(), accountability.strip()
    said = {"cause": locked.cause, "accountability": locked.accountability}
    event_appended(locked, Happening(DELAY, said, by, at), old_state=locked.state)
    return locked


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
    if not what.strip():
        raise ProblemUnfit("say which rule or routine was mended")
    locked.system_mended = what.strip()
    said = {"system_mended": locked.system_mended}
    event_appended(locked, Happening(MEND, said, by, at), old_state=locked.state)
    return locked


def _check_found(found: Found, today: date) -> None:
    lists: dict[str, list[str]] = {"source": Source.values, "kind": Kind.values}
    lists |= {"duty": ["", *Duty.values], "precision": ["", *Precision.values]}
    for name, words in lists.items():
        if getattr(found, name) not in words:
            raise ProblemUnfit(
                "{value} is no {name}", value=getattr(found, name), name=name
            )
    if not found.description.strip():
        raise ProblemUnfit("say what the problem is")
    if found.found_on > today:
        raise ProblemUnfit("it cannot have been found in the future")


def _check_reaches(owner: Post, region: str) -> None:
    """A problem is given to those who see it: who hold office there or around it."""
    if not contains(owner.region_id, region):
        raise ProblemUnfit(
            "the owner's post does not reach there",
            hint="Give parts of it to posts below as tasks.",
        )


def _numbers_locked(region: str, today: date) -> NumberSeries:
    """Return the numbers of a county and year, locked until the act is over."""
    start = f"{region[:6]}-{today.year}-"
    NumberSeries.objects.bulk_create([NumberSeries(start=start)], ignore_conflicts=True)
    return NumberSeries.objects.select_for_update().get(start=start)


def _next_number(numbers: NumberSeries) -> str:
    numbers.count += 1
    numbers.save(update_fields=["count"])
    return f"{numbers.start}{numbers.count:0{_NUMBER_DIGITS}d}"


def _link(problem: Problem, households: Iterable[int]) -> None:
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
