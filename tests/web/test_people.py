"""Pages of the three administrators and of one's own account."""

from __future__ import annotations

import io
import re

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from django.urls import reverse
from tests.factories.accounts import PASSWORD, make_post, make_user
from tests.factories.audit import make_entry
from tests.factories.moments import NOON

from xiuhua.apps.accounts.models import Post, User
from xiuhua.apps.accounts.services import own_password_set
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.audit.rules import Actor


pytestmark = pytest.mark.usefixtures("each_database")
CODE = re.compile(r"<code>([A-Za-z0-9]{4}(?:-[A-Za-z0-9]{4}){3})</code>")
ONCE = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def signed_in(post: Post) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(
        post.user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def get(client: Client, name: str, *args: object):
    return client.get(reverse(name, args=args), secure=True)


def post(client: Client, name: str, *args: object, **said: object):
    """Send a form as a browser does: with what the page put into it."""
    address = reverse(name, args=args)
    shown = client.get(address, secure=True)
    once = ONCE.search(shown.text) if shown.status_code == 200 else None
    said |= {"once": once.group(1)} if once else {}
    return client.post(address, said, secure=True)


def administrator(of: str, region: str = "990101") -> Post:
    return make_post(f"{of}_administrator", region)


def clerk() -> Post:
    user = User.objects.create(
        username="zhao", full_name="赵学文", registered_at=NOON, registered_in="990101"
    )
    user.set_password(PASSWORD)
    user.save()
    return make_post(user=user)


def test_a_person_is_registered_and_chooses_a_password_of_their_own():
    client = signed_in(administrator("people"))

    shown = post(client, "people:register", full_name="钱学文", username="qian")

    code = CODE.search(shown.text).group(1)
    user = User.objects.get(username="qian")
    assert user.temporary_until is not None
    assert user.check_password(code)
    assert code not in str(Entry.objects.values_list())
    # The page cannot be asked for again: the code is nowhere else.
    assert code not in get(client, "people:person", user.pk).text
    person = Client(headers={"Accept-Language": "en"})
    person.post(
        reverse("account_login"), {"login": "qian", "password": code}, secure=True
    )
    led = get(person, "own:index")
    assert led["Location"] == reverse("account_change_password")
    chosen = {"oldpassword": code, "password1": PASSWORD, "password2": PASSWORD}
    person.post(reverse("account_change_password"), chosen, secure=True)
    assert User.objects.get(username="qian").temporary_until is None
    assert User.objects.get(username="qian").check_password(PASSWORD)


def test_an_expired_code_opens_nothing():
    held = clerk()
    User.objects.filter(pk=held.user_id).update(temporary_until=NOON)
    client = signed_in(held)

    response = get(client, "own:index")

    assert response["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_a_taken_name_is_refused_beside_the_form():
    held = clerk()
    client = signed_in(administrator("people"))

    response = post(client, "people:register", full_name="赵", username="ZHAO")

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert CODE.search(response.text) is None
    assert User.objects.filter(username__iexact="zhao").get() == held.user


def test_posts_are_granted_and_ended():
    held = clerk()
    client = signed_in(administrator("people"))
    make_post("helper", "990101101202")
    said = {"role": "helper", "region": "990101101202", "valid_from": "2019-06-23"}

    refused = post(client, "people:grant", held.user_id, **said | {"region": "990101"})
    granted = post(client, "people:grant", held.user_id, **said)

    assert "helper is no post for 990101" in refused.text
    assert granted["Location"] == reverse("people:person", args=[held.user_id])
    new = Post.unscoped.get(user=held.user, role="helper")
    page = get(client, "people:person", held.user_id)
    assert "Township clerk" in page.text
    ended = post(client, "people:post_end", new.pk, on="2019-07-01")
    assert ended.status_code == 302
    new.refresh_from_db()
    assert str(new.valid_to) == "2019-07-01"


def test_the_administrator_of_people_gives_no_administrators_posts():
    held = clerk()
    client = signed_in(administrator("people"))

    page = get(client, "people:grant", held.user_id)
    said = {"role": "audit_administrator", "region": "990101"}
    response = post(
        client, "people:grant", held.user_id, **said, valid_from="2019-06-23"
    )

    assert "township_clerk" in page.text
    assert "audit_administrator" not in page.text
    assert Post.unscoped.filter(user=held.user).count() == 1
    assert 'class="field-error"' in response.text


def test_a_reset_code_signs_in():
    held = clerk()
    client = signed_in(administrator("people"))

    nothing = post(client, "people:password", held.user_id, reason=" ")
    shown = post(client, "people:password", held.user_id, reason="忘记密码")

    assert CODE.search(nothing.text) is None
    code = CODE.search(shown.text).group(1)
    assert "no-store" in shown["Cache-Control"]
    assert User.objects.get(pk=held.user_id).check_password(code)


def test_search_is_a_form_and_pages_hold_their_count():
    held = clerk()
    client = signed_in(administrator("people"))
    for number in range(55):
        make_post("helper", "990101101202", user=make_user(f"helper{number:02}"))

    first = get(client, "people:index")
    second = client.post(reverse("people:index"), {"page": 2}, secure=True)
    found = client.post(reverse("people:index"), {"search": "学文"}, secure=True)
    none = client.post(reverse("people:index"), {"search": "无此人"}, secure=True)

    assert first.text.count("<tr>") == 51
    assert "57 people" in first.text
    assert second.text.count("<tr>") == 8
    assert held.user.full_name in found.text
    assert "1 people" in found.text
    assert "Nobody found" in none.text


@pytest.mark.parametrize("act", ["suspend", "second-factor", "sign-out", "unlock"])
def test_acts_of_security_ask_why_and_are_recorded(act):
    held = clerk()
    client = signed_in(administrator("security"))
    before = Entry.objects.count()

    silent = post(client, "security:act", held.user_id, act, reason="")
    done = post(client, "security:act", held.user_id, act, reason="手机遗失")

    assert silent.status_code == 200
    assert done["Location"] == reverse("security:person", args=[held.user_id])
    assert Entry.objects.count() == before + 1
    assert Entry.objects.latest("pk").new["reason"] == "手机遗失"


def test_a_suspended_person_is_restored(rf):
    held = clerk()
    client = signed_in(administrator("security"))

    post(client, "security:act", held.user_id, "suspend", reason="调离")
    assert authenticate(rf.post("/"), username="zhao", password=PASSWORD) is None
    page = get(client, "security:person", held.user_id)
    assert reverse("security:act", args=[held.user_id, "restore"]) in page.text
    assert reverse("security:act", args=[held.user_id, "suspend"]) not in page.text
    post(client, "security:act", held.user_id, "restore", reason="复职")

    assert User.objects.get(pk=held.user_id).is_active


def test_security_shows_settings_that_do_not_guard(settings):
    client = signed_in(administrator("security"))

    page = get(client, "security:index")

    assert page.text.count("for demonstrations only") == 1
    assert "Second factor for everybody" in page.text


def test_the_record_is_searched_without_values_of_households():
    held = clerk()
    make_entry(new={"persons": 987654, "reason": "核对"}, by=Actor("zhao"))
    own_password_set(user=held.user, password="x", by=Actor("zhao"), at=NOON)
    client = signed_in(administrator("audit"))

    def asked(**said):
        return client.post(reverse("auditing:index"), said, secure=True).text

    page = asked(actor="zhao")
    assert "registry.household.corrected" in page
    assert "987654" not in page
    assert "persons" in page
    assert "核对" in page
    assert "accounts.user.password_changed" in asked(action="accounts.")
    assert "registry.household" not in asked(action="accounts.")
    assert "No entry answers this" in asked(last="2001-01-01")


def test_the_record_is_verified_against_an_anchor():
    make_entry()
    client = signed_in(administrator("audit"))
    anchor = get(client, "auditing:anchor")

    def verified(content: bytes | None):
        said = {"anchor": io.BytesIO(content)} if content is not None else {}
        return client.post(reverse("auditing:verify"), said, secure=True)

    assert "attachment" in anchor["Content-Disposition"]
    assert "They agree with the anchor" in verified(anchor.content).text
    assert "No anchor was given" in verified(None).text
    assert verified(b"no anchor").status_code == 400
    forged = anchor.content.replace(b'"count": 1', b'"count": 1', 1)
    text = forged.decode()
    digest = re.search(r'"digest": "([0-9a-f]{64})"', text).group(1)
    assert "broken" in verified(text.replace(digest, "f" * 64).encode()).text


def test_every_page_belongs_to_its_administrator():
    held = clerk()
    pages = {
        "people": ["people:index", "people:register"],
        "security": ["security:index", "security:people"],
        "audit": ["auditing:index", "auditing:anchor"],
    }
    for of in pages:
        client = signed_in(administrator(of))
        for owner, names in pages.items():
            for name in names:
                assert get(client, name).status_code == (200 if owner == of else 403)
    for name in (name for names in pages.values() for name in names):
        assert get(signed_in(held), name).status_code == 403


def test_people_elsewhere_do_not_exist():
    elsewhere = make_post("helper", "990102101201")
    for of, name in [("people", "people:person"), ("security", "security:person")]:
        client = signed_in(administrator(of))
        for key in (elsewhere.user_id, 10**9):
            assert get(client, name, key).status_code == 404
    client = signed_in(administrator("people"))
    assert get(client, "people:post_end", elsewhere.pk).status_code == 404


def test_ones_own_account_shows_posts_sign_ins_and_whom_to_ask():
    held, people = clerk(), administrator("people")
    client = signed_in(held)

    page = get(client, "own:index")

    assert "Township clerk" in page.text
    assert people.user.full_name in page.text
    assert "signed in" in page.text
