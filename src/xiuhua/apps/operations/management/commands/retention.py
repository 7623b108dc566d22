"""`manage.py retention [--erase KIND --order NUMBER]`: what is over its time?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations import selectors
from xiuhua.apps.operations import services as operations


class Command(BaseCommand):
    """List the periods and what is over them; erase one kind on an order."""

    help = "List how long records are kept and what is over its time; erase on order."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--erase` and `--order`."""
        parser.add_argument(
            "--erase", metavar="KIND", help="erase what is over its time"
        )
        parser.add_argument("--order", default="", help="number of the instruction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase first when told to, then list."""
        at = timezone.now()
        if options["erase"]:
            kinds = [k for k in settings.RETENTION if k.kind == options["erase"]]
            if not kinds:
                raise CommandError(f"there is no kind {options['erase']}")
            if not options["order"]:
                raise CommandError(
                    "erasing needs the number of an instruction: --order"
                )
            erased = operations.expired_erase(
                kinds=kinds,
                by=Actor.command("retention"),
                at=at,
                order_number=options["order"],
            )
            for kind, count in erased.items():
                self.stdout.write(f"{kind}: {count} erased")
        counts = selectors.expired_counts(kinds=settings.RETENTION, at=at)
        for kept in settings.RETENTION:
            by = "on order" if kept.on_order else "by itself"
            self.stdout.write(
                f"{kept.kind}: {kept.days} days, {by}; {counts[kept.kind]} over it\n"
                f"    {kept.what}; {kept.source}"
            )
