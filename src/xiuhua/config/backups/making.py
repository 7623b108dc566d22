"""Make a backup of the installation while it works."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection

import xiuhua
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations import services as operations
from xiuhua.apps.operations.rules import keep_list
from xiuhua.config.backups.archive import pack, packed_files
from xiuhua.config.backups.copies import postgresql_copied, sqlite_copied
from xiuhua.config.backups.manifest import Manifest, digest_of


SUFFIX: Final = ".xhb"
_NAME: Final = "xiuhua-%Y%m%d-%H%M%S-%f"
# All of a day, one a day for a month, one a month for a year.
_HOURS, _DAYS, _MONTHS = 24, 30, 12


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path
    size: int
    sha256: str
    manifest: Manifest


def backup_make(
    *,
    passphrase: str,
    by: Actor,
    at: datetime,
    folder: Path | None = None,
    step: Callable[[str], None] = lambda _name: None,
) -> Made:
    """Make a backup and record it; return what was made.

    Under its name it appears only when it is whole. `step` is told what is reached.
    """
    target = folder or settings.BACKUP_DIR
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = target / f"{at.astimezone(UTC).strftime(_NAME)}{SUFFIX}"
    draft = path.with_name(f".{path.name}.part")
    manifest = Manifest(xiuhua.__version__, at.isoformat(), connection.vendor)
    work = Path(tempfile.mkdtemp(prefix=".backup-", dir=settings.DATA_DIR))
    try:
        dump = work / "database"
        _copied(dump, manifest)
        step("copied")
        files = packed_files(settings.DATA_DIR, apart_from=target)
        with draft.open("xb") as file:
            os.chmod(draft, 0o600)
            pack(file, passphrase=passphrase, dump=dump, files=files, manifest=manifest)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        _synced(target)
    finally:
        draft.unlink(missing_ok=True)
        shutil.rmtree(work)
    made = Made(path, path.stat().st_size, digest_of(path), manifest)
    said = {"bytes": made.size, "sha256": made.sha256, "rows": manifest.rows}
    operations.backup_record(file=path.name, said=said, by=by, at=at)
    return made


def _copied(dump: Path, manifest: Manifest) -> None:
    conf = connection.settings_dict
    if connection.vendor == "sqlite":
        sqlite_copied(Path(conf["NAME"]), dump, manifest)
    else:
        postgresql_copied(conf, dump, manifest)


def _synced(folder: Path) -> None:
    """Make the name of a new file survive a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def backup_files(folder: Path) -> dict[datetime, Path]:
    """Return the backups of a folder by when they were made."""
    found = {}
    for path in folder.glob(f"*{SUFFIX}"):
        try:
            made_at = datetime.strptime(path.stem, _NAME).replace(tzinfo=UTC)
        except ValueError:
            # Somebody gave it a name of their own: it is theirs to remove.
            continue
        found[made_at] = path
    return found


def old_backups_removed(*, at: datetime) -> int:
    """Remove backups that are not needed any more; return how many."""
    files = backup_files(settings.BACKUP_DIR)
    kept = keep_list(list(files), at=at, hours=_HOURS, days=_DAYS, months=_MONTHS)
    for made_at in files.keys() - kept:
        files[made_at].unlink()
    return len(files.keys() - kept)
