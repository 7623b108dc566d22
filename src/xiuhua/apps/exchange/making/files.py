"""Make the file of a download and keep it sealed until it expires."""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.core import signing
from django.utils import timezone

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.exchange.making.marked import error_sheet
from xiuhua.apps.exchange.making.rows_out import Wanted, write_tables, write_villages
from xiuhua.apps.exchange.models import Download, Upload
from xiuhua.apps.exchange.rules import DOWNLOAD_LIFE
from xiuhua.apps.exchange.services.downloads import FILE
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.exchange.working import SHEET_SALT
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.export import write_registry
from xiuhua.core.intake.inert import write_delimited
from xiuhua.core.intake.prefilled import write_prefilled


_log: Final = logging.getLogger(__name__)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Made:
    """A file that was made: where it lies, its name for the user, its rows."""

    path: Path
    name: str
    rows: int


def download_make(*, download_id: int, clock: Clock) -> str:
    """Make the file of a download; killed anywhere, it is made anew."""
    download = Download.unscoped.filter(pk=download_id, ready_at__isnull=True).first()
    if download is None:
        return "made before"
    try:
        with (
            region_scope([download.region_id]),
            store.scratch(download.key) as scratch,
        ):
            made = _MAKERS[download.kind](download, scratch, clock())
            target = store.folder(store.DOWNLOADS, download.key) / FILE
            with made.path.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256").hexdigest()
                source.seek(0)
                store.keep(source, target)
    except XiuhuaError as error:
        _log.warning("download %s: %s", download.pk, error.code)
        Download.unscoped.filter(pk=download.pk).update(error={"code": error.code})
        return "failed"
    ready = clock()
    Download.unscoped.filter(pk=download.pk).update(
        file_name=made.name,
        rows=made.rows,
        sha256=digest,
        progress=100,
        ready_at=ready,
        expires_at=ready + DOWNLOAD_LIFE,
    )
    return "ready"


def _marked(download: Download, scratch: Path, at: datetime) -> Made:
    upload = Upload.unscoped.get(pk=download.asked["upload"])
    path, marks = error_sheet(upload, scratch)
    stem = Path(upload.file_name).stem
    return Made(path, f"{stem} 标注{path.suffix}", marks)


def _sheet(download: Download, scratch: Path, at: datetime) -> Made:
    tables, rows = write_tables(
        scratch, download.post.rights, _wanted(download, at), _noting(download)
    )
    said = {"at": at.isoformat(), "region": download.region_id}
    path = scratch / "sheet.xlsx"
    write_prefilled(path, tables, token=signing.dumps(said, salt=SHEET_SALT))
    return Made(path, f"核对表 {_day(at)}.xlsx", rows)


def _export(download: Download, scratch: Path, at: datetime) -> Made:
    wanted, role = _wanted(download, at), download.post.rights
    tables, rows = write_tables(scratch, role, wanted, _noting(download))
    reports, count = write_villages(scratch, role, wanted)
    # The rows of one person in charge are nothing villages report of.
    if count and not wanted.helper:
        tables["village"] = reports
        rows += count
    name = f"台账 {download.region_id} {_day(at)}"
    if download.asked.get("form") == "csv":
        return Made(_zipped(tables, scratch / "export.zip"), f"{name}.zip", rows)
    path = scratch / "export.xlsx"
    write_registry(path, tables)
    return Made(path, f"{name}.xlsx", rows)


def _zipped(tables: dict[str, Path], path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for level, table in tables.items():
            title = load_dictionary().level(level).sheet
            text = path.with_name(f"{level}.csv")
            write_delimited(text, level, table)
            archive.write(text, f"{title}.csv")
    return path


def _wanted(download: Download, at: datetime) -> Wanted:
    asked = download.asked
    return Wanted(
        region=download.region_id,
        year=asked.get("year") or timezone.localtime(at).year,
        helper=asked.get("helper", ""),
        secret=bool(asked.get("secret")),
        whole=bool(asked.get("whole")),
    )


def _noting(download: Download) -> Callable[[int], None]:
    last = 0

    def noted(percent: int) -> None:
        nonlocal last
        if percent >= last + 5:
            last = percent
            Download.unscoped.filter(pk=download.pk).update(progress=percent)

    return noted


def _day(at: datetime) -> str:
    return timezone.localtime(at).date().isoformat()


_MAKERS: Final = {"marked": _marked, "sheet": _sheet, "export": _export}
