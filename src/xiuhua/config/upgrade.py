"""`xiuhua upgrade`: bring a database to the version of the program."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from xiuhua.cli.language import paragraphs, say
from xiuhua.config.django_start import data_option, django_ready
from xiuhua.core.errors import XiuhuaError


class UpgradeFailed(XiuhuaError):
    """The database could not be brought to the program's version."""

    code = "config.upgrade_failed"


@click.command(
    help=paragraphs(
        say("Bring the database to the version of the program."),
        say(
            "The server must be stopped. A backup is made first, the audit is verified "
            "before and after, and no row of the audit may be lost; how to go back is "
            "said at the end."
        ),
    )
)
@data_option
def upgrade() -> None:
    """Back up, migrate, verify."""
    django_ready()
    from django.conf import settings  # noqa: PLC0415  after the set-up

    from xiuhua.config.backups.passphrases import asked_passphrase  # noqa: PLC0415
    from xiuhua.config.boot import (  # noqa: PLC0415
        database_checked,
        database_current,
        database_is_new,
        migrations_ahead,
    )
    from xiuhua.config.locks import server_lock  # noqa: PLC0415

    with server_lock(settings.DATA_DIR):
        database_checked()
        if database_is_new() or not migrations_ahead():
            database_current()
            click.echo(say("The database is of this version already."))
            return
        path, count = upgraded(
            passphrase=asked_passphrase(twice=True), at=datetime.now(UTC)
        )
    click.echo(
        say("{count} migrations applied, audit chains whole.").format(count=count)
    )
    click.echo(
        say("To go back: the program of before, then `xiuhua restore {path}`").format(
            path=path
        )
    )


def upgraded(*, passphrase: str, at: datetime) -> tuple[Path, int]:
    """Back up, apply all migrations, verify; return the backup and how many.

    Raises:
        UpgradeFailed: when a migration failed or the audit is not whole after it.
    """
    from django.core.management import call_command  # noqa: PLC0415  after the set-up
    from django.db import DatabaseError  # noqa: PLC0415

    from xiuhua.apps.audit import selectors as audit  # noqa: PLC0415
    from xiuhua.apps.audit.rules import Actor  # noqa: PLC0415
    from xiuhua.apps.operations import services as operations  # noqa: PLC0415
    from xiuhua.config.backups.making import backup_make  # noqa: PLC0415
    from xiuhua.config.boot import migrations_ahead  # noqa: PLC0415

    ahead = migrations_ahead()
    by = Actor.command("upgrade")
    made = backup_make(passphrase=passphrase, by=by, at=at)
    heads = audit.chain_heads()
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise UpgradeFailed(
            "a migration failed ({kind})",
            kind=type(error).__name__,
            hint="go back with the program of before and `xiuhua restore`",
        ) from error
    if any(True for _ in audit.break_list(anchor=heads)):
        raise UpgradeFailed(
            "the audit record is not whole after the migrations",
            hint="go back with the program of before and `xiuhua restore`",
        )
    said = {"applied": ahead, "backup": made.path.name}
    operations.upgrade_record(said=said, by=by, at=at)
    return made.path, len(ahead)
