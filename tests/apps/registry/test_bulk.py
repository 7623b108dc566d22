"""Many rows laid in one step, and taken back as if they had never been."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import (
    CHILD,
    HEAD,
    VILLAGE,
    later,
    make_clerk,
    make_household,
)

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.registry.acts.laying import RowTwice
from xiuhua.apps.registry.acts.recording import (
    HouseholdEnded,
    HouseholdMissing,
    VersionMissing,
    VersionStale,
)
from xiuhua.apps.registry.acts.rows import HouseholdRow, IncomeRow, PersonRow
from xiuhua.apps.registry.acts.span_history import spans_from_history
from xiuhua.apps.registry.acts.undoing import BatchBuiltUpon
from xiuhua.apps.registry.models import (
    Batch,
    Change,
    Household,
    IncomeStatement,
    Person,
    StatusSpan,
)
from xiuhua.apps.registry.rules import DayWrong
from xiuhua.apps.registry.services.bulk import (
    BatchMissing,
    changes_apply,
    changes_undo,
)
from xiuhua.apps.registry.services.households import household_correct
from xiuhua.apps.registry.values import FieldUnknown, ValueWrong


pytestmark = pytest.mark.usefixtures("each_database")
SINCE = date(2019, 5, 1)
INCOME = IncomeRow(date(2017, 10, 1), date(2018, 10, 1), {"pension": "1200"}, "户.xlsx")
TOLD: list[list[int]] = []


def told(*, household_ids, by, at) -> None:
    """A follower that keeps what it was told."""
    TOLD.append(household_ids)


def household_row(number: str = "A", **said) -> HouseholdRow:
    usual = {
        "values": {"village_code": VILLAGE, "exit_status": "exited", "phone": "1"},
        "valid_from": SINCE,
    }
    return HouseholdRow(number, **usual | said)


def person_row(number: str = "A1", household: str = "A", **said) -> PersonRow:
    usual = {"values": HEAD, "valid_from": SINCE}
    return PersonRow(number, household, **usual | said)


def apply(households=(), persons=(), **said) -> Batch:
    make_region(VILLAGE)
    usual = {"source": "户.xlsx", "by": make_clerk(), "at": NOON}
    return changes_apply(households=households, persons=persons, **usual | said)


def rows_now() -> list[tuple]:
    """Return what all rows say, apart from when and how often they were written."""
    skipped = {"version", "changed_at"}
    return [
        tuple(
            (f.attname, getattr(row, f.attname))
            for f in model._meta.fields
            if f.name not in skipped
        )
        for model in (Household, Person, IncomeStatement)
        for row in model.unscoped.order_by("pk")
    ]


def spans_now() -> list[tuple]:
    names = [f.attname for f in StatusSpan._meta.fields if f.name != "id"]
    rows = StatusSpan.unscoped.order_by("household_id", "valid_from")
    return [tuple(getattr(row, name) for name in names) for row in rows]


def assert_spans_follow_the_history() -> None:
    ids = sorted(Household.unscoped.values_list("pk", flat=True))
    names = [f.attname for f in StatusSpan._meta.fields if f.name != "id"]
    expected = [
        tuple(getattr(span, name) for name in names)
        for spans in spans_from_history(ids).values()
        for span in spans
    ]
    assert spans_now() == expected


def test_rows_enter_with_members_income_and_spans():
    batch = apply([household_row(income=INCOME)], [person_row(), person_row("A2")])

    household = Household.unscoped.get(number="A")
    assert (household.village_id, household.poverty) == (VILLAGE, "exited")
    assert (household.registration, household.monitoring) == ("registered", "none")
    assert (household.head_name, household.persons_count) == (None, 2)
    assert IncomeStatement.unscoped.get().pension == Decimal("1200.00")
    assert_spans_follow_the_history()
    assert StatusSpan.unscoped.get().persons_count == 2
    assert batch.counts == {
        "households_new": 1,
        "incomes_changed": 0,
        "incomes_new": 1,
        "persons_new": 2,
    }
    entry = Entry.objects.get(action="registry.batch.applied")
    assert entry.new == {"counts": batch.counts, "digest": batch.digest}
    assert Change.unscoped.filter(batch=batch, act="import").count() == 4


def test_one_head_names_the_household():
    apply([household_row()], [person_row(), person_row("A2", values=CHILD)])

    household = Household.unscoped.get()
    assert (household.head_name, household.name_initials) == ("王小明", "wxm")
    assert household.head_id_number == HEAD["id_number"]


def test_the_same_rows_again_change_nothing():
    apply([household_row(income=INCOME)], [person_row()])
    before, changes = rows_now(), Change.unscoped.count()

    batch = apply(
        [household_row(income=IncomeRow(**vars(INCOME) | {"version": 1}), version=1)],
        [person_row(version=1)],
    )

    assert rows_now() == before
    assert Change.unscoped.count() == changes
    assert batch.counts["households_unchanged"] == 1
    assert batch.counts["persons_unchanged"] == 1


def test_only_what_is_said_is_changed():
    apply([household_row(values={"village_code": VILLAGE, "phone": "1"})])

    apply(
        [
            household_row(
                values={"dwelling_area": "80"}, version=1, status={"monitoring": "lead"}
            )
        ]
    )

    household = Household.unscoped.get()
    assert (household.phone, household.dwelling_area) == ("1", Decimal("80.00"))
    assert (household.monitoring, household.version) == ("lead", 2)
    assert_spans_follow_the_history()


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ({"version": None}, VersionMissing),
        ({"version": 7}, VersionStale),
        ({"version": 1, "values": {"nonsense": 1}}, FieldUnknown),
        ({"version": 1, "values": {"pension": 1}}, FieldUnknown),
        ({"version": 1, "status": {"mood": 1}}, FieldUnknown),
        ({"version": 1, "status": {"registration": "ended"}}, ValueWrong),
        ({"version": 1, "values": {"phone": 1}}, ValueWrong),
        ({"version": 1, "values": {"village_code": "990102101201"}}, NotPermitted),
        ({"version": 1, "valid_from": TODAY + timedelta(days=1)}, DayWrong),
        (
            {"version": 1, "income": IncomeRow(SINCE, SINCE, {}, "x", version=1)},
            VersionStale,
        ),
    ],
)
def test_a_bad_row_leaves_everything_as_it_was(row, error):
    apply([household_row()])
    before = (rows_now(), spans_now(), Batch.unscoped.count())

    with pytest.raises(error):
        apply([household_row("B"), household_row(**{"values": {"phone": "9"}} | row)])
    assert (rows_now(), spans_now(), Batch.unscoped.count()) == before


def test_rows_that_cannot_be_matched_are_refused():
    apply([household_row()], [person_row()])
    make_household("990101102201", number="F")

    with pytest.raises(RowTwice):
        apply([household_row("B"), household_row("B")])
    with pytest.raises(VersionStale):
        apply([household_row("B", version=1)])
    with pytest.raises(VersionStale):
        apply([], [person_row("A9", version=1)])
    with pytest.raises(HouseholdMissing):
        apply([], [person_row("A9", "Z")])
    for said in ({"household": "F"}, {"number": "A1", "version": 1, "household": "F"}):
        with pytest.raises(NotPermitted):
            apply([], [person_row(**{"number": "A9"} | said)])
    with pytest.raises(NotPermitted):
        apply([household_row("F", version=1)])
    with pytest.raises(NotPermitted):
        apply([household_row("B")], by=make_post("helper", VILLAGE))
    with pytest.raises(ValueWrong):
        apply([], [person_row(version=1, ended="bored")])


def test_persons_go_over_leave_and_come_back():
    apply([household_row(), household_row("B")], [person_row(), person_row("A2")])

    apply(
        [],
        [
            person_row("A2", "B", version=1, valid_from=date(2019, 5, 20)),
            person_row(version=1, ended="died", valid_from=date(2019, 6, 1)),
        ],
    )
    counts = dict(Household.unscoped.values_list("number", "persons_count"))
    assert counts == {"A": 0, "B": 1}
    assert_spans_follow_the_history()
    person = Person.unscoped.get(number="A1")
    assert (person.ended_on, person.ended_reason) == (date(2019, 6, 1), "died")

    with pytest.raises(DayWrong):
        apply([], [person_row(version=2, valid_from=date(2019, 5, 30))])
    apply([], [person_row(version=2, valid_from=date(2019, 6, 2))])
    assert Household.unscoped.get(number="A").persons_count == 1
    assert_spans_follow_the_history()


def test_a_batch_is_undone_as_if_it_had_not_been():
    apply([household_row(income=INCOME)], [person_row()], source="first")
    before, spans = rows_now(), spans_now()
    batch = apply(
        [
            household_row(
                version=1,
                values={"phone": "2", "exit_status": "relapsed"},
                status={"monitoring": "included"},
                income=IncomeRow(
                    **vars(INCOME) | {"version": 1, "values": {"pension": 5}}
                ),
            )
        ],
        [person_row(version=1, values={"name": "李四"}, ended="left")],
    )
    assert rows_now() != before

    changes_undo(batch_id=batch.pk, by=make_clerk(), at=NOON + timedelta(hours=1))

    assert rows_now() == before
    assert spans_now() == spans
    assert Entry.objects.filter(action="registry.batch.undone").count() == 1
    with pytest.raises(BatchMissing):
        changes_undo(batch_id=batch.pk, by=make_clerk(), at=NOON)


def test_what_an_undone_batch_entered_is_void_and_can_enter_again(settings):
    TOLD.clear()
    batch = apply([household_row(income=INCOME)], [person_row()])
    household = Household.unscoped.get()
    settings.HOUSEHOLD_FOLLOWERS = [f"{__name__}.told"]

    changes_undo(batch_id=batch.pk, by=make_clerk(), at=NOON)

    household.refresh_from_db()
    assert (household.registration, household.ended_reason) == ("ended", "undone")
    assert (household.persons_count, spans_now()) == (0, [])
    assert Person.unscoped.get().ended_reason == "undone"
    assert IncomeStatement.unscoped.get().pension is None
    assert TOLD == [[household.pk]]

    again = apply([household_row(income=INCOME)], [person_row()])
    assert again.counts["households_new"] == 1
    now = Household.unscoped.get()
    assert (now.pk, now.registration, now.ended_on) == (
        household.pk,
        "registered",
        None,
    )
    assert (now.persons_count, now.version) == (1, 3)
    assert IncomeStatement.unscoped.get().pension == Decimal("1200.00")
    assert_spans_follow_the_history()


def test_later_edits_stand_when_a_batch_is_undone():
    apply([household_row()])
    batch = apply(
        [household_row(version=1, values={"phone": "2", "bank_name": "农行"})]
    )
    household = Household.unscoped.get()
    household_correct(
        household_id=household.pk, version=2, values={"phone": "3"}, **later()
    )

    changes_undo(batch_id=batch.pk, by=make_clerk(), at=NOON)

    household.refresh_from_db()
    assert (household.phone, household.bank_name) == ("3", None)


def test_batches_undone_in_any_order_leave_nothing_of_them():
    apply([household_row()])
    first = apply([household_row(version=1, values={"phone": "2"})])
    second = apply([household_row(version=2, values={"phone": "3"})])

    for batch, phone in ((first, "3"), (second, "1")):
        changes_undo(batch_id=batch.pk, by=make_clerk(), at=NOON)
        assert Household.unscoped.get().phone == phone


def test_a_batch_others_built_upon_cannot_be_undone():
    batch = apply([household_row()])
    household = Household.unscoped.get()
    household_correct(
        household_id=household.pk, version=1, values={"phone": "3"}, **later()
    )
    other = apply([household_row("B")])
    apply([], [person_row("B1", "B")])

    for pk in (batch.pk, other.pk):
        with pytest.raises(BatchBuiltUpon):
            changes_undo(batch_id=pk, by=make_clerk(), at=NOON)
    assert Batch.unscoped.filter(undone_at__isnull=False).count() == 0


def test_a_batch_of_elsewhere_is_not_found():
    batch = apply([household_row()])

    with pytest.raises(BatchMissing):
        changes_undo(batch_id=batch.pk, by=make_clerk("990101102"), at=NOON)


def test_an_ended_household_takes_no_rows():
    apply([household_row()])
    Household.unscoped.update(registration="ended", ended_on=TODAY, ended_reason="left")

    with pytest.raises(HouseholdEnded):
        apply([household_row(version=1)])
    with pytest.raises(HouseholdMissing):
        apply([], [person_row()])
