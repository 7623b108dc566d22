from __future__ import annotations

from datetime import date

import pytest

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import ROLES, Kind
from xiuhua.apps.accounts.rules import (
    NotPermitted,
    PostsIncompatible,
    PostState,
    PostUnfit,
    check_grant,
    check_other,
    check_permitted,
    check_post,
    check_together,
    is_in_office,
)
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.periods import Period


YEAR = Period(date(2019, 1, 1), date(2020, 1, 1))
NEXT = Period(date(2020, 1, 1), date(2021, 1, 1))
PLACES = {"village": "990101101201", "township": "990101101", "county": "990101"}
PLACES |= {"prefecture": "9901", "province": "99"}
ADMINISTRATORS = [r for r in ROLES.values() if r.kind is Kind.ADMINISTRATION]
HOUSEHOLD = {
    Permission.HOUSEHOLD_VIEW,
    Permission.HOUSEHOLD_EDIT,
    Permission.SECRET_REVEAL,
    Permission.FIGURES_VIEW,
    Permission.ROWS_IMPORT,
    Permission.ROWS_EXPORT,
    Permission.SCREENING_RUN,
    Permission.STANDARD_ADOPT,
    Permission.VISIT_WRITE,
    Permission.FINDING_WRITE,
}
MANAGING = {
    Permission.PEOPLE_MANAGE,
    Permission.SECURITY_MANAGE,
    Permission.AUDIT_READ,
}


def post(role: str, region: str = "", user: str = "li", life=YEAR) -> PostState:
    rights = ROLES[role]
    region = region or PLACES[sorted(rights.levels)[0]]
    return PostState(user, role, region, "health" if rights.needs_sector else "", life)


def test_three_administrators_are_apart_and_see_no_household():
    assert len(ADMINISTRATORS) == 3
    for role in ADMINISTRATORS:
        assert not role.permissions & HOUSEHOLD
        assert len(role.permissions & MANAGING) == 1
        assert role.sees is Mask.OPEN
    held = {p for role in ADMINISTRATORS for p in role.permissions}
    # How the installation is, each of them may see.
    assert held == MANAGING | {Permission.SYSTEM_VIEW}


def test_no_working_role_manages():
    for role in ROLES.values():
        if role.kind is not Kind.ADMINISTRATION:
            assert not role.permissions & MANAGING, role.code


def test_who_can_reveal_sees_secrets_and_nobody_else_does():
    for role in ROLES.values():
        reveals = Permission.SECRET_REVEAL in role.permissions
        assert reveals == role.shows(Mask.SECRET), role.code
        assert role.shows(Mask.OPEN)


@pytest.mark.parametrize("code", ROLES)
def test_every_role_fits_its_levels_and_no_other(code):
    for level, region in PLACES.items():
        wanted = post(code, region)
        if level in ROLES[code].levels:
            check_post(wanted)
        else:
            with pytest.raises(PostUnfit):
                check_post(wanted)


@pytest.mark.parametrize(
    "state",
    [
        PostState("li", "sector_bureau", "990101", "", YEAR),
        PostState("li", "sector_bureau", "990101", "magic", YEAR),
        PostState("li", "county_office", "990101", "health", YEAR),
        PostState("li", "county_office", "99010", "", YEAR),
        PostState("li", "county_office", "990101", "", Period(None, None)),
        PostState("li", "county_office", "990101", "", Period(YEAR.end, YEAR.start)),
        PostState("li", "county_office", "990101", "", Period(YEAR.end, YEAR.end)),
        PostState("li", "inspector", "990101", "", Period(YEAR.start, None)),
        PostState("li", "enumerator", "990101101201", "", Period(YEAR.start, None)),
    ],
)
def test_posts_that_do_not_fit_are_refused(state):
    with pytest.raises(PostUnfit):
        check_post(state)


