"""Show a plan, its versions, and one measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments import selectors as attachments
from xiuhua.apps.plans.rules import COUNTED, is_late, offers
from xiuhua.apps.plans.selectors.measures import as_view, measure_get
from xiuhua.apps.plans.selectors.page import plan_page
from xiuhua.apps.plans.selectors.versions import compared
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.plans.planning import owner_words, subject_words
from xiuhua.web.pages.plans.words import (
    ACTS,
    BADGES,
    EVENTS,
    FACTS,
    SIGNERS,
    STATES,
    SUBJECTS,
    TRACKS,
    answer_words,
    class_words,
    fact_words,
    indicator_labels,
    why,
)
from xiuhua.web.shell import trail, worded


@allow(Permission.HOUSEHOLD_VIEW)
def page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show a plan: what it answers, its measures, who agreed, what happened."""
    post, day = request.post, timezone.localdate()
    shown = plan_page(viewer=post, key=plan_id, on=day)
    labels = indicator_labels(post, day)
    labels |= {s.indicator: worded(s.label) for s in shown.shortfalls}
    steps = trail(request, shown.plan.region_id, _list_of)
    lines = [_line(one, labels, post) for one in shown.measures]
    context = {
        "plan": shown.plan,
        "subject": subject_words(shown.plan, post.rights),
        "place": steps[-1].name,
        "subject_kind": SUBJECTS[shown.plan.subject],
        "track": TRACKS.get(shown.plan.track, ""),
        "proposals": [x for x in lines if x["measure"].state == "proposed"],
        "lines": [x for x in lines if x["measure"].state in COUNTED],
        "dropped": [(m, class_words(m.kind)) for m in shown.dropped],
        "shortfalls": [
            (s, worded(s.label), [class_words(c) for c in s.remedies])
            for s in shown.shortfalls
        ],
        "income": shown.income,
        "late": shown.late_count,
        "refused": why(shown.refused),
        "versions": [(v, _papers(v)) for v in shown.versions],
        "events": events_shown(shown.events),
        "edits": shown.plans_here,
        "reopens": shown.reopening is not None,
        "why_closed": why(shown.reopening or ()),
        "files_papers": allows(request, Permission.EVIDENCE_ADD),
        "opens_papers": allows(request, Permission.EVIDENCE_VIEW),
        "papers": not post.sector,
        "trail": steps,
    }
    return render(request, "plans/page.html", context)


@allow(Permission.HOUSEHOLD_VIEW)
def versions(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Show two versions of a plan beside each other, the last two unless asked."""
    shown = plan_page(viewer=request.post, key=plan_id, on=timezone.localdate())
    numbers = [v.number for v in shown.versions]
    new = _asked(request, "new", numbers, 0)
    old = _asked(request, "old", numbers, 1)
    by_number = {v.number: v for v in shown.versions}
    rows = compared(by_number.get(old), by_number.get(new))
    context = {
        "plan": shown.plan,
        "subject": subject_words(shown.plan, request.post.rights),
        "versions": [(v, _signed(v.signed)) for v in shown.versions],
        "numbers": numbers,
        "old": old,
        "new": new,
        "rows": [(row, differences(row)) for row in rows],
        "trail": trail(request, shown.plan.region_id, _list_of),
    }
    return render(request, "plans/versions.html", context)


@allow(Permission.HOUSEHOLD_VIEW)
def measure(request: HttpRequest, measure_id: int) -> HttpResponse:
    """Show a measure: what it says, its proof, what may be done and why not."""
    post, day = request.post, timezone.localdate()
    found = measure_get(viewer=post, key=measure_id)
    late = is_late(found.state, found.deadline, on=day)
    whole = not post.sector
    context = {
        "measure": found,
        "plan": found.plan,
        "subject": subject_words(found.plan, post.rights),
        "kind": class_words(found.kind),
        "state": STATES[found.state],
        "badge": "bad" if late else BADGES.get(found.state, "none"),
        "late": late,
        "person": name_shown(found.person.name, post.rights) if found.person else "",
        "owner": owner_words(found.owner) if found.owner else "",
        "answers": answer_words(found.answers, indicator_labels(post, day)),
        "offers": _offers(offers(as_view(found), post.state)),
        "evidence": _evidence(found, post) if _sees(request, whole) else None,
        "events": events_shown(found.events.order_by("-number")[:30]) if whole else [],
        "changes": allows(request, Permission.PLAN_EDIT)
        and found.state in ("proposed", "planned", "under_way"),
        "gives": allows(request, Permission.EVIDENCE_ADD)
        and found.state in ("planned", "under_way"),
        "explains": late and allows(request, Permission.PLAN_CHECK),
        "trail": trail(request, found.region_code, _list_of),
    }
    return render(request, "plans/measure.html", context)


def events_shown(events: Sequence[Any]) -> list[tuple[Any, Any, str]]:
    """Return events with their act and reason in words."""
    return [(e, EVENTS.get(e.act, e.act), e.said.get("reason", "")) for e in events]


def differences(row: Any) -> list[tuple[Any, Any, Any]]:
    """Return what differs between two versions of a measure, in words."""
    return [
        (FACTS[name], fact_words(name, old), fact_words(name, new))
        for name, old, new in row.changed
    ]


def _line(one: Any, labels: dict[str, str], post: Any) -> dict[str, Any]:
    measure = one.measure
    return {
        "measure": measure,
        "kind": class_words(measure.kind),
        "answers": answer_words(measure.answers, labels),
        "person": name_shown(measure.person.name, post.rights)
        if measure.person
        else "",
        "owner": owner_words(measure.owner) if measure.owner else "",
        "late": one.late,
        "in_reserve": one.in_reserve,
        "state": STATES[measure.state],
        "badge": "bad" if one.late else BADGES.get(measure.state, "none"),
        "offers": _offers(one.offers),
        "unfinished": not measure.what.strip() or measure.owner is None,
    }


def _offers(found: Sequence[Any]) -> list[tuple[str, Any, list[str]]]:
    return [(o.act.value, ACTS[o.act], why(o.refused)) for o in found]


def _evidence(measure: Any, post: Any) -> list[Any]:
    files = attachments.attachment_list(
        viewer=post, subject_kind="plans.measure", subject_id=str(measure.pk)
    )
    kinds = {e.attachment_id: e.get_kind_display() for e in measure.evidence.all()}
    return [(file, kinds.get(file.pk, "")) for file in files]


def _sees(request: HttpRequest, whole: bool) -> bool:
    return whole and allows(request, Permission.EVIDENCE_VIEW)


def _signed(signed: dict[str, str]) -> list[tuple[Any, str]]:
    return [(words, signed[k]) for k, words in SIGNERS.items() if signed.get(k)]


def _papers(version: Any) -> list[tuple[Any, str, list[Any]]]:
    """Return who signed a version, the name, and the papers behind it."""
    return [
        (
            words,
            version.signed[who],
            [p for p in version.papers.all() if p.signer == who],
        )
        for who, words in SIGNERS.items()
        if version.signed.get(who)
    ]


def _asked(request: HttpRequest, name: str, numbers: list[int], place: int) -> int:
    text = request.GET.get(name, "")
    asked = int(text) if text.isascii() and text.isdigit() else 0
    if asked in numbers:
        return asked
    return numbers[place] if len(numbers) > place else 0


def _list_of(code: str) -> str:
    return f"{reverse('plans:index')}?region={code}"
