"""Enter a problem on the ledger, numbered within its county and year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.ledger import followers
from xiuhua.apps.ledger.acts.events import (
    Happening,
    event_appended,
)
from xiuhua.apps.ledger.acts.fitness import (
    ProblemUnfit,
    households_linked,
)
from xiuhua.apps.ledger.acts.tallies import tallies_shift
from xiuhua.apps.ledger.models import (
    Duty,
    Kind,
    NumberSeries,
    Precision,
    Problem,
    Source,
)
from xiuhua.apps.ledger.rules import (
    REGISTER,
    Found,
    State,
)
from xiuhua.apps.regions import selectors as regions


_NUMBER_DIGITS: Final = 5
# What a problem takes over from how it was found, name by name.
_COPIED: Final = (
    *("source", "kind", "duty", "precision", "indicator", "description", "found_on"),
    *("is_common", "is_policy_level", "is_immediate"),
)


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
    households_linked(problem, found.households)
    tallies_shift(
        region_code=found.region,
        source=found.source,
        old="",
        new=problem.state,
        day=today,
    )
    followers.tell(problem=problem, old="", ended_at=None, day=today)
    return problem


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


def _numbers_locked(region: str, today: date) -> NumberSeries:
    """Return the numbers of a county and year, locked until the act is over."""
    start = f"{region[:6]}-{today.year}-"
    NumberSeries.objects.bulk_create([NumberSeries(start=start)], ignore_conflicts=True)
    return NumberSeries.objects.select_for_update().get(start=start)


def _next_number(numbers: NumberSeries) -> str:
    numbers.count += 1
    numbers.save(update_fields=["count"])
    return f"{numbers.start}{numbers.count:0{_NUMBER_DIGITS}d}"
