"""The people of the demonstration: one login for every role, all names invented."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from xiuhua.apps.accounts import services as accounts
from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.roles import ROLES, Kind
from xiuhua.apps.audit.rules import Actor
from xiuhua.demo.places import COUNTY, PREFECTURE, PROVINCE, TOWNSHIP, VILLAGE


LOADER: Final = Actor.command("load_demo")
PASSWORD_FILE: Final = "demo_password"  # noqa: S105  the name of a file
_CHECK_DAYS: Final = 60


@dataclass(frozen=True)
class Part:
    """A person of the demonstration: the user name is the role's code."""

    role: str
    full_name: str
    region: str
    sector: str = ""


CAST: Final = (
    Part("county_leader", "锦明远", COUNTY),
    Part("county_office", "绣知行", COUNTY),
    Part("sector_bureau", "纱明理", COUNTY, "education"),
    Part("township_leader", "绫致远", TOWNSHIP),
    Part("township_clerk", "线如一", TOWNSHIP),
    Part("village_secretary", "绒守田", VILLAGE),
    Part("first_secretary", "绢望川", VILLAGE),
    Part("helper", "针小满", VILLAGE),
    Part("grid_worker", "缎春生", VILLAGE),
    Part("supervision_team", "罗必达", COUNTY),
    Part("inspector", "尺公允", TOWNSHIP),
    Part("enumerator", "秤无私", VILLAGE),
    Part("prefecture_officer", "织广平", PREFECTURE),
    Part("province_officer", "梭长河", PROVINCE),
    Part("people_administrator", "顶安人", PROVINCE),
    Part("security_administrator", "顶安全", PROVINCE),
    Part("audit_administrator", "顶审之", PROVINCE),
)


def kept_password(folder: Path) -> str:
    """Return the one password of all logins; the first to ask makes it up.

    It lies in the data folder, for its owner alone, so that another start can say it.
    """
    file = folder / PASSWORD_FILE
    if not file.exists():
        file.touch(mode=0o600, exist_ok=True)
        file.write_text(f"Xiuhua-{secrets.randbelow(9000) + 1000}-demo", "ascii")
    return file.read_text("ascii")


def cast_enter(
    *, password: str, since: date, on: date, at: datetime
) -> dict[str, Post]:
    """Register everybody and grant their posts; return the posts by role.

    `since` is the first day of the posts; those of a time end some weeks after `on`.

    Raises:
        AlreadyEstablished: when anybody ever held a post.
    """
    administrators = {part.role: part for part in CAST if _administers(part)}
    posts = accounts.administrators_establish(
        people={
            role: (role, part.full_name, password)
            for role, part in administrators.items()
        },
        region=PROVINCE,
        by=LOADER,
        at=at,
    )
    granted = {post.role: post for post in posts}
    people = granted["people_administrator"]
    for part in CAST:
        if part.role in granted:
            continue
        user = accounts.user_register(
            username=part.role,
            full_name=part.full_name,
            password=password,
            by=people,
            at=at,
        )
        check = ROLES[part.role].kind is Kind.CHECK
        granted[part.role] = accounts.post_grant(
            user=user,
            role=part.role,
            region=part.region,
            sector=part.sector,
            valid_from=since,
            valid_to=on + timedelta(days=_CHECK_DAYS) if check else None,
            by=people,
            at=at,
        )
    return granted


def _administers(part: Part) -> bool:
    return ROLES[part.role].kind is Kind.ADMINISTRATION
