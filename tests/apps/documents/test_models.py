"""What the database refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.factories.documents import make_printing

from xiuhua.apps.accounts.scope import ScopeMissing
from xiuhua.apps.documents.models import Printing


pytestmark = pytest.mark.usefixtures("each_database")


def refused(**said: object) -> str:
    made = make_printing()
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Printing.unscoped.filter(pk=made.pk).update(**said)
    return str(error.value)


def test_constraint_documents_printing_of_something():
    assert "documents_printing_of_something" in refused(total=0)


def test_constraint_documents_printing_state_exists():
    assert "documents_printing_state_exists" in refused(state="LOST")


def test_constraint_documents_printing_done_has_files():
    assert "documents_printing_done_has_files" in refused(state="DONE")


def test_orders_are_asked_for_in_a_scope():
    with pytest.raises(ScopeMissing):
        Printing.objects.count()
