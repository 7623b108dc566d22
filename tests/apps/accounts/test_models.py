"""Every constraint, broken once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from tests.factories.accounts import make_post, make_user


pytestmark = pytest.mark.usefixtures("each_database")


def refused(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_constraint_accounts_user_is_named():
    user = make_user()
    user.username = ""

    refused(user)


def test_constraint_accounts_user_named_once():
    make_user("zhao")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_user("ZHAO")


def test_constraint_accounts_post_ends_after_start():
    post = make_post()
    post.valid_to = post.valid_from

    refused(post)


def test_constraint_accounts_post_role_exists():
    post = make_post()
    post.role = "king"

    refused(post)


@pytest.mark.parametrize(
    ("role", "sector"),
    [("sector_bureau", ""), ("sector_bureau", "magic"), ("county_office", "health")],
)
def test_constraint_accounts_post_sector_where_needed(role, sector):
    post = make_post("county_office", "990101")
    post.role, post.sector = role, sector

    refused(post)


def test_constraint_accounts_post_open_once():
    post = make_post()
    post.pk, post.valid_from = None, date(2019, 1, 1)
    post._state.adding = True

    refused(post)


def test_a_post_names_itself_in_both_languages_and_one_way_in_the_audit():
    post = make_post("sector_bureau", "990101", sector="health")

    with translation.override("zh-hans"):
        assert str(post) == "行业部门 卫生健康 990101"
    with translation.override("en"):
        assert str(post) == "Sector bureau Health 990101"
    assert post.actor.post == "sector_bureau/health@990101"
    assert post.actor.name == post.user.username
    assert str(post.user) == f"{post.user.full_name} ({post.user.username})"
