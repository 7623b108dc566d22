"""The periodic job that makes backups."""

from __future__ import annotations

from datetime import datetime

from xiuhua.apps.audit.rules import Actor
from xiuhua.config.backups.making import backup_make, old_backups_removed
from xiuhua.config.backups.passphrases import kept_passphrase


def backup_due(*, at: datetime) -> tuple[str, dict[str, object]]:
    """Make a backup where there is a passphrase for it, and remove old ones."""
    passphrase = kept_passphrase()
    if not passphrase:
        return "no passphrase, no backup", {}
    made = backup_make(passphrase=passphrase, by=Actor.command("tick"), at=at)
    removed = old_backups_removed(at=at)
    figures = {"file": made.path.name, "bytes": made.size, "removed": removed}
    return "{file}, {bytes} bytes, {removed} old ones removed", figures
