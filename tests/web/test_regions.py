"""Pages of regions: the tree, names, years, groupings, sheets and files."""

from __future__ import annotations

import json
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.accounts import make_post, make_user
from tests.factories.moments import NOON
from tests.factories.regions import make_region, make_region_year
from tests.web.room.test_pages import client_of, office, send

from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions.models import Boundary, Grouping, Region, RegionYear
from xiuhua.apps.registry.services.villages import village_state


pytestmark = pytest.mark.usefixtures("each_database")
VILLAGES = ("990101101201", "990101101202")


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def client(each_database):
    for code in (*VILLAGES, "990102101201"):
        make_region(code)
    return client_of(office())


def get(client, name, *args, **query):
    return client.get(reverse(f"regions:{name}", args=args), query, secure=True)


def act(client, page, /, *args, **said):
    return send(client, reverse(f"regions:{page}", args=args), **said)


def test_the_list_shows_parts_and_what_they_count_as(client):
    make_region_year(VILLAGES[0], 2019, target_class="A")

    page = get(client, "index", region="990101101").text

    assert f"名{VILLAGES[0]}" in page
    assert ">A<" in page
    assert "990102" not in page


def test_other_regions_and_unknown_ones_do_not_exist(client):
    for code in ("990102", "990199", "abc", "99"):
        assert get(client, "page", code).status_code == 404
        assert get(client, "index", region=code).status_code == 404
        assert get(client, "rename", code).status_code == 404


def test_who_may_not_edit_sees_and_changes_nothing():
    make_region("990101101")
    reader = client_of(make_post("township_leader", "990101101"))

    assert get(reader, "page", "990101101").status_code == 200
    for name in ("enter", "rename", "replace", "keep", "year"):
        assert get(reader, name, "990101101").status_code == 403
    for name in ("groupings", "years", "divisions", "boundaries"):
        assert get(reader, name).status_code == 403


def test_a_region_is_entered_and_renamed(client):
    said = {"code": "990101103", "name": "新镇", "valid_from": ""}
    entered = act(client, "enter", "990101", **said)
    renamed = act(
        client, "rename", "990101103", name="新名镇", on="2020-01-01", order_number="1"
    )

    assert "The region is entered" in entered.text
    assert "新名镇" in renamed.text
    assert [n.name for n in Region.objects.get(code="990101103").names.all()] == [
        "新镇",
        "新名镇",
    ]


def test_a_region_elsewhere_or_without_one_around_it_is_refused(client):
    for code in ("990102109", "990101109201", "9901"):
        page = act(client, "enter", "990101", code=code, name="x", valid_from="")
        assert page.status_code in (200, 403)
        assert not Region.objects.filter(code=code, names__name="x").exists()


def test_a_village_is_merged_into_another(client):
    said = {"code": VILLAGES[1], "name": "x", "on": "2020-01-01", "order_number": ""}

    page = act(client, "replace", VILLAGES[0], **said)

    assert "Move its households" in page.text
    assert f"{VILLAGES[0]} → {VILLAGES[1]}" in page.text
    assert get(client, "replace", "990101").status_code == 404


def test_a_merger_to_come_is_taken_back_from_its_page(client):
    said = {"code": VILLAGES[1], "name": "x", "on": "2099-01-01", "order_number": ""}
    page = act(client, "replace", VILLAGES[0], **said)
    way = reverse("regions:keep", args=[VILLAGES[0]])
    assert way in page.text
    assert (
        f"On 2099-01-01 {VILLAGES[0]} was to become"
        in get(client, "keep", VILLAGES[0]).text
    )

    kept = act(client, "keep", VILLAGES[0], order_number="")
    again = act(client, "keep", VILLAGES[0], order_number="")

    assert "The region stays as it is" in kept.text
    assert "→" not in kept.text
    assert Region.objects.get(code=VILLAGES[0]).valid_to is None
    assert "nothing is to become of this region" in again.text


def test_a_merger_of_the_past_says_why_it_stays(client):
    said = {"code": VILLAGES[1], "name": "x", "on": "2020-01-01", "order_number": ""}
    page = act(client, "replace", VILLAGES[0], **said)

    assert reverse("regions:keep", args=[VILLAGES[0]]) not in page.text
    refused = act(client, "keep", VILLAGES[0], order_number="").text
    assert "households may have moved" in refused
    assert get(client, "keep", "990101").status_code == 404


def test_a_township_gets_another_code_with_all_its_villages(client):
    said = {"code": "990101109", "name": "新镇", "on": "2020-01-01"}

    act(client, "replace", "990101101", **said, order_number="")

    assert Region.objects.filter(code="990101109201", valid_to=None).exists()


def test_years_are_set_by_hand(client):
    said = {"year": 2020, "poor_village": "1", "deep_poverty": "", "document": "1号"}

    act(client, "year", VILLAGES[0], **said, target_class="B")

    kept = RegionYear.objects.get(region__code=VILLAGES[0])
    assert (kept.poor_village, kept.deep_poverty, kept.target_class) == (
        True,
        None,
        "B",
    )


