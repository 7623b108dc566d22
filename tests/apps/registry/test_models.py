"""Every constraint, broken once; and the columns that follow the dictionary."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import DecimalField
from tests.factories.moments import NOON
from tests.factories.registry import (
    make_batch,
    make_change,
    make_household,
    make_household_mark,
    make_income_statement,
    make_person,
    make_status_span,
    make_village_facts,
)

from xiuhua.apps.registry.facts import INCOME, PLACED, fact_names
from xiuhua.apps.registry.models import (
    Change,
    Household,
    IncomeStatement,
    Person,
    VillageFacts,
)
from xiuhua.apps.registry.statuses import Poverty
from xiuhua.core.dictionary.model import FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.sealing.fields import BlindIndexField, SealedTextField


each = pytest.mark.usefixtures("each_database")
DICTIONARY = load_dictionary()


def refused(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def again(row):
    row.pk = None
    row._state.adding = True
    return row


@pytest.mark.parametrize(
    ("level", "models"),
    [
        ("household", [Household, IncomeStatement]),
        ("person", [Person]),
        ("village", [VillageFacts]),
    ],
)
def test_every_field_of_the_dictionary_has_one_column(level, models):
    columns = [f.attname for model in models for f in model._meta.fields]
    for field in DICTIONARY.level(level).fields:
        column = PLACED[level].get(field.name, field.name)
        expected = 2 if (level, column) == ("household", "household_id") else 1
        assert columns.count(column) == expected, field.name


def test_columns_have_the_kind_of_their_field():
    for level, model, names in (
        ("household", Household, fact_names("household")),
        ("household", IncomeStatement, INCOME),
        ("person", Person, fact_names("person")),
        ("village", VillageFacts, fact_names("village")),
    ):
        for name in names:
            field, column = DICTIONARY.level(level).by_name[name], model._meta
            kept = column.get_field(name)
            assert kept.null, name
            sealed = field.type in (FieldType.ID_NUMBER, FieldType.BANK_ACCOUNT)
            assert isinstance(kept, SealedTextField) is sealed
            if sealed:
                index = column.get_field(f"{name}_index")
                assert isinstance(index, BlindIndexField)
            exact = field.type in (FieldType.DECIMAL, FieldType.MONEY)
            assert isinstance(kept, DecimalField) is exact
            if exact:
                assert kept.decimal_places == field.scale


def test_the_axis_of_poverty_is_the_exit_status_of_the_dictionary():
    assert set(Poverty.values) == set(DICTIONARY.code_lists["exit_status"].by_code)


@each
def test_constraint_registry_household_registration_listed():
    row = make_household()
    row.registration = "elsewhere"

    refused(row)


@each
def test_constraint_registry_household_poverty_listed():
    row = make_household()
    row.poverty = "elsewhere"

    refused(row)


@each
def test_constraint_registry_household_monitoring_listed():
    row = make_household()
    row.monitoring = "elsewhere"

    refused(row)


@each
def test_constraint_registry_span_registration_listed():
    row = make_status_span()
    row.registration = "elsewhere"

    refused(row)


@each
def test_constraint_registry_span_poverty_listed():
    row = make_status_span()
    row.poverty = "elsewhere"

    refused(row)


@each
def test_constraint_registry_span_monitoring_listed():
    row = make_status_span()
    row.monitoring = "elsewhere"

    refused(row)


@each
def test_constraint_registry_household_numbered():
    household = make_household()
    household.number = ""

    refused(household)


@each
@pytest.mark.parametrize(
    ("registration", "ended_on", "reason"),
    [
        ("ended", None, "left"),
        ("ended", date(2019, 5, 1), ""),
        ("registered", date(2019, 5, 1), "left"),
        ("registered", None, "left"),
    ],
)
def test_constraint_registry_household_end_explained(registration, ended_on, reason):
    household = make_household()
    household.registration = registration
    household.ended_on, household.ended_reason = ended_on, reason

    refused(household)


@each
def test_constraint_registry_person_numbered():
    person = make_person()
    person.number = ""

    refused(person)


@each
@pytest.mark.parametrize(
    ("ended_on", "reason"),
    [(None, "died"), (date(2019, 5, 1), ""), (date(2019, 5, 1), "tired")],
)
def test_constraint_registry_person_end_explained(ended_on, reason):
    person = make_person()
    person.ended_on, person.ended_reason = ended_on, reason

    refused(person)


@each
def test_constraint_registry_income_window_once():
    refused(again(make_income_statement()))


@each
def test_constraint_registry_income_window_runs_forward():
    statement = make_income_statement()
    statement.window_to = statement.window_from

    refused(statement)


@each
def test_constraint_registry_mark_once():
    refused(again(make_household_mark()))


@each
def test_constraint_registry_mark_listed():
    mark = make_household_mark()
    mark.mark = "blessed"

    refused(mark)


@each
def test_constraint_registry_village_year_once():
    refused(again(make_village_facts()))


@each
@pytest.mark.parametrize(("at", "by"), [(NOON, ""), (None, "li")])
def test_constraint_registry_batch_undone_by_somebody(at, by):
    batch = make_batch()
    batch.undone_at, batch.undone_by = at, by

    refused(batch)


@each
def test_constraint_registry_change_of_one_row():
    statement = make_income_statement()
    change = again(Change.unscoped.get(statement=statement))
    change.person = Person.unscoped.filter(household=statement.household).first()

    refused(change)


@each
def test_constraint_registry_change_other_is_other():
    change = again(make_change())
    change.other_household = change.household

    refused(change)


@each
def test_history_is_only_added_to():
    change = make_change()

    refused(change)
    with pytest.raises(IntegrityError), transaction.atomic():
        change.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Change.unscoped.update(act="nothing")


@each
def test_constraint_registry_span_one_start():
    span = again(make_status_span())
    span.valid_to = date(2019, 6, 1)

    refused(span)


@each
def test_constraint_registry_span_one_open():
    span = again(make_status_span())
    span.valid_from = date(2019, 6, 1)

    refused(span)


@each
def test_constraint_registry_span_ends_after_start():
    span = make_status_span()
    span.valid_to = span.valid_from

    refused(span)
