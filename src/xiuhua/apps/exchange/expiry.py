"""Take away files that have been kept long enough, and take up what was left lying."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from xiuhua.apps.exchange.models import Download, Upload
from xiuhua.apps.exchange.rules import State
from xiuhua.apps.exchange.staging import store


# A worker that has not begun after so long has been killed, or there was none.
_WAITS: Final = timedelta(minutes=30)
# A folder no row names is a sending that broke off; the row follows within seconds.
_NAMELESS: Final = timedelta(hours=1)
# No reading or making takes so long; what still lies plain was left by a kill.
_LEFT_LYING: Final = timedelta(hours=6)
_BUSY: Final = (State.RECEIVED, State.READING, State.PROMOTING)


def upload_count(*, before: datetime) -> int:
    """Return how many uploads received before still have their files."""
    return _old_uploads(before).count()


def upload_erase(*, before: datetime, at: datetime) -> int:
    """Erase the files of uploads received before; their receipts stay."""
    erased = 0
    for upload in _old_uploads(before):
        store.erase(store.UPLOADS, upload.key)
        erased += Upload.unscoped.filter(pk=upload.pk).update(erased_at=at, staged="")
    return erased


def swept(*, at: datetime) -> tuple[int, int]:
    """Erase expired downloads and folders nobody names; queue what waits too long.

    Returns how many downloads and how many folders.
    """
    return _downloads_erased(at), _nameless_erased(at)


def stalled_list(*, at: datetime) -> QuerySet[Upload]:
    """Return the uploads no worker took up for so long that none will."""
    return Upload.unscoped.filter(state__in=_BUSY, received_at__lt=at - _WAITS)


def _old_uploads(before: datetime) -> QuerySet[Upload]:
    old = Upload.unscoped.filter(received_at__lt=before, erased_at__isnull=True)
    return old.exclude(state__in=_BUSY)


def _downloads_erased(at: datetime) -> int:
    expired = Download.unscoped.filter(expires_at__lte=at, erased_at__isnull=True)
    for download in expired:
        store.erase(store.DOWNLOADS, download.key)
    return expired.update(erased_at=at)


def _nameless_erased(at: datetime) -> int:
    erased = 0
    limit = (at - _NAMELESS).timestamp()
    store.sweep_plain(before=(at - _LEFT_LYING).timestamp())
    for kind, model in ((store.UPLOADS, Upload), (store.DOWNLOADS, Download)):
        base = Path(settings.DATA_DIR, "exchange", kind)
        found = list(base.iterdir()) if base.exists() else []
        old = [p.name for p in found if p.stat().st_mtime < limit]
        named = set(
            model.unscoped.filter(key__in=old, erased_at__isnull=True).values_list(
                "key", flat=True
            )
        )
        for name in set(old) - named:
            store.erase(kind, name)
            erased += 1
    return erased
