"""A look at an archive before it is opened: its directory, not its contents."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from xiuhua.core.errors import Place, XiuhuaError


MAX_ENTRIES: Final = 2_000
MAX_TOTAL_BYTES: Final = 2 << 30
MAX_RATIO: Final = 200
_RATIO_COUNTS_FROM: Final = 16 << 20


class ArchiveRefused(XiuhuaError):
    """An archive is damaged, or would grow beyond all measure when opened."""

    code = "intake.archive_refused"


def look_at_archive(path: Path) -> None:
    """Refuse an archive that is no workbook, is damaged, or is a bomb.

    Raises:
        ArchiveRefused: with the reason.
    """
    where = Place(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ArchiveRefused(
            "the workbook is damaged or was not copied to its end",
            where=where,
            hint="copy it again or save it once more",
        ) from error
    reason = _reason_against(entries)
    if reason:
        raise ArchiveRefused(reason, where=where)


def _reason_against(entries: list[zipfile.ZipInfo]) -> str | None:
    total = sum(e.file_size for e in entries)
    packed = sum(e.compress_size for e in entries)
    if len(entries) > MAX_ENTRIES:
        return "the archive has more entries than a workbook can need"
    if total > MAX_TOTAL_BYTES or (
        total > _RATIO_COUNTS_FROM and total > MAX_RATIO * max(packed, 1)
    ):
        return "the archive would grow beyond measure when opened"
    if any(e.flag_bits & 1 for e in entries):
        return "the archive is protected by a password"
    if any(e.filename.startswith("/") or ".." in e.filename for e in entries):
        return "the archive names files outside itself"
    if "xl/workbook.xml" not in {e.filename for e in entries}:
        return "the archive is no Excel workbook"
    return None
