"""Append to the record. There is no other writer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from xiuhua.apps.audit.models import Chain, Entry
from xiuhua.apps.audit.rules import (
    START,
    Actor,
    Record,
    chain_of,
    checked_action,
    digest_of,
    recordable,
)
from xiuhua.core.errors import XiuhuaError


class OutsideTransaction(XiuhuaError):
    """An act was to be recorded outside the transaction that does it."""

    code = "audit.outside_transaction"


def entry_append(
    *,
    action: str,
    target: str,
    target_id: str,
    target_label: str,
    region_code: str,
    by: Actor,
    at: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    order_number: str = "",
) -> Entry:
    """Record an act in the transaction that does it.

    The chain's row stays locked until that transaction ends, so entries are numbered
    in the order in which their transactions commit. An act in two counties appends to
    one chain after the other; do it in the order of their codes.

    Raises:
        OutsideTransaction: when no transaction is open; act and record could part.
        ActionUnnamed: when the action's name has not the form of one.
        ValueUnfit: when a value would not read the same later.
    """
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction("an act is recorded in its own transaction")
    checked_action(action)
    before, after = (None if v is None else recordable(v) for v in (old, new))
    chain = _locked_chain(chain_of(region_code))
    record = Record(
        chain=chain.code,
        number=chain.count + 1,
        action=action,
        target=target,
        target_id=target_id,
        target_label=target_label,
        region_code=region_code,
        actor=by.name,
        post=by.post,
        order_number=order_number,
        old=before,
        new=after,
        recorded_at=at,
        previous=chain.digest,
    )
    digest = digest_of(record)
    said = {f.name: getattr(record, f.name) for f in dataclasses.fields(record)}
    entry = Entry.objects.create(**said | {"digest": digest})
    Chain.objects.filter(code=chain.code).update(count=record.number, digest=digest)
    return entry


def _locked_chain(code: str) -> Chain:
    """Return the row of a chain, locked; the first to come makes it."""
    locked = Chain.objects.select_for_update()
    if found := locked.filter(code=code).first():
        return found
    Chain.objects.bulk_create(
        [Chain(code=code, count=0, digest=START)], ignore_conflicts=True
    )
    return locked.get(code=code)
