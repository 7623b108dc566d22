"""Lead a user to where their work begins; change their post; keep their views."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from xiuhua.apps.desk import services as desk
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import SIGNED_IN, allow
from xiuhua.web.navigation import entries_of
from xiuhua.web.posts import CHOSEN
from xiuhua.web.shell import language, posts_shown


@allow(SIGNED_IN)
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the first page of the post; who holds none is told whom to ask."""
    entries = entries_of(request.post.state) if request.post else []
    if entries:
        # A village's day begins with what is due, an office's with what is left.
        own = request.post.rights.levels == {"village"}
        mine = reverse("mine:index")
        urls = [entry.url for entry in entries if own or entry.url != mine]
        return redirect(urls[0] if urls else mine)
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


@allow(SIGNED_IN, "POST")
def view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters and the order of a list under a name of one's own.

    Raises:
        Http404: when the user holds no post or the page is none of a list.
    """
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if request.post is None:
        raise Http404
    try:
        address = reverse(page)
    except NoReverseMatch as error:
        raise Http404 from error
    name = request.POST.get("name", "")
    try:
        saved = desk.view_save(
            page=page, name=name, query=query, by=request.post, at=timezone.now()
        )
    except XiuhuaError as error:
        messages.error(request, error.worded(translator(language())))
        return redirect(address)
    messages.success(
        request,
        _("Saved as “%(name)s”: find it under saved views.") % {"name": saved.name},
    )
    return redirect(f"{address}?{saved.query}")


@allow(SIGNED_IN, "POST")
def view_forget(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a view of one's own.

    Raises:
        Http404: when the user holds no post.
    """
    if request.post is None:
        raise Http404
    desk.view_forget(view_id=view_id, by=request.post, at=timezone.now())
    messages.success(request, _("The view is forgotten; the list itself stays."))
    return redirect("start")
