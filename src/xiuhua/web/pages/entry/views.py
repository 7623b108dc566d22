"""Lead a user to where their work begins; change the post they act in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from xiuhua.web.access import SIGNED_IN, allow
from xiuhua.web.navigation import entries_of
from xiuhua.web.posts import CHOSEN
from xiuhua.web.shell import posts_shown


@allow(SIGNED_IN)
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of the post; who holds none is told whom to ask."""
    entries = entries_of(request.post.state) if request.post else []
    if entries:
        return redirect(entries[0].url)
    return render(request, "entry/start.html")


@allow(SIGNED_IN, "POST")
def post_choose(request: HttpRequest) -> HttpResponse:
    """Act in another of one's own posts from here on.

    Raises:
        Http404: when it is none of the user's own posts of today.
    """
    wanted = request.POST.get("post", "")
    post = next((p for p in request.posts if str(p.pk) == wanted), None)
    if post is None:
        raise Http404
    request.session[CHOSEN] = post.pk
    request.post = post
    label = next(shown.label for shown in posts_shown(request) if shown.current)
    messages.success(request, _("You now act as: %(post)s") % {"post": label})
    return redirect("start")
