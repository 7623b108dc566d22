"""Copies of the database under load, each with what it holds, and putting them back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from xiuhua.config.backups.container import BackupDamaged
from xiuhua.config.backups.manifest import Manifest
from xiuhua.core.errors import XiuhuaError


Ask = Callable[[str], list[tuple[Any, ...]]]
_CHAINS: Final = "SELECT code, count, digest FROM audit_chain ORDER BY code"
_MIGRATIONS: Final = "SELECT app, name FROM django_migrations ORDER BY app, name"
# All that the program made, extensions apart; in one transaction with its replacement.
_EMPTY: Final = """
DO $empty$ DECLARE r record; BEGIN
  FOR r IN SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE', CASE r.kind WHEN 'r' THEN 'TABLE'
      WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, r.name);
  END LOOP;
  FOR r IN SELECT p.oid::regprocedure AS name FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', r.name); END LOOP;
END $empty$;
"""


class ProgramMissing(XiuhuaError):
    """A program of PostgreSQL is not on this machine."""

    code = "config.program_missing"


class CopyFailed(XiuhuaError):
    """A program of PostgreSQL could not do what it was called for."""

    code = "config.copy_failed"


def described(ask: Ask, tables: list[str], manifest: Manifest) -> None:
    """Write into a manifest what a database holds; `ask` runs a statement."""
    manifest.tables = {t: ask(f'SELECT count(*) FROM "{t}"')[0][0] for t in tables}
    manifest.chains = {
        code: {"count": count, "digest": digest} for code, count, digest in ask(_CHAINS)
    }
    manifest.migrations = [f"{app}.{name}" for app, name in ask(_MIGRATIONS)]


def sqlite_copied(source: Path, target: Path, manifest: Manifest) -> None:
    """Copy a SQLite database as of one instant while others write to it."""
    with closing(sqlite3.connect(source, timeout=20)) as link:
        link.execute("VACUUM INTO ?", (str(target),))
    os.chmod(target, 0o600)
    with closing(sqlite3.connect(target)) as link:
        ask: Ask = lambda words: link.execute(words).fetchall()  # noqa: E731
        described(ask, _sqlite_tables(link), manifest)


def _sqlite_tables(link: sqlite3.Connection) -> list[str]:
    rows = link.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' "
        "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    return [name for (name,) in rows]


def sqlite_verified(copy: Path, manifest: Manifest) -> None:
    """Ask whether a copy is whole and holds what the manifest says.

    Raises:
        BackupDamaged: when it is not.
    """
    found = Manifest(manifest.program, manifest.made_at, manifest.engine)
    try:
        with closing(sqlite3.connect(copy)) as link:
            ask: Ask = lambda words: link.execute(words).fetchall()  # noqa: E731
            whole = ask("PRAGMA integrity_check") == [("ok",)]
            whole = whole and not ask("PRAGMA foreign_key_check")
            described(ask, _sqlite_tables(link), found)
    except sqlite3.DatabaseError as error:
        raise BackupDamaged("the copy of the database is not whole") from error
    if not whole or (found.tables, found.chains) != (manifest.tables, manifest.chains):
        raise BackupDamaged("the copy of the database is not whole")


def postgresql_copied(
    conf: Mapping[str, Any], target: Path, manifest: Manifest
) -> None:
    """Copy a PostgreSQL database as of one instant while others write to it.

    Raises:
        ProgramMissing: when there is no pg_dump.
        CopyFailed: when it fails.
    """
    with psycopg.connect(**link_words(conf)) as link:
        link.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        ask: Ask = lambda words: link.execute(words).fetchall()  # noqa: E731
        snapshot = ask("SELECT pg_export_snapshot()")[0][0]
        _run(conf, "pg_dump", "-Fc", f"--snapshot={snapshot}", f"--file={target}")
        described(ask, _postgresql_tables(ask), manifest)
    os.chmod(target, 0o600)


def _postgresql_tables(ask: Ask) -> list[str]:
    rows = ask(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    return [name for (name,) in rows]


def postgresql_replaced(
    conf: Mapping[str, Any], dump: Path, manifest: Manifest
) -> None:
    """Replace all that a database holds by a copy, in one transaction.

    Counts and heads are compared before it is committed: what fails leaves the
    database as it was.

    Raises:
        ProgramMissing: when there is no pg_restore or psql.
        CopyFailed: when the copy cannot be put back whole.
    """
    folder = dump.parent
    script, empty, check = (folder / f"{n}.sql" for n in ("script", "empty", "check"))
    _run(
        conf,
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        f"--file={script}",
        str(dump),
    )
    empty.write_text(_EMPTY, encoding="utf-8")
    check.write_text(_check_script(manifest), encoding="utf-8")
    words = [
        "-X",
        "-q",
        "-o",
        os.devnull,
        "-v",
        "ON_ERROR_STOP=1",
        "--single-transaction",
    ]
    for file in (empty, script, check):
        words += ["-f", str(file)]
    _run(conf, "psql", *words)
    for file in (script, empty, check):
        file.unlink()


def _check_script(manifest: Manifest) -> str:
    """Return statements that fail unless the database holds what the manifest says."""
    checks = [
        f"(SELECT count(*) FROM public.{_quoted(table)}) <> {int(count)}"
        for table, count in manifest.tables.items()
    ]
    heads = json.dumps(
        [
            [code, head["count"], head["digest"]]
            for code, head in manifest.chains.items()
        ]
    ).replace("'", "''")
    checks.append(
        "(SELECT coalesce(jsonb_agg(jsonb_build_array(code, count, digest) "
        "ORDER BY code COLLATE \"C\"), '[]') FROM public.audit_chain) "
        f"<> '{heads}'::jsonb"
    )
    return "".join(
        f"DO $check$ BEGIN IF {c} THEN RAISE EXCEPTION 'not what the manifest says'; "
        "END IF; END $check$;\n"
        for c in checks
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def others_connected(conf: Mapping[str, Any]) -> int:
    """Return how many other connections a PostgreSQL database has."""
    with psycopg.connect(**link_words(conf)) as link:
        row = link.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        ).fetchone()
    return int(row[0]) if row else 0


def database_made(conf: Mapping[str, Any], name: str, *, drop: bool = False) -> None:
    """Make (or drop) a database beside one, for a drill."""
    words = "DROP DATABASE IF EXISTS {}" if drop else "CREATE DATABASE {}"
    with psycopg.connect(**link_words(conf), autocommit=True) as link:
        link.execute(sql.SQL(words).format(sql.Identifier(name)))


def link_words(conf: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the driver needs to connect, from Django's settings."""
    words = {
        "host": conf["HOST"],
        "port": conf["PORT"],
        "user": conf["USER"],
        "password": conf["PASSWORD"],
        "dbname": conf["NAME"],
    }
    return {k: v for k, v in words.items() if v} | dict(_options(conf))


