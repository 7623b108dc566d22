"""Rows of the audit, made by its only writer."""

from __future__ import annotations

from typing import Any

from tests.factories.moments import NOON

from xiuhua.apps.audit import services as audit
from xiuhua.apps.audit.models import Chain, Entry
from xiuhua.apps.audit.rules import Actor


CLERK = Actor("li.qiang", "township_clerk@990101101")


def make_entry(**said: Any) -> Entry:
    """Append an entry about a household of the made-up county 990101."""
    usual = {
        "action": "registry.household.corrected",
        "target": "registry.household",
        "target_id": "17",
        "target_label": "H17",
        "region_code": "990101101201",
        "by": CLERK,
        "at": NOON,
        "old": {"persons": 3},
        "new": {"persons": 4},
    }
    return audit.entry_append(**usual | said)


def make_chain(**said: Any) -> Chain:
    """Return the chain of an entry that was appended."""
    return Chain.objects.get(code=make_entry(**said).chain)
