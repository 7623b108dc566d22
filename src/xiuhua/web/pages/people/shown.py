"""Users and posts as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone

from xiuhua.apps.accounts.roles import ROLES, SECTORS
from xiuhua.apps.accounts.rules import is_in_office
from xiuhua.apps.regions import selectors as regions
from xiuhua.web.shell import worded


PAGE_ROWS = 50


@dataclass(frozen=True)
class PostRow:
    """A post in words; `held` on the day of the page, `open` without an end."""

    key: int
    user_key: int
    label: str
    region: str
    valid_from: date
    valid_to: date | None
    held: bool
    ended: bool
    administers: bool


def post_rows(posts: Iterable[Any]) -> list[PostRow]:
    """Return posts in words."""
    found, today = list(posts), timezone.localdate()
    names = regions.names_of(codes=[p.region_id for p in found], as_of=today)
    return [_post_row(p, names[p.region_id], today) for p in found]


def page_of(rows: Any, number: int | None) -> Any:
    """Return a page of rows with its exact count; beyond the last is the last."""
    return Paginator(rows, PAGE_ROWS).get_page(number or 1)


def _post_row(post: Any, region: str, today: date) -> PostRow:
    role = ROLES[post.role]
    label = worded(role.label)
    if post.sector:
        label = f"{label} ({worded(SECTORS[post.sector])})"
    return PostRow(
        post.pk,
        post.user_id,
        label,
        region,
        post.valid_from,
        post.valid_to,
        is_in_office(post.state, on=today),
        post.valid_to is not None and post.valid_to <= today,
        role.kind.value == "administration",
    )
