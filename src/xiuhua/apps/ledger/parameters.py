"""What each class of problem demands; read once from `parameters.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Demands:
    """What strike-off of a class demands: kinds of evidence, days, another level."""

    evidence: frozenset[str]
    days: int
    verified_from_above: bool


@dataclass(frozen=True)
class Parameters:
    """All parameters of the ledger, with their source."""

    source: str
    date: date
    days_without_measure: int
    days_measure_late: int
    days_before_escalation: int
    days_between_escalations: int
    days_before_opening_again: int
    recheck_share: float
    own_sources: frozenset[str]
    demands: Mapping[str, Demands]


@cache
def parameters() -> Parameters:
    """Return the parameters of the ledger."""
    path = Path(__file__).with_name("parameters.toml")
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    demands = {
        kind: Demands(frozenset(d["evidence"]), d["days"], d["verified_from_above"])
        for kind, d in said.pop("kind").items()
    }
    said["own_sources"] = frozenset(said["own_sources"])
    return Parameters(**said, demands=MappingProxyType(demands))
