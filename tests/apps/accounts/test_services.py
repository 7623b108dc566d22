from __future__ import annotations

import io
import threading
from datetime import date

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import HttpRequest
from tests.factories.accounts import PASSWORD, make_post, make_user
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts import services
from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.rules import NotPermitted, PostsIncompatible, PostUnfit
from xiuhua.apps.accounts.scope import ScopeMissing, region_scope
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions.rules import NotInForce


each = pytest.mark.usefixtures("each_database")
SERVER = Actor.command("test")


def people_administrator() -> Post:
    return make_post("people_administrator", "990101")


def security_administrator() -> Post:
    return make_post("security_administrator", "990101")


def grant(by: Post, user: User, **said) -> Post:
    usual = {"role": "township_clerk", "region": "990101101", "valid_from": TODAY}
    return services.post_grant(user=user, by=by, at=NOON, **usual | said)


@each
def test_a_person_is_registered_without_a_post():
    by = people_administrator()

    user = services.user_register(
        username="zhao", full_name="赵", password=PASSWORD, by=by, at=NOON
    )

    assert user.check_password(PASSWORD)
    assert PASSWORD not in user.password
    assert accounts.own_post_list(user=user, as_of=TODAY) == []
    entry = Entry.objects.get(action="accounts.user.registered")
    assert entry.actor == by.user.username
    assert entry.post == "people_administrator@990101"
    assert PASSWORD not in str(entry.new)


@each
@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("zhao", "short1A"),
        ("zhao", "alllowercase"),
        ("zhao", "1234567890"),
        ("zhao", "Password123"),
        ("Xiuhua2019", "Xiuhua2019"),
        ("taken", PASSWORD),
        ("", PASSWORD),
        ("a b", PASSWORD),
    ],
)
def test_weak_passwords_and_bad_names_are_refused(username, password):
    make_user("taken")
    by = people_administrator()
    users = User.objects.count()

    with pytest.raises(services.UserUnfit) as error:
        services.user_register(
            username=username, full_name="赵", password=password, by=by, at=NOON
        )

    assert User.objects.count() == users
    assert password not in str(error.value)


@each
def test_only_the_administrator_of_people_registers():
    for role in ("security_administrator", "audit_administrator", "county_office"):
        by = make_post(role, "990101")
        with pytest.raises(NotPermitted):
            services.user_register(
                username="zhao", full_name="赵", password=PASSWORD, by=by, at=NOON
            )


@each
def test_a_post_is_granted_and_ended():
    by = people_administrator()
    user = make_user("zhao")
    make_region("990101101")

    post = grant(by, user, order_number="县委12号")

    assert accounts.own_post_list(user=user, as_of=TODAY) == [post]
    entry = Entry.objects.get(action="accounts.post.granted")
    assert (entry.region_code, entry.order_number) == ("990101101", "县委12号")
    assert entry.new["valid_from"] == "2019-06-23"

    last = date(2019, 7, 1)
    services.post_end(post=post, on=last, by=by, at=NOON)

    assert accounts.own_post_list(user=user, as_of=date(2019, 6, 30)) == [post]
    assert accounts.own_post_list(user=user, as_of=last) == []
    ended = Entry.objects.get(action="accounts.post.ended")
    assert (ended.old, ended.new) == ({"valid_to": None}, {"valid_to": "2019-07-01"})
    with pytest.raises(PostUnfit):
        services.post_end(post=post, on=last, by=by, at=NOON)


@each
def test_a_post_does_not_end_before_it_starts():
    by = people_administrator()
    post = make_post("helper", "990101101201", valid_from=TODAY)

    with pytest.raises(PostUnfit):
        services.post_end(post=post, on=TODAY, by=by, at=NOON)


@each
def test_grants_that_may_not_be_leave_nothing_behind():
    by = people_administrator()
    clerk = make_post("township_clerk", "990101101")
    entries = Entry.objects.count()

    refusals = [
        (by, make_user(), {"region": "990101199"}, NotInForce),
        (by, make_user(), {"role": "king"}, PostUnfit),
        (by, make_user(), {"role": "helper"}, PostUnfit),
        (
            by,
            make_user(),
            {"role": "audit_administrator", "region": "990101"},
            NotPermitted,
        ),
        (by, by.user, {}, NotPermitted),
        (by, clerk.user, {}, PostsIncompatible),
        (clerk, make_user(), {}, NotPermitted),
    ]
    for who, user, said, error in refusals:
        with pytest.raises(error):
            grant(who, user, **said)

    assert Post.unscoped.count() == 2
    assert Entry.objects.count() == entries


