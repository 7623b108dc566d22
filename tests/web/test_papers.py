"""Withheld values, files and papers on the pages of a household."""

from __future__ import annotations

import hashlib
import io
import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.attachments import PDF, PLACE, jpeg, make_attachment
from tests.factories.ledger import make_struck_off
from tests.factories.moments import NOON
from tests.factories.registry import HEAD, VILLAGE, make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.attachments import incoming, storage
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.documents.models import Printing
from xiuhua.apps.ledger.models import Evidence
from xiuhua.apps.registry.models import Household, Person
from xiuhua.core.dictionary.model import Mask


pytestmark = pytest.mark.usefixtures("each_database")
NUMBER = str(HEAD["id_number"])
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ONCE = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture(autouse=True)
def _apart(settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED = False
    settings.DATA_DIR = tmp_path
    settings.TASKS = {
        "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}
    }


def signed_in(post: Post) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(post.user, backend=BACKEND)
    return client


def clerk() -> Client:
    return signed_in(make_post("township_clerk", VILLAGE[:9]))


def asked(household: Household, **said: object) -> dict[str, object]:
    head = Person.unscoped.get(household=household, name=HEAD["name"])
    usual = {"wanted": f"{head.pk}-id_number", "reason": "payment"}
    return usual | {"explanation": "发放低保金"} | said


def reveal(client: Client, household: Household, **said: object):
    address = reverse("reveal:choose", args=[household.pk])
    return client.post(address, asked(household, **said), secure=True)


def revealed() -> list[Entry]:
    return list(Entry.objects.filter(action="registry.secret.revealed"))


def test_a_number_is_shown_for_a_reason_and_recorded(caplog):
    household, client = make_household(), clerk()
    pages = ["reveal:choose", "households:page"]
    with caplog.at_level(logging.DEBUG):
        before = [
            client.get(reverse(name, args=[household.pk]), secure=True).text
            for name in pages
        ]
        shown = reveal(client, household)

    assert all(NUMBER not in page and NUMBER[:14] not in page for page in before)
    assert NUMBER in shown.text
    assert NUMBER not in caplog.text
    assert "no-store" in shown["Cache-Control"]
    (entry,) = revealed()
    assert entry.new == {
        "fields": "id_number",
        "reason": "payment",
        "explanation": "发放低保金",
    }
    assert entry.target == "registry.person"
    assert NUMBER not in str(Entry.objects.values_list())


@pytest.mark.parametrize(
    "said",
    [
        {"reason": ""},
        {"reason": "curiosity"},
        {"explanation": ""},
        {"explanation": "  x "},
        {"wanted": ""},
        {"wanted": "0-bank_account"},
        {"wanted": "999999-id_number"},
        {"wanted": "0-village_group"},
    ],
)
def test_without_a_reason_or_of_what_is_not_withheld_nothing_is_shown(said):
    household, client = make_household(), clerk()

    response = reveal(client, household, **said)

    assert response.status_code == 422
    assert NUMBER not in response.text
    assert revealed() == []


def test_where_the_record_cannot_be_written_nothing_is_shown():
    household, client = make_household(), clerk()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_chain RENAME TO audit_gone")

    response = reveal(client, household)

    assert response.status_code == 503
    assert NUMBER not in response.text
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_gone RENAME TO audit_chain")
    assert revealed() == []


def test_a_day_has_its_limit(settings):
    settings.REVEALS_A_DAY = 2
    household, client = make_household(), clerk()

    assert [reveal(client, household).status_code for _ in range(3)] == [200, 200, 422]
    assert len(revealed()) == 2
    assert reveal(clerk(), household).status_code == 200


@pytest.mark.parametrize(
    ("role", "region", "status"),
    [
        ("helper", VILLAGE, 403),
        ("county_leader", "990101", 403),
        ("audit_administrator", "990101", 403),
        ("township_clerk", "990101102", 404),
        ("county_office", "990102", 404),
    ],
)
def test_others_are_shown_nothing(role, region, status):
    household = make_household()
    person = Person.unscoped.filter(household=household).first()
    client = signed_in(make_post(role, region))

    answers = [
        reveal(client, household),
        client.get(reverse("reveal:choose", args=[household.pk]), secure=True),
        client.get(reverse("documents:sheet", args=[person.pk]), secure=True),
    ]

    assert [a.status_code for a in answers] == [status] * 3
    assert all(NUMBER not in a.text for a in answers)


def test_a_household_without_such_values_says_so():
    household = make_household(persons=[], values={})

    page = clerk().get(reverse("reveal:choose", args=[household.pk]), secure=True)

    assert "Nothing is withheld" in page.text


def add(client: Client, household: Household, content: bytes, **said: object):
    address = reverse("files:add", args=[household.pk])
    shown = client.get(address, secure=True)
    file = io.BytesIO(content)
    file.name = "饮水 水龙头.jpg"
    usual = {"file": file, "mask": "personal", "once": ONCE.search(shown.text).group(1)}
    return client.post(address, usual | said, secure=True)


def test_a_photo_is_added_listed_and_taken():
    household, client = make_household(), clerk()

    kept = add(client, household, jpeg())

    made = Attachment.unscoped.get()
    page = client.get(reverse("households:page", args=[household.pk]), secure=True)
    taken = client.post(reverse("files:take", args=[made.pk]), secure=True)
    assert (
        kept["Location"] == reverse("households:page", args=[household.pk]) + "#files"
    )
    assert "饮水 水龙头.jpg" in page.text
    assert PLACE not in taken.content
    assert taken["Content-Disposition"].startswith("attachment; filename=")
    assert "饮水" not in taken["Content-Disposition"]
    assert taken["X-Content-Type-Options"] == "nosniff"
    assert taken["Cache-Control"] == "no-store"
    assert Entry.objects.filter(action="attachments.attachment.opened").count() == 1


def test_a_form_sent_twice_keeps_one_file():
    household, client = make_household(), clerk()
    once = "x" * 43

    for _ in range(2):
        assert add(client, household, jpeg(), once=once).status_code == 302

    assert Attachment.unscoped.count() == 1


def test_what_is_no_evidence_is_refused_beside_the_field():
    household, client = make_household(), clerk()

    response = add(client, household, b"MZ no evidence")

    assert response.status_code == 422
    assert "this kind of file is not taken" in response.text
    assert Attachment.unscoped.count() == 0


def test_a_withheld_file_asks_for_a_reason():
    household = make_household()
    subject = Subject("registry.household", str(household.pk), VILLAGE)
    made = make_attachment(subject=subject, mask=Mask.SECRET)
    address = reverse("files:take", args=[made.pk])
    helper, client = signed_in(make_post("helper", VILLAGE)), clerk()

    assert helper.post(address, secure=True).status_code == 403
    assert client.post(address, secure=True).content != PDF
    shown = client.get(address, secure=True)
    said = {"once": ONCE.search(shown.text).group(1), "reason": "核对残疾证"}
    assert client.post(address, said, secure=True).content == PDF
    entry = Entry.objects.get(action="attachments.attachment.opened")
    assert entry.new["reason"] == "核对残疾证"


def test_a_file_is_removed_for_a_reason():
    household, client = make_household(), clerk()
    subject = Subject("registry.household", str(household.pk), VILLAGE)
    made = make_attachment(subject=subject)
    address = reverse("files:remove", args=[made.pk])
    shown = client.get(address, secure=True)
    once = {"once": ONCE.search(shown.text).group(1)}

    assert client.post(address, once, secure=True).status_code == 422
    assert (
        client.post(address, once | {"reason": "传错户"}, secure=True).status_code
        == 302
    )
    assert client.get(address, secure=True).status_code == 404


def test_a_file_that_proves_an_end_is_refused_with_the_reason():
    with region_scope(["990101"]):
        ended = make_struck_off()
    subject = Subject("ledger.problem", str(ended.pk), VILLAGE)
    made = make_attachment(subject=subject)
    Evidence.objects.create(
        problem=ended, attachment=made, kind="photo", given_by="u", given_at=NOON
    )
    address, client = reverse("files:remove", args=[made.pk]), clerk()
    shown = client.get(address, secure=True)
    said = {"once": ONCE.search(shown.text).group(1), "reason": "传错户"}

    answer = client.post(address, said, secure=True)

    assert answer.status_code == 422
    assert f"the file proves how {ended.number} ended" in answer.text
    assert client.get(address, secure=True).status_code == 200


def test_files_elsewhere_do_not_exist():
    household = make_household()
    subject = Subject("registry.household", str(household.pk), VILLAGE)
    made = make_attachment(subject=subject)
    far = signed_in(make_post("township_clerk", "990101102"))
    bureau = signed_in(make_post("sector_bureau", "990101", sector="water"))

    for name in ("files:take", "files:remove"):
        address = reverse(name, args=[made.pk])
        assert far.get(address, secure=True).status_code == 404
        assert bureau.get(address, secure=True).status_code == 403
    address = reverse("files:add", args=[household.pk])
    assert far.get(address, secure=True).status_code == 404
    page = bureau.get(reverse("households:page", args=[household.pk]), secure=True)
    assert made.name not in page.text


def test_a_broken_sending_goes_on_and_ends_in_one_file():
    household, client, photo = make_household(), clerk(), jpeg()
    key, digest = "0b6e2a5e-1111-4222-8333-000000000001", hashlib.sha256(photo)
    said = {"key": key, "name": "a.jpg", "size": len(photo), "mask": "personal"}
    said["digest"] = digest.hexdigest()
    begin = reverse("files:announce", args=[household.pk])
    chunk = reverse("files:chunk", args=[key])

    def put(offset: int, content: bytes):
        headers = {"Upload-Offset": str(offset)}
        kind = "application/octet-stream"
        return client.put(chunk, content, kind, headers=headers, secure=True)

    def finish():
        return client.post(reverse("files:finish", args=[key]), secure=True)

    assert put(0, photo).status_code == 404
    assert client.post(begin, said, secure=True).json() == {"received": 0}
    assert put(0, photo[:50]).json() == {"received": 50}
    assert put(0, photo[:50]).json() == {"received": 50}
    gap = put(60, photo[60:])
    assert (gap.status_code, gap.json()["received"]) == (409, 50)
    early = finish()
    assert (early.status_code, early.json()["received"]) == (409, 50)
    assert client.post(begin, said, secure=True).json() == {"received": 50}
    assert put(50, photo[50:]).json() == {"received": len(photo)}
    made, again = finish().json(), finish().json()

    assert made == again
    assert Attachment.unscoped.get().pk == made["file"]
    other = client.post(begin, said | {"size": 5, "digest": "0" * 64}, secure=True)
    assert other.status_code in (200, 409)
    assert client.post(begin, said | {"size": "x"}, secure=True).status_code == 400
    assert incoming.CHUNK_MOST < storage.limits().bytes_most


def test_a_card_is_handed_out_as_pdf_and_for_word():
    household, client = make_household(), clerk()
    address = reverse("documents:card", args=[household.pk])

    pdf = client.post(address, {"form": "pdf"}, secure=True)
    word = client.post(address, {"form": "docx"}, secure=True)

    assert pdf.content.startswith(b"%PDF-")
    assert word.content.startswith(b"PK\x03\x04")
    assert "attachment" in pdf["Content-Disposition"]
    assert client.post(address, {"form": "exe"}, secure=True).status_code == 404
    assert Entry.objects.filter(action="documents.card.made").count() == 2
    far = signed_in(make_post("township_clerk", "990101102"))
    assert far.post(address, {"form": "pdf"}, secure=True).status_code == 404


def test_a_data_sheet_is_made_for_a_reason():
    household, client = make_household(), clerk()
    person = Person.unscoped.filter(household=household).first()
    address = reverse("documents:sheet", args=[person.pk])

    refused = client.post(address, {"reason": "x"}, secure=True)
    made = client.post(address, {"reason": "本人书面申请"}, secure=True)

    assert refused.status_code == 422
    assert made.content.startswith(b"%PDF-")
    entry = Entry.objects.get(action="documents.data_sheet.made")
    assert entry.new["reason"] == "本人书面申请"


def test_cards_of_a_village_are_ordered_and_taken(django_capture_on_commit_callbacks):
    make_household()
    post = make_post("township_clerk", VILLAGE[:9])
    client = signed_in(post)
    address = reverse("documents:cards")

    with django_capture_on_commit_callbacks(execute=True):
        ordered = client.post(address, {"region": VILLAGE}, secure=True)

    assert ordered.status_code == 302
    order = Printing.unscoped.get()
    assert (order.state, order.done, order.parts) == ("DONE", 1, 1)
    assert "ready" in client.get(address, secure=True).text
    part = reverse("documents:part", args=[order.pk, 1])
    assert client.post(part, secure=True).content.startswith(b"%PDF-")
    for where in ([order.pk, 2], [order.pk + 1, 1]):
        missing = reverse("documents:part", args=where)
        assert client.post(missing, secure=True).status_code == 404
    assert clerk().post(part, secure=True).status_code == 404
    elsewhere = client.post(address, {"region": "990101102201"}, secure=True)
    assert elsewhere.status_code == 422
