"""`manage.py attachments_clean`: files no row names, sendings nobody finished."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from xiuhua.apps.attachments.jobs import cleaned


class Command(BaseCommand):
    """Take away what failed or ended acts left in the data folder."""

    help = "Remove files of removed attachments and of sendings that were given up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--hours`."""
        parser.add_argument(
            "--hours", type=int, default=72, help="younger files stay; 1 or more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove and count."""
        before = timezone.now() - timedelta(hours=max(options["hours"], 1))
        said, figures = cleaned(before=before)
        self.stdout.write(said.format(**figures))
