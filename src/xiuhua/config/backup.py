"""`xiuhua backup` and `xiuhua restore`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from xiuhua.cli.language import example, paragraphs, say
from xiuhua.config.django_start import data_option, django_ready


FILE = click.Path(dir_okay=False, exists=True, path_type=Path)


@click.command(
    help=paragraphs(
        say("Make a backup of database, files and keys, sealed with a passphrase."),
        say(
            "The server may run meanwhile. The passphrase is read from the file of "
            "XIUHUA_BACKUP_PASSPHRASE_FILE, else asked for; without it a backup "
            "cannot be opened by anybody."
        ),
        example("xiuhua backup --to /media/stick"),
    )
)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help=say("Folder for the backup; otherwise XIUHUA_BACKUP_DIR."),
)
@data_option
def backup(to: Path | None) -> None:
    """Make a backup and say where it lies."""
    django_ready()
    from xiuhua.apps.audit.rules import Actor  # noqa: PLC0415  after the set-up
    from xiuhua.config.backups.making import backup_make  # noqa: PLC0415
    from xiuhua.config.backups.passphrases import asked_passphrase  # noqa: PLC0415
    from xiuhua.config.boot import database_checked  # noqa: PLC0415

    database_checked()
    made = backup_make(
        passphrase=asked_passphrase(twice=True),
        by=Actor.command("backup"),
        at=datetime.now(UTC),
        folder=to,
    )
    click.echo(str(made.path))
    click.echo(
        say("{rows} rows in {tables} tables, {files} files, {bytes} bytes").format(
            rows=made.manifest.rows,
            tables=len(made.manifest.tables),
            files=len(made.manifest.files) - 1,
            bytes=made.size,
        )
    )
    click.echo(f"SHA-256 {made.sha256}")


@click.command(
    help=paragraphs(
        say("Put a backup in the place of database and files, or rehearse it."),
        say(
            "The server must be stopped. All of the backup is verified first: one that "
            "is cut off, changed or opened with another passphrase changes nothing. "
            "What was there is kept."
        ),
        say(
            "With --drill nothing is replaced: the newest backup is restored beside "
            "the data, verified and measured. The server may run."
        ),
        example("xiuhua restore /media/stick/xiuhua-20191122-031000-000000.xhb"),
        example("xiuhua restore --drill"),
    )
)
@click.argument("file", type=FILE, required=False)
@click.option("--drill", is_flag=True, help=say("Rehearse, and print the times."))
@data_option
def restore(file: Path | None, drill: bool) -> None:
    """Restore or rehearse."""
    django_ready()
    if drill:
        _rehearse(file)
        return
    if file is None:
        raise click.UsageError(say("Name the file of a backup."))
    from xiuhua.apps.audit.rules import Actor  # noqa: PLC0415  after the set-up
    from xiuhua.config.backups.passphrases import asked_passphrase  # noqa: PLC0415
    from xiuhua.config.backups.restoring import backup_restore  # noqa: PLC0415

    done = backup_restore(
        file,
        passphrase=asked_passphrase(twice=False),
        by=Actor.command("restore"),
        at=datetime.now(UTC),
    )
    click.echo(
        say("Restored the state of {made_at}: {rows} rows, audit chains whole.").format(
            made_at=done.manifest.made_at, rows=done.manifest.rows
        )
    )
    if done.before:
        click.echo(say("What was there before: {path}").format(path=done.before))
    click.echo(say("Next: `xiuhua serve`, or `xiuhua upgrade` when it asks for it."))


def _rehearse(file: Path | None) -> None:
    from xiuhua.config.backups.drill import drill  # noqa: PLC0415  after the set-up
    from xiuhua.config.backups.passphrases import asked_passphrase  # noqa: PLC0415

    shown = drill(
        passphrase=asked_passphrase(twice=False), at=datetime.now(UTC), path=file
    )
    click.echo(
        say("{file}: {rows} rows, {count} audit entries, all verified").format(
            file=shown.path.name,
            rows=shown.manifest.rows,
            count=sum(int(c["count"]) for c in shown.manifest.chains.values()),
        )
    )
    minutes = shown.lost.total_seconds() / 60
    click.echo(
        say("RPO: {minutes:.1f} minutes of work would be lost now").format(
            minutes=minutes
        )
    )
    click.echo(
        say("RTO: {seconds:.1f} seconds from file to verified data").format(
            seconds=shown.took.total_seconds()
        )
    )
    sys.stdout.flush()
