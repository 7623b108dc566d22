"""Nobody's name or number reaches the log, whatever is asked and whatever fails."""

from __future__ import annotations

import io
import logging

import pytest
from django.conf import settings
from tests.factories.registry import HEAD, make_household
from tests.web.households import browser, get, post

from xiuhua.config.log_files import MaskingFormatter
from xiuhua.web.pages.system import views


pytestmark = pytest.mark.usefixtures("each_database")
NAME, NUMBER, PHONE = "欧阳绣娘", "99012619330319911X", "13912345678"
SEEDED = (NAME, NUMBER, PHONE)


@pytest.fixture
def logged(settings):
    """Write all that the installation would log to a text."""
    settings.SECOND_FACTOR_REQUIRED = False
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter("%(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def seeded():
    head = HEAD | {"name": NAME, "id_number": NUMBER}
    return make_household(
        values={"phone": PHONE, "main_cause": "illness"}, persons=[head]
    )


def test_what_is_asked_for_is_not_logged(logged):
    household = seeded()
    clerk = browser("township_clerk", household.village_id[:9])
    outsider = browser("township_clerk", "990102101")

    for word in SEEDED:
        post(clerk, "/households/", {"q": word, "name": word, "id_number": word})
        get(clerk, f"/nowhere/{NUMBER}/")
        get(clerk, f"/nowhere/?phone={PHONE}")
    get(clerk, f"/households/{household.pk}/")
    get(outsider, f"/households/{household.pk}/")

    said = logged.getvalue()
    assert "django.request Not Found" in said
    assert [word for word in SEEDED if word in said] == []


def test_a_failure_that_quotes_a_person_is_not_logged_with_their_number(
    logged, monkeypatch
):
    def failing(*_args, **_said):
        raise RuntimeError(f"{NUMBER} {PHONE} cannot be shown")

    administrator = browser("people_administrator", "990101")
    administrator.raise_request_exception = False
    monkeypatch.setattr(views, "findings", failing)
    answer = get(administrator, "/system/")

    said = logged.getvalue()
    assert answer.status_code == 500
    assert "RuntimeError: ****************** 139****5678 cannot be shown" in said
    assert [word for word in (NUMBER, PHONE) if word in said + answer.text] == []


def test_the_level_of_the_installation_leaves_statements_out():
    """Statements of the database, with their values, are logged at DEBUG alone."""
    assert settings.LOGGING["root"]["level"] == "WARNING"
    assert "loggers" not in settings.LOGGING
