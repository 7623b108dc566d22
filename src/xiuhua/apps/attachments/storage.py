"""Files of evidence in the data folder, each under the digest of its content.

`attachments/kept/ab/ab12…` holds the bytes, readable by the server alone and outside of
everything a web server serves. Equal files are kept once. A file is written and synced
before the row that names it commits, so a row never names a file that is not there;
what a failed act leaves behind is taken away by `unnamed_removed`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from xiuhua.apps.attachments.rules import MEGABYTE, Limits
from xiuhua.core.errors import XiuhuaError


class FileLost(XiuhuaError):
    """A file that a row names is not in the data folder, or is not what it was."""

    code = "attachments.file_lost"


def limits() -> Limits:
    """Return the limits of this installation."""
    return Limits(
        settings.ATTACHMENT_MEGABYTES * MEGABYTE, settings.ATTACHMENTS_PER_SUBJECT
    )


def folder(*parts: str) -> Path:
    """Return a folder of the store, made for the owner alone."""
    path = Path(settings.DATA_DIR, "attachments", *parts)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def path_of(digest: str) -> Path:
    """Return where the file of a digest lies."""
    return folder("kept", digest[:2]) / digest


def keep(content: bytes) -> str:
    """Write a file so that it survives a power cut; return its digest (SHA-256).

    It is written even where an equal one lies: the one that lies may be on its way
    out (see `unnamed_removed`).
    """
    digest = hashlib.sha256(content).hexdigest()
    written_safely(path_of(digest), content)
    return digest


def content_of(digest: str) -> bytes:
    """Return the bytes of a file.

    Raises:
        FileLost: when it is missing or its content was changed.
    """
    try:
        content = path_of(digest).read_bytes()
    except OSError as error:
        raise FileLost("the file is not in the data folder") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise FileLost("the file in the data folder was changed")
    return content


def written_safely(path: Path, content: bytes) -> None:
    """Write a file aside, sync it, move it into place and sync the folder."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Let the names in a folder survive a power cut, where folders can be opened."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unnamed_removed(
    *, named: Callable[[Iterable[str]], set[str]], before: datetime
) -> int:
    """Remove files no row names and return how many; younger ones stay.

    `named` returns which of some digests a row names. A file is moved aside first and
    put back when it turns out to have been written anew meanwhile.
    """
    removed = 0
    for fan in sorted(folder("kept").iterdir()):
        aged = [p for p in fan.iterdir() if _written_at(p) < before.timestamp()]
        kept = named(p.name for p in aged)
        for path in aged:
            if path.name not in kept:
                removed += _taken_out(path, before)
    return removed


def each_kept() -> Iterator[str]:
    """Yield the digests of all files in the store."""
    for fan in sorted(folder("kept").iterdir()):
        yield from sorted(p.name for p in fan.iterdir() if not p.name.startswith("."))


def _taken_out(path: Path, before: datetime) -> bool:
    aside = folder("leaving") / path.name
    path.replace(aside)
    if _written_at(aside) >= before.timestamp():
        aside.replace(path)
        return False
    aside.unlink()
    return True


def _written_at(path: Path) -> float:
    return path.stat().st_mtime
