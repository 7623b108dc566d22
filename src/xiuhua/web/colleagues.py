"""Who did something, by name and office, from what the history keeps of them.

A history keeps a user name and a post as stable codes (`role/sector@region`); a page
says the name of the person and the title of the office.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xiuhua.apps.accounts.roles import ROLES, SECTORS
from xiuhua.apps.accounts.selectors import full_names
from xiuhua.apps.regions.selectors import names_of
from xiuhua.messages import translator
from xiuhua.web.shell import language, worded


@dataclass(frozen=True)
class Colleague:
    """Somebody who acted: name, and office with its region; empty: not known."""

    name: str
    office: str

    def __str__(self) -> str:
        return " · ".join(part for part in (self.name, self.office) if part) or "–"


Colleagues = dict[tuple[str, str], Colleague]


def unnamed(username: str) -> str:
    """Return what stands for a user without a name: the program itself, or the code."""
    if username.startswith("command:"):
        return translator(language())("the program")
    return username


def colleagues(actors: Iterable[tuple[str, str]], *, as_of: date) -> Colleagues:
    """Return who actors are, by user name and post as the history keeps them.

    A user or region that is unknown by now stands as it was kept.
    """
    known = set(actors)
    names = full_names(usernames=(user for user, _post in known))
    codes = {post.partition("@")[2] for _user, post in known} - {""}
    regions = names_of(codes=codes, as_of=as_of)
    return {
        (user, post): Colleague(
            names.get(user) or unnamed(user), _office(post, regions)
        )
        for user, post in known
    }


def _office(post: str, regions: dict[str, str]) -> str:
    office, _at, region = post.partition("@")
    code, _slash, sector = office.partition("/")
    role = ROLES.get(code)
    said = [worded(role.label) if role else code]
    if sector:
        said.append(worded(SECTORS[sector]) if sector in SECTORS else sector)
    if region:
        said.append(regions.get(region) or region)
    return " ".join(part for part in said if part)
