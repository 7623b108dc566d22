"""Show the ledger, a problem, and what is likely entered twice."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.wording import posts_in_words
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.doubles import double_list, merge_candidates
from xiuhua.apps.ledger.figures import overdue_count, reconciliation_of
from xiuhua.apps.ledger.page_parts import parts_of
from xiuhua.apps.ledger.rules import ANSWER, EVIDENCE, OPEN, State
from xiuhua.apps.ledger.wording import ACTS, MARK_OF_STATE, STATES
from xiuhua.apps.regions import selectors as regions
from xiuhua.messages import translator
from xiuhua.web.access import allow, allows
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.pages.ledger.listing import problem_table, rows_of
from xiuhua.web.pages.ledger.many import AssignForm, takers
from xiuhua.web.pages.ledger.shown import (
    codes_told,
    found_by,
    history,
    people_of,
    touched,
)
from xiuhua.web.pages.sheets.ways import sheet_ways
from xiuhua.web.shell import language, trail
from xiuhua.web.tables.answers import answer


@allow(Permission.PROBLEM_VIEW, "GET", "POST")
def index(request: HttpRequest) -> HttpResponseBase:
    """Show the problems of a region; POST searches by words and by names."""
    region, day = region_asked(request), timezone.localdate()
    post = request.post
    full = request.GET.get("columns") == "all"
    return answer(
        request,
        problem_table(post, region=region, day=day, full=full),
        rows_of(post, region=region, day=day),
        "ledger/index.html",
        title=_("Ledger of problems"),
        trail=trail(request, region, lambda code: f"?region={code}"),
        full=full,
        short_url=_with_columns(request, ""),
        full_url=_with_columns(request, "all"),
        region=region,
        figures=reconciliation_of(viewer=post, region=region, on=day),
        overdue=overdue_count(viewer=post, region=region, on=day),
        registers=allows(request, Permission.PROBLEM_REGISTER),
        sheets=_sheets(request),
        bulk_form=AssignForm(takers=takers(post.region_id, day))
        if allows(request, Permission.PROBLEM_ASSIGN)
        else None,
        verifies=allows(request, Permission.PROBLEM_VERIFY),
    )


@allow(Permission.PROBLEM_VIEW)
def page(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Show a problem: what is wrong, where it stands, what may be done and why not."""
    post, day = request.post, timezone.localdate()
    problem = ledger.problem_get(viewer=post, key=problem_id)
    parts = parts_of(problem=problem)
    codes = [problem.region_id, problem.escalated_to, problem.raised_to]
    names = regions.names_of(codes=[*codes, *codes_told(parts.events)], as_of=day)
    is_open = problem.state in OPEN
    people = people_of(problem, parts)
    context = {
        "problem": problem,
        "parts": parts,
        "names": names,
        "place": names[problem.region_id],
        **found_by(problem.source_reference),
        "escalated_to": names.get(problem.escalated_to, ""),
        "raised_to": names.get(problem.raised_to, ""),
        "state": STATES[problem.state],
        "mark": MARK_OF_STATE.get(problem.state, "warn"),
        "owner_post": _office(problem.owner, day),
        "is_open": is_open,
        "is_disputed": problem.state == State.DISPUTED,
        "deciders": posts_named(ledger.deciders_of(problem=problem, on=day), day),
        "days_late": _days_late(problem, day) if is_open else 0,
        "offers": _offers(problem, post, day),
        "colleagues": people,
        "history": history(parts.events, people=people, names=names, day=day),
        "households": touched(parts.households, post.rights),
        "evidence_seen": allows(request, Permission.EVIDENCE_VIEW),
        "alike": merge_candidates(problem=problem, viewer=post) if is_open else [],
        "may_search": is_open and allows(request, Permission.PROBLEM_ASSIGN),
        "trail": trail(request, problem.region_id, _list_of),
        "today": day,
    }
    return render(request, "ledger/page.html", context)


@allow(Permission.PROBLEM_VIEW)
def doubles(request: HttpRequest) -> HttpResponse:
    """Show open problems that are likely the same one."""
    region = region_asked(request)
    context = {
        "doubles": double_list(viewer=request.post, region=region),
        "states": STATES,
        "trail": trail(request, region, lambda code: f"?region={code}"),
    }
    return render(request, "ledger/doubles.html", context)


def _with_columns(request: HttpRequest, columns: str) -> str:
    query = request.GET.copy()
    query.pop("columns", None)
    if columns:
        query["columns"] = columns
    return f"?{query.urlencode()}"


def _office(post: Any, day: Any) -> str:
    """Return a post in words, empty when there is none."""
    if post is None:
        return ""
    key = post.actor.post
    return posts_in_words([key], language=language(), day=day)[key]


def posts_named(posts: list[Any], day: Any) -> list[tuple[str, str]]:
    """Return who holds some posts, and the posts in words."""
    if not posts:
        return []
    keys = [post.actor.post for post in posts]
    words = posts_in_words(keys, language=language(), day=day)
    return [(post.user.full_name, words[post.actor.post]) for post in posts]


def _days_late(problem: Any, day: Any) -> int:
    return max(0, (day - problem.deadline).days) if problem.deadline else 0


def _offers(problem: Any, post: Any, day: Any) -> list[dict[str, Any]]:
    """Return the acts of a post with the reasons that stand against one."""
    say = translator(language())
    return [
        {
            "label": ACTS[offer.act],
            "url": _address(problem.pk, offer.act),
            "why": [say(refusal.why) for refusal in offer.refused],
        }
        for offer in ledger.offer_list(problem=problem, viewer=post, on=day)
    ]


def _sheets(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return the ways to the sheets: problems for who enters them, progress for all."""
    registers = allows(request, Permission.PROBLEM_REGISTER)
    progress = (reverse("sheets:problem_progress"), _("Report progress by sheet"))
    return [*(sheet_ways("problems") if registers else []), progress]


def _address(problem_id: int, act: str) -> str:
    own = {EVIDENCE: "ledger:evidence", ANSWER: "ledger:answer"}
    if act in own:
        return reverse(own[act], args=[problem_id])
    return reverse("ledger:act", args=[problem_id, str(act)])


def _list_of(code: str) -> str:
    return f"{reverse('ledger:index')}?region={code}"
