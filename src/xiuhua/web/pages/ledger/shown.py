"""What stands on the page of a problem: events in words, households masked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.selectors import full_names
from xiuhua.apps.accounts.wording import posts_in_words
from xiuhua.apps.ledger.wording import EVIDENCE_WORDS, HAPPENED, SAID, STATES
from xiuhua.web.colleagues import unnamed
from xiuhua.web.columns import written
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import language


_PAGES: Final = {
    "plans.measure": "plans:measure",
    "assistance.visit": "assistance:visit",
}


@dataclass(frozen=True)
class Happened:
    """An event of a problem in words."""

    at: Any
    what: Any
    who: str
    post: str
    became: Any
    said: list[tuple[Any, str]]


@dataclass(frozen=True)
class Touched:
    """A household a problem is about, as a role sees it."""

    pk: int
    number: str
    name: str


def found_by(reference: str) -> dict[str, str]:
    """Return what a page says of the source: words, or the page of what found it.

    What a problem was opened on is noted as `app.model:key`.
    """
    record, _colon, key = reference.partition(":")
    page = _PAGES.get(record)
    if page and key.isascii() and key.isdigit():
        return {"source_url": reverse(page, args=[int(key)])}
    return {"source_words": "" if record == "assessments.shortfall" else reference}


def reference_to(visit: Any) -> str:
    """Return what a problem says that a visit found: `assistance.visit:12`."""
    return f"assistance.visit:{visit.pk}"


def people_of(problem: Any, parts: Any) -> dict[str, str]:
    """Return the names of all who stand on the page of a problem, by user name."""
    users = {problem.ended_by}
    users |= {event.actor for event in parts.events}
    users |= {str(e.said["user"]) for e in parts.events if e.said.get("user")}
    users |= {one.given_by for one in parts.evidence}
    users |= {one.asked_by for one in parts.extensions}
    return {user: unnamed(user) for user in users} | full_names(usernames=users)


def codes_told(events: Iterable[Any]) -> list[str]:
    """Return the codes of the regions that events speak of."""
    return [str(e.said[k]) for e in events for k in ("region", "to") if e.said.get(k)]


def history(
    events: Iterable[Any],
    *,
    people: Mapping[str, str],
    names: Mapping[str, str],
    day: date,
) -> list[Happened]:
    """Return events in words, as they come; people and regions by their names."""
    found = list(events)
    tongue = language()
    posts = {event.post for event in found}
    posts |= {str(e.said["owner"]) for e in found if "@" in str(e.said.get("owner"))}
    offices = posts_in_words(posts, language=tongue, day=day)
    words = {**offices, **names, **people}
    return [
        Happened(
            at=event.recorded_at,
            what=HAPPENED.get(event.act, event.act),
            who=people.get(event.actor) or unnamed(event.actor),
            post=offices.get(event.post, "") if event.post else "",
            became=STATES[event.new_state]
            if event.new_state != event.old_state
            else "",
            said=_said(event.said, words),
        )
        for event in found
    ]


def _said(said: Mapping[str, Any], words: Mapping[str, str]) -> list[tuple[Any, str]]:
    lines = []
    for key, label in SAID.items():
        value = said.get(key)
        if value in (None, ""):
            continue
        text = written(value)
        if key == "kind":
            text = str(EVIDENCE_WORDS.get(text, text))
        lines.append((label, words.get(text, text)))
    if said.get("user"):
        lines.append((_("user"), words.get(said["user"], said["user"])))
    return lines


def touched(households: Iterable[Any], rights: Any) -> list[Touched]:
    """Return the households of a problem as a role sees them."""
    return [
        Touched(h.pk, h.number, name_shown(h.head_name, rights)) for h in households
    ]
