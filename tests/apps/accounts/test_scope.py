"""The scope fails closed, narrows and never widens; held against a reference."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.factories.accounts import make_post

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import (
    EVERYWHERE,
    ScopeMissing,
    ScopeWrong,
    common,
    current_scope,
    region_scope,
)


REGIONS = [
    "99", "9901", "9902", "990101", "990102", "990110", "990201", "990101101",
    "990101102", "990102101", "990101101201", "990101101202", "990102101201",
]  # fmt: skip
ROLES = {2: "province_officer", 4: "prefecture_officer", 6: "county_leader"}
ROLES |= {9: "township_leader", 12: "helper"}
codes = st.sampled_from(REGIONS)


@pytest.mark.usefixtures("each_database")
def test_what_hangs_on_a_row_is_asked_for_in_the_scope_too():
    post = make_post("township_clerk", "990101101")

    with region_scope(["990101"]):
        assert list(post.user.posts.all()) == [post]
    with region_scope(["990102"]):
        assert list(post.user.posts.all()) == []


@pytest.mark.usefixtures("each_database")
def test_without_a_scope_every_query_raises():
    post = make_post()

    for ask in (
        Post.objects.all,
        Post.objects.count,
        lambda: Post.objects.filter(pk=post.pk),
        lambda: Post.objects.create(user=post.user),
        lambda: post.user.posts.all(),
        lambda: post.region.posts.exists(),
    ):
        with pytest.raises(ScopeMissing):
            ask()


@pytest.mark.usefixtures("each_database")
def test_rows_seen_are_those_of_the_reference():
    for code in REGIONS:
        make_post(ROLES[len(code)], code)

    for scopes in ([], ["99"], ["9901"], ["990101"], ["990101101", "9902"], REGIONS):
        with region_scope(scopes):
            seen = sorted(Post.objects.values_list("region_id", flat=True))
        wanted = sorted(c for c in REGIONS if any(c.startswith(s) for s in scopes))
        assert seen == wanted

    with region_scope(EVERYWHERE):
        assert Post.objects.count() == len(REGIONS)


@pytest.mark.usefixtures("each_database")
def test_rows_of_another_region_cannot_be_changed_or_removed():
    make_post("helper", "990101101201")

    with region_scope(["990102"]):
        assert Post.objects.update(role="helper") == 0
        assert Post.objects.all().delete()[0] == 0
    with region_scope(["990101"]):
        assert Post.objects.update(role="grid_worker") == 1


@settings(deadline=None)
@given(st.lists(codes, max_size=4), st.lists(codes, max_size=4), codes)
def test_a_scope_within_a_scope_is_what_lies_in_both(outer, inner, code):
    def inside(scope, region: str) -> bool:
        return any(region.startswith(s) for s in scope)

    both = common(frozenset(outer), frozenset(inner))

    assert inside(both, code) == (inside(outer, code) and inside(inner, code))
    with region_scope(outer), region_scope(inner):
        assert current_scope() == both


def test_everywhere_within_a_scope_is_that_scope():
    with region_scope(["9901"]), region_scope(EVERYWHERE):
        assert current_scope() == {"9901"}


def test_a_scope_ends_with_its_block_even_after_an_error():
    with pytest.raises(ZeroDivisionError), region_scope(["99"]):
        raise ZeroDivisionError

    with pytest.raises(ScopeMissing):
        current_scope()


def test_another_thread_has_no_scope():
    seen: list[object] = []

    def look() -> None:
        try:
            seen.append(current_scope())
        except ScopeMissing as error:
            seen.append(error.code)

    with region_scope(["99"]):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == ["accounts.scope_missing"]


@pytest.mark.parametrize("wrong", ["9901", "", [""], ["99010"], ["99%"], ["99", ""]])
def test_what_is_no_list_of_regions_opens_no_scope(wrong):
    with pytest.raises(ScopeWrong), region_scope(wrong):
        pass
