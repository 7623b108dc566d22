"""Look at the installation: what is well, what is doubtful, what to do about it.

Figures of the machine and of the program alone; no personal data.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

import xiuhua
from xiuhua.apps.operations import selectors
from xiuhua.apps.operations.models import JobRun
from xiuhua.apps.operations.queue import queue_state
from xiuhua.apps.operations.rules import Finding, Level, age_level, last_due


_GIB: Final = 1 << 30
# Below these a county's database may not find room for its own copy.
_DISK_WARNING, _DISK_BAD = 10 * _GIB, 2 * _GIB
_MOST_WAITING: Final = 200


def findings(*, at: datetime) -> list[Finding]:
    """Return what was looked at, in the order in which it matters."""
    found = [_database()]
    found += _disk()
    if found[0].level is not Level.BAD:
        for look in _LOOKS:
            found += look(at)
    return [*found, _versions()]


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        values = {"kind": type(error).__name__}
        hint = "look whether the database runs and the disk has room"
        return Finding("database", Level.BAD, "does not answer ({kind})", values, hint)
    return Finding("database", Level.OK, "{kind} answers", {"kind": connection.vendor})


def _disk() -> Iterator[Finding]:
    """Look at the disks of the data folder and of the backups, each disk once."""
    folders = [settings.DATA_DIR, settings.BACKUP_DIR]
    seen = set()
    for name, folder in zip(["data", "backups"], folders, strict=True):
        if not folder.exists() or folder.stat().st_dev in seen:
            continue
        seen.add(folder.stat().st_dev)
        free = shutil.disk_usage(folder).free
        level = Level.OK if free >= _DISK_WARNING else Level.WARNING
        level = Level.BAD if free < _DISK_BAD else level
        yield Finding(
            f"disk_{name}",
            level,
            "{free} GB free",
            {"free": f"{free / _GIB:.1f}"},
            "" if level is Level.OK else "make room, or move the folder",
        )


def _queue(at: datetime) -> Iterator[Finding]:
    state = queue_state(at=at)
    oldest = state.oldest_at or at
    level = age_level(oldest, at=at, warn=timedelta(minutes=10), bad=timedelta(hours=2))
    if state.waiting > _MOST_WAITING and level is Level.OK:
        level = Level.WARNING
    values = {
        "waiting": state.waiting,
        "minutes": int((at - oldest).total_seconds() // 60),
        "running": state.running,
    }
    said = "{waiting} waiting, the oldest for {minutes} minutes; {running} running"
    hint = "" if level is Level.OK else "look whether the worker runs"
    yield Finding("queue", level, said, values, hint)
    if state.failed_lately:
        yield Finding(
            "failed_tasks",
            Level.WARNING,
            "{count} tasks failed since yesterday",
            {"count": state.failed_lately},
            "read the log of the worker",
        )


def _tick(at: datetime) -> Iterator[Finding]:
    run = selectors.last_run(job="pulse")
    level = age_level(
        run.finished_at if run else None,
        at=at,
        warn=timedelta(minutes=11),
        bad=timedelta(minutes=30),
    )
    hint = "" if level is Level.OK else "look whether `xiuhua serve` runs all its parts"
    yield Finding("tick", level, *_when(run.finished_at if run else None, at), hint)


def _backup(at: datetime) -> Iterator[Finding]:
    last = selectors.last_backup_at()
    usual = next((j.every_minutes for j in settings.JOBS if j.name == "backup"), None)
    step = timedelta(minutes=usual or 24 * 60)
    level = age_level(last, at=at, warn=2 * step, bad=max(6 * step, timedelta(days=1)))
    hint = ""
    if level is not Level.OK:
        hint = "run `xiuhua backup`, and set XIUHUA_BACKUP_PASSPHRASE_FILE"
    yield Finding("backup", level, *_when(last, at), hint)


def _jobs(at: datetime) -> Iterator[Finding]:
    for job in settings.JOBS:
        if job.name in ("pulse", "backup"):
            continue
        run = selectors.last_run(job=job.name)
        if run is None:
            yield Finding(job.name, Level.WARNING, "not done yet", {})
            continue
        is_late = last_due(job, at=at) - run.due_at > timedelta(days=1)
        failed = run.state == JobRun.State.FAILED
        level = Level.BAD if failed else Level.WARNING if is_late else Level.OK
        hint = "" if level is Level.OK else "read the log of the worker"
        yield Finding(job.name, level, *_outcome(run), hint, run.due_at)


def _outcome(run: JobRun) -> tuple[str, Mapping[str, object]]:
    """What came out of a run; a text of its own stands as it is."""
    if run.state == JobRun.State.FAILED:
        return "failed ({kind})", {"kind": run.outcome}
    if run.figures is None:
        return "{outcome}", {"outcome": run.outcome}
    return run.outcome, run.figures


def _versions() -> Finding:
    values = {"program": xiuhua.__version__, "python": platform.python_version()}
    return Finding("versions", Level.OK, "xiuhua {program}, Python {python}", values)


def _when(instant: datetime | None, at: datetime) -> tuple[str, Mapping[str, object]]:
    if instant is None:
        return "never", {}
    minutes = int((at - instant).total_seconds() // 60)
    return "{minutes} minutes ago", {"minutes": minutes}


_LOOKS: Final[tuple[Callable[[datetime], Iterator[Finding]], ...]] = (
    _queue,
    _tick,
    _backup,
    _jobs,
)
