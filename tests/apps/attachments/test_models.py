"""What the database refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.factories.attachments import make_attachment
from tests.factories.moments import NOON

from xiuhua.apps.accounts.scope import ScopeMissing
from xiuhua.apps.attachments.models import Attachment


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def refused(**said):
    made = make_attachment()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Attachment.unscoped.filter(pk=made.pk).update(**said)
    return str(error.value)


def test_constraint_attachments_sent_once():
    one, other = make_attachment(), make_attachment()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.unscoped.filter(pk=other.pk).update(
            added_by=one.added_by, key=one.key
        )


def test_constraint_attachments_not_empty():
    assert "attachments_not_empty" in refused(size=0)


def test_constraint_attachments_kind_taken():
    assert "attachments_kind_taken" in refused(kind="exe")


def test_constraint_attachments_guarded():
    assert "attachments_guarded" in refused(mask="open")


def test_constraint_attachments_removed_by_somebody():
    assert "attachments_removed_by_somebody" in refused(removed_at=NOON)
    assert "attachments_removed_by_somebody" in refused(removed_post="x@99")


def test_attachments_are_asked_for_in_a_scope():
    with pytest.raises(ScopeMissing):
        Attachment.objects.count()
