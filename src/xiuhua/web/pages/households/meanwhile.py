"""What somebody else changed of a household or member while a form was open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from xiuhua.apps.registry import history as past
from xiuhua.apps.registry import selectors as registry
from xiuhua.web.colleagues import colleagues
from xiuhua.web.columns import written
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.telling import told


@dataclass(frozen=True)
class Meanwhile:
    """A field that changed: as the form had it, as it is now, by whom and when."""

    label: str
    old: str
    new: str
    by: str
    at: str


def changed_meanwhile(
    post: Any, household: Any, *, seen: int, person: Any = None, statement: Any = None
) -> list[Meanwhile]:
    """Return each field that changed after the version a form was filled from.

    A field changed more than once is told once, from what the form had to what is now,
    masked for the post like every page.
    """
    changes = past.changes_since(
        viewer=post,
        household=household,
        seen=seen,
        person_id=person.pk if person else None,
        statement_id=statement.pk if statement else None,
    )
    lines = past.history_lines(viewer=post, changes=changes)
    actors = ((line.by_user, line.by_post) for line in lines)
    who = colleagues(actors, as_of=timezone.localdate())
    members = registry.member_list(household=household, past=True)
    names = {p.pk: name_shown(p.name, post.rights) for p in members}
    found: dict[tuple[int | None, str], Meanwhile] = {}
    for line in lines:
        # The form speaks of one person: only of others the name is said.
        other = line.person_id if line.person_id and not person else None
        for change in map(told, line.fields):
            first = found.get((other, change.column))
            label = (
                f"{names.get(other, '')} · {change.label}" if other else change.label
            )
            found[other, change.column] = Meanwhile(
                label=str(label),
                old=first.old if first else change.old,
                new=change.new,
                by=str(who[line.by_user, line.by_post]),
                at=written(line.recorded_at),
            )
    return list(found.values())
