"""Periodic jobs of this app; each returns a template of what came out, and figures."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from xiuhua.apps.audit import selectors as audit
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.operations import services as operations
from xiuhua.core.errors import XiuhuaError


class RecordBroken(XiuhuaError):
    """The audit record is not what was written."""

    code = "operations.record_broken"


def pulse(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Do nothing: that it was done shows that tick and worker are alive."""
    return "alive", {}


def audit_verified(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Verify every chain of the audit.

    Raises:
        RecordBroken: when one is broken.
    """
    breaks = sum(1 for _ in audit.break_list(anchor={}))
    if breaks:
        raise RecordBroken("{count} breaks in the audit record", count=breaks)
    heads = audit.chain_heads()
    entries = sum(head.count for head in heads.values())
    figures = {"entries": entries, "chains": len(heads)}
    return "{entries} entries in {chains} chains are whole", figures


def expired_erased(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Erase what has been kept long enough and needs no order."""
    kinds = [kept for kept in settings.RETENTION if not kept.on_order]
    erased = operations.expired_erase(kinds=kinds, by=Actor.command("tick"), at=at)
    figures = {"records": sum(erased.values()), "kinds": len(erased)}
    return "{records} records of {kinds} kinds erased", figures
