"""What every page carries around its content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from xiuhua.apps.accounts.roles import SECTORS
from xiuhua.apps.regions import selectors as regions
from xiuhua.core import region_codes
from xiuhua.core.dictionary.model import Label
from xiuhua.web.navigation import entries_of


@dataclass(frozen=True)
class PostShown:
    """A post as the chooser shows it."""

    pk: int
    label: str
    current: bool


@dataclass(frozen=True)
class Step:
    """A region of a breadcrumb; `url` is empty for one that is no link."""

    code: str
    name: str
    url: str = ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation, the posts to choose from and how the page is shown."""
    post = getattr(request, "post", None)
    match = request.resolver_match
    return {
        "navigation": entries_of(
            post.state if post else None, current=match.view_name if match else ""
        ),
        "posts_held": SimpleLazyObject(lambda: posts_shown(request)),
        "languages": settings.LANGUAGES,
        "invented": settings.DEMO,
        "one_factor": not settings.SECOND_FACTOR_REQUIRED,
        "wall": "wall" in request.GET,
        "printed": request.GET.get("as") == "print",
    }


def posts_shown(request: HttpRequest) -> list[PostShown]:
    """Return the posts of the user, worded, the acting one marked."""
    held = getattr(request, "posts", [])
    names = regions.names_of(
        codes=[post.region_id for post in held], as_of=timezone.localdate()
    )
    shown = []
    for post in held:
        words = [names[post.region_id], worded(post.rights.label)]
        if post.sector:
            words.insert(1, worded(SECTORS[post.sector]))
        label = " · ".join(words)  # a list of names, the same in both languages
        shown.append(PostShown(post.pk, label, post == request.post))
    return shown


def trail(
    request: HttpRequest, code: str, address: Callable[[str], str] | None = None
) -> list[Step]:
    """Return the breadcrumb of a region: the regions around it, itself last.

    `address` gives the address of a page for a code. Regions wider than the post are
    named but lead nowhere, and so does the region itself.
    """
    codes = [c for c in region_codes.ancestors(code) if c]
    names = regions.names_of(codes=codes, as_of=timezone.localdate())
    top = request.post.region_id if request.post else code
    return [
        Step(
            c,
            names[c],
            address(c) if address and c != code and c.startswith(top) else "",
        )
        for c in codes
    ]


def language() -> str:
    """Return the language of the page: `zh` or `en`."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def worded(label: Label) -> str:
    """Return a label of the roles or the dictionary in the language of the page."""
    return str(label.in_(language()))
