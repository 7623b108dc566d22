"""`manage.py ledger_rules [--rule NAME]`: open problems by rule, now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger.jobs import opened_by_rule
from xiuhua.apps.ledger.opening_rules import RULES


class Command(BaseCommand):
    """Follow the rules that open a problem by themselves; a second time opens none."""

    help = "Open problems where a plan has failed; the same cause opens only one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--rule`."""
        parser.add_argument("--rule", choices=sorted(RULES), help="only this rule")

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow one rule or all."""
        names = [options["rule"]] if options["rule"] else sorted(RULES)
        by = Actor.command("ledger_rules")
        for name, count in opened_by_rule(names, at=timezone.now(), by=by).items():
            self.stdout.write(f"{name}: {count} opened")
