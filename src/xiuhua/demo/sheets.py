"""Enter lists of households as a county office does: many rows at once, undoable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils import timezone

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.registry.acts.rows import HouseholdRow, IncomeRow, PersonRow
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.services import bulk
from xiuhua.demo.past import Past, Sheet
from xiuhua.demo.rows import Home, Row


_SOURCE = "年度收入核算（虚构）"
Window = tuple[date, date]


def moment(day: date, hour: int = 10) -> datetime:
    """Return an hour of a day where the county lies."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def register_enter(past: Past, *, by: Post) -> None:
    """Enter the county as it was at first: households, members and last incomes."""
    window = past.windows[0]
    homes = past.homes.values()
    bulk.changes_apply(
        households=[_household_row(home, past.first, window) for home in homes],
        persons=list(_person_rows(homes, past.first)),
        source="全国系统导出（虚构）",
        by=by,
        at=moment(past.first),
    )


def sheet_enter(sheet: Sheet, *, window: Window, by: Post) -> None:
    """Enter a list of changes; rows that exist are changed as they now stand."""
    numbers = sheet.households.keys() | sheet.incomes.keys()
    found = Household.unscoped.filter(number__in=numbers)
    versions = dict(found.values_list("number", "version"))
    persons = Person.unscoped.filter(number__in=sheet.persons).values_list(
        "number", "household__number", "version"
    )
    bulk.changes_apply(
        households=[
            HouseholdRow(
                number,
                sheet.households.get(number, {}),
                sheet.day,
                versions[number],
                income=_income_row(sheet.incomes.get(number), window),
            )
            for number in sorted(numbers)
        ],
        persons=[
            PersonRow(number, household, sheet.persons[number], sheet.day, version)
            for number, household, version in persons
        ],
        source=sheet.title,
        by=by,
        at=moment(sheet.day),
    )


def _household_row(home: Home, day: date, window: Window) -> HouseholdRow:
    income = _income_row(home.income, window)
    return HouseholdRow(home.number, home.values, day, income=income)


def _person_rows(homes: Iterable[Home], day: date) -> Iterable[PersonRow]:
    for home in homes:
        for number, values in home.persons.items():
            yield PersonRow(number, home.number, values, day)


def _income_row(amounts: Row | None, window: Window) -> IncomeRow | None:
    if amounts is None:
        return None
    return IncomeRow(*window, amounts, _SOURCE)
