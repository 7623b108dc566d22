"""`manage.py load_demo`: the invented county, and who can sign in to see it."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xiuhua.apps.accounts.roles import ROLES
from xiuhua.core.errors import XiuhuaError
from xiuhua.demo.cast import CAST
from xiuhua.demo.load import county_load, planned_county
from xiuhua.demo.places import COUNTY, NAMES_AROUND


class Command(BaseCommand):
    """Enter the invented county once; say who can sign in every time."""

    help = "Enter the invented county into a demonstration and print its logins."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--situations`."""
        parser.add_argument(
            "--situations",
            action="store_true",
            help="print the household that shows each situation",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is not there yet and print the logins."""
        at, started = timezone.now(), time.monotonic()

        def say(what: str) -> None:
            self.stdout.write(f"{time.monotonic() - started:5.0f} s  {what}")
            self.stdout.flush()

        try:
            password = county_load(at=at, say=say)
        except XiuhuaError as error:
            raise CommandError(str(error)) from error
        self._print_logins(password)
        if options["situations"]:
            self._print_situations()

    def _print_logins(self, password: str) -> None:
        self.stdout.write(f"\n{NAMES_AROUND[COUNTY]} {COUNTY}: all of it is invented")
        for part in CAST:
            label = ROLES[part.role].label
            name = part.role.ljust(24)
            self.stdout.write(f"  {name}{label.zh} {label.en}, {part.full_name}")
        self.stdout.write(f"\n密码 password: {password}")
        if not settings.SECOND_FACTOR_REQUIRED:
            self.stdout.write("未启用双重验证 no second factor is asked for")

    def _print_situations(self) -> None:
        self.stdout.write("")
        on = timezone.localtime(timezone.now()).date()
        for situation in planned_county(on=on).situations:
            label = situation.label
            self.stdout.write(f"  {situation.number}  {label.zh} {label.en}")
