"""What the database refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.factories.desk import make_saved_view, make_sent_form


pytestmark = pytest.mark.usefixtures("each_database")


def test_constraint_desk_view_named_once():
    saved = make_saved_view()

    make_saved_view(name=saved.name)
    make_saved_view(name=saved.name, user=saved.user, page="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_saved_view(name=saved.name, user=saved.user)


def test_constraint_desk_view_named():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_saved_view(name="")


def test_constraint_desk_form_sent_once():
    sent = make_sent_form()

    make_sent_form(key=sent.key)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_sent_form(key=sent.key, user=sent.user)


def test_rows_say_what_they_are():
    assert str(make_saved_view(name="因病")) == "因病"
    assert str(make_sent_form(key="k")) == "k"
