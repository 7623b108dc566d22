"""What happened to some households in the year: how each stood before, and the acts.

`taken_back` changes the county of a year ago so that the acts of `acts_of` lead to
today. Acts are done by those in charge, on their days, through the services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.services import (
    households,
    incomes,
    members,
    moves,
    persons,
    statuses,
)
from xiuhua.demo.places import TOWNSHIP, VILLAGE
from xiuhua.demo.rows import Home, Row
from xiuhua.demo.sheets import moment


Homes = dict[str, Home]
_STATUS: Final = frozenset({"exit_status", "village_code"})
_MARKS: Final = ((2014, "identified"), (2018, "pre_exit"), (2019, "exited"))
_BY_MARK: Final = "县扶贫开发领导小组公告（虚构）"


@dataclass(frozen=True)
class Act:
    """Something done on a day: what, and the call that does it."""

    day: date
    do: Callable[[], object]


@dataclass(frozen=True)
class Told:
    """The households with a story by situation, as they are today, and who acts."""

    homes: Mapping[str, Home]
    on: date
    window: tuple[date, date]
    posts: Mapping[str, Post]

    def acts(self) -> Iterator[Act]:
        """Yield all acts, in no order."""
        for tell in _STORIES:
            yield from tell(self)

    def before(self, days: int) -> date:
        """Return the day so many days ago."""
        return self.on - timedelta(days)

    def who(self, village: str) -> Post:
        """Return who keeps the register of a village."""
        if village == VILLAGE:
            return self.posts["village_secretary"]
        place = "township_clerk" if village.startswith(TOWNSHIP) else "county_office"
        return self.posts[place]

    def done(
        self, days: int, key: str, service: Callable[..., object], **said: Any
    ) -> Act:
        """Return an act on the household of a situation as it is then."""
        home, day = self.homes[key], self.before(days)

        def do() -> object:
            row = Household.unscoped.get(number=home.number)
            return service(
                household_id=row.pk,
                version=row.version,
                **{k: v() if callable(v) else v for k, v in said.items()},
                by=self.who(row.village_id),
                at=moment(day, 15),
            )

        return Act(day, do)

    def done_to(
        self, days: int, number: str, service: Callable[..., object], **said: Any
    ) -> Act:
        """Return an act on a person as they are then."""
        day = self.before(days)

        def do() -> object:
            row = Person.unscoped.select_related("household").get(number=number)
            return service(
                person_id=row.pk,
                version=row.version,
                **{k: v() if callable(v) else v for k, v in said.items()},
                by=self.who(row.household.village_id),
                at=moment(day, 16),
            )

        return Act(day, do)


def finished(homes: Mapping[str, Home], on: date) -> None:
    """Set what the stories leave behind in the households of today."""
    homes["relapsed"].values |= {"exit_status": "relapsed", "exit_year": on.year - 3}
    homes["all_met"].values["exit_year"] = _MARKS[-1][0]
    home = homes["birth"]
    number, child = list(home.persons.items())[-1]
    home.persons[number] = _newborn(child, on - timedelta(150))
    wife = list(homes["married"].persons.values())[1]
    wife["relation_to_head"] = "spouse"


def taken_back(past: Homes, homes: Mapping[str, Home]) -> None:
    """Change the county of a year ago to before the stories."""
    old = {key: past[home.number] for key, home in homes.items()}
    old["moved"].values["village_code"] = _beside(homes["moved"].village)
    old["parent_of_split"].persons |= {
        number: person | {"relation_to_head": "other"}
        for number, person in old["split"].persons.items()
    }
    del past[homes["split"].number]
    _taken_apart(past, old["merged"])
    number, _ = old["birth"].persons.popitem()
    oldest = next(iter(old["death"].persons.values()))
    old["death"].persons[_number_of_the_dead(homes)] = _father_of(oldest)
    number, wife = old["married"].persons.popitem()
    old["death"].persons[number] = wife | {"relation_to_head": "daughter"}
    sound = {"exit_status": "exited", "housing_grade": "B"}
    old["relapsed"].values |= sound
    old["corrected"].values |= {"phone": None, "helper_unit": None}


def _beside(village: str) -> str:
    """Return the code of a village in the same township."""
    return f"{village[:9]}{int(village[9:]) + (-1 if village[9:] != '201' else 1):03d}"


def _number_of_the_dead(homes: Mapping[str, Home]) -> str:
    return f"{homes['death'].number}09"


def _merged_number(home: Home) -> str:
    return f"{home.number[:12]}90001"


def _taken_apart(past: Homes, home: Home) -> None:
    """Let the last two members of a household have one of their own."""
    apart = Home(_merged_number(home), deepcopy(home.values), deepcopy(home.income))
    for relation in ("spouse", "head"):
        number, person = home.persons.popitem()
        apart.persons[number] = person | {"relation_to_head": relation}
    apart.values["head_name"] = list(apart.persons.values())[-1]["name"]
    past[apart.number] = apart


def _newborn(child: Row, born: date) -> Row:
    return child | {
        "birth_date": born,
        "id_number": None,
        "relation_to_head": "son" if child["sex"] == "male" else "daughter",
        "education": None,
        "school_stage": "before_school",
        "absence_reason": None,
        "health": "healthy",
        "labor_skill": "none",
        "resident_medical_insurance": True,
        "employee_medical_insurance": False,
        "resident_pension_insurance": False,
    }


def _father_of(head: Row) -> Row:
    born = head["birth_date"]
    return head | {
        "name": f"{head['name'][0]}守成",
        "sex": "male",
        "birth_date": born.replace(year=born.year - 27, day=min(born.day, 28)),
        "id_number": None,
        "relation_to_head": "father",
        "health": "chronic_illness",
        "labor_skill": "lost",
    }


# the stories --------------------------------------------------------------------------


def _moved(told: Told) -> Iterator[Act]:
    home = told.homes["moved"]
    yield told.done(
        40,
        "moved",
        moves.household_move,
        village=home.village,
        village_group=home.values["village_group"],
        valid_from=told.before(42),
    )


def _split(told: Told) -> Iterator[Act]:
    home = told.homes["split"]
    values = {k: v for k, v in home.values.items() if k not in _STATUS}

    def leaving() -> list[int]:
        found = Person.unscoped.filter(number__in=home.persons)
        return list(found.values_list("pk", flat=True))

    yield told.done(
        75,
        "parent_of_split",
        moves.household_split,
        person_ids=leaving,
        values=values,
        number=home.number,
        valid_from=told.before(75),
    )
    for number, person in home.persons.items():
        yield told.done_to(
            74,
            number,
            persons.person_correct,
            values={"relation_to_head": person["relation_to_head"]},
            valid_from=told.before(75),
        )


def _merged(told: Told) -> Iterator[Act]:
    home = told.homes["merged"]
    apart = Home(_merged_number(home), home.values, home.income)
    both = Told({"apart": apart}, told.on, told.window, told.posts)

    def into() -> Household:
        return Household.unscoped.get(number=home.number)

    yield both.done(
        95,
        "apart",
        moves.household_merge,
        into_id=lambda: into().pk,
        into_version=lambda: into().version,
        valid_from=told.before(95),
    )
    for number, person in list(home.persons.items())[-2:]:
        yield told.done_to(
            94,
            number,
            persons.person_correct,
            values={"relation_to_head": person["relation_to_head"]},
            valid_from=told.before(95),
        )


def _family(told: Told) -> Iterator[Act]:
    """A birth, a death, a marriage, a member who left and came back."""
    number, child = list(told.homes["birth"].persons.items())[-1]
    values = child | {"person_id": number}
    yield told.done(140, "birth", members.person_birth, values=values)
    yield told.done_to(
        65,
        _number_of_the_dead(told.homes),
        members.person_death,
        valid_from=told.before(66),
    )
    wife, said = list(told.homes["married"].persons.items())[1]
    home = told.homes["married"].number
    yield told.done_to(
        55,
        wife,
        members.person_marry,
        into_id=lambda: Household.unscoped.get(number=home).pk,
        into_version=lambda: Household.unscoped.get(number=home).version,
        relation_to_head=said["relation_to_head"],
        valid_from=told.before(56),
    )
    worker = list(told.homes["away"].persons)[-1]
    for days, service in ((200, members.person_leave), (20, members.person_return)):
        yield told.done_to(days, worker, service, valid_from=told.before(days))


def _poverty(told: Told) -> Iterator[Act]:
    grade = told.homes["relapsed"].values["housing_grade"]
    yield told.done(
        35,
        "relapsed",
        households.household_correct,
        values={"housing_grade": grade},
        valid_from=told.before(36),
    )
    yield told.done(
        30,
        "relapsed",
        statuses.poverty_change,
        poverty="relapsed",
        valid_from=told.before(30),
        order_number="返贫认定1号（虚构）",
    )
    for days, key, step in (
        (90, "monitored", "lead"),
        (80, "monitored", "included"),
        (330, "cleared", "lead"),
        (320, "cleared", "included"),
        (25, "cleared", "cleared"),
    ):
        yield told.done(
            days,
            key,
            statuses.monitoring_change,
            monitoring=step,
            valid_from=told.before(days),
        )


def _corrections(told: Told) -> Iterator[Act]:
    final = told.homes["corrected"].values
    said: tuple[tuple[int, Row], ...] = (
        (28, {"phone": "19900099999"}),
        (9, {"phone": final["phone"], "helper_unit": "县水务局（误）"}),
        (3, {"helper_unit": final["helper_unit"]}),
    )
    for days, values in said:
        yield told.done(
            days,
            "corrected",
            households.household_correct,
            values=values,
            valid_from=told.before(days),
        )


def _years(told: Told) -> Iterator[Act]:
    """A household with a history over years: marks, and incomes of three years more."""
    home, day = told.homes["all_met"], told.before(370)
    by = told.who(home.village)

    def mark(year: int, name: str) -> Callable[[], object]:
        return lambda: statuses.mark_set(
            household_id=Household.unscoped.get(number=home.number).pk,
            year=year,
            mark=name,
            document=_BY_MARK,
            by=by,
            at=moment(day, 11),
        )

    for year, name in _MARKS:
        yield Act(day, mark(year, name))
    start, end = told.window
    for back in (2, 3, 4):
        window = (
            start.replace(year=start.year - back),
            end.replace(year=end.year - back),
        )
        share = 100 - 9 * back
        earlier = {
            name: None if amount is None else (amount * share / 100).quantize(amount)
            for name, amount in home.income.items()
        }
        yield _stated(told, 369, "all_met", window, earlier)


def _stated(
    told: Told, days: int, key: str, window: tuple[date, date], amounts: Row
) -> Act:
    home, day = told.homes[key], told.before(days)

    def do() -> object:
        return incomes.income_state(
            household_id=Household.unscoped.get(number=home.number).pk,
            window_from=window[0],
            window_to=window[1],
            values=amounts,
            source="年度收入核算（虚构）",
            by=told.who(home.village),
            at=moment(day, 11),
        )

    return Act(day, do)


_STORIES: Final = (_moved, _split, _merged, _family, _poverty, _corrections, _years)
