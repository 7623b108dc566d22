"""The application's tests run on SQLite and on a PostgreSQL cluster of their own.

A test module asks for both by `pytest.mark.usefixtures("each_database")`.
The connection `default` is exchanged, so the program under test notices nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from psycopg import sql
from tests.means import postgresql_folder, postgresql_user

from xiuhua.apps.audit.guards import guard, guard_table, unguard, unguard_table
from xiuhua.config.databases import database_settings


# What finds the tables besides the audit's whose rows can only be added to.
_GUARDED = {
    "sqlite": """
        SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'
        AND name = tbl_name || '_no_delete'
        AND tbl_name NOT IN ('audit_entry', 'audit_chain')
    """,
    "postgresql": """
        SELECT relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid
        WHERE tgname = relname || '_no_change' AND relname <> 'audit_entry'
    """,
}
Opened = dict[str, tuple[dict[str, Any], BaseDatabaseWrapper]]


class Cluster:
    """A PostgreSQL cluster in a folder of its own, with a socket there and no network.

    Nothing is synced, unless `given` (`fsync=on`) says otherwise: it lives as long as
    the tests.
    """

    def __init__(self, *given: str):
        programs, self._user = postgresql_folder(), postgresql_user()
        assert programs is not None
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="xiuhua-pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self.address = f"postgresql://xiuhua@/xiuhua?host={self.folder}"
        options = ["listen_addresses=", "fsync=off", "max_connections=40", *given]
        self._options = f"-k {self.folder}" + "".join(f" -c {o}" for o in options)
        self._run("initdb", "-U", "xiuhua", "-A", "trust", "-E", "UTF8", "--no-sync")

    def _run(self, program: str, *words: str) -> None:
        with (self.folder / "programs.log").open("ab") as log:
            subprocess.run(
                [
                    str(self._programs / program),
                    "-D",
                    str(self.folder / "data"),
                    *words,
                ],
                check=True,
                user=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                timeout=180,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )

    def start(self) -> None:
        log = str(self.folder / "log")
        self._run("pg_ctl", "-w", "-t", "120", "-o", self._options, "-l", log, "start")

    def kill(self) -> None:
        """Kill every process of it at once, and clear the locks as a reboot does."""
        mark = self.folder / "data" / "postmaster.pid"
        first = int(mark.read_text().splitlines()[0])
        every = [first, *_children(first)]
        for number in every:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        while any(_runs(number) for number in every):
            time.sleep(0.01)
        for lock in (mark, *self.folder.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def remove(self) -> None:
        self._run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def _children(number: int) -> list[int]:
    path = Path(f"/proc/{number}/task/{number}/children")
    return [int(word) for word in path.read_text().split()]


def _runs(number: int) -> bool:
    """Test whether a process is there and no mere remains waited for by nobody."""
    try:
        text = Path(f"/proc/{number}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


@contextmanager
def cluster(*given: str) -> Iterator[str]:
    """Start a cluster, yield its address, end it."""
    running = Cluster(*given)
    running.start()
    try:
        yield running.address
    finally:
        running.remove()


def new_database(address: str, name: str) -> str:
    """Make an empty database in a cluster, return its address."""
    parts = urlsplit(address)
    host = parse_qs(parts.query)["host"][0]
    with psycopg.connect(
        host=host, user="xiuhua", dbname="postgres", autocommit=True
    ) as link:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"postgresql://xiuhua@/{name}?host={host}"


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """Leave the databases to `database`: there are two."""


@pytest.fixture(scope="session")
def _open_database(django_db_blocker: Any) -> Iterator[Callable[[str], Opened]]:
    opened: Opened = {}
    # Exchanging the connection exchanges the settings too: these are SQLite's.
    of_settings = dict(settings.DATABASES["default"])
    with ExitStack() as stack:

        def opening(engine: str) -> Opened:
            if engine not in opened:
                conf = of_settings
                if engine == "postgresql":
                    conf = database_settings(stack.enter_context(cluster()), Path())
                handler = ConnectionHandler({"default": conf})
                wrapper = handler["default"]
                opened[engine] = (handler.settings["default"], wrapper)
                _exchange(opened[engine])
                with django_db_blocker.unblock():
                    wrapper.creation.create_test_db(
                        verbosity=0, autoclobber=True, serialize=False
                    )
                    stack.callback(_destroyed, wrapper, django_db_blocker)
            return opened

        yield opening


def _destroyed(wrapper: BaseDatabaseWrapper, blocker: Any) -> None:
    # The old name is not restored: the settings may hold the other database by now.
    with blocker.unblock():
        wrapper.creation.destroy_test_db(verbosity=0)


def _exchange(opened: tuple[dict[str, Any], BaseDatabaseWrapper]) -> None:
    connections.settings["default"], connections["default"] = opened


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)],
)
def database(
    request: pytest.FixtureRequest, _open_database: Callable[[str], Opened]
) -> str:
    """Make one of the two databases the default, return its kind."""
    _exchange(_open_database(request.param)[request.param])
    return request.param


@pytest.fixture
def each_database(database: str, db: None) -> str:
    """Run a test in a transaction that is taken back, on each database."""
    return database


@pytest.fixture
def committed(database: str, django_db_blocker: Any) -> Iterator[str]:
    """Run a test that commits, on each database, and empty every table after it."""
    with django_db_blocker.unblock():
        yield database
        with connection.cursor() as cursor:
            cursor.execute(_GUARDED[connection.vendor])
            guarded = [table for (table,) in cursor.fetchall()]
        with connection.schema_editor() as editor:
            for table in guarded:
                unguard_table(editor, table)
            unguard(editor)
        tables = [m._meta.db_table for m in apps.get_models(include_auto_created=True)]
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                names = ", ".join(connection.ops.quote_name(t) for t in tables)
                cursor.execute(f"TRUNCATE {names} CASCADE")
            else:
                for table in tables:
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        with connection.schema_editor() as editor:
            guard(editor)
            for table in guarded:
                guard_table(editor, table)
