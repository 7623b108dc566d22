"""Posts in words, for papers and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from xiuhua.apps.accounts.roles import ROLES, SECTORS
from xiuhua.apps.regions import selectors as regions
from xiuhua.messages import translator


def posts_in_words(posts: Iterable[str], *, language: str, day: date) -> dict[str, str]:
    """Return posts as the record names them (`role/sector@region`) in words."""
    found = set(posts)
    codes = {post.partition("@")[2] for post in found}
    names = regions.names_of(codes=sorted(codes - {""}), as_of=day)
    return {post: _in_words(post, names, language) for post in found}


def _in_words(post: str, names: Mapping[str, str], language: str) -> str:
    office, _, region = post.partition("@")
    code, _, sector = office.partition("/")
    role = ROLES[code].label.in_(language) if code in ROLES else office
    field = f" {SECTORS[sector].in_(language)}" if sector in SECTORS else ""
    place = names.get(region, region)
    return f"{place}{field} {role}".strip() or translator(language)("the program")
