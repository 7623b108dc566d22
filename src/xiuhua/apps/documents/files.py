"""The files of orders in the data folder, readable by the server alone."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from xiuhua.apps.attachments.storage import written_safely


def part_path(printing_id: int, part: int) -> Path:
    """Return where a part of an order lies."""
    return _folder(printing_id) / f"{part:03}.pdf"


def part_keep(printing_id: int, part: int, content: bytes) -> None:
    """Write a part so that it survives a power cut."""
    path = part_path(printing_id, part)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    written_safely(path, content)


def order_forget(printing_id: int) -> None:
    """Remove the files of an order."""
    shutil.rmtree(_folder(printing_id), ignore_errors=True)


def _folder(printing_id: int) -> Path:
    return Path(settings.DATA_DIR, "documents", str(printing_id))
