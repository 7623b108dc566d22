"""Say whether the server lives; show administrators how the installation is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.operations.health import findings
from xiuhua.apps.operations.rules import Level, worst
from xiuhua.messages import translator
from xiuhua.web.access import PUBLIC, allow
from xiuhua.web.shell import language


LEVELS: Final = {Level.OK: _("well"), Level.WARNING: _("look"), Level.BAD: _("bad")}
# What was looked at, in words; a job stands under its own name.
NAMES: Final = {
    "database": _("Database"),
    "disk_data": _("Disk of the data"),
    "disk_backups": _("Disk of the backups"),
    "queue": _("Queue of tasks"),
    "failed_tasks": _("Failed tasks"),
    "tick": _("Periodic work"),
    "backup": _("Last backup"),
    "verify_audit": _("Audit verified"),
    "erase_expired": _("Expired records erased"),
    "advance_standards": _("Judged as of the day"),
    "sweep_exchange": _("Uploads and downloads swept"),
    "take_up_sheets": _("Sheets left by a worker taken up"),
    "clean_attachments": _("Attachments swept"),
    "keep_ledger": _("Ledger looked through by rule"),
    "recount_drives": _("Drives counted again"),
    "versions": _("Versions"),
}


@dataclass(frozen=True)
class Line:
    """A finding as the page shows it."""

    name: Any
    level: str
    level_word: Any
    said: str
    hint: str
    when: datetime | None


@allow(PUBLIC)
def live(request: HttpRequest) -> HttpResponse:
    """Answer, and nothing more: for proxies and for whoever keeps the service up."""
    return HttpResponse("ok", content_type="text/plain")


@allow(Permission.SYSTEM_VIEW)
def index(request: HttpRequest) -> HttpResponse:
    """Show what was looked at, its level and what to do about it."""
    say = translator(language())
    found = findings(at=timezone.now())
    lines = [
        Line(
            NAMES.get(f.name, f.name),
            f.level.value,
            LEVELS[f.level],
            say(f.said).format(**f.values),
            say(f.hint) if f.hint else "",
            f.when,
        )
        for f in found
    ]
    level = worst([f.level for f in found])
    shown = {"lines": lines, "level": level.value, "level_word": LEVELS[level]}
    return render(request, "system/index.html", shown)
