"""The database from one address: SQLite in the data folder, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from xiuhua.core.errors import XiuhuaError


class DatabaseAddressWrong(XiuhuaError):
    """The address of the database is neither `sqlite` nor of PostgreSQL's form."""

    code = "config.database_address_wrong"


# WAL: readers do not wait for the writer. FULL: what was acknowledged survives a power
# cut (NORMAL may lose it, see ADR 0011). The two sizes bound memory and the log.
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA cache_size=-20000;"
    "PRAGMA journal_size_limit=27103364;"
)
# What may follow the name of a PostgreSQL database; anything else is refused, so that
# a misspelled safeguard is not taken as set.
_OPTIONS: Final = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey"})
_LOCK_WAIT_SECONDS: Final = 20
_KEEP_CONNECTION_SECONDS: Final = 60


def database_settings(address: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings of one database.

    Raises:
        DatabaseAddressWrong: when the address is of neither kind.
    """
    if address == "sqlite":
        return sqlite_settings(folder / "xiuhua.sqlite3")
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    name = unquote(parts.path.lstrip("/"))
    options = {key: values[-1] for key, values in query.items() if key != "host"}
    known = parts.scheme in ("postgresql", "postgres") and options.keys() <= _OPTIONS
    if not known or not name:
        # The address may hold a password: it is not repeated.
        raise DatabaseAddressWrong(
            "XIUHUA_DATABASE_URL is neither sqlite nor postgresql://…/name"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_MAX_AGE": _KEEP_CONNECTION_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }


def sqlite_settings(file: Path) -> dict[str, Any]:
    """Return Django's settings of a SQLite file.

    IMMEDIATE takes the write lock when a transaction begins: a transaction that reads
    first and writes later cannot fail half-way because another wrote in between.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": _LOCK_WAIT_SECONDS,
            "init_command": _PRAGMAS,
        },
    }
