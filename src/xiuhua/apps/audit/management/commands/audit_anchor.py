"""`manage.py audit_anchor FILE`: write the heads of all chains to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.anchors import anchor_text, read_anchor
from xiuhua.core.errors import XiuhuaError


class Command(BaseCommand):
    """Anchor the record; a broken one is not anchored."""

    help = "Write counts and digests of the audit to FILE, to be kept elsewhere."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare FILE and `--since`."""
        parser.add_argument("file", type=Path, help="a file that does not exist yet")
        parser.add_argument("--since", type=Path, help="the anchor before this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, then write."""
        target: Path = options["file"]
        since: Path | None = options["since"]
        try:
            heads = audit.chain_heads()
            anchor = read_anchor(since) if since else {}
        except XiuhuaError as error:
            raise CommandError(str(error)) from error
        if any(True for _ in audit.break_list(anchor=anchor)):
            raise CommandError("the record is broken: run audit_verify")
        try:
            with target.open("x", encoding="utf-8", newline="\n") as file:
                file.write(anchor_text(heads, at=timezone.now()))
        except OSError as error:
            raise CommandError(f"{target}: {error.strerror}") from error
        entries = sum(head.count for head in heads.values())
        self.stdout.write(
            f"{entries} entries in {len(heads)} chains anchored: {target}"
        )
