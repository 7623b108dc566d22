"""Lists: sorting, filters, pages without gaps, searches out of sight, workbooks."""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from tests.factories.accounts import make_post
from tests.factories.regions import make_region

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions.models import Region
from xiuhua.web.columns import Column, Kind, written
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.deep_pages import DeepPaginator
from xiuhua.web.tables.filters import Filter
from xiuhua.web.tables.searches import search_kept
from xiuhua.web.tables.table import PAGE_SIZE, Table, View


pytestmark = pytest.mark.usefixtures("each_database")
TABLE = Table(
    "regions",
    columns=(
        Column("code", "代码", lambda r: r.code, order=("code",)),
        Column("level", "级", lambda r: r.level, order=("level",)),
        Column(
            "digits",
            "位数",
            lambda r: len(r.code),
            kind=Kind.NUMBER,
            href=lambda r: "#",
        ),
        Column(
            "until", "止", lambda r: r.valid_to, kind=Kind.DAY, state=lambda r: "warn"
        ),
    ),
    filters=(
        Filter(
            "level",
            "级",
            lambda rows, value: rows.filter(level=value),
            choices=lambda: [("village", "村"), ("township", "乡镇")],
        ),
        Filter(
            "code", "代码", lambda rows, value: rows.filter(code=value), private=True
        ),
    ),
    order="code",
    select=lambda r: r.pk,
    empty="导入区划后才有内容。",
)


def ask(query: str = "", *, role: str = "county_office", session=None, post=None):
    factory = RequestFactory()
    request = factory.post(f"/x/{query}", post) if post else factory.get(f"/x/{query}")
    request.session = session if session is not None else SessionStore()
    request._messages = CookieStorage(request)
    request.resolver_match = None
    request.post = make_post(role, {"helper": "990101101201"}.get(role, "990101"))
    request.posts = [request.post]
    request.user = request.post.user
    return request


def page(query: str = "", **said) -> str:
    with translation.override("en"):
        response = answer(
            ask(query, **said), TABLE, Region.objects.all(), "web/list.html", title="表"
        )
    assert response.status_code == 200
    return response.text


def villages(count: int) -> None:
    make_region("990101101")
    around = Region.objects.get(code="990101101")
    Region.objects.bulk_create(
        Region(code=f"990101101{n:03}", level="village", parent=around)
        for n in range(201, 201 + count)
    )


def codes(text: str) -> list[str]:
    return re.findall(r'<td data-l="代码"[^>]*>(\d+)<', text)


def test_every_row_stands_on_one_page_however_it_is_sorted():
    villages(2 * PAGE_SIZE + 7)
    total = Region.objects.count()

    for sort in ("code", "-code", "level", "-level", "nonsense", ""):
        seen = [c for n in (1, 2, 3) for c in codes(page(f"?sort={sort}&page={n}"))]
        assert len(seen) == total == len(set(seen)), sort
    assert f"{total} rows" in page()
    assert page().count('name="row"') == PAGE_SIZE
    assert codes(page("?page=99")) == codes(page("?page=3"))
    assert codes(page("?page=x")) == codes(page("?page=1"))


def test_a_page_far_down_holds_the_rows_it_would_hold_anyway(monkeypatch):
    monkeypatch.setattr("xiuhua.web.tables.deep_pages.DEEP", 5)
    make_region("990101101")
    for n in range(201, 221):
        make_region(f"990101101{n}")
    rows = Region.objects.order_by("-level", "-code")

    pages = DeepPaginator(rows, 6)

    found = [row.code for page in pages for row in page.object_list]
    assert found == [row.code for row in rows]
    assert len(pages.page(2).object_list) == 6


def test_what_lies_behind_the_middle_is_skipped_from_the_end(monkeypatch):
    monkeypatch.setattr("xiuhua.web.tables.deep_pages.DEEP", 5)
    villages(60)
    rows = Region.objects.order_by("-level", "code")
    pages = DeepPaginator(rows, 6)

    with CaptureQueriesContext(connection) as seen:
        last = pages.page(pages.num_pages)

    codes = [row.code for row in last.object_list]
    assert codes == [row.code for row in rows][-len(codes) :]
    assert '"code" DESC' in seen[1]["sql"]


@pytest.mark.parametrize("held", [10, 1000])
def test_matches_of_a_search_are_counted_and_cut_alike(monkeypatch, held):
    monkeypatch.setattr("xiuhua.web.tables.deep_pages.HELD", held)
    villages(20)
    rows = Region.objects.order_by("-level", "-code")

    pages = DeepPaginator(rows, 6, searched=True)

    assert pages.count == rows.count()
    found = [row.code for page in pages for row in page.object_list]
    assert found == [row.code for row in rows]
    assert (pages.keys is None) == (held == 10)


