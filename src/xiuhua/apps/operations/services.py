"""Acts of running the installation, each with its entry in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.module_loading import import_string

from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations.rules import Kept, expired_before


@transaction.atomic
def backup_record(
    *, file: str, said: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Record that a backup was taken: its file, size, hash and counts."""
    audit.entry_append(
        action="operations.backup.taken",
        target="operations.backup",
        target_id="taken",
        target_label=file,
        region_code="",
        by=by,
        at=at,
        new=said,
    )


@transaction.atomic
def restore_record(
    *, file: str, said: Mapping[str, Any], by: Actor, at: datetime
) -> None:
    """Record in what was restored that it was, and from what."""
    audit.entry_append(
        action="operations.backup.restored",
        target="operations.backup",
        target_id="restored",
        target_label=file,
        region_code="",
        by=by,
        at=at,
        new=said,
    )


@transaction.atomic
def upgrade_record(*, said: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Record that the database was brought to the program's version."""
    audit.entry_append(
        action="operations.database.upgraded",
        target="operations.database",
        target_id="upgraded",
        target_label="",
        region_code="",
        by=by,
        at=at,
        new=said,
    )


@transaction.atomic
def expired_erase(
    *, kinds: Iterable[Kept], by: Actor, at: datetime, order_number: str = ""
) -> dict[str, int]:
    """Erase what has been kept long enough; return how much of each kind.

    Each kind of which something was erased has its entry, with period and source.
    """
    erased = {}
    for kept in kinds:
        before = expired_before(kept, at=at)
        count = import_string(kept.erases)(before=before, at=at)
        if not count:
            continue
        erased[kept.kind] = count
        audit.entry_append(
            action="operations.records.erased",
            target="operations.records",
            target_id=kept.kind,
            target_label="",
            region_code="",
            by=by,
            at=at,
            new={"count": count, "before": before, "days": kept.days},
            order_number=order_number,
        )
    return erased
