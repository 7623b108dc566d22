"""`manage.py import_divisions FILE… --under 239906 [--valid-from DATE]`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions import services as regions
from xiuhua.apps.regions.divisions import read_divisions
from xiuhua.core.errors import XiuhuaError


class Command(BaseCommand):
    """Enter the divisions of one region from lists of codes and names."""

    help = "Enter a region, those around it and its parts from CSV lists (code, name)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare files, `--under`, `--valid-from` and `--order`."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--under", required=True, help="code of the region")
        parser.add_argument(
            "--valid-from", type=date.fromisoformat, help="default: always there"
        )
        parser.add_argument("--order", default="", help="number of the instruction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Enter what is new; say what stays and what is named otherwise."""
        try:
            divisions = read_divisions(options["files"], under=options["under"])
            receipt = regions.divisions_enter(
                divisions=divisions,
                valid_from=options["valid_from"],
                by=Actor.command("import_divisions"),
                at=timezone.now(),
                order_number=options["order"],
            )
        except XiuhuaError as error:
            raise CommandError(str(error)) from error
        for code, here, there in receipt.named_otherwise:
            self.stdout.write(f"{code}: {here} here, {there} in the list")
        self.stdout.write(
            f"{receipt.entered} entered, {receipt.unchanged} unchanged, "
            f"{len(receipt.named_otherwise)} named otherwise and left alone"
        )
