"""What the administrator of security sees and does; no household among it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.accounts import services
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Kind
from xiuhua.core.errors import XiuhuaError
from xiuhua.web.access import allow
from xiuhua.web.pages.people.forms import ReasonForm
from xiuhua.web.pages.people.shown import post_rows
from xiuhua.web.pages.people.views import (
    ending,
    found,
    granting,
    listed,
    refuse,
)
from xiuhua.web.pages.security.in_force import settings_in_force


@dataclass(frozen=True)
class Act:
    """An act on an account: its service, its button, what it means, what was done."""

    service: Callable[..., Any]
    label: Any
    meaning: Any
    done: Any


ACTS: Final = {
    "suspend": Act(
        services.user_suspend,
        _("Suspend"),
        _("The person can no longer sign in; whoever is signed in is out at once."),
        _("The person is suspended."),
    ),
    "restore": Act(
        services.user_restore,
        _("Restore"),
        _("The person can sign in again, with the posts held now."),
        _("The person can sign in again."),
    ),
    "second-factor": Act(
        services.second_factor_reset,
        _("Remove the second factor"),
        _("For a lost phone. A new second factor is set up at the next sign-in."),
        _("The second factor is removed and the person signed out."),
    ),
    "sign-out": Act(
        services.sessions_end,
        _("Sign out everywhere"),
        _("All sessions of the person end."),
        _("The person is signed out everywhere."),
    ),
    "unlock": Act(
        services.lockout_lift,
        _("Unlock the user name"),
        _("Wrong passwords are forgotten; the person can try again at once."),
        _("The user name is unlocked."),
    ),
}


@allow(Permission.SECURITY_MANAGE)
def index(request: HttpRequest) -> HttpResponse:
    """Show lockouts, who is signed in and the settings in force."""
    now, viewer = timezone.now(), request.post
    context = {
        "lockouts": accounts.lockout_list(viewer=viewer, at=now),
        "sessions": accounts.signed_in_list(viewer=viewer, at=now),
        "lines": settings_in_force(),
    }
    return render(request, "security/index.html", context)


@allow(Permission.SECURITY_MANAGE, "GET", "POST")
def people(request: HttpRequest) -> HttpResponse:
    """List the people of the region, searched by a form."""
    return render(request, "security/people.html", listed(request))


@allow(Permission.SECURITY_MANAGE)
def person(request: HttpRequest, key: int) -> HttpResponse:
    """Show a person and the acts of security."""
    user = found(request, key)
    posts = post_rows(accounts.post_history(viewer=request.post, user=user))
    hidden = "suspend" if not user.is_active else "restore"
    acts = [(name, act) for name, act in ACTS.items() if name != hidden]
    context = {"person": user, "posts": posts, "acts": acts}
    return render(request, "security/person.html", context)


@allow(Permission.SECURITY_MANAGE, "GET", "POST")
def act(request: HttpRequest, key: int, act: str) -> HttpResponse:
    """Ask for the reason of an act on an account, then do it."""
    user = found(request, key)
    wanted = ACTS.get(act)
    if wanted is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            wanted.service(
                user=user,
                by=request.post,
                at=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except XiuhuaError as error:
            refuse(form, error)
        else:
            messages.success(request, wanted.done)
            return redirect("security:person", key=key)
    return render(
        request, "security/act.html", {"form": form, "person": user, "wanted": wanted}
    )


@allow(Permission.SECURITY_MANAGE, "GET", "POST")
def grant(request: HttpRequest, key: int) -> HttpResponse:
    """Give a person the post of an administrator."""
    kinds = (Kind.ADMINISTRATION,)
    return granting(request, key, kinds=kinds, back="security:person")


@allow(Permission.SECURITY_MANAGE, "GET", "POST")
def post_end(request: HttpRequest, key: int) -> HttpResponse:
    """End the post of an administrator."""
    return ending(request, key, back="security:person")