def test_a_list_is_narrowed_and_its_parameters_travel_along():
    villages(3)

    text = page("?level=village&sort=-code&other=7")

    assert codes(text) == ["990101101203", "990101101202", "990101101201"]
    assert '<input type="hidden" name="sort" value="-code">' in text
    assert '<input type="hidden" name="other" value="7">' in text
    assert 'aria-sort="descending"' in text
    assert "level=village" in re.search(r'href="([^"]*as=xlsx[^"]*)"', text).group(1)
    assert 'href="?sort=-code&amp;other=7">Show all' in text


def test_a_value_that_is_no_choice_narrows_nothing():
    villages(3)

    assert len(codes(page("?level=planet"))) == Region.objects.count()


def test_what_names_a_person_is_sent_by_post_and_never_shown_in_an_address():
    villages(3)
    session = SessionStore()

    sent = answer(
        ask("?level=village", session=session, post={"code": "990101101202"}),
        TABLE,
        Region.objects.all(),
        "web/list.html",
        title="表",
    )

    assert sent.status_code == 302
    assert "990101101202" not in sent["Location"]
    assert "990101101202" not in str(dict(session.items()))
    query = sent["Location"].partition("/x/")[2]
    text = page(query, session=session)
    assert codes(text) == ["990101101202"]
    assert 'value="990101101202"' in text
    assert all("990101101202" not in url for url in re.findall(r'href="([^"]*)"', text))
    # Nobody else finds anything under the key.
    assert len(codes(page(query))) == 3


def test_an_empty_list_says_what_to_do():
    villages(2)

    session = SessionStore()
    key = search_kept(ask(session=session), {"code": "110101001001"})
    assert "No row fits" in page(f"?q={key}", session=session)
    none = answer(ask(), TABLE, Region.objects.none(), "web/list.html", title="表").text
    assert "导入区划后才有内容。" in none
    assert "<table" not in none


def test_a_page_cannot_take_the_names_the_table_fills():
    rows = Region.objects.none()

    with pytest.raises(TypeError, match="links, page"):
        answer(ask(), TABLE, rows, "web/list.html", title="表", page=1, links=[])


def test_the_workbook_holds_exactly_what_is_shown_and_is_recorded():
    villages(PAGE_SIZE + 5)
    request = ask("?level=village&sort=-code&as=xlsx")

    response = answer(
        request, TABLE, Region.objects.all(), "web/list.html", title="村表"
    )

    book = openpyxl.load_workbook(BytesIO(b"".join(response.streaming_content)))
    rows = list(book["村表"].values)
    assert rows[0] == ("代码", "级", "位数", "止")
    assert [r[0] for r in rows[1:]] == [
        f"990101101{n}" for n in range(200 + PAGE_SIZE + 5, 200, -1)
    ]
    assert rows[1][1:] == ("village", 12, None)
    entry = Entry.objects.get(action="web.table.exported")
    assert entry.new == {"rows": PAGE_SIZE + 5}
    assert entry.actor == request.user.username


def test_who_may_not_take_rows_away_gets_no_workbook_and_no_link_to_it():
    villages(1)

    assert "as=xlsx" not in page(role="helper")
    with pytest.raises(PermissionDenied):
        answer(
            ask("?as=xlsx", role="helper"),
            TABLE,
            Region.objects.all(),
            "web/list.html",
            title="表",
        )
    assert not Entry.objects.filter(action="web.table.exported").exists()


def test_a_list_in_memory_sorts_what_is_not_known_last():
    table = Table(
        "amounts",
        columns=(Column("n", "数", lambda v: v, order=("n",), kind=Kind.NUMBER),),
        exported=Permission.ROWS_EXPORT,
    )

    for sort, expected in (("n", [1, 2, 3, None]), ("-n", [3, 2, 1, None])):
        view = View(ask(f"?sort={sort}"), table, [2, None, 3, 1])
        assert list(view.paged().object_list) == expected
        assert list(view.all_rows()) == expected


def test_values_are_written_so_that_nothing_reads_as_something_else():
    with translation.override("en"):
        assert written(None, Kind.MONEY) == "not known"
        assert written(0, Kind.NUMBER) == "0"
        assert written(False, Kind.FLAG) == "no"
        assert written(Decimal("12345.6"), Kind.MONEY) == "12,345.60"
        assert written(0.00028, Kind.RATE, 3) == "0.028%"


def test_two_things_of_one_name_are_refused():
    column = Column("a", "a", str)
    with pytest.raises(ValueError, match="taken"):
        Table("t", columns=(column, column))
    with pytest.raises(ValueError, match="taken"):
        Table("t", columns=(), filters=(Filter("page", "p", lambda r, v: r),))


def test_a_visitor_without_a_post_is_offered_no_workbook():
    request = ask()
    request.post, request.user = None, AnonymousUser()

    assert not View(request, TABLE, Region.objects.all()).allows_export