@pytest.mark.parametrize("role", [r.code for r in ADMINISTRATORS])
@pytest.mark.parametrize("other", ROLES)
def test_an_administrator_holds_nothing_else(role, other):
    for pair in ((role, other), (other, role)):
        with pytest.raises(PostsIncompatible):
            check_together(post(pair[0], "990101"), [post(pair[1], "990101")])


def test_one_after_the_other_is_no_clash():
    check_together(post("people_administrator", life=NEXT), [post("county_office")])
    check_together(post("county_office", life=NEXT), [post("county_office")])


def test_the_same_post_is_held_once():
    with pytest.raises(PostsIncompatible):
        check_together(post("helper"), [post("helper")])

    check_together(post("helper", "990101101202"), [post("helper", "990101101201")])


@pytest.mark.parametrize(
    ("check", "work", "refused"),
    [
        ("990101101201", "990101101201", True),
        ("990101101201", "990101101202", True),
        ("990101", "990101101202", True),
        ("990101101201", "990102101201", False),
        ("990101", "990110", False),
    ],
)
def test_nobody_checks_a_county_they_have_worked_in(check, work, refused):
    work_role = {12: "helper", 6: "county_leader"}[len(work)]
    checking = post("inspector", check, life=NEXT)
    working = post(work_role, work)

    for one, other in ((checking, working), (working, checking)):
        if refused:
            with pytest.raises(PostsIncompatible):
                check_together(one, [other])
        else:
            check_together(one, [other])


def test_an_officer_of_the_prefecture_checks_none_of_its_counties():
    with pytest.raises(PostsIncompatible):
        check_together(post("inspector", "990101"), [post("prefecture_officer")])


def test_who_grants_what():
    people = post("people_administrator", "990101", "p")
    security = post("security_administrator", "990101", "s")

    for code, role in ROLES.items():
        right, wrong = people, security
        if role.kind is Kind.ADMINISTRATION:
            right, wrong = security, people
        region = next((p for p in PLACES.values() if p.startswith("990101")), "")
        check_grant(right, post(code, region))
        with pytest.raises(NotPermitted):
            check_grant(wrong, post(code, region))
        with pytest.raises(NotPermitted):
            check_grant(right, post(code, region, user=right.user))
        with pytest.raises(NotPermitted):
            check_grant(right, post(code, "990102"))


def test_a_working_post_grants_nothing():
    for code, role in ROLES.items():
        if role.kind is not Kind.ADMINISTRATION:
            with pytest.raises(NotPermitted):
                check_grant(post(code, user="w"), post("helper"))


def test_a_permission_holds_in_the_posts_region_alone():
    clerk = post("township_clerk", "990101101")

    check_permitted(clerk, Permission.HOUSEHOLD_EDIT, region="990101101201")
    for region in ("990101", "990101102", "990102101201", ""):
        with pytest.raises(NotPermitted):
            check_permitted(clerk, Permission.HOUSEHOLD_EDIT, region=region)


def test_a_post_is_held_from_its_first_day_to_the_day_before_its_last():
    state = post("helper")

    assert is_in_office(state, on=date(2019, 1, 1))
    assert is_in_office(state, on=date(2019, 12, 31))
    assert not is_in_office(state, on=date(2020, 1, 1))
    assert not is_in_office(state, on=date(2018, 12, 31))


@pytest.mark.parametrize(
    ("user", "regions", "passes"),
    [
        ("zhao", ["990101101"], True),
        ("zhao", ["990101", "990101101201"], True),
        ("zhao", ["990101", "990102"], False),
        ("zhao", ["99"], False),
        ("admin", ["990101"], False),
    ],
)
def test_nobody_acts_on_their_own_account_or_on_one_elsewhere(user, regions, passes):
    by = PostState("admin", "people_administrator", "990101")

    def check() -> None:
        check_other(by, Permission.PEOPLE_MANAGE, user=user, regions=regions)

    if passes:
        check()
    else:
        with pytest.raises(NotPermitted):
            check()
    with pytest.raises(NotPermitted):
        check_other(by, Permission.SECURITY_MANAGE, user="zhao", regions=["990101"])