def _options(conf: Mapping[str, Any]) -> dict[str, str]:
    allowed = ("sslmode", "sslrootcert", "sslcert", "sslkey")
    return {k: v for k, v in conf.get("OPTIONS", {}).items() if k in allowed}


def _run(conf: Mapping[str, Any], program: str, *words: str) -> None:
    """Run a program of PostgreSQL; the password goes by the environment."""
    names = {"dbname": "PGDATABASE", "sslrootcert": "PGSSLROOTCERT"}
    said = {names.get(k, f"PG{k.upper()}"): str(v) for k, v in link_words(conf).items()}
    done = subprocess.run(  # noqa: S603  a fixed program
        [_program(program), *words],
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"} | said,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        # Its words may quote a row: only the kind of trouble is passed on.
        first = done.stderr.decode("utf-8", "replace").partition("\n")[0]
        raise CopyFailed(
            "{program}: {why}", program=program, why=first.partition("DETAIL")[0][:200]
        )


def _program(name: str) -> str:
    """Return the newest program of this name: an older pg_dump refuses a newer server.

    Raises:
        ProgramMissing: when there is none.
    """
    folders = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"),
        key=lambda p: float(p.parts[4]) if p.parts[4].replace(".", "").isdigit() else 0,
    )
    found = str(folders[-1]) if folders else shutil.which(name)
    if not found:
        raise ProgramMissing(
            "there is no {program} on this machine",
            program=name,
            hint="install PostgreSQL's client programs of the server's version",
        )
    return found
