"""Compare the rows of a sheet of measures with the plans as they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.selectors.campaigns import campaign_get
from xiuhua.apps.plans.models import Measure, Plan
from xiuhua.apps.plans.rules import MeasureState, is_inside_reserve
from xiuhua.apps.plans.selectors.lists import owner_list
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.sheets.finding import households_of, parts
from xiuhua.apps.sheets.heads import CellUnfit
from xiuhua.apps.sheets.kinds import Row, Sending
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.region_codes import contains


# A plan of another year than about now is a slip of the pen.
_YEARS_AROUND: Final = 5
Key = tuple[Any, ...]


def measures_compared(rows: Sequence[Row], sending: Sending) -> None:
    """Say of each row whether it is a new measure or stands in a plan already."""
    homes = households_of(rows, "household", region=sending.region)
    members = _members(homes.values())
    owners = _owners(rows, sending)
    for row in rows:
        home = homes.get(row["household"] or "")
        year = row["year"] or sending.today.year
        row.plan = {
            "household": home.pk if home else None,
            "year": year,
            "person": _person(row, members.get(home.pk, [])) if home else None,
            "owner": _owner(row, home, owners),
        }
        _look_at_days(row, sending)
    sound = [row for row in rows if row.is_sound]
    _closed(sound)
    _standing([row for row in sound if row.is_sound])
    _warned([row for row in sound if row.outcome is Outcome.NEW], sending)


def key_of(measure: Measure) -> Key:
    """Return what a measure is known by beside others of a list."""
    plan = measure.plan
    return (
        plan.household_id,
        plan.year,
        measure.kind,
        measure.what,
        measure.person_id,
    )


def _members(homes: Any) -> dict[int, list[Person]]:
    found: defaultdict[int, list[Person]] = defaultdict(list)
    for part in parts(home.pk for home in homes):
        for person in Person.objects.filter(household__in=part, ended_on=None):
            found[person.household_id].append(person)
    return found


def _person(row: Row, members: Sequence[Person]) -> int | None:
    said = row["person"]
    if not said or said in ("全家", "户"):
        return None
    named = [p for p in members if said in (p.name, p.number)]
    if len(named) != 1:
        row.reject(
            "person",
            CellUnfit(
                "one member of the household is to be named",
                hint="write the name as in the archive, or leave it empty",
            ),
        )
        return None
    return named[0].pk


def _owners(rows: Sequence[Row], sending: Sending) -> Mapping[str, list[Post]]:
    found: defaultdict[str, list[Post]] = defaultdict(list)
    if any(row["owner"] for row in rows):
        for post in owner_list(region=sending.region, on=sending.today, below=True):
            for name in {post.user.full_name, post.user.get_username()}:
                found[name].append(post)
    return found


def _owner(
    row: Row, home: Household | None, owners: Mapping[str, list[Post]]
) -> int | None:
    said = row["owner"]
    if not said or home is None:
        return None
    reach = [p for p in owners.get(said, ()) if contains(p.region_id, home.village_id)]
    if not reach:
        row.reject(
            "owner",
            CellUnfit(
                "nobody of this name holds a post that reaches there",
                hint="leave it empty and name the owner afterwards",
            ),
        )
    elif len({post.user_id for post in reach}) > 1:
        row.reject(
            "owner", CellUnfit("several are called so", hint="write the user name")
        )
    else:
        return max(reach, key=lambda post: len(post.region_id)).pk
    return None


def _look_at_days(row: Row, sending: Sending) -> None:
    starts_on, deadline = row["starts_on"], row["deadline"]
    if starts_on is not None and deadline is not None and starts_on > deadline:
        row.reject(
            "starts_on",
            CellUnfit(
                "it starts after it is to be done", hint="correct one of the two"
            ),
        )
    if abs(row.plan["year"] - sending.today.year) > _YEARS_AROUND:
        row.reject(
            "year", CellUnfit("no plan is made for that year", hint="correct the year")
        )


def _closed(rows: Sequence[Row]) -> None:
    closed: set[tuple[int, int]] = set()
    for part in parts({row.plan["household"] for row in rows}):
        plans = Plan.objects.filter(household__in=part, person=None)
        over = plans.filter(closed_at__isnull=False)
        closed |= set(over.values_list("household_id", "year"))
    for row in rows:
        if (row.plan["household"], row.plan["year"]) in closed:
            row.reject("year", CellUnfit("the plan of that year is closed"))


def _standing(rows: Sequence[Row]) -> None:
    """Find measures that stand in a plan, or in an earlier row, already."""
    known: set[Key] = set()
    gone = [MeasureState.DROPPED.value, MeasureState.CARRIED.value]
    for part in parts({row.plan["household"] for row in rows}):
        found = Measure.objects.filter(plan__household__in=part)
        for measure in found.exclude(state__in=gone).select_related("plan"):
            known.add(key_of(measure))
    seen: dict[Key, int] = {}
    for row in rows:
        named = ("household", "year")
        key = (
            *(row.plan[name] for name in named),
            row["kind"],
            row["what"],
            row.plan["person"],
        )
        row.plan["key"] = list(key)
        if key in seen:
            row.reject(
                "what",
                CellUnfit(
                    "it stands in row {row} already",
                    hint="keep the one right row",
                    row=seen[key],
                ),
            )
        elif key in known:
            row.outcome, row.plan = Outcome.UNCHANGED, {}
        seen.setdefault(key, row.number)


def _warned(rows: Sequence[Row], sending: Sending) -> None:
    campaign = campaign_get(region=sending.region, as_of=sending.today)
    for row in rows:
        if row["deadline"] < sending.today:
            row.note("deadline", CellUnfit("the deadline has passed"))
        elif campaign is not None and is_inside_reserve(
            row["deadline"],
            campaign_end=campaign.deadline,
            reserve=campaign.reserve_days,
        ):
            row.note(
                "deadline",
                CellUnfit(
                    "the deadline lies in the reserve of the campaign",
                    hint="an earlier day leaves time to mend what fails",
                ),
            )
