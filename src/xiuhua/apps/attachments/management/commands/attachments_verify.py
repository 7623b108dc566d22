"""`manage.py attachments_verify`: is every file there, and what it was?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xiuhua.apps.attachments import storage
from xiuhua.apps.attachments.selectors import every_named_digest


class Command(BaseCommand):
    """Read every file that a row names and compare its digest."""

    help = "Verify the files of all attachments against their digests."

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify; a failure names the digests of what is lost."""
        named = sorted(every_named_digest())
        lost = [digest for digest in named if not _is_whole(digest)]
        if lost:
            raise CommandError(f"{len(lost)} of {len(named)} lost: {', '.join(lost)}")
        self.stdout.write(f"{len(named)} files are whole")


def _is_whole(digest: str) -> bool:
    try:
        storage.content_of(digest)
    except storage.FileLost:
        return False
    return True
