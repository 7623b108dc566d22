"""Where the invented county is not let in."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.factories.accounts import make_post

from xiuhua.apps.accounts.models import User
from xiuhua.demo.load import DemoRefused, county_load


AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("each_database")


def test_an_office_gets_no_invented_county(settings, tmp_path):
    settings.DATA_DIR, settings.DEMO = tmp_path, False

    with pytest.raises(CommandError, match=r"演示|demonstration"):
        call_command("load_demo", stdout=StringIO())

    assert not User.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_an_installation_with_people_gets_none(settings, tmp_path):
    settings.DATA_DIR, settings.DEMO = tmp_path, True
    make_post()

    with pytest.raises(DemoRefused, match="of its own"):
        county_load(at=AT)

    assert not User.objects.filter(username="helper").exists()
