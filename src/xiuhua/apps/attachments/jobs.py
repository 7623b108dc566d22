"""Periodic jobs of this app; each returns what came out, in figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from xiuhua.apps.attachments import incoming, storage
from xiuhua.apps.attachments.selectors import named_digests


# A sending over a bad network may take a weekend.
LEFT_ALONE: Final = timedelta(hours=72)


def files_cleaned(*, at: datetime) -> str:
    """Remove files of removed attachments and sendings that were given up."""
    return cleaned(before=at - LEFT_ALONE)


def cleaned(*, before: datetime) -> str:
    """Remove what no row names and nobody touched since; say how much."""
    files = storage.unnamed_removed(named=named_digests, before=before)
    sendings = incoming.stale_forget(before=before)
    return f"{files} files, {sendings} sendings removed"
