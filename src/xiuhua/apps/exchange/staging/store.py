"""Files of the exchange in the data folder: sealed, whole or not there at all.

`exchange/<kind>/<key>/<name>` holds sealed bytes. A file is written aside, synced and
moved into place; several files of one outcome come in a folder that is moved whole.
Plain bytes stand only in `exchange/scratch/`, while a worker works, and are swept away
when it ends or the next one begins.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from xiuhua.sealing.files import (
    keep_sealed,
    open_stream,
    opened_file,
    seal_stream,
    synced,
)


UPLOADS: Final = "uploads"
DOWNLOADS: Final = "downloads"
SOURCE: Final = "source"
_SCRATCH: Final = "scratch"
_COPY_BYTES: Final = 1 << 20


def new_key() -> str:
    """Return the name of a new folder, which says nothing."""
    return secrets.token_hex(16)


def folder(kind: str, key: str) -> Path:
    """Return the folder of an upload or download, made for the owner alone."""
    path = Path(settings.DATA_DIR, "exchange", kind, key)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(source: IO[bytes], path: Path) -> None:
    """Seal a stream into a file that appears whole and survives a power cut."""
    keep_sealed(source, path, place=_place(path), keys=settings.FIELD_KEYS)


def keep_folder(plain: Path, target: Path) -> None:
    """Seal every file of a folder into a new folder that appears whole."""
    draft = target.with_name(f".{secrets.token_hex(8)}")
    draft.mkdir(mode=0o700)
    try:
        for path in sorted(plain.iterdir()):
            with path.open("rb") as source, (draft / path.name).open("wb") as out:
                place = _place(target / path.name)
                seal_stream(source, out, place=place, keys=settings.FIELD_KEYS)
                out.flush()
                os.fsync(out.fileno())
        synced(draft)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    synced(target.parent)


def content(path: Path) -> bytes:
    """Return the plain bytes of a kept file.

    Raises:
        FileSealBroken: when it is missing or was changed.
    """
    return opened_file(path, place=_place(path), keys=settings.FIELD_KEYS)


def open_into(path: Path, target: Path) -> Path:
    """Write the plain bytes of a kept file to a scratch file; return it.

    Raises:
        FileSealBroken: when it was changed or its key is missing.
    """
    with path.open("rb") as source, target.open("wb") as out:
        open_stream(source, out, place=_place(path), keys=settings.FIELD_KEYS)
    return target


def erase(kind: str, key: str) -> None:
    """Remove all files of an upload or download."""
    shutil.rmtree(Path(settings.DATA_DIR, "exchange", kind, key), ignore_errors=True)


@contextmanager
def scratch(key: str) -> Iterator[Path]:
    """Give a folder for plain files that is gone afterwards.

    What a killed worker left of the same key goes first. The folder has a new name
    each time: a parser that outlived its worker cannot write into it.
    """
    base = Path(settings.DATA_DIR, "exchange", _SCRATCH)
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in base.glob(f"{key}-*"):
        shutil.rmtree(left, ignore_errors=True)
    path = base / f"{key}-{secrets.token_hex(4)}"
    path.mkdir(mode=0o700)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def sweep_plain(*, before: float) -> None:
    """Remove plain files that a kill left lying; `before` is a file time.

    Working folders of workers, and what arrived with requests that broke off.
    """
    scratch = Path(settings.DATA_DIR, "exchange", _SCRATCH)
    for base in (scratch, Path(settings.FILE_UPLOAD_TEMP_DIR)):
        for left in base.glob("*") if base.exists() else ():
            if left.stat().st_mtime >= before:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def drop_others(parent: Path, *, but: set[str]) -> None:
    """Remove outcomes and drafts of an upload's folder that nothing names."""
    for path in parent.iterdir():
        if path.name in but:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _place(path: Path) -> str:
    """What a file is bound to: its place below the folder of the exchange."""
    return path.relative_to(Path(settings.DATA_DIR, "exchange")).as_posix()
