"""Entering and correcting: history, record, locks, scope."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import make_post
from tests.factories.assessments import make_adoption
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import (
    CHILD,
    HEAD,
    VILLAGE,
    later,
    make_clerk,
    make_household,
    make_income_statement,
)

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.assessments.models import Judgement
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions.rules import NotInForce
from xiuhua.apps.registry.acts.members import NumberTaken
from xiuhua.apps.registry.acts.recording import (
    HouseholdMissing,
    PersonMissing,
    VersionMissing,
    VersionStale,
)
from xiuhua.apps.registry.models import Change, Household, Person, StatusSpan
from xiuhua.apps.registry.rules import DayWrong
from xiuhua.apps.registry.services.households import (
    household_correct,
    household_register,
)
from xiuhua.apps.registry.services.incomes import income_state
from xiuhua.apps.registry.services.persons import person_add, person_correct
from xiuhua.apps.registry.values import FieldUnknown, ValueWrong
from xiuhua.core.errors import XiuhuaError


pytestmark = pytest.mark.usefixtures("each_database")
TOLD: list[tuple[list[int], str]] = []


def told(*, household_ids, by, at) -> None:
    """A follower that keeps what it was told."""
    TOLD.append((household_ids, by.role))


class Unwilling(XiuhuaError):
    """A follower refuses."""


def unwilling(*, household_ids, by, at) -> None:
    """A follower that fails."""
    raise Unwilling("no")


def test_a_household_is_entered_with_its_members():
    household = make_household()

    assert household.number == f"H{household.pk:09d}"
    assert household.head_name == "王小明"
    assert household.name_initials == "wxm"
    assert household.head_id_number == HEAD["id_number"]
    assert household.persons_count == 2
    assert household.enough_food is None
    persons = Person.unscoped.filter(household=household).order_by("pk")
    assert [p.name for p in persons] == ["王小明", "王丽"]
    assert [p.number for p in persons] == [f"P{p.pk:09d}" for p in persons]
    span = StatusSpan.unscoped.get(household=household)
    assert (span.village_id, span.registration) == (VILLAGE, "registered")
    assert (span.poverty, span.persons_count) == ("not_exited", 2)
    assert (span.valid_from, span.valid_to) == (date(2019, 1, 1), None)


def test_the_record_names_columns_and_no_values():
    household = make_household(values={"bank_account": "6222000011112222"})

    entry = Entry.objects.get(action="registry.household.registered")
    said = str([entry.old, entry.new, entry.target_label])
    assert (entry.target_id, entry.region_code) == (str(household.pk), VILLAGE)
    assert "bank_account" in entry.new["fields"]
    for secret in ("王小明", "王丽", HEAD["id_number"], "6222", "2010"):
        assert secret not in said


def test_sealed_values_stay_sealed_in_the_history():
    make_household(values={"bank_account": "6222000011112222"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT new FROM registry_change")
        rows = str(cursor.fetchall())
    assert "6222000011112222" not in rows
    assert HEAD["id_number"] not in rows
    assert '"sealed"' in rows or "'sealed'" in rows


def test_a_correction_keeps_old_and_new_and_raises_the_version():
    household = make_household()

    household_correct(
        household_id=household.pk,
        version=1,
        values={"phone": "138", "village_group": "一组", "dwelling_area": "80.5"},
        **later(order_number="县扶组2019-3号"),
    )

    household.refresh_from_db()
    assert (household.version, household.phone) == (2, "138")
    assert household.dwelling_area == Decimal("80.50")
    change = Change.unscoped.latest("pk")
    assert change.old == {"phone": "139", "dwelling_area": None}
    assert change.new == {"phone": "138", "dwelling_area": "80.50"}
    assert (change.valid_from, change.recorded_at) == (TODAY, NOON)
    assert change.by_post == "township_clerk@990101101"
    assert (change.order_number, change.row_version) == ("县扶组2019-3号", 2)


def test_nothing_is_written_when_nothing_differs():
    household = make_household()
    before = Entry.objects.count()

    household_correct(
        household_id=household.pk, version=1, values={"phone": "139"}, **later()
    )

    household.refresh_from_db()
    assert household.version == 1
    assert Entry.objects.count() == before


def test_a_missing_or_old_version_is_refused():
    household = make_household()
    person = Person.unscoped.filter(household=household).first()
    statement = make_income_statement(household)
    said = later()
    household_correct(
        household_id=household.pk, version=1, values={"phone": "1"}, **said
    )
    person_correct(person_id=person.pk, version=1, values={"name": "李"}, **said)
    income = {"window_from": statement.window_from, "window_to": statement.window_to}
    income |= {"values": {"pension": 1}, "source": "x", "by": said["by"], "at": NOON}

    for version, error in ((None, VersionMissing), (1, VersionStale)):
        with pytest.raises(error):
            household_correct(
                household_id=household.pk, version=version, values={}, **said
            )
        with pytest.raises(error):
            person_correct(person_id=person.pk, version=version, values={}, **said)
        with pytest.raises(error):
            person_add(household_id=household.pk, version=version, values=CHILD, **said)
    with pytest.raises(VersionMissing):
        income_state(household_id=household.pk, **income)
    with pytest.raises(VersionStale):
        income_state(household_id=household.pk, version=7, **income)


def test_foreign_and_missing_rows_answer_alike():
    household = make_household("990101102201")
    person = Person.unscoped.filter(household=household).first()
    said = later()

    texts = set()
    for pk in (household.pk, 10**9):
        with pytest.raises(HouseholdMissing) as refusal:
            household_correct(household_id=pk, version=1, values={}, **said)
        texts.add(str(refusal.value))
    for pk in (person.pk, 10**9):
        with pytest.raises(PersonMissing) as refusal:
            person_correct(person_id=pk, version=1, values={}, **said)
        texts.add(str(refusal.value))
    assert len(texts) == 2


def test_a_post_without_the_right_or_from_elsewhere_may_not_write():
    household = make_household()
    helper = make_post("helper", VILLAGE)

    with pytest.raises(NotPermitted):
        household_correct(
            household_id=household.pk, version=1, values={}, **later(by=helper)
        )
    with pytest.raises(NotPermitted):
        make_household(by=make_clerk("990101102"))


def test_numbers_are_given_once():
    make_household(number="9901010001", persons=[HEAD | {"person_id": "99010100011"}])

    with pytest.raises(NumberTaken):
        make_household(number="9901010001")
    with pytest.raises(NumberTaken):
        make_household(persons=[HEAD | {"person_id": "99010100011"}])


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"no_such": 1}, FieldUnknown),
        ({"exit_status": "exited"}, FieldUnknown),
        ({"pension": 1}, FieldUnknown),
        ({"village_code": VILLAGE}, FieldUnknown),
        ({"phone": 139}, ValueWrong),
        ({"phone": "1" * 31}, ValueWrong),
        ({"head_name": "王\0"}, ValueWrong),
        ({"enough_food": "yes"}, ValueWrong),
        ({"main_cause": "boredom"}, ValueWrong),
        ({"other_causes": "illness,boredom"}, ValueWrong),
        ({"dwelling_area": 80.5}, ValueWrong),
        ({"dwelling_area": "80.555"}, ValueWrong),
        ({"dwelling_area": "-1"}, ValueWrong),
        ({"dwelling_area": "NaN"}, ValueWrong),
        ({"exit_year": 19}, ValueWrong),
        ({"stated_persons": True}, ValueWrong),
    ],
)
def test_values_that_cannot_be_are_refused_without_being_repeated(values, error):
    household = make_household()

    with pytest.raises(error) as refusal:
        household_correct(
            household_id=household.pk, version=1, values=values, **later()
        )
    assert "80.5" not in str(refusal.value)


def test_several_codes_are_sorted_and_an_empty_text_is_unknown():
    household = make_household()

    household_correct(
        household_id=household.pk,
        version=1,
        values={"other_causes": ["schooling", "disability"], "phone": " "},
        **later(),
    )

    household.refresh_from_db()
    assert household.other_causes == "disability,schooling"
    assert household.phone is None


def test_days_to_come_and_villages_that_are_not_are_refused():
    household = make_household()
    tomorrow = TODAY + timedelta(days=1)

    with pytest.raises(DayWrong):
        household_correct(
            household_id=household.pk,
            version=1,
            values={"phone": "1"},
            **later(valid_from=tomorrow),
        )
    make_region("990101101205", valid_from=date(2030, 1, 1))
    with pytest.raises(NotInForce):
        household_register(village="990101101205", values={}, **later())


def test_a_member_who_was_left_out_counts_from_their_day_on():
    household = make_household()

    person = person_add(
        household_id=household.pk,
        version=1,
        values={"name": "单雄信", "person_id": "P-17"},
        **later(valid_from=date(2019, 3, 1)),
    )

    household.refresh_from_db()
    assert (person.number, person.name_initials) == ("P-17", "sxx")
    assert (household.persons_count, household.version) == (3, 2)
    spans = StatusSpan.unscoped.filter(household=household).order_by("valid_from")
    assert [(s.valid_from, s.valid_to, s.persons_count) for s in spans] == [
        (date(2019, 1, 1), date(2019, 3, 1), 2),
        (date(2019, 3, 1), None, 3),
    ]


def test_the_household_is_named_after_its_head():
    household = make_household()
    head = Person.unscoped.get(household=household, relation_to_head="head")

    person_correct(person_id=head.pk, version=1, values={"name": "王大明"}, **later())

    household.refresh_from_db()
    assert (household.head_name, household.name_initials) == ("王大明", "wdm")
    assert household.version == 2


def test_income_is_stated_by_window_and_corrected():
    statement = make_income_statement()

    assert statement.wage_income == Decimal("12000.00")
    assert statement.pension is None
    corrected = income_state(
        household_id=statement.household_id,
        window_from=statement.window_from,
        window_to=statement.window_to,
        values={"pension": Decimal("1236")},
        source="民政比对",
        version=1,
        by=make_clerk(),
        at=NOON,
    )
    assert (corrected.pk, corrected.version) == (statement.pk, 2)
    assert corrected.wage_income == Decimal("12000.00")
    change = Change.unscoped.latest("pk")
    assert change.new == {"pension": "1236.00", "source": "民政比对"}


def test_followers_are_told_in_the_transaction(settings):
    TOLD.clear()
    settings.HOUSEHOLD_FOLLOWERS = [f"{__name__}.told"]
    household = make_household()
    assert TOLD == [([household.pk], "township_clerk")]

    settings.HOUSEHOLD_FOLLOWERS = [f"{__name__}.unwilling"]
    with pytest.raises(Unwilling):
        household_correct(
            household_id=household.pk, version=1, values={"phone": "1"}, **later()
        )
    assert Household.unscoped.get(pk=household.pk).phone == "139"
    assert Change.unscoped.filter(household=household, act="correct").count() == 0


def test_a_correction_takes_few_queries(settings):
    settings.HOUSEHOLD_FOLLOWERS = []
    household = make_household()
    said = later()

    with CaptureQueriesContext(
        connection,
    ) as queries:
        household_correct(
            household_id=household.pk, version=1, values={"phone": "1"}, **said
        )
    assert len(queries) <= 11


def test_a_correction_with_all_that_follows_takes_few_queries():
    make_adoption("990101")
    household = make_household()
    said = later()
    household_correct(
        household_id=household.pk, version=1, values={"housing_grade": "B"}, **said
    )

    with CaptureQueriesContext(connection) as seen:
        household_correct(
            household_id=household.pk, version=2, values={"housing_grade": "D"}, **said
        )

    # What begins and ends a transaction asks nothing.
    asked = [q for q in seen if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(asked) <= 25
    assert Judgement.unscoped.filter(household=household).exists()
