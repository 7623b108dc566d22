"""Withheld values: each shown once is one entry, counted by day and person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.moments import NOON
from tests.factories.registry import HEAD, VILLAGE, make_clerk, make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.services.withheld import withheld_reveal
from xiuhua.apps.registry.withholding import (
    RevealRefused,
    Withheld,
    reveals_left,
    withheld_fields,
)


pytestmark = pytest.mark.usefixtures("each_database")


def show(household: Household, by: Post, *wanted: Withheld, at=NOON) -> list[object]:
    with region_scope([VILLAGE[:9]]):
        return withheld_reveal(
            household_id=household.pk,
            wanted=wanted,
            reason="papers",
            explanation="入户核对证件",
            by=by,
            at=at,
        )


def number_of(household: Household) -> Withheld:
    head = Person.unscoped.get(household=household, name=HEAD["name"])
    return Withheld("id_number", head.pk)


def test_every_secret_field_of_the_dictionary_is_withheld():
    names = {f.name for f in withheld_fields("person")}

    assert {"id_number", "health", "disability_kind", "disability_grade"} == names
    assert "bank_account" in {f.name for f in withheld_fields("household")}


def test_several_values_are_as_many_entries():
    household, by = make_household(), make_clerk()
    head = Withheld("head_id_number")

    shown = show(household, by, number_of(household), head)

    assert shown == [HEAD["id_number"], HEAD["id_number"]]
    entries = Entry.objects.filter(action="registry.secret.revealed").order_by("pk")
    assert [e.target for e in entries] == ["registry.person", "registry.household"]
    assert {e.actor for e in entries} == {by.user.username}


def test_a_thousand_times_shown_is_a_thousand_entries(settings):
    settings.REVEALS_A_DAY = 1000
    household, by = make_household(), make_clerk()
    one = number_of(household)

    for _ in range(100):
        assert len(show(household, by, *[one] * 10)) == 10

    assert reveals_left(by=by, at=NOON) == 0
    with pytest.raises(RevealRefused):
        show(household, by, one)
    found = Entry.objects.filter(action="registry.secret.revealed")
    assert found.count() == 1000
    assert list(audit.break_list(anchor={})) == []


def test_the_count_begins_anew_at_midnight(settings):
    settings.REVEALS_A_DAY = 1
    household, by = make_household(), make_clerk()
    one = number_of(household)
    show(household, by, one)

    # Noon of the tests is noon in Shanghai: midnight there is twelve hours off.
    with pytest.raises(RevealRefused):
        show(household, by, one, at=NOON + timedelta(hours=11, minutes=59))
    assert show(household, by, one, at=NOON + timedelta(hours=12)) == [
        HEAD["id_number"]
    ]


def test_nothing_is_shown_when_one_of_several_is_refused():
    household, by = make_household(), make_clerk()

    with pytest.raises(RevealRefused):
        show(household, by, number_of(household), Withheld("village_group"))

    assert not Entry.objects.filter(action="registry.secret.revealed").exists()
