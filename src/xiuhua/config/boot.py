"""What must be true before the application serves anybody."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_tasks_db.models import DBTaskResult

import xiuhua
from xiuhua.apps.operations.queue import orphans_requeue
from xiuhua.core.errors import XiuhuaError


# What PostgreSQL must be set to, so that what was acknowledged survives a power cut.
_SAFE: Final = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "local", "remote_write", "remote_apply"},
}
RESTORING: Final = "restoring"


class DatabaseUnsafe(XiuhuaError):
    """PostgreSQL may lose what it acknowledged when the power is cut."""

    code = "config.database_unsafe"


class DatabaseAway(XiuhuaError):
    """The database does not answer."""

    code = "config.database_away"


class DatabaseBehind(XiuhuaError):
    """The database is of an older version than the program, or of a newer one."""

    code = "config.database_behind"


class RestoreBrokenOff(XiuhuaError):
    """A restore was broken off half-way; the data folder is not whole."""

    code = "config.restore_broken_off"


class NoTransport(XiuhuaError):
    """Pages are to be sent over https alone, and nothing here can send them so."""

    code = "config.no_transport"


def database_checked() -> None:
    """Ask whether the database is there and the data folder whole.

    Raises:
        RestoreBrokenOff: when the data folder is half restored.
        DatabaseAway: when the database does not answer.
    """
    if (settings.DATA_DIR / RESTORING).exists():
        raise RestoreBrokenOff(
            "a restore into {folder} was broken off",
            folder=settings.DATA_DIR,
            hint="run `xiuhua restore` again",
        )
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        # The driver's words may hold the address with its password.
        raise DatabaseAway(
            "the database does not answer ({kind})", kind=type(error).__name__
        ) from error


def durability_checked() -> None:
    """Ask PostgreSQL whether it keeps what it acknowledges; SQLite is told to.

    Raises:
        DatabaseUnsafe: when it is set to lose acknowledged writes in a power cut.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for name, safe in _SAFE.items():
            cursor.execute(f"SHOW {name}")
            value = cursor.fetchone()[0]
            if value not in safe:
                raise DatabaseUnsafe(
                    "PostgreSQL runs with {name} = {value}",
                    name=name,
                    value=value,
                    hint="set it to on: what was acknowledged must survive a power cut",
                )


def transport_checked(*, certificate: str) -> None:
    """Ask whether pages can reach a browser the way they are to.

    Raises:
        NoTransport: when https alone is allowed and nobody here speaks it.
    """
    if settings.SECURE_SSL_REDIRECT and not (certificate or settings.BEHIND_PROXY):
        raise NoTransport(
            "pages go over https alone, and there is neither certificate nor proxy",
            hint="give --certificate and --key, or set XIUHUA_BEHIND_PROXY=1, or for a "
            "demonstration on one machine XIUHUA_HTTPS=0",
        )


def broken_off_requeued() -> None:
    """Queue again what workers were doing when the last server ended by force."""
    for task in DBTaskResult.objects.running():
        orphans_requeue(worker=task.worker_ids[-1] if task.worker_ids else "")


def migrations_ahead() -> list[str]:
    """Return the migrations of the program that the database has not had."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{m.app_label}.{m.name}" for m, _ in plan]


def migrations_beyond() -> list[str]:
    """Return the migrations of our apps the database has had and the program lacks."""
    loader = MigrationExecutor(connection).loader
    own = {app.split(".")[-1] for app in settings.INSTALLED_APPS if "xiuhua" in app}
    beyond = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{app}.{name}" for app, name in beyond if app in own)


def database_is_new() -> bool:
    """Test whether the database has no table at all."""
    return not connection.introspection.table_names()


def database_current() -> None:
    """Make the tables of a new database; refuse one of another version.

    Raises:
        DatabaseBehind: when it is populated and not of the program's version.
    """
    if database_is_new():
        call_command("migrate", verbosity=0, interactive=False)
        return
    ahead, beyond = migrations_ahead(), migrations_beyond()
    if beyond:
        raise DatabaseBehind(
            "the database is newer than this program ({names})",
            names=", ".join(beyond),
            hint="install the newer program, or restore the backup made before it",
        )
    if ahead:
        raise DatabaseBehind(
            "the database lacks {count} migrations of this program",
            count=len(ahead),
            hint="run `xiuhua upgrade`: it makes a backup first",
        )


def static_files_current() -> bool:
    """Gather style and script for the browsers unless done; return whether it was."""
    stamp_file = settings.STATIC_ROOT / ".stamp"
    stamp = _static_stamp()
    if stamp_file.exists() and stamp_file.read_text(encoding="ascii") == stamp:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp_file.write_text(stamp, encoding="ascii")
    return True


def _static_stamp() -> str:
    """Return a digest of what would be gathered: names, sizes, version."""
    found: list[Any] = [xiuhua.__version__]
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            found.append(
                [name, storage.size(name), str(storage.get_modified_time(name))]
            )
    return sha256(json.dumps(sorted(map(str, found))).encode()).hexdigest()
