"""Addresses of sheets: the same five for each kind, opened by the kind's permission.

Each kind has addresses of its own, so that who may ask for which is said one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.urls import URLPattern, path

from xiuhua.apps.sheets.kinds import Kind, kinds
from xiuhua.web.access import allow
from xiuhua.web.pages.sheets import views


app_name = "sheets"


def _page(
    kind: Kind, rest: str, view: Callable[..., Any], name: str, *methods: str
) -> URLPattern:
    opened = allow(kind.permission, *methods)(partial(view, kind=kind))
    address = f"sheets/{kind.code.replace('_', '-')}/{rest}"
    return path(address, opened, name=f"{kind.code}{name}")


def _pages(kind: Kind) -> list[URLPattern]:
    both = ("GET", "POST")
    one = "<int:sheet_id>/"
    return [
        _page(kind, "", views.sheet_list, ""),
        _page(kind, "new/", views.sheet_send, "_send", *both),
        _page(kind, one, views.sheet, "_sheet"),
        _page(kind, f"{one}columns/", views.columns, "_columns", *both),
        _page(kind, f"{one}<slug:act>/", views.sheet_act, "_act", *both),
    ]


urlpatterns = [page for kind in kinds().values() for page in _pages(kind)]
