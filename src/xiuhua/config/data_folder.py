"""Secrets that lie in the data folder and are made on the first start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def data_folder(path: Path) -> Path:
    """Return the data folder, made for the owner alone when there is none."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the text of a file; the first to ask makes it, for the owner alone.

    Two processes that start at once get the same text: it is written aside and linked
    into place, and linking fails for the second.
    """
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


def new_secret_key() -> str:
    """Return a fresh key for signatures of sessions and forms."""
    return secrets.token_urlsafe(64)
