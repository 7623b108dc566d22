"""The ways from the page of a list to its sheets."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def sheet_ways(kind: str) -> list[tuple[str, Any]]:
    """Return addresses and words of the buttons that a list has for its sheets."""
    sheets = reverse(f"sheets:{kind}")
    return [
        (f"{sheets}?as=filled", _("Download the filled sheet")),
        (reverse(f"sheets:{kind}_send"), _("Send a sheet in")),
        (sheets, _("Sheets that were sent in")),
    ]
