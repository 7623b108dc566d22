"""`manage.py establish_administrators --region CODE`: the first three people.

There is no default account: names and passwords are asked for, one after the other.
"""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from xiuhua.apps.accounts import services as accounts
from xiuhua.apps.accounts.roles import ROLES
from xiuhua.apps.audit.rules import Actor
from xiuhua.core.errors import XiuhuaError


class Command(BaseCommand):
    """Set up the administrators of people, of security and of audit."""

    help = "Set up the three administrators of a new installation."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare `--region`."""
        parser.add_argument("--region", required=True, help="code of their region")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for three people and set them up."""
        people = {}
        for role in accounts.ADMINISTRATORS:
            self.stdout.write(f"{ROLES[role].label.zh} {ROLES[role].label.en}")
            username = input("user name: ").strip()
            full_name = input("name: ").strip()
            password = getpass.getpass("password: ")
            if password != getpass.getpass("password again: "):
                raise CommandError("the two passwords differ")
            people[role] = (username, full_name, password)
        try:
            posts = accounts.administrators_establish(
                people=people,
                region=options["region"],
                by=Actor.command("establish_administrators"),
                at=timezone.now(),
            )
        except XiuhuaError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(posts)} administrators set up")
