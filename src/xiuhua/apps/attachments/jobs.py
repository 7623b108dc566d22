"""Periodic jobs of this app; each returns a template of what came out, and figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from xiuhua.apps.attachments import incoming, storage
from xiuhua.apps.attachments.selectors import named_digests


# A sending over a bad network may take a weekend.
LEFT_ALONE: Final = timedelta(hours=72)


def files_cleaned(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Remove files of removed attachments and sendings that were given up."""
    return cleaned(before=at - LEFT_ALONE)


def cleaned(*, before: datetime) -> tuple[str, dict[str, int]]:
    """Remove what no row names and nobody touched since; say how much."""
    files = storage.unnamed_removed(named=named_digests, before=before)
    sendings = incoming.stale_forget(before=before)
    figures = {"files": files, "sendings": sendings}
    return "{files} files, {sendings} sendings removed", figures
