"""What plans are held to; read once from `parameters.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType


@dataclass(frozen=True)
class Parameters:
    """All parameters of plans; their sources stand in the file."""

    income_minimum: int
    income_classes: frozenset[str]
    exempt_without_labor: bool
    able: frozenset[str]
    land_to_develop: float
    first_class: Mapping[str, str]
    reserve_days: int
    signers: Mapping[str, tuple[str, ...]]
    by_cause: Mapping[str, str]


@cache
def parameters() -> Parameters:
    """Return the parameters of plans."""
    path = Path(__file__).with_name("parameters.toml")
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    links, tracks, causes = said["income_links"], said["tracks"], said["causes"]
    by_cause = {k: v for k, v in causes.items() if k not in ("source", "date")}
    return Parameters(
        income_minimum=links["minimum"],
        income_classes=frozenset(links["classes"]),
        exempt_without_labor=links["exempt_without_labor"],
        able=frozenset(tracks["able"]),
        land_to_develop=tracks["land_to_develop"],
        first_class=MappingProxyType(tracks["first_class"]),
        reserve_days=said["reserve"]["days"],
        signers=MappingProxyType(
            {
                subject: tuple(said["signatures"][subject])
                for subject in ("household", "person", "village")
            }
        ),
        by_cause=MappingProxyType(by_cause),
    )
