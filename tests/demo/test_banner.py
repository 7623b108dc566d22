"""A demonstration says on every page and sheet that it is one; nothing else does."""

from __future__ import annotations

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from xiuhua.web.columns import Column
from xiuhua.web.workbooks import Sheet, workbook


INVENTED = "本系统中的地名、人物和数字均为虚构。"
pytestmark = pytest.mark.usefixtures("each_database")


def page(client) -> str:
    answer = client.get(reverse("account_login"), HTTP_ACCEPT_LANGUAGE="zh-hans")
    return answer.content.decode()


@pytest.fixture(autouse=True)
def plain(settings):
    settings.SECURE_SSL_REDIRECT = False


def test_pages_of_a_demonstration_say_that_all_is_invented(client, settings):
    settings.DEMO, settings.SECOND_FACTOR_REQUIRED = True, True

    text = page(client)

    assert INVENTED in text
    assert "未启用双重验证" not in text


def test_a_demonstration_without_second_factor_says_so(client, settings):
    settings.DEMO, settings.SECOND_FACTOR_REQUIRED = True, False

    assert "未启用双重验证" in page(client)


def test_pages_of_an_office_say_nothing_of_it(client, settings):
    settings.DEMO = False

    assert INVENTED not in page(client)


@pytest.mark.parametrize("demo", [True, False])
def test_workbooks_say_it_too(settings, demo):
    settings.DEMO = demo
    with translation.override("zh-hans"):
        file = workbook([Sheet("表", (Column("t", "文", str),), [["一"]])])

    book = openpyxl.load_workbook(file)

    assert (book["表"].oddHeader.center.text == INVENTED) is demo
    said = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert (INVENTED in said) is demo
