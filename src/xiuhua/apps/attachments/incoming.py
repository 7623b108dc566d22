"""Files on their way in, in chunks, over a network that breaks.

The sender names a key of its own, the size and the digest of the body; then sends
chunks from where the server stands. A chunk sent twice is taken once, a restart of
either side loses nothing that was acknowledged, and the same key ends in the same
attachment. All of it lies in files: no row is written until the body is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from xiuhua.apps.attachments import storage
from xiuhua.apps.attachments.rules import (
    EvidenceRefused,
    KeyTaken,
    Limits,
    Sent,
    Subject,
    check_sent,
    check_size,
    check_subject,
)
from xiuhua.core.errors import XiuhuaError


CHUNK_MOST: Final = 1 << 20
_UNFINISHED_MOST: Final = 50


class OutOfStep(XiuhuaError):
    """A chunk does not start where the server stands; says where that is."""

    code = "attachments.out_of_step"


class BodyDamaged(XiuhuaError):
    """What arrived is not what was announced; the sending starts over."""

    code = "attachments.body_damaged"


class NothingAnnounced(XiuhuaError):
    """A chunk came for a sending nobody announced, or that has ended."""

    code = "attachments.nothing_announced"


@dataclass(frozen=True)
class Announced:
    """A sending as its sender announced it."""

    sent: Sent
    subject: Subject
    mask: str


def announce(*, user_id: int, announced: Announced, limits: Limits) -> int:
    """Begin a sending, or take it up again; return how many bytes are here.

    Raises:
        EvidenceRefused: when the file would be refused, or too many are unfinished.
        KeyTaken: when the key was announced for something else.
    """
    check_sent(announced.sent)
    check_subject(announced.subject)
    check_size(announced.sent.size, limits)
    said, body = _paths(user_id, announced.sent.key)
    if said.exists():
        if announced_as(user_id=user_id, key=announced.sent.key) != announced:
            raise KeyTaken("the key of the sending was used for another file")
        return _received(body)
    if sum(1 for _ in said.parent.glob("*.json")) >= _UNFINISHED_MOST:
        raise EvidenceRefused("too many sendings are unfinished; finish them first")
    storage.written_safely(said, json.dumps(asdict(announced)).encode("utf-8"))
    return _received(body)


def chunk_take(*, user_id: int, key: str, offset: int, chunk: bytes) -> int:
    """Write a chunk and return how many bytes are here, synced to the disk.

    Raises:
        NothingAnnounced: when the sending was not announced.
        OutOfStep: when bytes between what is here and the chunk are missing.
        EvidenceRefused: when the chunk is larger than a chunk may be.
        BodyDamaged: when it reaches beyond the announced size.
    """
    announced = announced_as(user_id=user_id, key=key)
    _, body = _paths(user_id, key)
    here = _received(body)
    if len(chunk) > CHUNK_MOST:
        raise EvidenceRefused("a chunk is larger than {most} bytes", most=CHUNK_MOST)
    if offset < 0 or offset > here:
        raise OutOfStep("send from byte {here} on", here=here)
    if offset + len(chunk) > announced.sent.size:
        raise BodyDamaged("more bytes came than were announced")
    # Written where it belongs, never appended: twice the same is once.
    handle = os.open(body, os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.seek(offset)
        file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return _received(body)


def body_of(*, user_id: int, key: str) -> bytes:
    """Return the whole body of a sending.

    Raises:
        NothingAnnounced: when the sending was not announced.
        OutOfStep: when bytes are missing.
        BodyDamaged: when the digest is another; the sending is forgotten.
    """
    announced = announced_as(user_id=user_id, key=key)
    _, body = _paths(user_id, key)
    here = _received(body)
    if here < announced.sent.size:
        raise OutOfStep("send from byte {here} on", here=here)
    content = body.read_bytes()
    if hashlib.sha256(content).hexdigest() != announced.sent.digest:
        forget(user_id=user_id, key=key)
        raise BodyDamaged("what arrived is not what was announced; send it again")
    return content


def announced_as(*, user_id: int, key: str) -> Announced:
    """Return what was announced under a key.

    Raises:
        NothingAnnounced: when nothing was, or the sending has ended.
    """
    said, _ = _paths(user_id, key)
    try:
        kept = json.loads(said.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise NothingAnnounced("no sending has this key") from error
    return Announced(Sent(**kept["sent"]), Subject(**kept["subject"]), kept["mask"])


def forget(*, user_id: int, key: str) -> None:
    """Remove what is here of a sending."""
    said, body = _paths(user_id, key)
    said.unlink(missing_ok=True)
    body.unlink(missing_ok=True)


def stale_forget(*, before: datetime) -> int:
    """Remove sendings nobody went on with since; return how many."""
    forgotten = 0
    for said in sorted(storage.folder("incoming").glob("*/*.json")):
        body = said.with_suffix(".part")
        latest = max(p.stat().st_mtime for p in (said, body) if p.exists())
        if latest < before.timestamp():
            said.unlink()
            body.unlink(missing_ok=True)
            forgotten += 1
    return forgotten


def _paths(user_id: int, key: str) -> tuple[Path, Path]:
    # The key is foreign text: its digest is a file name, it itself never.
    name = hashlib.sha256(key.encode("utf-8")).hexdigest()
    stem = storage.folder("incoming", str(user_id)) / name
    return stem.with_suffix(".json"), stem.with_suffix(".part")


def _received(body: Path) -> int:
    return body.stat().st_size if body.exists() else 0
