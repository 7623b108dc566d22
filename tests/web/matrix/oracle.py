"""Read every byte of an answer and say which canaries should not be in it."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from django.core.signals import request_finished
from django.db import close_old_connections
from tests.web.matrix.world import Canary, World

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import Role
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.region_codes import contains


_KNOWN: Final = re.compile(r"ZQ\d{5}X|(?<!\d)\d{17}[\dX](?!\d)|(?<!\d)139\d{8}(?!\d)")
_TOKENS: Final = re.compile(
    r'name="(?:csrfmiddlewaretoken|once)" value="[^"]*"|"[A-Za-z0-9_-]{43,64}"'
)
_MAY_ASK_FOR_SECRETS: Final = {"township_clerk", "county_office"}
_OPEN_ALONE: Final = {
    "sector_bureau",
    "people_administrator",
    "security_administrator",
    "audit_administrator",
}
_PROBLEM: Final = "problem."
# Names of records in the audit of one's own region; values never stand in it.
_NAMED_IN_AUDIT: Final = "household_id"


def body_of(response: Any) -> bytes:
    """Return the bytes of an answer, streamed or not."""
    if response.streaming:
        body = b"".join(response.streaming_content)
        # Closing ends the request, and the end of a request closes the database, which
        # a test has in hand: the test client itself does the same.
        request_finished.disconnect(close_old_connections)
        response.close()
        request_finished.connect(close_old_connections)
        return body
    return bytes(response.content)


def readable(body: bytes) -> str:
    """Return what can be read in bytes: texts as they are, archives and PDF opened."""
    return "\n".join(_parts(body))


def _parts(body: bytes) -> Iterator[str]:
    if body[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield name
                yield from _parts(archive.read(name))
    elif body[:5] == b"%PDF-" and (program := shutil.which("pdftotext")):
        done = subprocess.run(
            [program, "-raw", "-", "-"], input=body, capture_output=True, check=False
        )
        yield body.decode(errors="replace")
        # Lines are broken where a cell ends, in the middle of a token too.
        yield done.stdout.decode()
        yield "".join(done.stdout.decode().split())
    else:
        yield body.decode(errors="replace")


def in_charge(rights: Role, mask: Mask) -> bool:
    """Test whether a role may know a field of a class: said here once more by name.

    The program's own answer is what is tested, so it is not asked.
    """
    if mask is Mask.SECRET:
        return rights.code in _MAY_ASK_FOR_SECRETS
    return mask is Mask.OPEN or rights.code not in _OPEN_ALONE


def leaks(
    world: World, post: Post | None, text: str, *, recorded: bool = False
) -> list[tuple[str, Canary]]:
    """Return the canaries in a text that a post should not have been shown.

    `recorded` says that the answer came of an act that asked for a reason and left an
    entry in the audit: there alone a secret may stand.
    """
    found = {t for t in _KNOWN.findall(text) if t in world.canaries}
    return [
        (token, world.canaries[token])
        for token in sorted(found)
        if not _may_see(post, world.canaries[token], recorded)
    ]


def _may_see(post: Post | None, canary: Canary, recorded: bool) -> bool:
    if post is None or not contains(post.region_id, canary.village):
        return False
    state = post.state
    if state.allows(Permission.AUDIT_READ):
        return canary.field == _NAMED_IN_AUDIT
    if canary.field.startswith(_PROBLEM):
        # A bureau sees the problems of its own indicators and no others.
        own = not post.sector or canary.field == f"{_PROBLEM}{post.sector}"
        return state.allows(Permission.PROBLEM_VIEW) and own
    if not state.allows(Permission.HOUSEHOLD_VIEW):
        return False
    if canary.mask is Mask.SECRET and not recorded:
        return False
    return in_charge(post.rights, canary.mask)


def alike(text: str, path: str) -> str:
    """Return a page without what differs between two loads: keys and its address."""
    return _TOKENS.sub("", text).replace(path, "")
