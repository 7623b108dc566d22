"""Random acts against a plain model: rows, history, spans and totals agree on any day.

The model is a list of what was said: of which row, since which day, recorded when.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import make_clerk

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.registry.acts.columns import history_columns
from xiuhua.apps.registry.acts.rows import HouseholdRow, PersonRow
from xiuhua.apps.registry.acts.span_history import spans_from_history
from xiuhua.apps.registry.folding import Known, by_row, folded, plain, row_of
from xiuhua.apps.registry.history import household_as_of
from xiuhua.apps.registry.models import Change, Household, Person, StatusSpan
from xiuhua.apps.registry.services import (
    bulk,
    households,
    members,
    moves,
    persons,
    statuses,
)
from xiuhua.apps.registry.totals import poor_of, region_totals_as_of
from xiuhua.core.errors import XiuhuaError


TOWNSHIP = "990101101"
VILLAGES = ("990101101201", "990101101202")
DAYS = [TODAY - timedelta(days=n) for n in (0, 3, 10, 40, 100)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            "register correct poverty add birth death leave return marry move "
            "split merge import undo end".split()
        ),
        st.integers(0, 20),
        st.integers(0, 20),
        st.sampled_from(DAYS),
        st.sampled_from(["1", "2", "3"]),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class World:
    """The archive as the services keep it, and beside it what was said."""

    by: Post
    at: datetime = NOON - timedelta(hours=3)
    said: list[tuple[tuple[str, int], date, datetime, dict[str, Any], int]] = field(
        default_factory=list
    )
    undone: dict[int, datetime] = field(default_factory=dict)

    def pick(self, model: Any, n: int) -> Any:
        rows = list(model.unscoped.order_by("pk"))
        return rows[n % len(rows)] if rows else None

    def tell(self, row: Any, day: date, batch: int = 0, **values: Any) -> None:
        key = type(row)._meta.label, row.pk
        self.said.append((key, day, self.at, values, batch))

    def then(self, key: tuple[str, int], day: date, known: datetime) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for of, since, at, told, batch in self.said:
            gone = batch in self.undone and self.undone[batch] <= known
            if of == key and since <= day and at <= known and not gone:
                values |= told
        return values


def do(world: World, step: tuple[str, int, int, date, str]) -> None:
    """Do one act by its service, and say it to the model when it was accepted."""
    kind, a, b, day, value = step
    said = {"by": world.by, "at": world.at, "valid_from": day}
    globals()[f"do_{kind}"](world, a, b, day, value, said)


def do_register(world, a, b, day, value, said):
    people = [{"name": f"王{n}"} for n in range(a % 3)]
    village = VILLAGES[b % 2]
    row = households.household_register(
        village=village, values={"phone": value}, persons=people,
        poverty="not_exited", **said,
    )  # fmt: skip
    world.tell(
        row, day, number=row.number, village_id=village, poverty="not_exited",
        registration="registered", phone=value,
    )  # fmt: skip
    for person in Person.unscoped.filter(household=row):
        world.tell(person, day, household_id=row.pk, ended=False)


def do_correct(world, a, b, day, value, said):
    row = world.pick(Household, a)
    households.household_correct(
        household_id=row.pk, version=row.version, values={"phone": value}, **said
    )
    if row.phone != value:
        world.tell(row, day, phone=value)


def do_poverty(world, a, b, day, value, said):
    row = world.pick(Household, a)
    to = ["exited", "pre_exit", "relapsed", "not_exited"][b % 4]
    statuses.poverty_change(
        household_id=row.pk, version=row.version, poverty=to, **said
    )
    world.tell(row, day, poverty=to)


def do_add(world, a, b, day, value, said):
    row = world.pick(Household, a)
    person = persons.person_add(
        household_id=row.pk, version=row.version, values={"name": value}, **said
    )
    world.tell(person, day, household_id=row.pk, ended=False)


def do_birth(world, a, b, day, value, said):
    row = world.pick(Household, a)
    said.pop("valid_from")
    person = members.person_birth(
        household_id=row.pk, version=row.version, values={"birth_date": day}, **said
    )
    world.tell(person, day, household_id=row.pk, ended=False)


def do_death(world, a, b, day, value, said):
    person = world.pick(Person, a)
    members.person_death(person_id=person.pk, version=person.version, **said)
    world.tell(person, day, ended=True)
    _maybe_over(world, person.household_id, day)


def _maybe_over(world, pk, day):
    home = Household.unscoped.get(pk=pk)
    if home.ended_on is not None:
        world.tell(home, day, registration="ended")


def do_leave(world, a, b, day, value, said):
    person = world.pick(Person, a)
    members.person_leave(person_id=person.pk, version=person.version, **said)
    world.tell(person, day, ended=True)


def do_return(world, a, b, day, value, said):
    person = world.pick(Person, a)
    members.person_return(person_id=person.pk, version=person.version, **said)
    world.tell(person, day, ended=False)


def do_marry(world, a, b, day, value, said):
    person, home = world.pick(Person, a), world.pick(Household, b)
    members.person_marry(
        person_id=person.pk, version=person.version, into_id=home.pk,
        into_version=home.version, relation_to_head="spouse", **said,
    )  # fmt: skip
    world.tell(person, day, household_id=home.pk)


def do_move(world, a, b, day, value, said):
    row = world.pick(Household, a)
    village = VILLAGES[b % 2]
    moves.household_move(
        household_id=row.pk, version=row.version, village=village, **said
    )
    if row.village_id != village:
        world.tell(row, day, village_id=village)


def do_split(world, a, b, day, value, said):
    row = world.pick(Household, a)
    first = Person.unscoped.filter(household=row, ended_on=None).order_by("pk").first()
    new = moves.household_split(
        household_id=row.pk, version=row.version,
        person_ids=[first.pk] if first else [], values={"phone": value}, **said,
    )  # fmt: skip
    world.tell(
        new, day, number=new.number, village_id=new.village_id, phone=value,
        poverty=new.poverty, registration=new.registration,
    )  # fmt: skip
    world.tell(first, day, household_id=new.pk)


def do_merge(world, a, b, day, value, said):
    row, home = world.pick(Household, a), world.pick(Household, b)
    going = list(Person.unscoped.filter(household=row, ended_on=None))
    moves.household_merge(
        household_id=row.pk, version=row.version, into_id=home.pk,
        into_version=home.version, **said,
    )  # fmt: skip
    for person in going:
        world.tell(person, day, household_id=home.pk)
    world.tell(row, day, registration="ended")


def do_end(world, a, b, day, value, said):
    row = world.pick(Household, a)
    going = list(Person.unscoped.filter(household=row, ended_on=None))
    moves.household_end(household_id=row.pk, version=row.version, **said)
    for person in going:
        world.tell(person, day, ended=True)
    world.tell(row, day, registration="ended")


def do_import(world, a, b, day, value, said):
    row, person = world.pick(Household, a), world.pick(Person, b)
    number = f"N{b}"
    old = Household.unscoped.filter(number=number).first()
    void = old is not None and old.ended_reason == "undone"
    told = {"village_id": VILLAGES[a % 2], "poverty": "exited", "phone": value}
    rows = [
        HouseholdRow(
            number,
            {"village_code": told["village_id"], "exit_status": "exited",
             "phone": value},
            day,
            version=None if old is None or void else old.version,
        )
    ]  # fmt: skip
    if row is not None and row.number != number:
        rows.append(HouseholdRow(row.number, {"phone": value}, day, row.version))
    people = []
    if person is not None:
        home = Household.unscoped.get(pk=person.household_id)
        people = [PersonRow(person.number, home.number, {}, day, person.version)]
    batch = bulk.changes_apply(
        households=rows, persons=people, source="x", by=said["by"], at=said["at"]
    )
    new = Household.unscoped.get(number=number)
    if old is None or void:
        told |= {"number": number, "registration": "registered"}
    else:
        # What is said again as it was says nothing new.
        told = {n: v for n, v in told.items() if getattr(old, n) != v}
    world.tell(new, day, batch.pk, **told)
    if len(rows) == 2 and row.phone != value:
        world.tell(row, day, batch.pk, phone=value)
    if people and person.ended_on is not None:
        world.tell(person, day, batch.pk, ended=False)


def do_undo(world, a, b, day, value, said):
    batches = sorted({batch for *_, batch in world.said if batch} - world.undone.keys())
    if not batches:
        return
    batch = batches[a % len(batches)]
    bulk.changes_undo(batch_id=batch, by=said["by"], at=said["at"])
    world.undone[batch] = said["at"]


def assert_rows_are_their_history() -> None:
    changes = Change.unscoped.select_related("batch").order_by("pk")
    for (label, pk), told in by_row(changes).items():
        model = Household if label == Household._meta.label else Person
        row = model.unscoped.get(pk=pk)
        if row.ended_reason == "undone":
            continue
        kept = dict(plain(model, folded(told, Known(TODAY))))
        for name in history_columns(model):
            now = getattr(row, name)
            assert (None if now == "" else now) == (kept.get(name) or None), name
    assert {row_of(c) for c in changes} >= {
        (m._meta.label, pk)
        for m in (Household, Person)
        for pk in m.unscoped.values_list("pk", flat=True)
    }


def assert_spans_are_the_history() -> None:
    names = ("household_id", "village_id", "registration", "poverty", "persons_count")
    names += ("policies_kept", "monitoring")
    ids = sorted(Household.unscoped.values_list("pk", flat=True))
    expected = spans_from_history(ids)
    for row in Household.unscoped.all():
        spans = list(StatusSpan.unscoped.filter(household=row).order_by("valid_from"))
        for day in DAYS:
            now, then = (
                [s for s in found if s.valid_from <= day]
                and [
                    tuple(getattr(s, n) for n in names)
                    for s in found
                    if s.valid_from <= day and (not s.valid_to or s.valid_to > day)
                ]
                for found in (spans, expected[row.pk])
            )
            assert now == then, (row, day)
        assert row.persons_count == (spans[-1].persons_count if spans else 0)
        here = Person.unscoped.filter(household=row, ended_on=None).count()
        assert row.persons_count == here


def assert_days_agree(world: World, known: datetime) -> None:
    with region_scope([TOWNSHIP]):
        for row in Household.unscoped.all():
            for day in DAYS:
                found = household_as_of(
                    viewer=world.by, household_id=row.pk, as_of=day, known_at=known
                )
                told = world.then((Household._meta.label, row.pk), day, known)
                if "number" not in told:
                    told = {}
                assert {n: found.values.get(n) for n in told} == told
                assert found.exists is bool(told)
                people = {
                    pk
                    for pk in Person.unscoped.values_list("pk", flat=True)
                    if (p := world.then((Person._meta.label, pk), day, known))
                    and p.get("household_id") == row.pk
                    and not p["ended"]
                }
                assert {m["id"] for m in found.members} == (people if told else set())


def assert_totals_agree(world: World) -> None:
    known = world.at
    for village in VILLAGES:
        for day in DAYS:
            totals = region_totals_as_of(viewer=world.by, region=village, as_of=day)
            poor = 0
            for pk in Household.unscoped.values_list("pk", flat=True):
                told = world.then((Household._meta.label, pk), day, known)
                poor += (
                    told.get("village_id") == village
                    and told.get("registration") == "registered"
                    and told["poverty"] != "exited"
                )
            assert poor_of(totals)[0] == poor


@pytest.mark.usefixtures("each_database")
@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    # Each example is a small database: making a failing one smaller takes minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, past=st.integers(0, 15))
def test_random_acts_agree_with_the_plain_model(steps, past):
    with transaction.atomic():
        for village in VILLAGES:
            make_region(village)
        world = World(make_clerk(TOWNSHIP))
        for step in [("register", 2, 0, DAYS[-1], "1"), *steps]:
            world.at += timedelta(minutes=1)
            try:
                with transaction.atomic():
                    do(world, step)
            except XiuhuaError:
                continue
        assert_rows_are_their_history()
        assert_spans_are_the_history()
        assert_days_agree(world, world.at)
        assert_days_agree(world, NOON - timedelta(hours=3, minutes=-past))
        assert_totals_agree(world)
        transaction.set_rollback(True)
