"""Password, second factor, lockout, idle and longest session; what the audit keeps."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from tests.factories.accounts import PASSWORD, make_post, make_user

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit.models import Entry
from xiuhua.web.access import SIGNED_IN, allow
from xiuhua.web.urls import urlpatterns


pytestmark = pytest.mark.usefixtures("each_database")
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _no_memory():
    cache.clear()
    yield
    cache.clear()


def browser() -> Client:
    return Client(headers={"Accept-Language": "en"})


def https(client: Client, method: str, path: str, **data):
    return getattr(client, method)(path, data, secure=True)


def sign_in(client: Client, username: str, password: str = PASSWORD):
    return https(
        client, "post", reverse("account_login"), login=username, password=password
    )


def code(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def done(**about) -> list[str]:
    entries = Entry.objects.filter(action__startswith="accounts.session", **about)
    return [e.action.split(".")[-1] for e in entries.order_by("number")]


def test_plain_http_is_sent_to_https():
    response = browser().get(reverse("account_login"))

    assert response.status_code == 301
    assert response["Location"].startswith("https://")


def test_the_page_carries_its_protection():
    response = https(browser(), "get", reverse("account_login"))

    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in response["Strict-Transport-Security"]
    cookie = response.cookies["__Host-csrf"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Strict"


def test_pages_are_chinese_unless_asked_otherwise():
    chinese = https(Client(), "get", reverse("account_login"))
    english = https(browser(), "get", reverse("account_login"))

    assert '<html lang="zh-hans">' in chinese.text
    assert "<h1>登录</h1>" in chinese.text
    assert '<html lang="en">' in english.text
    assert "<h1>Sign in</h1>" in english.text
    links = set(re.findall(r'<a [^>]*href="([^"]*)"', chinese.text))
    assert links == {"#main", reverse("account_login")}


def test_a_password_alone_leads_to_the_second_factor_and_nowhere_else():
    make_user("zhao")
    client = browser()

    response = sign_in(client, "zhao")

    assert response.status_code == 302
    cookie = response.cookies["__Host-session"]
    assert cookie["secure"]
    assert cookie["httponly"]
    for name in ("mfa_index", "account_change_password", "mfa_view_recovery_codes"):
        response = https(client, "get", reverse(name))
        assert (response.status_code, response["Location"]) == (
            302,
            reverse("mfa_activate_totp"),
        )
    assert https(client, "get", "/nowhere/")["Location"] == reverse("mfa_activate_totp")
    assert done(actor="zhao") == ["signed_in"]


def test_a_second_factor_is_set_up_after_the_password_was_typed_again():
    make_user("zhao")
    client = browser()
    sign_in(client, "zhao")
    set_up, again = reverse("mfa_activate_totp"), reverse("account_reauthenticate")

    asked = https(client, "get", set_up)
    https(client, "post", again, password=PASSWORD)
    shown = https(client, "get", set_up)
    secret = client.session["mfa.totp.secret"]
    stored = https(client, "post", set_up, code=code(secret))

    assert asked["Location"].startswith(again)
    assert shown.status_code == 200
    assert secret in shown.text
    assert stored.status_code == 302
    assert https(client, "get", reverse("mfa_index")).status_code == 200
    codes = https(client, "get", reverse("mfa_view_recovery_codes"))
    assert codes.status_code == 200


def test_who_has_a_second_factor_is_asked_for_it():
    user = make_user("zhao")
    TOTP.activate(user, SECRET)
    client = browser()

    asked = sign_in(client, "zhao")
    assert asked["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    wrong = https(client, "post", reverse("mfa_authenticate"), code="000000")
    assert wrong.status_code == 200
    assert "_auth_user_id" not in client.session
    right = https(client, "post", reverse("mfa_authenticate"), code=code())

    assert right.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)
    assert https(client, "get", reverse("mfa_index")).status_code == 200


def test_the_secret_of_a_second_factor_is_sealed():
    TOTP.activate(make_user("zhao"), SECRET)

    [stored] = Authenticator.objects.values_list("data", flat=True)

    assert stored["secret"].startswith("v1:")
    assert SECRET not in str(stored)


def enter(client: Client, username: str = "zhao"):
    user = make_user(username)
    TOTP.activate(user, SECRET)
    sign_in(client, username)
    https(client, "post", reverse("mfa_authenticate"), code=code())
    assert client.session["_auth_user_id"] == str(user.pk)
    return user


def test_a_name_is_locked_after_five_wrong_passwords_even_for_the_right_one():
    user = make_user("zhao")
    make_user("qian")

    names = ["zhao", "ZHAO", " zhao", "Zhao", "zhao"]
    answers = [sign_in(browser(), name, "wrong").status_code for name in names]
    locked = sign_in(browser(), "zhao")

    assert answers[:4] == [200] * 4
    assert locked.status_code == 429
    assert "This user name is locked" in locked.text
    assert "30 minutes" in locked.text
    assert done(target_id=str(user.pk)).count("refused") >= 5
    assert "signed_in" not in done()
    cache.clear()
    assert sign_in(browser(), "qian").status_code == 302


def test_a_name_nobody_has_is_not_written_down():
    sign_in(browser(), "My-Secret-Password-1", "x")

    assert done() == ["refused"]
    assert Entry.objects.get(action="accounts.session.refused").actor == "?"


def test_a_name_nobody_has_and_a_wrong_password_look_alike():
    make_user("zhao")

    texts = [
        re.sub(r'value="[^"]*"', "", sign_in(browser(), name, "wrong").text)
        for name in ("zhao", "nobody")
    ]

    assert texts[0] == texts[1]


def test_signing_out_ends_the_session():
    client = browser()
    enter(client)

    https(client, "post", reverse("account_logout"))

    assert "_auth_user_id" not in client.session
    assert done(actor="zhao") == ["signed_in", "signed_out"]


def test_an_idle_session_ends():
    client = browser()
    enter(client)
    session = Session.objects.get(session_key=client.session.session_key)
    left = session.expire_date - datetime.now(UTC)  # noqa: TID251  a cookie's own clock
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)

    session.expire_date -= timedelta(minutes=31)
    session.save()

    response = https(client, "get", reverse("mfa_index"))
    assert response["Location"].startswith(reverse("account_login"))


def test_a_session_in_use_is_renewed_but_not_by_every_request():
    client = browser()
    enter(client)
    https(client, "get", reverse("mfa_index"))
    key = client.session.session_key

    with CaptureQueriesContext(connection) as seen:
        https(client, "get", reverse("mfa_index"))
    assert not [q for q in seen if "UPDATE" in q["sql"]]

    session = client.session
    session["renewed_at"] -= 60
    session.save()
    row = Session.objects.get(session_key=key)
    Session.objects.update(expire_date=row.expire_date - timedelta(minutes=20))
    https(client, "get", reverse("mfa_index"))
    renewed = Session.objects.get(session_key=key)
    assert renewed.expire_date >= row.expire_date


def test_no_session_outlives_its_hours_however_busy():
    client = browser()
    enter(client)
    https(client, "get", reverse("mfa_index"))
    session = client.session
    session["signed_in_at"] -= 12 * 3600
    session.save()

    response = https(client, "get", reverse("mfa_index"))

    assert response["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_a_suspended_person_is_out_with_the_next_request():
    client = browser()
    user = enter(client)
    user.is_active = False
    user.save()

    response = https(client, "get", reverse("mfa_index"))

    assert response["Location"].startswith(reverse("account_login"))


def test_a_request_is_made_in_a_post_and_sees_its_region_alone():
    client = browser()
    user = enter(client)
    first = make_post("helper", "990101101201", user=user)
    second = make_post("helper", "990102101201", user=user)
    seen = []

    def look(request):
        seen.append((request.post, list(Post.objects.all())))

    for chosen, expected in ((None, first), (second.pk, second), (0, first)):
        session = client.session
        session["post"] = chosen
        session.save()
        with_hook(client, look)
        assert seen[-1] == (expected, [expected])

    Post.unscoped.filter(user=user).update(valid_to="2019-01-01")
    with_hook(client, look)
    assert seen[-1] == (None, [])


def with_hook(client: Client, look) -> None:
    """Ask for a page whose view lets the test look at the request."""
    pattern = next(p for p in urlpatterns if getattr(p, "name", "") == "mfa_index")
    view = pattern.callback

    def looking(request, *args, **kwargs):
        look(request)
        return view(request, *args, **kwargs)

    pattern.callback = allow(SIGNED_IN)(looking)
    try:
        https(client, "get", reverse("mfa_index"))
    finally:
        pattern.callback = view


def test_nobody_signs_up_and_no_page_writes_mail():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert not names & {"account_signup", "account_reset_password", "account_email"}
    for path in ("/accounts/signup/", "/signup/", "/admin/", "/accounts/email/"):
        assert https(browser(), "get", path).status_code == 404