def sheet(client):
    answer = get(client, "years", **{"as": "xlsx"})
    return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))


def sent(book) -> SimpleUploadedFile:
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("sheet.xlsx", file.getvalue())


def test_the_sheet_comes_back_as_it_was_handed_out(client):
    make_region_year(VILLAGES[0], 2019, target_class="A")
    book = sheet(client)
    rows = {row[0].value: row for row in book.worksheets[0].iter_rows(min_row=2)}
    assert set(rows) == {"990101", "990101101", *VILLAGES}
    assert rows[VILLAGES[0]][2].value == "yes"
    rows[VILLAGES[1]][2].value = "否"
    rows[VILLAGES[1]][4].value = "B"

    page = act(client, "years", file=sent(book), year=2019, document="2号")
    entries = Entry.objects.filter(action="regions.year.set").count()
    act(client, "years", file=sent(book), year=2019, document="2号")

    assert "The file is taken in" in page.text
    kept = RegionYear.objects.get(region__code=VILLAGES[1], year=2019)
    assert (kept.poor_village, kept.target_class) == (False, "B")
    assert Entry.objects.filter(action="regions.year.set").count() == entries


@pytest.mark.parametrize(
    ("column", "word"), [(2, "vielleicht"), (0, "99010"), (4, "x" * 51)]
)
def test_a_bad_cell_is_named_and_nothing_is_kept(client, column, word):
    book = sheet(client)
    row = list(book.worksheets[0].iter_rows(min_row=2))[-1]
    row[column].value = word

    page = act(client, "years", file=sent(book), year=2019, document="2号")

    assert "bad rows" in page.text
    assert word[:50] in page.text
    assert not RegionYear.objects.exists()


def test_a_sheet_with_a_region_of_others_is_refused(client):
    book = sheet(client)
    list(book.worksheets[0].iter_rows(min_row=2))[-1][0].value = "990102101201"

    page = act(client, "years", file=sent(book), year=2019, document="2号")

    assert page.status_code in (200, 403)
    assert not RegionYear.objects.exists()


def test_a_sheet_of_something_else_is_refused(client):
    file = SimpleUploadedFile("list.csv", b"a,b\n1,2\n")

    page = act(client, "years", file=file, year=2019, document="2号")

    assert "no sheet has the columns" in page.text


def test_divisions_are_brought_in_once(client):
    text = "code,name\n99,省\n9901,市\n990101,县\n990101105,五镇\n990102109,他镇\n"
    file = SimpleUploadedFile("list.csv", text.encode())

    act(client, "divisions", file=file, valid_from="")

    assert Region.objects.filter(code="990101105").exists()
    assert not Region.objects.filter(code="990102109").exists()


def test_boundaries_need_a_review_number_and_stay_at_home(client):
    square = [[[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 0.0]]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": square},
        }
        for code in ("990101101", "990102101")
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}).encode()

    def file():
        return SimpleUploadedFile("map.geojson", text)

    act(client, "boundaries", file=file(), code_field="code", review_number="")
    assert not Boundary.objects.exists()
    wrong = act(client, "boundaries", file=file(), code_field="x", review_number="G1")
    assert "bad features" in wrong.text
    act(client, "boundaries", file=file(), code_field="code", review_number="GS1")

    (kept,) = Boundary.objects.select_related("region")
    assert (kept.region.code, kept.review_number) == ("990101101", "GS1")


def test_a_grouping_is_defined_of_own_regions(client):
    said = {"name": "Hills", "key": "hills", "document": "1号"}

    foreign = act(client, "groupings", **said, codes="990102101")
    done = act(client, "groupings", **said, codes="990101101，990101")
    twice = act(client, "groupings", **said, codes="990101101")

    assert foreign.status_code in (200, 403)
    assert "The grouping is defined" in done.text
    assert "is taken" in twice.text
    assert Grouping.objects.count() == 1


def test_the_page_of_a_village_shows_its_reports_and_who_changed_them(client):
    by = make_post(role="township_clerk", user=make_user("zhaomin"))
    by.user.full_name = "赵敏"
    by.user.save()
    said = {"village": VILLAGES[0], "year": 2019, "by": by, "at": NOON}
    village_state(values={"registered_households": 310}, **said)
    village_state(values={"registered_households": 312}, version=1, **said)
    village_state(values={"women": 7}, **said | {"village": VILLAGES[1]})

    page = get(client, "page", VILLAGES[0]).text

    assert "310 → <strong>312</strong>" in " ".join(page.replace("户", "").split())
    assert "赵敏" in page
    assert "zhaomin" not in page
    assert by.rights.label.en in page
    assert get(client, "page", "990101101").text.count("行政村年报") == 0
