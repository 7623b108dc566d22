"""The acts on a problem as data: their fields, and the service behind each.

Which of them a post may do is said by the ledger's own tables (`rules.TRANSITIONS`,
`besides.BESIDES`); here stands only what is asked and where it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.wording import posts_in_words
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.doubles import merge_candidates
from xiuhua.apps.ledger.offices import owners_for
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import (
    DELAY,
    EXTENDED,
    EXTENSION,
    MEND,
    RAISE,
    TASK,
    Act,
)
from xiuhua.apps.ledger.services import (
    policy,
    proving,
    rectifying,
    tasking,
    timing,
)
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.forms import DateInput
from xiuhua.web.shell import language


@dataclass(frozen=True)
class Subject:
    """A problem and the post that would act on it."""

    problem: Any
    post: Any


@dataclass(frozen=True)
class Sent:
    """What a form said, and when."""

    said: Mapping[str, Any]
    at: datetime


Fields = Callable[[Subject], dict[str, forms.Field]]
Run = Callable[[Subject, Sent], Any]


@dataclass(frozen=True)
class Form:
    """What an act asks and the service it goes to."""

    fields: Fields
    run: Run


def _long(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=1000,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _day(label: Any, initial: Any = None) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput(), initial=initial)


def posts_offered(posts: list[Any]) -> list[tuple[str, str]]:
    """Return posts as a list to choose from: name, role, region."""
    words = posts_in_words(
        [post.actor.post for post in posts],
        language=language(),
        day=timezone.localdate(),
    )
    return [
        (str(post.pk), f"{post.user.full_name} · {words[post.actor.post]}")
        for post in posts
    ]


def _owners(subject: Subject) -> list[Any]:
    region = subject.problem.region_id
    return owners_for(region=region, on=timezone.localdate())


def _picked(subject: Subject, key: str) -> Any:
    """Return the post that was chosen; the form offered no other."""
    return next(post for post in _owners(subject) if str(post.pk) == key)


def _assign_fields(subject: Subject) -> dict[str, forms.Field]:
    days = parameters().demands[subject.problem.kind].days
    until = timezone.localdate() + timedelta(days=days)
    return {
        "owner": forms.ChoiceField(
            label=_("owner"), choices=posts_offered(_owners(subject))
        ),
        "deadline": _day(_("deadline"), until),
        "leader": forms.CharField(
            label=_("responsible leader"), max_length=100, required=False
        ),
        "unit": forms.CharField(
            label=_("responsible unit"), max_length=100, required=False
        ),
    }


def _assign(subject: Subject, sent: Sent) -> Any:
    said = sent.said
    return rectifying.problem_assign(
        problem=subject.problem,
        version=said["version"],
        owner=_picked(subject, said["owner"]),
        deadline=said["deadline"],
        leader=said["leader"],
        unit=said["unit"],
        by=subject.post,
        at=sent.at,
    )


def _step(act: Act, fields: Fields) -> Form:
    """Return the form of an act that takes no more than words and a day."""

    def run(subject: Subject, sent: Sent) -> Any:
        words = ("reason", "measures", "review_date")
        return rectifying.problem_step(
            problem=subject.problem,
            version=sent.said["version"],
            act=act,
            by=subject.post,
            at=sent.at,
            **{name: sent.said[name] for name in words if name in sent.said},
        )

    return Form(fields, run)


def _nothing(subject: Subject) -> dict[str, forms.Field]:
    return {}


def _reason(subject: Subject) -> dict[str, forms.Field]:
    return {"reason": _long(_("reason"))}


def _measures(subject: Subject) -> dict[str, forms.Field]:
    return {"measures": _long(_("measures"))}


def _review(subject: Subject) -> dict[str, forms.Field]:
    return {"reason": _long(_("reason")), "review_date": _day(_("look again on"))}


def _merge_fields(subject: Subject) -> dict[str, forms.Field]:
    likely = merge_candidates(problem=subject.problem, viewer=subject.post)
    return {
        "into": forms.CharField(
            label=_("Number of the other problem"),
            max_length=30,
            help_text=_("Likely the same: %(numbers)s")
            % {"numbers": "、".join(p.number for p in likely) or "–"},
        )
    }


def _merge(subject: Subject, sent: Sent) -> Any:
    into = ledger.problem_list(viewer=subject.post).filter(
        number=sent.said["into"].strip()
    )
    found = into.first()
    if found is None:
        raise ledger.ProblemNumberUnknown("there is no such problem here")
    return rectifying.problem_merge(
        problem=subject.problem,
        version=sent.said["version"],
        into=found,
        by=subject.post,
        at=sent.at,
    )


def _task_fields(subject: Subject) -> dict[str, forms.Field]:
    days = parameters().demands[subject.problem.kind].days
    until = subject.problem.deadline or timezone.localdate() + timedelta(days=days)
    return {
        "what": forms.CharField(label=_("what is to be done"), max_length=300),
        "owner": forms.ChoiceField(
            label=_("owner"), choices=posts_offered(_owners(subject))
        ),
        "deadline": _day(_("until"), until),
    }


def _task(subject: Subject, sent: Sent) -> Any:
    said = sent.said
    return tasking.task_set(
        problem=subject.problem,
        version=said["version"],
        what=said["what"],
        owner=_picked(subject, said["owner"]),
        deadline=said["deadline"],
        region=subject.problem.region_id,
        once=said["once"],
        by=subject.post,
        at=sent.at,
    )


def _extension_fields(subject: Subject) -> dict[str, forms.Field]:
    return {"until": _day(_("until")), "reason": _long(_("reason"))}


def _extension(subject: Subject, sent: Sent) -> Any:
    return timing.extension_ask(
        problem=subject.problem,
        version=sent.said["version"],
        until=sent.said["until"],
        reason=sent.said["reason"],
        by=subject.post,
        at=sent.at,
    )


def _extended_fields(subject: Subject) -> dict[str, forms.Field]:
    return {
        "approved": forms.TypedChoiceField(
            label=_("Is more time granted?"),
            choices=[("yes", _("yes")), ("no", _("no"))],
            coerce=lambda said: said == "yes",
        )
    }


def _extended(subject: Subject, sent: Sent) -> Any:
    return timing.extension_decide(
        extension=ledger.extension_open(problem=subject.problem),
        approved=sent.said["approved"],
        by=subject.post,
        at=sent.at,
    )


def _delay_fields(subject: Subject) -> dict[str, forms.Field]:
    return {
        "cause": _long(_("cause of delay")),
        "accountability": _long(
            _("accountability"),
            required=False,
            help_text=_("What follows for those responsible; empty when nothing does."),
        ),
    }


def _delay(subject: Subject, sent: Sent) -> Any:
    return timing.delay_explain(
        problem=subject.problem,
        version=sent.said["version"],
        cause=sent.said["cause"],
        accountability=sent.said["accountability"],
        by=subject.post,
        at=sent.at,
    )


def _mend_fields(subject: Subject) -> dict[str, forms.Field]:
    return {"what": _long(_("Which rule or routine was mended"))}


def _mend(subject: Subject, sent: Sent) -> Any:
    return proving.system_mend(
        problem=subject.problem,
        version=sent.said["version"],
        what=sent.said["what"],
        by=subject.post,
        at=sent.at,
    )


def _raise_fields(subject: Subject) -> dict[str, forms.Field]:
    day = timezone.localdate()
    around = regions.ancestor_list(code=subject.problem.region_id, as_of=day)
    names = [(r.code, regions.name_of(r) or r.code) for r in around]
    return {
        "to": forms.ChoiceField(label=_("To which region"), choices=names[:-1][::-1]),
        "question": _long(_("question")),
    }


def _raise(subject: Subject, sent: Sent) -> Any:
    return policy.policy_raise(
        problem=subject.problem,
        version=sent.said["version"],
        to=sent.said["to"],
        question=sent.said["question"],
        by=subject.post,
        at=sent.at,
    )


FORMS: Final[Mapping[str, Form]] = MappingProxyType(
    {
        Act.ASSIGN: Form(_assign_fields, _assign),
        **{
            act: _step(act, _nothing)
            for act in (Act.SIGN_FOR, Act.RESUME, Act.SUBMIT, Act.STRIKE_OFF)
        },
        **{
            act: _step(act, _reason)
            for act in (
                *(Act.SEND_BACK, Act.DISPUTE, Act.UPHOLD, Act.NOT_SUBSTANTIATE),
                *(Act.RETURN, Act.REOPEN),
            )
        },
        Act.START: _step(Act.START, _measures),
        Act.CONTINUE: _step(Act.CONTINUE, _review),
        Act.MERGE: Form(_merge_fields, _merge),
        TASK: Form(_task_fields, _task),
        EXTENSION: Form(_extension_fields, _extension),
        EXTENDED: Form(_extended_fields, _extended),
        DELAY: Form(_delay_fields, _delay),
        MEND: Form(_mend_fields, _mend),
        RAISE: Form(_raise_fields, _raise),
    }
)
