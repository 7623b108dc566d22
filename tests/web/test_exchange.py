"""Pages of the exchange: send, look through, decide, take over, hand out, key back."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.factories.exchange import (
    HOME,
    HOUSEHOLD_HEAD,
    home,
    make_upload,
    promote,
    sheets,
    workbook_bytes,
)
from tests.factories.moments import NOON, TODAY
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_clerk
from tests.web.households import browser, browser_of, get, post

from xiuhua.apps.audit.models import Entry
from xiuhua.apps.exchange.models import Download, Keying, Upload
from xiuhua.apps.exchange.rules import Origin
from xiuhua.apps.registry.models import Household
from xiuhua.apps.registry.services.households import household_correct
from xiuhua.web.forms import new_key


pytestmark = pytest.mark.usefixtures("each_database")
INDEX = "/exchange/"
LATER = NOON + timedelta(hours=2)
EVEN_LATER = NOON + timedelta(days=1)


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


def sent(clerk, data: bytes | None = None, **said):
    file = SimpleUploadedFile("名册.xlsx", data or workbook_bytes(sheets(1, 2)))
    form = {"file": file, "origin": "national", "once": new_key()}
    form["made_on"] = str(TODAY)
    return post(browser_of(clerk), reverse("exchange:send"), form | said)


def stepped(client, name: str, upload: Upload, **said):
    form = {"version": upload.version, "once": new_key(), **said}
    return post(client, reverse(f"exchange:{name}", args=[upload.pk]), form)


def page(client, upload: Upload) -> str:
    return get(client, reverse("exchange:upload", args=[upload.pk])).text


def figures(text: str) -> dict[str, int]:
    found = re.findall(
        r'figure-name">([^<]+)</div><div class="figure-number[^"]*">(\d+)', text
    )
    return {name: int(number) for name, number in found}


def test_who_is_not_in_an_export_is_listed_and_nobody_is_removed():
    clerk = make_clerk()
    promote(make_upload(sheets(1, 2), by=clerk))
    upload = make_upload(sheets(1), by=clerk, at=EVEN_LATER, made_at=EVEN_LATER)
    client = browser_of(clerk)

    first, path = page(client, upload), reverse("exchange:missing", args=[upload.pk])
    listed = get(client, path)

    assert "Not in the file: 1 households and 0 persons of ours" in first
    assert path in first
    household = Household.unscoped.get(number=f"{HOME[:-3]}002")
    assert reverse("households:page", args=[household.pk]) in listed.text
    assert "户主2" in listed.text
    assert get(client, f"{path}?level=person").text.count("户主2") == 0
    own = make_upload(sheets(1), by=clerk, at=EVEN_LATER, origin=Origin.OWN)
    back = get(client, reverse("exchange:missing", args=[own.pk]))
    assert back["Location"] == reverse("exchange:upload", args=[own.pk])


def test_a_clerk_sends_looks_through_takes_over_and_takes_back():
    make_region(VILLAGE)
    clerk = make_clerk()
    client = browser_of(clerk)

    answer = sent(clerk)
    upload = Upload.unscoped.get()
    assert answer.url == reverse("exchange:upload", args=[upload.pk])
    text = page(client, upload)
    told = figures(text)
    assert told.pop("Rows in the file") == sum(told.values()) == 4
    assert told["new"] == 4
    assert "Take over" in text
    assert Household.unscoped.count() == 0

    stepped(client, "promote", upload)
    upload.refresh_from_db()
    text = page(client, upload)
    assert "Receipt" in text
    assert upload.file_sha256 in text
    assert Household.unscoped.count() == 2

    stepped(client, "undo", upload)
    assert "taken back" in page(client, upload)
    assert {h.registration for h in Household.unscoped.all()} == {"ended"}


def test_a_form_sent_twice_acts_once():
    make_region(VILLAGE)
    clerk = make_clerk()
    client = browser_of(clerk)
    sent(clerk)
    upload = Upload.unscoped.get()
    form = {"version": upload.version, "once": new_key()}
    address = reverse("exchange:promote", args=[upload.pk])

    answers = [post(client, address, form) for _ in range(2)]

    assert [a.status_code for a in answers] == [302, 302]
    assert Household.unscoped.count() == 2


def test_an_old_version_is_refused_in_words():
    upload = make_upload()
    client = browser_of(upload.post)

    answer = stepped(client, "discard", Upload(pk=upload.pk, version=99))

    assert answer.status_code == 422
    assert "somebody else" in answer.text
    upload.refresh_from_db()
    assert upload.state == "compared"


def test_a_file_of_heads_alone_says_so_and_offers_nothing_to_take_over():
    upload = make_upload({"户": [HOUSEHOLD_HEAD]})

    text = page(browser_of(upload.post), upload)

    assert "The file holds heads and no rows" in text
    assert reverse("exchange:promote", args=[upload.pk]) not in text


def test_what_is_compared_anew_waits_and_has_not_failed(settings):
    upload = make_upload(b"PK\x03\x04 no archive")
    client = browser_of(upload.post)
    assert "Nothing of the file counts" in page(client, upload)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    answer = stepped(client, "again", upload)
    text = page(client, upload)

    assert answer.url == reverse("exchange:upload", args=[upload.pk])
    assert 'hx-trigger="every 2s"' in text
    assert "reading the file 0%" in text
    assert "Nothing of the file counts" not in text
    assert Entry.objects.filter(action="exchange.upload.reread").count() == 1
    late = stepped(client, "again", upload)
    assert late.status_code == 422
    assert "<h1>The file is not compared anew</h1>" in late.text


def test_conflicts_are_chosen_on_the_page():
    upload = promote(make_upload(sheets(1)))
    row = Household.unscoped.get()
    household_correct(
        household_id=row.pk,
        version=row.version,
        values={"phone": "135"},
        valid_from=TODAY,
        by=upload.post,
        at=LATER,
    )
    said = {"户": [HOUSEHOLD_HEAD, home(1, phone="137")], "人": sheets(1)["人"]}
    second = make_upload(said, by=upload.post, at=EVEN_LATER, made_at=upload.basis_at)
    client = browser_of(upload.post)
    shown = page(client, second)
    assert "135 → 137 (in conflict, ours stays)" in shown
    assert f'name="row" value="household:{HOME}" form="bulk"' in shown

    ticked = {"row": f"household:{HOME}", "choice": "file"}
    stepped(client, "decide", second, **ticked)

    second.refresh_from_db()
    assert "the file&#x27;s is taken" in page(client, second)
    stepped(client, "promote", second)
    assert Household.unscoped.get().phone == "137"


def test_rejected_rows_say_cell_and_remedy_in_both_languages():
    said = {"户": [HOUSEHOLD_HEAD, home(1, wage="很多")], "人": sheets(1)["人"]}
    upload = make_upload(said)
    address = reverse("exchange:rows", args=[upload.pk]) + "?outcome=rejected"

    english = get(browser_of(upload.post), address).text
    chinese = get(browser_of(upload.post, language="zh-hans"), address).text

    assert "户 F2" in english
    assert "an amount in yuan" in english
    assert "以元为单位" in chinese or "元" in chinese


def test_a_foreign_upload_and_a_missing_one_answer_alike():
    upload = make_upload()
    outsider = browser("township_clerk", "990102101")

    answers = [
        get(outsider, reverse("exchange:upload", args=[pk])) for pk in (upload.pk, 9999)
    ]

    assert [a.status_code for a in answers] == [404, 404]
    assert stepped(outsider, "promote", upload).status_code == 404


@pytest.mark.parametrize("role", ["helper", "village_secretary", "county_leader"])
def test_who_may_not_import_sees_no_upload(role):
    upload = make_upload()
    region = "990101" if role == "county_leader" else VILLAGE

    assert get(browser(role, region), INDEX).status_code == 403
    answer = get(browser(role, region), reverse("exchange:upload", args=[upload.pk]))
    assert answer.status_code == 403


def test_a_sheet_is_asked_for_and_fetched_by_its_owner_alone():
    clerk = promote(make_upload(sheets(1, 2))).post
    client = browser_of(clerk)
    form = {"region": VILLAGE, "year": 2019, "once": new_key()}

    answer = post(client, reverse("exchange:sheet"), form)

    download = Download.unscoped.get()
    assert answer.url == reverse("exchange:download", args=[download.pk])
    assert "Fetch the file" in get(client, answer.url).text
    fetch = reverse("exchange:fetch", args=[download.pk])
    file = post(client, fetch)
    assert file.headers["Cache-Control"].count("no-store")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content)))
    assert book["户"]["A2"].value == HOME
    colleague = browser("township_clerk", "990101101")
    assert post(colleague, fetch).status_code == 404
    Download.unscoped.update(expires_at=NOON)
    assert post(client, fetch).status_code == 404


def test_secret_fields_are_offered_to_roles_that_may_reveal_them_alone():
    make_region(VILLAGE)
    clerk, leader = make_clerk(), browser("township_leader", "990101101")

    assert 'name="secret"' in get(browser_of(clerk), reverse("exchange:export")).text
    assert 'name="secret"' not in get(leader, reverse("exchange:export")).text


def test_the_update_list_fills_itself_and_is_ticked_off_by_the_next_export():
    upload = promote(make_upload(sheets(1)))
    assert Keying.unscoped.count() == 0
    row = Household.unscoped.get()
    household_correct(
        household_id=row.pk,
        version=row.version,
        values={"phone": "135", "sanitary_toilet": True, "planned_exit_year": 2020},
        valid_from=TODAY,
        by=upload.post,
        at=LATER,
    )
    client = browser_of(upload.post)
    text = get(client, reverse("exchange:keying")).text
    # What the national system has no screen for is not to be keyed.
    assert Keying.unscoped.count() == 2
    assert "AAR012" in text
    assert "13900000001" in text
    assert "135" in text

    said = {"户": [HOUSEHOLD_HEAD, home(1, phone="135")], "人": sheets(1)["人"]}
    promote(make_upload(said, by=upload.post, at=EVEN_LATER), at=EVEN_LATER)

    left = Keying.unscoped.filter(done_at__isnull=True)
    assert [k.field for k in left] == ["sanitary_toilet"]
    ticked = {"row": left.get().pk, "once": new_key()}
    post(client, reverse("exchange:keyed"), ticked)
    assert not Keying.unscoped.filter(done_at__isnull=True).exists()


def test_every_page_opens_in_both_languages():
    upload = promote(make_upload(sheets(1)))
    for language in ("en", "zh-hans"):
        client = browser_of(upload.post, language=language)
        for name in ("index", "send", "sheet", "export", "downloads", "keying"):
            assert get(client, reverse(f"exchange:{name}")).status_code == 200
        for name in ("upload", "rows"):
            address = reverse(f"exchange:{name}", args=[upload.pk])
            assert get(client, address).status_code == 200


def test_a_foreign_list_is_mapped_on_the_page_and_then_read():
    upload = promote(make_upload(sheets(1)))
    client = browser_of(upload.post)
    rows = {"名单": [["户编号", "新电话"], [HOME, "13711112222"]]}
    sent(upload.post, workbook_bytes(rows), origin="list")
    second = Upload.unscoped.latest("pk")
    address = reverse("exchange:columns", args=[second.pk])
    assert address in page(client, second)
    form = get(client, address)
    assert "1**********" in form.text
    assert "13711112222" not in form.text
    assert 'value="household.household_id" selected' in form.text

    said = {"name": "电话名单", "column0": "household.household_id", "once": new_key()}
    refused = post(client, address, said | {"column1": ""})
    assert refused.status_code == 422
    post(client, address, said | {"column1": "household.phone", "once": new_key()})

    second.refresh_from_db()
    assert second.counts["counts"] == {"updated": 1}
    assert get(client, address).status_code == 404
