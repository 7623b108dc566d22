"""Locks between processes: a file in the data folder that one process holds.

The operating system lets go of the lock when the last process that holds the file ends,
however it ends: no lock is left behind by a crash.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiuhua.core.errors import XiuhuaError


class DataFolderBusy(XiuhuaError):
    """Another process works on the data folder and must be alone with it."""

    code = "config.data_folder_busy"


def try_lock(path: Path) -> int | None:
    """Return the handle of a file locked for this process, None when it is taken."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        return None
    return handle


if os.name == "posix":
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

else:  # pragma: no cover  Windows locks a byte instead of the file
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]


@contextmanager
def server_lock(folder: Path) -> Iterator[int]:
    """Hold the data folder alone, as a server and a restore must; yield the handle.

    Raises:
        DataFolderBusy: when a server runs on it or a restore is under way.
    """
    handle = try_lock(folder / "locks" / "server")
    if handle is None:
        raise DataFolderBusy(
            "{folder} is in use by a server or a restore",
            folder=folder,
            hint="stop it first; two must not work on one data folder",
        )
    try:
        yield handle
    finally:
        os.close(handle)


def worker_slot(folder: Path) -> tuple[int, int]:
    """Return the lowest free number of a worker on this data folder, and its handle."""
    number = 1
    while (handle := try_lock(folder / "locks" / f"worker-{number}")) is None:
        number += 1
    return number, handle
