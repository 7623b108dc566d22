"""Nobody gets into a page that does not say for whom it is."""

from __future__ import annotations

from functools import wraps

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils.translation import override
from django.views import View as ClassView
from tests.factories.accounts import make_post, make_user

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.web.access import PUBLIC, SIGNED_IN, AccessMiddleware, access_of, allow


pytestmark = pytest.mark.usefixtures("each_database")
GUARD = AccessMiddleware(lambda request: HttpResponse())


def page(request):
    return HttpResponse("in")


def knock(view, *, role: str = "", method: str = "GET", **headers):
    request = RequestFactory().generic(method, "/x/?page=2", headers=headers)
    request.post = make_post(role, "990101", user=make_user()) if role else None
    request.user = request.post.user if role else AnonymousUser()
    request.resolver_match, request.session = None, SessionStore()
    request._messages = CookieStorage(request)
    return GUARD.process_view(request, view, (), {})


def signed_in(view, **said):
    return knock(view, role="county_office", **said)


def test_an_unmarked_view_does_not_exist():
    for view in (page, ClassView.as_view()):
        with pytest.raises(Http404):
            signed_in(view)


def test_a_mark_is_not_handed_on():
    marked = allow(PUBLIC)(page)

    @wraps(marked)
    def dressed(request):
        return marked(request)

    assert access_of(marked) is not None
    assert access_of(page) is None
    assert access_of(dressed) is None
    with pytest.raises(Http404):
        knock(dressed)


def test_the_public_may_ask_for_public_pages_alone():
    assert knock(allow(PUBLIC)(page)) is None
    for what in (SIGNED_IN, Permission.HOUSEHOLD_VIEW):
        answer = knock(allow(what)(page))
        assert answer.status_code == 302
        assert answer["Location"].endswith("?next=/x/%3Fpage%3D2")


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in():
    answer = knock(allow(SIGNED_IN)(page), **{"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer["HX-Redirect"].endswith("/sign-in/")


def test_a_permission_is_asked_of_the_post():
    view = allow(Permission.HOUSEHOLD_EDIT)(page)

    assert knock(view, role="county_office") is None
    for role in ("county_leader", "people_administrator"):
        assert knock(view, role=role).status_code == 403


def test_only_named_methods_pass():
    view = allow(SIGNED_IN, "POST")(page)

    assert signed_in(view, method="POST") is None
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        refused = signed_in(view, method=method)
        assert refused.status_code == 405
        assert refused["Allow"] == "POST"
    assert signed_in(allow(SIGNED_IN)(page), method="HEAD") is None


@override("zh-hans")
def test_what_was_sent_after_signing_out_is_said_to_be_lost():
    said = []
    for method in ("GET", "POST"):
        request = RequestFactory().generic(method, "/x/")
        request.post, request.user = None, AnonymousUser()
        request._messages = CookieStorage(request)
        assert GUARD.process_view(request, allow(SIGNED_IN)(page), (), {}) is not None
        said.append([str(message) for message in request._messages])

    assert said[0] == []
    assert "内容没有保存" in said[1][0]
