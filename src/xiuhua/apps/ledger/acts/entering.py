"""Number a problem and put it on the ledger, whoever found it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger import followers
from xiuhua.apps.ledger.acts.events import Happening, Program, event_appended
from xiuhua.apps.ledger.acts.fitness import ProblemUnfit, households_linked
from xiuhua.apps.ledger.acts.tallies import tallies_shift
from xiuhua.apps.ledger.codes import Duty, Kind, Precision, Source
from xiuhua.apps.ledger.models import NumberSeries, Problem
from xiuhua.apps.ledger.rules import REGISTER, Found, State
from xiuhua.apps.regions import selectors as regions


_NUMBER_DIGITS: Final = 5
# What a problem takes over from how it was found, name by name.
_COPIED: Final = (
    *("source", "kind", "duty", "precision", "indicator", "description", "found_on"),
    *("is_common", "is_policy_level", "is_immediate"),
)


def problem_entered(
    found: Found,
    *,
    once: str,
    numbers: NumberSeries,
    by: Post | Program,
    at: datetime,
    opened_for: str = "",
) -> Problem:
    """Put a problem on the ledger; its series of numbers must be locked.

    Raises:
        NotInForce: when the region does not exist.
        ProblemUnfit: when it cannot have been found like this.
    """
    today = timezone.localtime(at).date()
    regions.region_get(code=found.region, as_of=today)
    check_found(found, today)
    number = _next_number(numbers)
    problem = problem_of(found, number=number, once=once, by=by.actor, at=at)
    problem.opened_for = opened_for
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


def numbers_locked(region: str, today: date) -> NumberSeries:
    """Return the numbers of a county and year, locked until the act is over."""
    start = f"{region[:6]}-{today.year}-"
    NumberSeries.objects.bulk_create([NumberSeries(start=start)], ignore_conflicts=True)
    return NumberSeries.objects.select_for_update().get(start=start)


def _next_number(numbers: NumberSeries) -> str:
    number = number_given(numbers)
    numbers.save(update_fields=["count"])
    return number


def number_given(numbers: NumberSeries) -> str:
    """Return the next number of a locked series, which its holder saves."""
    numbers.count += 1
    return f"{numbers.start}{numbers.count:0{_NUMBER_DIGITS}d}"


def problem_of(
    found: Found, *, number: str, once: str, by: Actor, at: datetime
) -> Problem:
    """Return a problem as it stands on the ledger first, not saved yet."""
    return Problem(
        number=number,
        once=once,
        region_id=found.region,
        source_reference=found.reference,
        state=State.REGISTERED,
        registered_by=by.name,
        registered_at=at,
        **{name: getattr(found, name) for name in _COPIED},
    )


def check_found(found: Found, today: date) -> None:
    """Refuse what cannot have been found like this.

    Raises:
        ProblemUnfit: when a word is none of its list, the text is empty, or the day
            lies ahead.
    """
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
