"""Put a backup back in place of what is there: all of it or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations import services as operations
from xiuhua.config.backups.archive import DATABASE, NOT_PACKED, WORKING, unpack
from xiuhua.config.backups.container import BackupDamaged
from xiuhua.config.backups.copies import (
    others_connected,
    postgresql_replaced,
    sqlite_verified,
)
from xiuhua.config.backups.making import backup_make
from xiuhua.config.backups.manifest import Manifest
from xiuhua.config.boot import RESTORING, database_is_new
from xiuhua.config.locks import server_lock
from xiuhua.core.errors import XiuhuaError


SQLITE_FILE = "xiuhua.sqlite3"


class BackupForeign(XiuhuaError):
    """A backup of one kind of database cannot be put into the other."""

    code = "config.backup_foreign"


class DatabaseBusy(XiuhuaError):
    """Others are connected to the database that is to be replaced."""

    code = "config.database_busy"


@dataclass(frozen=True)
class Restored:
    """What was put back, and where what was there before lies now."""

    manifest: Manifest
    before: Path | None


def backup_restore(
    path: Path,
    *,
    passphrase: str,
    by: Actor,
    at: datetime,
    step: Callable[[str], None] = lambda _name: None,
) -> Restored:
    """Replace database and files by those of a backup.

    Everything is unpacked and verified beside the data first. What was there is kept:
    the files in a folder `replaced-…`, a PostgreSQL database as a backup.

    Raises:
        BackupDamaged: when it is not whole; nothing was changed then.
        PassphraseWrong: when the passphrase is not the one.
        BackupForeign: when it is of the other kind of database.
        DataFolderBusy, DatabaseBusy: when something works on what is to be replaced.
    """
    with server_lock(settings.DATA_DIR):
        work = Path(tempfile.mkdtemp(prefix=".restore-", dir=settings.DATA_DIR))
        try:
            manifest = verified(path, passphrase=passphrase, folder=work)
            step("verified")
            before = _replaced(work, manifest, passphrase=passphrase, by=by, at=at)
        finally:
            shutil.rmtree(work)
        # Who was signed in then may not be now.
        Session.objects.all().delete()
        said = {"made_at": manifest.made_at, "rows": manifest.rows}
        operations.restore_record(file=path.name, said=said, by=by, at=at)
    return Restored(manifest, before)


def verified(path: Path, *, passphrase: str, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder and ask whether it may be put back.

    Raises:
        BackupDamaged, PassphraseWrong: when it is not whole, or does not open.
        BackupForeign: when it is of the other kind of database.
    """
    manifest = unpack(path, passphrase=passphrase, folder=folder)
    if manifest.engine != connection.vendor:
        raise BackupForeign(
            "this is a backup of {one}; the installation runs on {other}",
            one=manifest.engine,
            other=connection.vendor,
        )
    if manifest.engine == "sqlite":
        sqlite_verified(folder / DATABASE, manifest)
        (folder / "files").mkdir(exist_ok=True)
        os.replace(folder / DATABASE, folder / "files" / SQLITE_FILE)
        chains_verified(folder / "files", manifest)
    return manifest


def chains_verified(
    folder: Path, manifest: Manifest, *, address: str = "sqlite"
) -> None:
    """Verify the audit of another database, against the heads of the manifest.

    By a process of its own, because this one is connected to the database in use.

    Raises:
        BackupDamaged: when a chain is broken.
    """
    anchor = folder.with_name(f"{folder.name}.anchor")
    anchor.write_text(manifest.anchor(), encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XIUHUA_")}
    said = {"XIUHUA_DATA_DIR": str(folder), "XIUHUA_DATABASE_URL": address}
    words = ["manage", "audit_verify", "--skip-checks", "--anchor", str(anchor)]
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-m", "xiuhua", *words],
        env=kept | said | {"DJANGO_SETTINGS_MODULE": "xiuhua.config.settings"},
        capture_output=True,
        check=False,
    )
    anchor.unlink()
    if done.returncode:
        raise BackupDamaged("the audit record of the backup is broken")


def _replaced(
    work: Path, manifest: Manifest, *, passphrase: str, by: Actor, at: datetime
) -> Path | None:
    if manifest.engine == "sqlite":
        connections.close_all()
        return _files_replaced(work / "files", at=at)
    connections.close_all()
    conf = connection.settings_dict
    if others := others_connected(conf):
        raise DatabaseBusy(
            "{count} others are connected to the database",
            count=others,
            hint="stop the servers and workers first",
        )
    before = None
    if not database_is_new():
        before = backup_make(passphrase=passphrase, by=by, at=at).path
        connections.close_all()
    postgresql_replaced(conf, work / DATABASE, manifest)
    if (work / "files").exists():
        _files_replaced(work / "files", at=at)
    return before


def _files_replaced(files: Path, *, at: datetime) -> Path:
    """Move what is there aside and the restored files into its place.

    A mark stands while it is done: a server does not start on half of each.
    """
    folder: Path = settings.DATA_DIR
    mark = folder / RESTORING
    mark.touch()
    aside = folder / f"replaced-{at.astimezone(UTC):%Y%m%d-%H%M%S-%f}"
    aside.mkdir(mode=0o700)
    kept = {*NOT_PACKED} - {SQLITE_FILE}
    for entry in sorted(folder.iterdir()):
        is_working = entry.name.startswith(WORKING) or entry == settings.BACKUP_DIR
        if entry.name not in kept and not is_working:
            os.replace(entry, aside / entry.name)
    for entry in sorted(files.iterdir()):
        os.replace(entry, folder / entry.name)
    mark.unlink()
    return aside
