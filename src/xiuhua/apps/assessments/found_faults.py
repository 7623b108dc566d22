"""A fault as looking through the data found it, before it is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A fault as the checks found it; `others` are the keys of what it clashes with."""

    household_id: int
    person_id: int | None
    kind: str
    level: str
    field: str
    expected: str
    others: str
