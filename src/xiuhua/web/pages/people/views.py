"""Register people, grant and end posts, hand out one-time codes.

The administrator of people sees names, user names and posts, and no household.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts import services
from xiuhua.apps.accounts.codes import VALID_FOR, new_code
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Kind
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.pages.people.forms import (
    EndForm,
    GrantForm,
    ReasonForm,
    RegisterForm,
    SearchForm,
)
from xiuhua.web.pages.people.shown import page_of, post_rows
from xiuhua.web.shell import language


WORKING = (Kind.WORK, Kind.CHECK)


@allow(Permission.PEOPLE_MANAGE, "GET", "POST")
def index(request: HttpRequest) -> HttpResponse:
    """List the people of the region, searched by a form."""
    return render(request, "people/index.html", listed(request))


@allow(Permission.PEOPLE_MANAGE, "GET", "POST")
def register(request: HttpRequest) -> HttpResponse:
    """Register a person and show the one-time code, this once."""
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        code = new_code()
        try:
            user = services.user_register(
                username=form.cleaned_data["username"],
                full_name=form.cleaned_data["full_name"],
                password=code,
                temporary_until=timezone.now() + VALID_FOR,
                by=request.post,
                at=timezone.now(),
            )
        except services.UserUnfit as error:
            refuse(form, error)
        else:
            return code_shown(request, user, code)
    return render(request, "people/register.html", {"form": form})


@allow(Permission.PEOPLE_MANAGE)
def person(request: HttpRequest, key: int) -> HttpResponse:
    """Show a person, their posts and what can be done."""
    user = found(request, key)
    posts = post_rows(accounts.post_history(viewer=request.post, user=user))
    return render(request, "people/person.html", {"person": user, "posts": posts})


@allow(Permission.PEOPLE_MANAGE, "GET", "POST")
def grant(request: HttpRequest, key: int) -> HttpResponse:
    """Give a person a working post."""
    return granting(request, key, kinds=WORKING, back="people:person")


@allow(Permission.PEOPLE_MANAGE, "GET", "POST")
def post_end(request: HttpRequest, key: int) -> HttpResponse:
    """End a working post."""
    return ending(request, key, back="people:person")


@allow(Permission.PEOPLE_MANAGE, "GET", "POST")
def password(request: HttpRequest, key: int) -> HttpResponse:
    """Reset a password and show the one-time code, this once."""
    user = found(request, key)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            code = services.password_reset(
                user=user,
                by=request.post,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except XiuhuaError as error:
            refuse(form, error)
        else:
            return code_shown(request, user, code)
    return render(request, "people/password.html", {"form": form, "person": user})


def listed(request: HttpRequest) -> dict[str, Any]:
    """Return what a list of people shows: the form and a page of rows."""
    form = SearchForm(request.POST or None)
    asked = form.cleaned_data if form.is_valid() else {}
    users = accounts.user_list(viewer=request.post, search=asked.get("search") or "")
    page = page_of(users, asked.get("page"))
    held: dict[int, list[Any]] = {}
    today = timezone.localdate()
    for post in post_rows(accounts.held_by(users=page.object_list, as_of=today)):
        held.setdefault(post.user_key, []).append(post)
    rows = [(user, held.get(user.pk, [])) for user in page.object_list]
    return {"form": form, "page": page, "rows": rows}


def granting(
    request: HttpRequest, key: int, *, kinds: tuple[Kind, ...], back: str
) -> HttpResponse:
    """Answer the form that gives a post of some kinds."""
    user = found(request, key)
    start = {"valid_from": timezone.localdate(), "region": request.post.region_id}
    form = GrantForm(request.POST or None, kinds=kinds, initial=start)
    if form.is_valid():
        said = {k: form.cleaned_data[k] for k in ("role", "region", "sector")}
        said |= {k: form.cleaned_data[k] for k in ("valid_from", "valid_to")}
        try:
            services.post_grant(
                user=user,
                order_number=form.cleaned_data["order_number"],
                by=request.post,
                at=timezone.now(),
                **said,
            )
        except XiuhuaError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The post is granted; it holds at once."))
            return redirect(back, key=key)
    context = {"form": form, "person": user, "back": back}
    return render(request, "people/grant.html", context)


def ending(request: HttpRequest, key: int, *, back: str) -> HttpResponse:
    """Answer the form that ends a post."""
    try:
        post = accounts.post_get(viewer=request.post, key=key)
    except accounts.UserMissing as error:
        raise Http404 from error
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})
    if form.is_valid():
        try:
            services.post_end(
                post=post,
                on=form.cleaned_data["on"],
                order_number=form.cleaned_data["order_number"],
                by=request.post,
                at=timezone.now(),
            )
        except XiuhuaError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The post is ended."))
            return redirect(back, key=post.user_id)
    (shown,) = post_rows([post])
    context = {"form": form, "person": post.user, "row": shown, "back": back}
    return render(request, "people/end.html", context)


def found(request: HttpRequest, key: int) -> Any:
    """Return a user the post looks after.

    Raises:
        Http404: when there is none, or only elsewhere.
    """
    try:
        return accounts.user_get(viewer=request.post, key=key)
    except accounts.UserMissing as error:
        raise Http404 from error


def code_shown(request: HttpRequest, user: Any, code: str) -> HttpResponse:
    """Show a one-time code; it is kept nowhere, so it cannot be shown again."""
    context = {"person": user, "code": code, "until": user.temporary_until}
    return render(request, "people/code.html", context)


def refuse(form: Any, error: XiuhuaError) -> None:
    """Put what a service refused above the form."""
    form.add_error(None, error.worded(translator(language())))
