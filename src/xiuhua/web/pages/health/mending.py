"""Where a fault is mended: the form with its field, or the household's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from xiuhua.web.pages.households.topics import HOUSEHOLD, PERSON, Topic


def mend_address(fault: Any, *, edits: bool) -> str:
    """Return the address where a fault is mended; who may not edit sees the page."""
    page = reverse("households:page", args=[fault.household_id])
    if not edits:
        return page
    if fault.person_id:
        topic = _topic(PERSON, fault.field)
        if not topic:
            return f"{page}#member-{fault.person_id}"
        words = [fault.household_id, fault.person_id, topic]
        return reverse("households:member_correct", args=words)
    topic = _topic(HOUSEHOLD, fault.field)
    if not topic:
        return page
    return reverse("households:correct", args=[fault.household_id, topic])


def gap_address(household_id: int, level: str, field: str, *, edits: bool) -> str:
    """Return the address where a missing field is filled in."""
    page = reverse("households:page", args=[household_id])
    topic = _topic(HOUSEHOLD, field) if level == "household" else ""
    if edits and topic:
        return reverse("households:correct", args=[household_id, topic])
    return f"{page}#income" if level == "income" else page


def _topic(topics: Mapping[str, Topic], field: str) -> str:
    return next((key for key, t in topics.items() if field in t.fields), "")
