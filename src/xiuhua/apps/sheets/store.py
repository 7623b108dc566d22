"""Files as they were sent, sealed in the data folder until their time is over."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import IO

from django.conf import settings

from xiuhua.sealing.files import keep_sealed, opened_file


def keep(source: IO[bytes]) -> str:
    """Seal what was sent; return the name it is kept under, which says nothing."""
    key = secrets.token_hex(16)
    path = _path(key)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    keep_sealed(source, path, place=f"sheets/{key}", keys=settings.FIELD_KEYS)
    return key


def content(key: str) -> bytes:
    """Return what was sent.

    Raises:
        FileSealBroken: when it is gone or was changed.
    """
    return opened_file(_path(key), place=f"sheets/{key}", keys=settings.FIELD_KEYS)


def erase(key: str) -> None:
    """Remove a kept file; nothing happens when there is none."""
    if key:
        _path(key).unlink(missing_ok=True)


@contextmanager
def plain(data: bytes, name: str) -> Iterator[Path]:
    """Give a plain file with the ending of a name, in a folder that is gone after."""
    ending = PurePath(name).suffix.lower()
    with TemporaryDirectory(
        prefix="sheet-", dir=settings.FILE_UPLOAD_TEMP_DIR
    ) as folder:
        path = Path(folder) / f"sent{ending if ending.isascii() else ''}"
        path.write_bytes(data)
        yield path


def _path(key: str) -> Path:
    return Path(settings.DATA_DIR, "sheets", key)
