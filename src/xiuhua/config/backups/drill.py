"""Rehearse the restore of the newest backup beside the data, and measure it."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from django.conf import settings
from django.db import connection

from xiuhua.config.backups.archive import DATABASE
from xiuhua.config.backups.copies import (
    database_made,
    link_words,
    postgresql_replaced,
)
from xiuhua.config.backups.making import backup_files
from xiuhua.config.backups.manifest import Manifest
from xiuhua.config.backups.restoring import chains_verified, verified
from xiuhua.core.errors import XiuhuaError


class NoBackup(XiuhuaError):
    """There is no backup to restore."""

    code = "config.no_backup"


class DrillImpossible(XiuhuaError):
    """The rehearsal needs a database beside the one in use and may not make it."""

    code = "config.drill_impossible"


@dataclass(frozen=True)
class Drilled:
    """What a rehearsal showed.

    `lost` is how much work would be lost now, `took` how long the restore takes.
    """

    path: Path
    manifest: Manifest
    lost: timedelta
    took: timedelta


def newest_backup() -> Path:
    """Return the newest backup of the folder of backups.

    Raises:
        NoBackup: when there is none.
    """
    files = backup_files(settings.BACKUP_DIR)
    if not files:
        raise NoBackup("no backup in {folder}", folder=settings.BACKUP_DIR)
    return files[max(files)]


def drill(*, passphrase: str, at: datetime, path: Path | None = None) -> Drilled:
    """Restore a backup beside the data, verify it, remove it, return the times.

    Raises:
        NoBackup: when there is none.
        BackupDamaged, PassphraseWrong: when it would not restore.
        DrillImpossible: when no database beside the one in use can be made.
    """
    path = path or newest_backup()
    began = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix=".drill-", dir=settings.DATA_DIR))
    try:
        manifest = verified(path, passphrase=passphrase, folder=work)
        if connection.vendor == "postgresql":
            _beside(work, manifest)
        took = timedelta(seconds=time.monotonic() - began)
    finally:
        shutil.rmtree(work)
    made_at = datetime.fromisoformat(manifest.made_at)
    return Drilled(path, manifest, at - made_at, took)


def _beside(work: Path, manifest: Manifest) -> None:
    """Restore into a database of its own and drop it."""
    conf: dict[str, Any] = connection.settings_dict
    name = f"xiuhua_drill_{os.getpid()}"
    try:
        database_made(conf, name)
    except psycopg.errors.InsufficientPrivilege as error:
        raise DrillImpossible(
            "the database user may not make a database for the drill",
            hint="ALTER ROLE … CREATEDB, or rehearse on another machine",
        ) from error
    try:
        beside = {**conf, "NAME": name}
        postgresql_replaced(beside, work / DATABASE, manifest)
        (work / "files").mkdir(exist_ok=True)
        chains_verified(work / "files", manifest, address=_address(beside))
    finally:
        with suppress(psycopg.Error):
            database_made(conf, name, drop=True)


def _address(conf: dict[str, Any]) -> str:
    """Return the address of a database, as the settings read it."""
    words = link_words(conf)
    user = quote(words.pop("user", ""), safe="")
    password = quote(words.pop("password", ""), safe="")
    name = quote(words.pop("dbname"), safe="")
    port = words.pop("port", "")
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    where = f"localhost:{port}" if port else ""
    return f"postgresql://{who}{where}/{name}?{urlencode(words)}"
