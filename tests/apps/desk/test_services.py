"""Views are one's own; a form acts once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from tests.factories.accounts import make_post, make_user
from tests.factories.desk import make_saved_view, make_sent_form
from tests.factories.moments import NOON

from xiuhua.apps.audit.models import Entry
from xiuhua.apps.desk import selectors as desk
from xiuhua.apps.desk import services
from xiuhua.apps.desk.models import SavedView, SentForm
from xiuhua.apps.desk.rules import ViewUnfit
from xiuhua.apps.desk.sending import acted_once, form_count, form_erase


@pytest.mark.usefixtures("each_database")
class TestViews:
    def test_a_view_is_kept_without_what_names_a_person_or_passes(self):
        post = make_post()

        services.view_save(
            page="p",
            name=" 因病  户 ",
            query="q=abc&page=2&cause=illness",
            by=post,
            at=NOON,
        )

        [saved] = desk.view_list(user=post.user, page="p")
        assert (saved.name, saved.query) == ("因病 户", "cause=illness")
        assert Entry.objects.filter(action="desk.view.saved").count() == 1

    def test_the_same_name_is_replaced(self):
        post = make_post()
        for query in ("a=1", "a=2"):
            services.view_save(page="p", name="n", query=query, by=post, at=NOON)

        assert [v.query for v in SavedView.objects.all()] == ["a=2"]

    @pytest.mark.parametrize(
        ("name", "query"), [("", "a=1"), ("x" * 41, "a=1"), ("x", "a=" + "1" * 1000)]
    )
    def test_what_cannot_be_kept_is_refused(self, name, query):
        with pytest.raises(ViewUnfit):
            services.view_save(
                page="p", name=name, query=query, by=make_post(), at=NOON
            )

    def test_only_ones_own_is_seen_and_forgotten(self):
        post, theirs = make_post(), make_saved_view()
        own = make_saved_view(user=post.user)

        services.view_forget(view_id=theirs.pk, by=post, at=NOON)
        services.view_forget(view_id=own.pk, by=post, at=NOON)

        assert list(SavedView.objects.all()) == [theirs]
        assert not desk.view_list(user=post.user, page=theirs.page)
        assert Entry.objects.filter(action="desk.view.forgotten").count() == 1


@pytest.mark.usefixtures("each_database")
class TestForms:
    def test_a_form_sent_again_leads_where_it_led_and_acts_no_more(self):
        user, done = make_user(), []

        def act() -> str:
            done.append(1)
            return f"/{len(done)}/"

        where = [acted_once(user=user, key="k", at=NOON, act=act) for _ in range(3)]

        assert (where, len(done)) == (["/1/"] * 3, 1)
        assert acted_once(user=make_user(), key="k", at=NOON, act=act) == "/2/"

    def test_a_form_whose_act_fails_may_be_sent_again(self):
        user = make_user()

        def fail() -> str:
            raise ViewUnfit("no")

        with pytest.raises(ViewUnfit):
            acted_once(user=user, key="k", at=NOON, act=fail)

        assert acted_once(user=user, key="k", at=NOON, act=lambda: "/x/") == "/x/"

    def test_old_forms_are_forgotten(self):
        make_sent_form(sent_at=NOON - timedelta(days=40))
        kept = make_sent_form()

        day = NOON - timedelta(days=30)
        assert form_count(before=day) == form_erase(before=day, at=NOON) == 1
        assert list(SentForm.objects.all()) == [kept]


def test_of_ten_sent_at_once_one_acts(committed):
    user = make_user()
    led: list[str] = []

    def send(number: int) -> None:
        try:
            led.append(
                acted_once(user=user, key="k", at=NOON, act=lambda: f"/{number}/")
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(led) == 10
    assert len(set(led)) == 1
    assert SentForm.objects.count() == 1
