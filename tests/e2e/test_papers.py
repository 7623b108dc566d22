"""In a browser: a photo over a network that breaks, a number shown for a reason."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, sync_playwright
from tests.factories.accounts import make_post
from tests.factories.attachments import jpeg
from tests.factories.registry import HEAD, VILLAGE, make_household

from xiuhua.apps.accounts.models import User
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.audit.models import Entry


# What a browser does is the same on either database; one is enough.
pytestmark = [
    pytest.mark.chromium,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session"),
]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PHONE = {"width": 390, "height": 844}
# Filling that is cut out of the photo, so that it takes several chunks to send.
FILLING = b"\xff\xe2" + struct.pack(">H", 0xFFFF) + b"MPF\0" + b"x" * 0xFFF9


@pytest.fixture
def site(
    committed: str, settings: Any, tmp_path: Any, monkeypatch: Any
) -> Iterator[str]:
    """Serve the application without TLS to a browser on this machine."""
    # The browser's driver runs a loop beside the tests' own queries.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.DATA_DIR = tmp_path
    settings.SECOND_FACTOR_REQUIRED = settings.SECURE_SSL_REDIRECT = False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "session", "csrf"
    settings.SECURE_HSTS_SECONDS = 0
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    assert server.error is None
    yield f"http://localhost:{server.port}"
    server.terminate()


@pytest.fixture
def page(site: str) -> Iterator[Page]:
    """Return a page of a phone in which a township clerk is signed in."""
    user = make_post("township_clerk", VILLAGE[:9]).user
    with sync_playwright() as driver:
        found = (shutil.which(n) for n in ("chromium", "chromium-browser"))
        program = next(filter(None, found), None)
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=site)
        cookie = {"name": "session", "value": session_of(user), "url": site}
        context.add_cookies([cookie])
        yield context.new_page()
        browser.close()


def session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_a_photo_is_sent_over_a_network_that_breaks(page: Page, tmp_path: Any):
    photo = tmp_path / "饮水.jpg"
    photo.write_bytes(jpeg(extra=FILLING * 20))
    household = make_household()
    asked: list[str] = []
    looked_at: list[bool] = []

    def breaking(route: Any) -> None:
        asked.append(route.request.headers.get("upload-offset", ""))
        broken = len(asked) >= 2 and not looked_at
        route.abort() if broken else route.continue_()

    page.goto(f"/households/{household.pk}/files/")
    page.route("**/files/sendings/*/", breaking)
    page.set_input_files("input[name=file]", photo)
    page.click("main form .btn-primary")
    page.get_by_text("网络中断").wait_for()
    assert violations(page) == []
    # It goes on by itself when the network is back.
    looked_at.append(True)
    page.wait_for_url(f"**/households/{household.pk}/#files")

    assert page.locator("#files").get_by_text("饮水.jpg").first.is_visible()
    assert Attachment.unscoped.count() == 1
    # What had arrived before the break was not sent again.
    assert asked[1] == asked[2] != "0"
    assert violations(page) == []


def test_a_number_is_shown_for_a_reason_by_keyboard_alone(page: Page):
    household = make_household()
    page.goto(f"/households/{household.pk}/withheld/")
    assert str(HEAD["id_number"]) not in page.content()
    assert violations(page) == []

    page.locator("input[name=wanted]").last.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("入户核对证件")
    page.keyboard.press("Enter")
    page.get_by_text(str(HEAD["id_number"])).wait_for()

    assert str(HEAD["id_number"]) not in page.url
    assert violations(page) == []
    assert Entry.objects.filter(action="registry.secret.revealed").count() == 1
