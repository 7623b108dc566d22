"""Files meant to hurt, sent through the page: an answer in words, nothing left."""

from __future__ import annotations

import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.core.intake.test_hostile import CASES
from tests.factories.exchange import HOUSEHOLD_HEAD, home, sheets, workbook_bytes
from tests.factories.moments import TODAY
from tests.factories.regions import make_region
from tests.factories.registry import VILLAGE, make_clerk
from tests.web.households import browser_of, get, post

from xiuhua.apps.exchange.models import Upload
from xiuhua.web.forms import new_key


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path_factory, monkeypatch, settings):
    folder = tmp_path_factory.mktemp("tmp")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    # Every upload goes to disk, so that what stays there is seen.
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0


@pytest.fixture
def client():
    make_region(VILLAGE)
    return browser_of(make_clerk())


def answered(client, name: str, data: bytes, origin: str = "national"):
    """Send a file; return the status and what became of it."""
    form = {"file": SimpleUploadedFile(name, data), "origin": origin}
    form |= {"once": new_key(), "made_on": str(TODAY)}
    answer = post(client, reverse("exchange:send"), form)
    assert answer.status_code in (302, 422), name
    assert list(Path(tempfile.gettempdir()).iterdir()) == []
    assert list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()) == []
    scratch = Path(settings.DATA_DIR, "exchange", "scratch")
    assert not scratch.exists() or list(scratch.iterdir()) == []
    if answer.status_code == 422:
        assert "alert-danger" in answer.text or "field-error" in answer.text
        return None
    upload = Upload.unscoped.latest("pk")
    page = get(client, answer.url)
    assert page.status_code == 200
    assert "Traceback" not in page.text
    return upload


@pytest.mark.parametrize("origin", ["national", "list"])
@pytest.mark.parametrize("case", [c for c in CASES if c not in ("nothing", "a folder")])
def test_every_hostile_file_is_answered_in_words(case, origin, client, tmp_path):
    path = CASES[case][0](tmp_path)
    if not path.is_file():
        return

    upload = answered(client, path.name, path.read_bytes(), origin)

    assert upload is None or upload.state in ("failed", "compared")
    if upload is not None and upload.state == "failed":
        assert upload.error["code"]


def zipped(**entries: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        zipped(),
        zipped(a__exe=b"MZ"),
        zipped(a__zip=zipped(b__csv=b"x")),
        zipped(a__xlsx=b"PK\x03\x04"),
        b"PK\x05\x06" + bytes(18),
        b"not a zip",
    ],
)
def test_zips_without_sense_are_answered_in_words(data, client):
    upload = answered(client, "x.zip", data)

    assert upload is not None
    assert upload.state == "failed"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.xlsx", "户" * 200 + ".xlsx", "a\nb.xlsx", "CON.xlsx", ".xlsx"],
)
def test_no_name_leads_anywhere(name, client):
    answered(client, name, workbook_bytes(sheets(1)))

    assert not Path(settings.DATA_DIR, "..", "etc").exists()
    base = Path(settings.DATA_DIR, "exchange")
    assert {p.name for p in base.iterdir()} <= {"uploads", "scratch", "downloads"}


def test_cells_that_look_like_code_stay_text(client):
    evil = "<script>alert(1)</script>"
    rows = [HOUSEHOLD_HEAD, home(1, head=evil), home(2, wage=evil)]

    upload = answered(client, "户.xlsx", workbook_bytes({"户": rows}))

    assert upload.state == "compared"
    for name in ("upload", "rows"):
        text = get(client, reverse(f"exchange:{name}", args=[upload.pk])).text
        assert evil not in text
