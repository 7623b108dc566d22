"""Triggers that make the database itself refuse to change what is only added to.

Entries can be added, never changed or removed; a chain's count never shrinks. The owner
of the database can drop triggers, which is why there are anchors.
"""

from __future__ import annotations

from typing import Any, Final


_REFUSED: Final = "audit entries are append-only"
_SQLITE: Final = {
    "audit_entry_no_update": "BEFORE UPDATE ON audit_entry",
    "audit_entry_no_delete": "BEFORE DELETE ON audit_entry",
    "audit_chain_no_delete": "BEFORE DELETE ON audit_chain",
    "audit_chain_grows": "BEFORE UPDATE ON audit_chain WHEN NEW.count <> OLD.count + 1",
}
_POSTGRESQL: Final = {
    "audit_entry_no_change": "BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW",
    "audit_entry_no_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
    "audit_chain_no_delete": "BEFORE DELETE ON audit_chain FOR EACH ROW",
    "audit_chain_no_truncate": "BEFORE TRUNCATE ON audit_chain FOR EACH STATEMENT",
    "audit_chain_grows": "BEFORE UPDATE ON audit_chain FOR EACH ROW "
    "WHEN (NEW.count <> OLD.count + 1)",
}


def guard(schema_editor: Any) -> None:
    """Put the triggers on the two tables."""
    if schema_editor.connection.vendor == "sqlite":
        for name, when in _SQLITE.items():
            schema_editor.execute(
                f"CREATE TRIGGER {name} {when} "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"
            )
        return
    schema_editor.execute(
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSED}' USING ERRCODE = '23001'; END $$"
    )
    for name, when in _POSTGRESQL.items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse()"
        )


def unguard(schema_editor: Any) -> None:
    """Take the triggers away; other tables may still need the function that refuses."""
    if schema_editor.connection.vendor == "sqlite":
        for name in _SQLITE:
            schema_editor.execute(f"DROP TRIGGER {name}")
        return
    for name, when in _POSTGRESQL.items():
        table = "audit_entry" if "audit_entry" in when else "audit_chain"
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}")


def guard_table(schema_editor: Any, table: str) -> None:
    """Put triggers on a table of another app that rows can only be added to.

    The function that refuses is the audit's, so its migration 0002 must have run.
    """
    if schema_editor.connection.vendor == "sqlite":
        for word in ("update", "delete"):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_no_{word} BEFORE {word} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    for name, when in _whens(table).items():
        schema_editor.execute(
            f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION audit_refuse()"
        )


def unguard_table(schema_editor: Any, table: str) -> None:
    """Take the triggers of `guard_table` away."""
    if schema_editor.connection.vendor == "sqlite":
        for word in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER {table}_no_{word}")
        return
    for name in _whens(table):
        schema_editor.execute(f"DROP TRIGGER {name} ON {table}")


def _whens(table: str) -> dict[str, str]:
    return {
        f"{table}_no_change": f"BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW",
        f"{table}_no_truncate": f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
    }
