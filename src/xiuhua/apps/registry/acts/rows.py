"""Rows of a batch: what is to become of one household, person or income statement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import date
from typing import Any

from xiuhua.apps.registry.values import to_json


@dataclass(frozen=True)
class IncomeRow:
    """Amounts of a household over a window; `version` is the statement's, if any."""

    window_from: date
    window_to: date
    values: Mapping[str, Any]
    source: str
    version: int | None = None


@dataclass(frozen=True)
class HouseholdRow:
    """A household by its number: facts of the dictionary that hold from a day on.

    A field left out stays as it is, None makes it unknown. `exit_status` and
    `village_code` are among the fields; `status` holds the axes the dictionary lacks
    (`registration`, `monitoring`, `policies_kept`). `version` is what the row was when
    it was compared, None for a household that is new.
    """

    number: str
    values: Mapping[str, Any]
    valid_from: date
    version: int | None = None
    status: Mapping[str, Any] = field(default_factory=dict)
    income: IncomeRow | None = None


@dataclass(frozen=True)
class PersonRow:
    """A person by number, in the household of a number; see `HouseholdRow`.

    `ended` says why the person is no member any more (`died`, `left`).
    """

    number: str
    household_number: str
    values: Mapping[str, Any]
    valid_from: date
    version: int | None = None
    ended: str = ""


@dataclass(frozen=True)
class VillageRow:
    """What a village reports for a year; see `HouseholdRow`."""

    village: str
    year: int
    values: Mapping[str, Any]
    version: int | None = None


def digest_of_rows(rows: Iterable[HouseholdRow | PersonRow | VillageRow]) -> str:
    """Return the SHA-256 of all that rows say, in their order."""
    digest = hashlib.sha256()
    for row in rows:
        said = json.dumps(row, default=_said, sort_keys=True)
        digest.update(said.encode() + b"\n")
    return digest.hexdigest()


def _said(value: Any) -> Any:
    # `asdict` copies every value of every row: a third of the time of a batch.
    return vars(value) if is_dataclass(value) else to_json(value)
