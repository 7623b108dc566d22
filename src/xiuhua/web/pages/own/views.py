"""What the site knows of whoever is signed in, and whom they can ask."""

from __future__ import annotations

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from xiuhua.apps.accounts import selectors as accounts
from xiuhua.apps.audit import selectors as audit
from xiuhua.web.access import SIGNED_IN, allow
from xiuhua.web.pages.people.shown import post_rows


_SIGN_INS = 10


@allow(SIGNED_IN)
def index(request: HttpRequest) -> HttpResponse:
    """Show one's own account: posts, last sign-ins, administrators."""
    today, user = timezone.localdate(), request.user
    region = request.post.region_id if request.post else user.registered_in
    helpers = list(accounts.administrators_of(region=region, as_of=today))
    entries = audit.entry_list(target="accounts.user", target_id=str(user.pk))
    sign_ins = entries.filter(action__startswith="accounts.session.")[:_SIGN_INS]
    context = {
        "posts": post_rows(request.posts),
        "helpers": list(zip(helpers, post_rows(helpers), strict=True)),
        "sign_ins": sign_ins,
        "second_factor": is_mfa_enabled(user),
    }
    return render(request, "own/index.html", context)
