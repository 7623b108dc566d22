"""Orders of cards: made in steps, taken up again, given up, erased."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories.accounts import make_post
from tests.factories.documents import make_printing
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE, make_household

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.documents import expiry, files, selectors, services
from xiuhua.apps.documents import services as documents
from xiuhua.apps.documents.models import Printing
from xiuhua.apps.documents.rules import PaperMissing, PaperRefused


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _county(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with region_scope(["990101"]):
        yield


def step(printing: Printing) -> bool:
    return documents.printing_step(
        printing_id=printing.pk, invented=False, by=printing.post, at=NOON
    )


def test_an_order_is_made_step_by_step(monkeypatch):
    monkeypatch.setattr(services, "CARDS_A_STEP", 2)
    by = make_post("township_clerk", VILLAGE[:9])
    for _ in range(5):
        make_household()
    printing = make_printing(by=by)

    assert [step(printing) for _ in range(4)] == [True, True, False, False]

    printing.refresh_from_db()
    assert (printing.state, printing.done, printing.parts) == ("DONE", 5, 3)
    assert all(files.part_path(printing.pk, n).exists() for n in (1, 2, 3))
    counts = Entry.objects.filter(action="documents.cards.made").order_by("number")
    assert [e.new["count"] for e in counts] == [2, 2, 1]


def test_a_step_that_was_broken_off_is_done_again(monkeypatch):
    monkeypatch.setattr(services, "CARDS_A_STEP", 2)
    by = make_post("township_clerk", VILLAGE[:9])
    for _ in range(3):
        make_household()
    printing = make_printing(by=by)
    step(printing)
    # The file of the second step was written, its row was not: the power failed.
    files.part_keep(printing.pk, 2, b"half of it")

    step(printing)

    printing.refresh_from_db()
    assert (printing.state, printing.done, printing.parts) == ("DONE", 3, 2)
    assert files.part_path(printing.pk, 2).read_bytes().startswith(b"%PDF-")


def test_orders_of_nothing_or_elsewhere_are_refused():
    by = make_post("township_clerk", VILLAGE[:9])
    with pytest.raises(PaperRefused):
        make_printing(by=by)
    with pytest.raises(NotPermitted):
        make_printing(by=by, region="990101102201")
    assert Printing.unscoped.count() == 0


def test_an_order_that_failed_leaves_no_file(django_capture_on_commit_callbacks):
    printing = make_printing()
    files.part_keep(printing.pk, 1, b"x")

    with django_capture_on_commit_callbacks(execute=True):
        documents.printing_fail(printing_id=printing.pk, by=printing.post, at=NOON)

    printing.refresh_from_db()
    assert printing.state == "FAILED"
    assert not files.part_path(printing.pk, 1).exists()
    assert step(printing) is False


def test_orders_are_ones_own():
    printing = make_printing()
    other = make_post("township_clerk", VILLAGE[:9])

    assert selectors.printing_get(viewer=printing.post, key=printing.pk) == printing
    with pytest.raises(PaperMissing):
        selectors.printing_get(viewer=other, key=printing.pk)


def test_orders_are_erased_with_their_files():
    printing = make_printing()
    step(printing)
    later = NOON + timedelta(days=8)

    assert expiry.printing_count(before=NOON) == 0
    assert expiry.printing_count(before=later) == 1
    assert expiry.printing_erase(before=later, at=later) == 1
    assert not files.part_path(printing.pk, 1).exists()


def test_who_takes_a_file_is_recorded():
    printing = make_printing()
    step(printing)
    printing.refresh_from_db()

    content = documents.part_take(printing=printing, part=1, by=printing.post, at=NOON)

    assert content.startswith(b"%PDF-")
    entry = Entry.objects.get(action="documents.cards.taken")
    assert entry.actor == printing.post.user.username