def test_two_grants_at_once_do_not_both_pass(committed):
    security, people = security_administrator(), people_administrator()
    user = make_user("zhao")
    make_region("990101101")
    results: list[str] = []
    gate = threading.Barrier(2)

    def run(by: Post, **said) -> None:
        gate.wait()
        try:
            grant(by, user, **said)
            results.append("granted")
        except PostsIncompatible:
            results.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(people,)),
        threading.Thread(
            target=run,
            args=(security,),
            kwargs={"role": "audit_administrator", "region": "990101"},
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["granted", "refused"]


@each
def test_a_suspended_person_does_not_sign_in_and_has_no_post():
    by = security_administrator()
    post = make_post("helper", "990101101201", user=make_user("zhao"))

    services.user_suspend(user=post.user, by=by, at=NOON, reason="lost phone")

    user = User.objects.get(username="zhao")
    assert accounts.own_post_list(user=user, as_of=TODAY) == []
    assert not user.is_active
    services.user_restore(user=user, by=by, at=NOON, reason="found")
    user.refresh_from_db()
    assert accounts.own_post_list(user=user, as_of=TODAY) == [post]
    said = Entry.objects.get(action="accounts.user.suspended").new
    assert said == {"is_active": False, "reason": "lost phone"}


@each
def test_nobody_suspends_themselves_or_somebody_elsewhere():
    by = security_administrator()
    elsewhere = make_post("county_office", "990102")
    above = make_post("province_officer", "99")
    people = people_administrator()

    for who, user in (
        (by, by.user),
        (by, elsewhere.user),
        (by, above.user),
        (people, make_user()),
    ):
        with pytest.raises(NotPermitted):
            services.user_suspend(user=user, by=who, at=NOON, reason="")


def three(**said) -> dict[str, tuple[str, str, str]]:
    people = {
        role: (f"admin{n}", f"管{n}", PASSWORD)
        for n, role in enumerate(services.ADMINISTRATORS)
    }
    return people | said


@each
def test_the_first_three_are_set_up_once():
    make_region("990101")

    posts = services.administrators_establish(
        people=three(), region="990101", by=SERVER, at=NOON
    )

    assert [p.role for p in posts] == list(services.ADMINISTRATORS)
    assert len({p.user_id for p in posts}) == 3
    with pytest.raises(services.AlreadyEstablished):
        services.administrators_establish(
            people=three(), region="990101", by=SERVER, at=NOON
        )


@each
@pytest.mark.parametrize(
    "said",
    [
        {"audit_administrator": ("admin0", "x", PASSWORD)},
        {"audit_administrator": ("admin9", "x", "weak")},
        {"king": ("king", "x", PASSWORD)},
    ],
)
def test_the_first_three_are_three_people_or_none(said):
    make_region("990101")

    with pytest.raises(services.UserUnfit):
        services.administrators_establish(
            people=three(**said), region="990101", by=SERVER, at=NOON
        )


@each
def test_the_command_asks_for_the_first_three(monkeypatch):
    make_region("990101")
    names = iter(["a", "甲", "b", "乙", "c", "丙"])
    monkeypatch.setattr("builtins.input", lambda prompt: next(names))
    monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    out = io.StringIO()

    call_command("establish_administrators", region="990101", stdout=out)

    assert out.getvalue().endswith("3 administrators set up\n")
    assert sorted(User.objects.values_list("username", flat=True)) == ["a", "b", "c"]


@each
def test_the_command_refuses_two_different_passwords(monkeypatch):
    passwords = iter([PASSWORD, PASSWORD + "x"])
    monkeypatch.setattr("builtins.input", lambda prompt: "a")
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(passwords))

    with pytest.raises(CommandError, match="differ"):
        call_command("establish_administrators", region="990101", stdout=io.StringIO())

    assert User.objects.count() == 0


@each
def test_a_new_installation_has_no_account():
    assert User.objects.count() == 0
    request = HttpRequest()
    assert authenticate(request, username="admin", password="admin") is None
    assert accounts.own_post_list(user=AnonymousUser(), as_of=TODAY) == []


@each
def test_posts_are_listed_in_the_viewers_region():
    viewer = people_administrator()
    inside = make_post("helper", "990101101201")
    make_post("helper", "990102101201")

    with pytest.raises(ScopeMissing):
        accounts.post_list(viewer=viewer, as_of=TODAY)
    with region_scope([viewer.region_id]):
        found = list(accounts.post_list(viewer=viewer, as_of=TODAY))
    with region_scope(["990102"]):
        assert not accounts.post_list(viewer=viewer, as_of=TODAY)

    assert found == [viewer, inside]


def test_passwords_are_hashed_slowly():
    assert settings.REAL_PASSWORD_HASHERS == [
        "django.contrib.auth.hashers.ScryptPasswordHasher"
    ]
