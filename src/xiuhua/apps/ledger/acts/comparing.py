"""Compare the rows of a list of problems with the ledger: which stand there already?

A problem is known by its source and the number it has in the source's list, with the
list's name where that is given; without a number by source, place, day and words. What
was entered here is known by our own number too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger.indicator_words import indicator_words, indicators_named
from xiuhua.apps.ledger.models import Problem, ProblemHousehold
from xiuhua.apps.ledger.offices import posts_reaching
from xiuhua.apps.ledger.rules import OPEN, State
from xiuhua.apps.ledger.selectors import visible_to
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.apps.sheets.finding import (
    households_named,
    no_household,
    parts,
    regions_named,
)
from xiuhua.apps.sheets.heads import CellUnfit, nearest, unknown_choice
from xiuhua.apps.sheets.kinds import Row, Sending
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.intake.headers import normalized
from xiuhua.core.region_codes import contains


_BETWEEN: Final = re.compile(r"[\s,，、;；/]+")
_BLANKS: Final = re.compile(r"\s+")
_REFERENCE: Final = 200
Key = tuple[Any, ...]


def problems_compared(rows: Sequence[Row], sending: Sending) -> None:
    """Say of each row whether it is a new problem or stands on the ledger."""
    places = regions_named(region=sending.region, on=sending.today)
    named = [(row, _numbers(row["households"])) for row in rows]
    homes = households_named(
        (number for _row, numbers in named for number in numbers),
        region=sending.region,
    )
    owners = _owners(rows, sending)
    indicators = indicators_named(by=sending.by, on=sending.today)
    called = indicator_words(by=sending.by, on=sending.today)
    offered = [called[code] for code in dict.fromkeys(indicators.values())]
    for row, numbers in named:
        row.plan = {
            "region": _place(row, places, [homes.get(n) for n in numbers], sending),
            "households": sorted(_keys(row, numbers, homes)),
            "reference": _reference(row),
        }
        row.plan["owner"] = _owner(row, owners, sending)
        row.plan["indicator"] = _indicator(row, indicators, offered)
        _look_at_days(row, sending)
        _look_inside(row, [homes[n] for n in numbers if n in homes])
    _standing([row for row in rows if row.is_sound], sending)
    _doubles([row for row in rows if row.outcome is Outcome.NEW], sending)


def _numbers(said: str | None) -> list[str]:
    return [part for part in _BETWEEN.split(said or "") if part]


def _keys(
    row: Row, numbers: Iterable[str], homes: Mapping[str, Household]
) -> Iterable[int]:
    for number in numbers:
        if number in homes:
            yield homes[number].pk
        else:
            row.reject("households", no_household())


def _place(
    row: Row,
    places: Mapping[str, str],
    homes: Sequence[Household | None],
    sending: Sending,
) -> str:
    """Return the region of a problem: the named one, else the households' village."""
    said = row["place"]
    if said:
        if said in places:
            return places[said]
        near = nearest(said, list(places))
        row.reject(
            "place",
            CellUnfit(
                "no place here is called {said}",
                hint="is it {near}?",
                said=said,
                near=near,
            )
            if near
            else CellUnfit(
                "no place here is called {said}",
                hint="write its code, or its name where only one is called so",
                said=said,
            ),
        )
    villages = {home.village_id for home in homes if home is not None}
    return villages.pop() if len(villages) == 1 else sending.region


def _look_inside(row: Row, homes: Iterable[Household]) -> None:
    region = row.plan["region"]
    if any(not contains(region, home.village_id) for home in homes):
        row.reject(
            "households",
            CellUnfit(
                "a household lies outside the place", hint="correct one of the two"
            ),
        )


def _look_at_days(row: Row, sending: Sending) -> None:
    found_on, deadline = row["found_on"], row["deadline"]
    if found_on is not None and found_on > sending.today:
        row.reject(
            "found_on",
            CellUnfit(
                "it cannot have been found in the future", hint="correct the day"
            ),
        )
    if deadline is not None and deadline <= sending.today:
        if row.plan["owner"]:
            row.reject(
                "deadline",
                CellUnfit(
                    "the deadline has passed", hint="give a later day, or no owner yet"
                ),
            )
        else:
            row.note("deadline", CellUnfit("the deadline has passed"))


def _indicator(row: Row, known: Mapping[str, str], offered: list[str]) -> str:
    said = row["indicator"]
    if said and normalized(said) not in known:
        row.reject("indicator", unknown_choice(said, offered, offered))
    return known.get(normalized(said or ""), "")


def _reference(row: Row) -> str:
    said = [text for text in (row["document"], row["number"]) if text]
    return _BLANKS.sub("", "/".join(said))[:_REFERENCE]


