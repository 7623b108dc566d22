"""A backup file: a stream sealed piece by piece with a key made from a passphrase.

A magic line, a line of JSON that says how the key is made, then pieces of one MiB
under AES-256-GCM. The nonce of a piece holds its number and whether it is the last (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015), and every piece is
bound to the two first lines: pieces cannot be changed, left out, moved or cut off
unnoticed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import secrets
from pathlib import Path
from typing import IO, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xiuhua.core.errors import Place, XiuhuaError


MAGIC: Final = b"xiuhua backup 1\n"
PIECE: Final = 1 << 20
_TAG: Final = 16
_LONGEST_HEADER: Final = 4096
# 32 MB of memory for each guess of a passphrase.
_SCRYPT: Final = {"n": 1 << 15, "r": 8, "p": 1}


class BackupDamaged(XiuhuaError):
    """The file is no backup, or not as it was written."""

    code = "config.backup_damaged"


class PassphraseWrong(XiuhuaError):
    """The passphrase is not the one the backup was sealed with."""

    code = "config.passphrase_wrong"


def _key(passphrase: str, said: dict[str, Any]) -> bytes:
    cost = {name: int(said[name]) for name in _SCRYPT}
    if cost != _SCRYPT:
        raise ValueError("another cost")
    salt = base64.b64decode(said["salt"], validate=True)
    most = 2 * 128 * cost["n"] * cost["r"]
    return hashlib.scrypt(passphrase.encode(), salt=salt, maxmem=most, dklen=32, **cost)


def _check(key: bytes) -> str:
    return hmac.new(key, b"passphrase", hashlib.sha256).hexdigest()[:16]


class _Pieces:
    """The cipher of the pieces of one file."""

    def __init__(self, key: bytes, prefix: bytes, bound: bytes):
        self._box = AESGCM(key)
        self._prefix = prefix
        self._bound = hashlib.sha256(bound).digest()
        self._number = 0

    def _nonce(self, *, last: bool) -> bytes:
        nonce = self._prefix + self._number.to_bytes(4, "big") + bytes([last])
        self._number += 1
        return nonce

    def seal(self, piece: bytes, *, last: bool) -> bytes:
        return self._box.encrypt(self._nonce(last=last), piece, self._bound)

    def open(self, piece: bytes, *, last: bool) -> bytes:
        return self._box.decrypt(self._nonce(last=last), piece, self._bound)


class SealingWriter(io.RawIOBase):
    """A stream that seals what is written to it; `seal` writes the last piece."""

    def __init__(self, target: IO[bytes], passphrase: str):
        """Write the two first lines."""
        super().__init__()
        salt, prefix = secrets.token_bytes(16), secrets.token_bytes(7)
        said: dict[str, Any] = dict(_SCRYPT)
        said["salt"] = base64.b64encode(salt).decode()
        said["prefix"] = base64.b64encode(prefix).decode()
        key = _key(passphrase, said)
        said["check"] = _check(key)
        head = MAGIC + json.dumps(said, sort_keys=True).encode() + b"\n"
        target.write(head)
        self._target = target
        self._pieces = _Pieces(key, prefix, head)
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes; full pieces are sealed at once."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            piece = bytes(self._waiting[:PIECE])
            del self._waiting[:PIECE]
            self._target.write(self._pieces.seal(piece, last=False))
        return len(data)

    def seal(self) -> None:
        """Write the last piece: without it the file does not open."""
        self._target.write(self._pieces.seal(bytes(self._waiting), last=True))
        self._waiting.clear()


class OpeningReader(io.RawIOBase):
    """A stream of what was sealed; it raises at the first piece that is not right."""

    def __init__(self, source: IO[bytes], passphrase: str, *, path: Path):
        """Read the two first lines.

        Raises:
            BackupDamaged: when they are not those of a backup.
            PassphraseWrong: when the passphrase is not the one.
        """
        super().__init__()
        self._source = source
        self._where = Place(file=str(path))
        self._opened = b""
        magic = source.readline(len(MAGIC) + 1)
        line = source.readline(_LONGEST_HEADER)
        try:
            if magic != MAGIC:
                raise ValueError("another first line")
            said = json.loads(line)
            prefix = base64.b64decode(said["prefix"], validate=True)
            key = _key(passphrase, said)
            check = str(said["check"])
        except (ValueError, KeyError, TypeError) as error:
            raise BackupDamaged("this is no backup", where=self._where) from error
        if not hmac.compare_digest(_check(key).encode(), check.encode()):
            raise PassphraseWrong(
                "the passphrase does not open this backup", where=self._where
            )
        self._pieces = _Pieces(key, prefix, magic + line)
        self._next = source.read(PIECE + _TAG)
        self._is_over = False

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes, fewer only at the end.

        Raises:
            BackupDamaged: when a piece was changed, moved, or the end is missing.
        """
        wanted = -1 if size is None else size
        while (wanted < 0 or len(self._opened) < wanted) and not self._is_over:
            self._opened += self._piece()
        cut = len(self._opened) if wanted < 0 else wanted
        out, self._opened = self._opened[:cut], self._opened[cut:]
        return out

    def drain(self) -> None:
        """Read to the end, so that a cut tail shows."""
        while self.read(PIECE):
            pass

    def _piece(self) -> bytes:
        piece, self._next = self._next, self._source.read(PIECE + _TAG)
        self._is_over = not self._next
        try:
            return self._pieces.open(piece, last=self._is_over)
        except (InvalidTag, ValueError) as error:
            raise BackupDamaged(
                "the backup is cut off or was changed", where=self._where
            ) from error
