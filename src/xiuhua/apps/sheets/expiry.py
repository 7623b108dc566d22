"""Erase files and rows that have been kept long enough; what came of them stays."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from xiuhua.apps.sheets import store
from xiuhua.apps.sheets.models import Sheet, SheetRow


_NAMELESS_SECONDS: Final = 86_400


def sheet_count(*, before: datetime) -> int:
    """Return how many sheets sent before still have their file and rows."""
    return _old(before).count()


def sheet_erase(*, before: datetime, at: datetime) -> int:
    """Erase files and cells of sheets sent before; outcomes and receipts stay.

    Files no sheet names go too: what a rolled back sending left.
    """
    erased = 0
    for sheet in _old(before):
        store.erase(sheet.key)
        SheetRow.unscoped.filter(sheet=sheet).update(content=None)
        erased += Sheet.unscoped.filter(pk=sheet.pk).update(erased_at=at, key="")
    _nameless_erased(at)
    return erased


def _old(before: datetime) -> QuerySet[Sheet]:
    return Sheet.unscoped.filter(sent_at__lt=before, erased_at__isnull=True)


def _nameless_erased(at: datetime) -> None:
    folder = Path(settings.DATA_DIR, "sheets")
    limit = at.timestamp() - _NAMELESS_SECONDS
    found = list(folder.iterdir()) if folder.exists() else []
    old = {path.name for path in found if path.stat().st_mtime < limit}
    named = Sheet.unscoped.filter(key__in=old).values_list("key", flat=True)
    for name in old - set(named):
        store.erase(name)