def _owners(rows: Sequence[Row], sending: Sending) -> Mapping[str, list[Post]]:
    """Return the posts that reach the region by the name of who holds them."""
    if not any(row["owner"] for row in rows):
        return {}
    found: defaultdict[str, list[Post]] = defaultdict(list)
    for post in posts_reaching(region=sending.region, on=sending.today):
        for name in {post.user.full_name, post.user.get_username()}:
            found[name].append(post)
    return found


def _owner(row: Row, owners: Mapping[str, list[Post]], sending: Sending) -> int | None:
    """Return the post of who is to mend it, the nearest one they hold."""
    said, region = row["owner"], row.plan["region"]
    if not said:
        return None
    reach = [post for post in owners.get(said, ()) if contains(post.region_id, region)]
    if not sending.by.state.allows(Permission.PROBLEM_ASSIGN):
        row.reject(
            "owner",
            CellUnfit("your post assigns no problems", hint="leave the owner empty"),
        )
    elif not reach:
        row.reject(
            "owner",
            CellUnfit(
                "nobody of this name holds a post that reaches there",
                hint="leave it empty and assign the problem afterwards",
            ),
        )
    elif len({post.user_id for post in reach}) > 1:
        row.reject(
            "owner",
            CellUnfit("several are called so", hint="write the user name"),
        )
    elif row["deadline"] is None:
        row.reject(
            "deadline",
            CellUnfit("who is to mend it needs a deadline", hint="fill it in"),
        )
    else:
        return max(reach, key=lambda post: len(post.region_id)).pk
    return None


def _standing(rows: Sequence[Row], sending: Sending) -> None:
    """Find what stands on the ledger, or in an earlier row, already."""
    known = _known(rows, sending)
    seen: dict[Key, int] = {}
    for row in rows:
        key = _key(row)
        problem = known.get(key)
        if key in seen:
            row.reject(
                "number" if row["number"] else "description",
                CellUnfit(
                    "it stands in row {row} already",
                    hint="keep one of the two, or give each its number",
                    row=seen[key],
                ),
            )
        elif problem is not None:
            row.outcome, row.plan = Outcome.UNCHANGED, {}
            _told(row, problem)
        seen.setdefault(key, row.number)


def _told(row: Row, problem: Problem) -> None:
    if row["description"] == problem.description:
        row.note(
            "number",
            CellUnfit("it stands on the ledger as {number}", number=problem.number),
        )
    else:
        row.note(
            "description",
            CellUnfit(
                "it stands on the ledger as {number}, in other words",
                hint="name the list if it is another one",
                number=problem.number,
            ),
        )


def _key(row: Row) -> Key:
    if row.plan["reference"]:
        return (row["source"], row.plan["reference"])
    return (row["source"], row.plan["region"], row["found_on"], row["description"])


def _known(rows: Sequence[Row], sending: Sending) -> dict[Key, Problem]:
    """Return the problems that stand, by what they are known by."""
    here = Problem.objects.filter(within(sending.region, "region_id")).exclude(
        state=State.WITHDRAWN
    )
    found: dict[Key, Problem] = {}
    references = {row.plan["reference"] for row in rows} - {""}
    for part in parts(sorted(references)):
        for problem in here.filter(Q(source_reference__in=part) | Q(number__in=part)):
            found[problem.source, problem.source_reference] = problem
            found[problem.source, problem.number] = problem
    days = {row["found_on"] for row in rows if not row.plan["reference"]}
    for problem in here.filter(found_on__in=days) if days else ():
        key = (
            problem.source,
            problem.region_id,
            problem.found_on,
            problem.description,
        )
        found[key] = problem
    return found


def _doubles(rows: Sequence[Row], sending: Sending) -> None:
    """Note open problems of the same household and class: perhaps the same one."""
    homes = {key for row in rows for key in row.plan["households"]}
    open_ones: dict[tuple[int, str], str] = {}
    for part in parts(sorted(homes)):
        links = ProblemHousehold.objects.filter(
            household__in=part,
            problem__state__in=sorted(OPEN),
            problem__in=Problem.objects.filter(visible_to(sending.by)).values("pk"),
        )
        for link in links.select_related("problem").order_by("-problem"):
            open_ones[link.household_id, link.problem.kind] = link.problem.number
    for row in rows:
        same = [open_ones.get((key, row["kind"])) for key in row.plan["households"]]
        for number in sorted({number for number in same if number}):
            row.note(
                "households",
                CellUnfit(
                    "{number} is open about the same household and class",
                    hint="merge the two afterwards if they are one",
                    number=number,
                ),
            )
