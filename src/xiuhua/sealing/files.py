"""Whole files sealed with AES-256-GCM, piece by piece, so that no size is too large.

Each piece is bound to the place, its number and whether it is the last: pieces cannot
be swapped, left out or taken from another file of another place.
"""

from __future__ import annotations

import io
import os
import secrets
from pathlib import Path
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xiuhua.core.errors import XiuhuaError
from xiuhua.sealing.keys import KeyRing


_PIECE: Final = 1 << 22
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_MAGIC: Final = b"xiuhua-sealed-1\n"
_VERSION_BYTES: Final = 8


class FileSealBroken(XiuhuaError):
    """A sealed file does not open: damaged, of another place, or its key is gone."""

    code = "sealing.file_seal_broken"


def seal_stream(
    source: IO[bytes], out: IO[bytes], *, place: str, keys: KeyRing
) -> None:
    """Write what a stream holds, sealed with the newest key."""
    version = keys.current
    box = AESGCM(keys.versions[version])
    out.write(_MAGIC + version.encode().ljust(_VERSION_BYTES))
    number, piece = 0, source.read(_PIECE)
    while True:
        following = source.read(_PIECE)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        bound = _bound(place, number, last=not following)
        out.write(nonce + box.encrypt(nonce, piece, bound))
        if not following:
            return
        number, piece = number + 1, following


def keep_sealed(source: IO[bytes], path: Path, *, place: str, keys: KeyRing) -> None:
    """Seal a stream into a file that appears whole and survives a power cut."""
    draft = path.with_name(f".{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            seal_stream(source, out, place=place, keys=keys)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    synced(path.parent)


def synced(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if os.name != "posix":  # no folder can be synced elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_stream(
    source: IO[bytes], out: IO[bytes], *, place: str, keys: KeyRing
) -> None:
    """Write what a sealed stream holds.

    Raises:
        FileSealBroken: when it was changed, belongs elsewhere or its key is missing.
    """
    head = source.read(len(_MAGIC) + _VERSION_BYTES)
    key = keys.versions.get(head[len(_MAGIC) :].decode("ascii", "replace").strip())
    if not head.startswith(_MAGIC) or key is None:
        raise _broken()
    box, whole = AESGCM(key), _PIECE + _NONCE_BYTES + _TAG_BYTES
    number, piece = 0, source.read(whole)
    while True:
        following = source.read(whole)
        bound = _bound(place, number, last=not following)
        try:
            out.write(box.decrypt(piece[:_NONCE_BYTES], piece[_NONCE_BYTES:], bound))
        except (InvalidTag, ValueError) as error:
            raise _broken() from error
        if not following:
            return
        number, piece = number + 1, following


def opened_file(path: Path, *, place: str, keys: KeyRing) -> bytes:
    """Return what a sealed file holds.

    Raises:
        FileSealBroken: when it is missing, was changed, or its key is missing.
    """
    out = io.BytesIO()
    try:
        with path.open("rb") as source:
            open_stream(source, out, place=place, keys=keys)
    except OSError as error:
        raise _broken() from error
    return out.getvalue()


def _bound(place: str, number: int, *, last: bool) -> bytes:
    return f"{place}\0{number}\0{last:d}".encode()


def _broken() -> FileSealBroken:
    return FileSealBroken("a kept file is missing, damaged or its key is gone")
