"""`manage.py audit_verify [--anchor FILE]`: is the record still what was written?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.anchors import read_anchor
from xiuhua.core.errors import XiuhuaError


class Command(BaseCommand):
    """Verify every chain; exit code 1 when one is broken."""

    help = "Verify the audit record, against an anchor where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--anchor`."""
        parser.add_argument("--anchor", type=Path, help="file of audit_anchor")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each break, or how much was verified."""
        path: Path | None = options["anchor"]
        try:
            anchor = read_anchor(path) if path else {}
        except XiuhuaError as error:
            raise CommandError(str(error)) from error
        found = list(audit.break_list(anchor=anchor))
        for item in found:
            name = item.chain or "-"
            self.stdout.write(f"{name} {item.number}: {item.what}")
        if found:
            raise CommandError(f"{len(found)} breaks: the record was tampered with")
        heads = audit.chain_heads()
        entries = sum(head.count for head in heads.values())
        self.stdout.write(f"{entries} entries in {len(heads)} chains are whole")
        if not path:
            self.stdout.write("without an anchor a cut tail can go unseen")
