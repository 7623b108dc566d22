"""Codes, resets, lockouts, sessions; who may, what is recorded, what ends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY, authenticate
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from tests.factories.accounts import PASSWORD, make_post, make_user
from tests.factories.audit import make_entry
from tests.factories.moments import NOON

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts import services
from xiuhua.apps.accounts.codes import VALID_FOR, new_code
from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.record_reading import Question, record_list
from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.audit.rules import Actor


pytestmark = pytest.mark.usefixtures("each_database")
WHY = "本人书面申请"


def administrator(of: str) -> Post:
    return make_post(f"{of}_administrator", "990101")


def clerk(username: str = "zhao") -> User:
    return make_post("township_clerk", "990101101", user=make_user(username)).user


def open_session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session.create()
    return session.session_key


def just_now() -> datetime:
    return Session.objects.latest("expire_date").expire_date - timedelta(minutes=1)


def test_codes_satisfy_the_rule_for_passwords_and_differ():
    codes = {new_code() for _ in range(200)}

    assert len(codes) == 200
    for code in codes:
        validate_password(code, User(username="zhao", full_name="赵"))
        assert not set("0O1Il") & set(code)


def test_a_reset_gives_a_code_that_is_nowhere_else():
    user, by = clerk(), administrator("people")

    code = services.password_reset(user=user, by=by, at=NOON, reason=WHY)

    user.refresh_from_db()
    assert user.check_password(code)
    assert not user.check_password(PASSWORD)
    assert user.temporary_until == NOON + VALID_FOR
    entry = Entry.objects.get(action="accounts.user.password_reset")
    assert entry.new == {"reason": WHY}
    assert code not in str(Entry.objects.values_list())


def test_a_password_of_ones_own_ends_the_code():
    user, by = clerk(), administrator("people")
    services.password_reset(user=user, by=by, at=NOON, reason=WHY)

    services.own_password_set(user=user, password="x", by=Actor("zhao"), at=NOON)

    user.refresh_from_db()
    assert user.temporary_until is None
    assert Entry.objects.filter(action="accounts.user.password_changed").count() == 1


def test_a_registered_person_starts_with_a_code():
    by = administrator("people")

    user = services.user_register(
        username="qian",
        full_name="钱",
        password=new_code(),
        temporary_until=NOON + VALID_FOR,
        by=by,
        at=NOON,
    )

    assert user.temporary_until == NOON + VALID_FOR
    assert user.registered_in == "990101"


def test_a_second_factor_is_removed_and_sessions_end():
    user, by = clerk(), administrator("security")
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    ended, kept = open_session(user), open_session(by.user)
    said = {"user": user, "by": by, "at": just_now(), "reason": WHY}

    assert services.second_factor_reset(**said) == 1

    assert not Authenticator.objects.filter(user=user).exists()
    assert not Session.objects.filter(session_key=ended).exists()
    assert Session.objects.filter(session_key=kept).exists()
    entry = Entry.objects.get(action="accounts.user.second_factor_reset")
    assert entry.new == {"reason": WHY, "removed": 1, "sessions": 1}


def test_signing_out_everywhere():
    user, by = clerk(), administrator("security")
    open_session(user), open_session(user)
    said = {"user": user, "by": by, "at": just_now(), "reason": WHY}

    assert services.sessions_end(**said) == 2
    assert services.sessions_end(**said) == 0


def test_no_administrator_alone_takes_over_an_account():
    user, people, security = clerk(), administrator("people"), administrator("security")
    acts = {
        services.password_reset: people,
        services.second_factor_reset: security,
        services.sessions_end: security,
        services.lockout_lift: security,
    }

    for act, allowed in acts.items():
        for by in (people, security, administrator("audit")):
            if by is allowed:
                act(user=user, by=by, at=NOON, reason=WHY)
                continue
            with pytest.raises(NotPermitted):
                act(user=user, by=by, at=NOON, reason=WHY)
        with pytest.raises(NotPermitted):
            act(user=allowed.user, by=allowed, at=NOON, reason=WHY)
        with pytest.raises(NotPermitted):
            elsewhere = make_post("helper", "990102101201").user
            act(user=elsewhere, by=allowed, at=NOON, reason=WHY)


def test_a_locked_name_is_seen_and_let_go(settings, rf):
    user, by = clerk("Zhao"), administrator("security")
    for typed, failures in [("zhao", 5), ("Passw0rd-typed-here", 5)]:
        AccessAttempt.objects.create(
            username=typed, failures_since_start=failures, ip_address="192.0.2.1"
        )
    now = AccessAttempt.objects.latest("pk").attempt_time

    with region_scope(["990101"]):
        (lockout,) = accounts.lockout_list(viewer=by, at=now)
        assert (lockout.user, lockout.failures, lockout.locked) == (user, 5, True)
        later = now + settings.AXES_COOLOFF_TIME + timedelta(minutes=1)
        assert accounts.lockout_list(viewer=by, at=later) == []
        services.lockout_lift(user=user, by=by, at=now, reason=WHY)
        assert accounts.lockout_list(viewer=by, at=now) == []
    request = rf.post("/")
    assert authenticate(request, username="Zhao", password=PASSWORD) == user


def test_who_is_signed_in():
    user, by = clerk(), administrator("security")
    open_session(user), open_session(make_post("helper", "990102101201").user)

    with region_scope(["990101"]):
        ((found, count, _),) = accounts.signed_in_list(viewer=by, at=just_now())

    assert (found, count) == (user, 1)


def test_administrators_find_the_people_of_their_region():
    by, user = administrator("people"), clerk()
    make_post("helper", "990102101201", user=make_user("elsewhere"))
    make_user("nobody")
    fresh = services.user_register(
        username="qian", full_name="钱学文", password=PASSWORD, by=by, at=NOON
    )

    with region_scope(["990101"]):
        found = accounts.user_list(viewer=by)
        assert list(found) == sorted([by.user, user, fresh], key=lambda u: u.username)
        assert list(accounts.user_list(viewer=by, search="学文")) == [fresh]
        assert list(accounts.user_list(viewer=by, search="ZHA")) == [user]
        assert accounts.user_get(viewer=by, key=user.pk) == user
        assert [p.user for p in accounts.post_history(viewer=by, user=user)] == [user]
        with pytest.raises(accounts.UserMissing):
            accounts.user_get(viewer=by, key=User.objects.get(username="elsewhere").pk)
        with pytest.raises(accounts.UserMissing):
            accounts.post_get(viewer=by, key=0)
        with pytest.raises(NotPermitted):
            accounts.user_list(viewer=administrator("audit"))


def test_who_can_help_is_named():
    people, far = administrator("people"), make_post("people_administrator", "990102")

    found = accounts.administrators_of(region="990101101201", as_of=NOON.date())

    assert list(found) == [people]
    assert far not in found


def test_the_record_is_read_within_the_region():
    by = administrator("audit")
    clerk("zhao")
    make_post("helper", "990102101201", user=make_user("elsewhere"))
    mine = make_entry(region_code="990101101201")
    make_entry(region_code="990102101201")
    session = {"action": "accounts.session.signed_in", "region_code": ""}
    own = make_entry(**session, by=Actor("zhao"))
    make_entry(**session, by=Actor("elsewhere"))
    unknown = make_entry(**session, by=Actor("?"))

    def found(**asked) -> set[int]:
        entries = record_list(viewer=by, question=Question(**asked))
        of_regions = entries.exclude(action__startswith="regions.")
        return set(of_regions.values_list("pk", flat=True))

    assert found() == {mine.pk, own.pk, unknown.pk}
    assert found(actor="ZHAO") == {own.pk}
    assert found(action="registry.") == {mine.pk}
    assert found(region="990101101") == {mine.pk}
    assert found(target_id="17", first=NOON.date(), last=NOON.date()) >= {mine.pk}
    assert found(first=NOON.date() + timedelta(days=1)) == set()
    assert found(last=NOON.date() - timedelta(days=1)) == set()
    with pytest.raises(NotPermitted):
        record_list(viewer=administrator("people"), question=Question())
