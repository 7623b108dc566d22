"""What helping is held to, on a day and in a region; read from `parameters.toml`.

A county puts values of its own into `assistance.toml` in the data folder, each with its
region, its document and the day it holds from.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.region_codes import contains, level_of


OWN_FILE: Final = "assistance.toml"
_ABOUT: Final = frozenset({"from", "document", "region"})
_KINDS: Final = frozenset({"team", "days", "visits", "caps", "caps_above"})


class ParameterUnfit(XiuhuaError):
    """A parameter of helping lacks its day, its document, or says no number."""

    code = "assistance.parameter_unfit"


@dataclass(frozen=True)
class Parameter:
    """Values that hold from a day on in a region (empty: everywhere), by a document."""

    kind: str
    since: date
    document: str
    region: str
    values: Mapping[str, int]


def parameter(kind: str, *, region: str, on: date) -> Parameter:
    """Return the values of a kind in a region on a day: the most local, then newest.

    Raises:
        ParameterUnfit: when none holds that day, or the office's own file is wrong.
    """
    held = [
        p
        for p in (*_read(_SHIPPED), *_own())
        if p.kind == kind and p.since <= on and contains(p.region, region)
    ]
    if not held:
        raise ParameterUnfit("no value of {kind} holds on {day}", kind=kind, day=on)
    return max(held, key=lambda p: (len(p.region), p.since))


def local_parameters(kind: str, *, region: str, on: date) -> list[Parameter]:
    """Return the values that hold in parts of a region on a day, the most local first.

    For lists over a region whose parts have values of their own; what holds for the
    region itself is `parameter`.
    """
    codes = {
        p.region
        for p in _own()
        if p.kind == kind and p.since <= on and len(p.region) > len(region)
    }
    inside = sorted(filter(lambda code: contains(region, code), codes), key=len)
    return [parameter(kind, region=code, on=on) for code in reversed(inside)]


def cap_of(*, rank: str, unit_region: str, region: str, on: date) -> int | None:
    """Return how many households a helper may have, None where no rank is known."""
    return caps_of(unit_region=unit_region, region=region, on=on).values.get(rank)


def caps_of(*, unit_region: str, region: str, on: date) -> Parameter:
    """Return the caps that hold for people of a unit who help in a region."""
    above = level_of(unit_region) in ("province", "prefecture")
    return parameter("caps_above" if above else "caps", region=region, on=on)


_SHIPPED: Final = Path(__file__).with_name("parameters.toml")


def _own() -> tuple[Parameter, ...]:
    path = Path(settings.DATA_DIR) / OWN_FILE
    if not path.is_file():
        return ()
    return _parsed(path.read_text(encoding="utf-8"), path.name)


@cache
def _read(path: Path) -> tuple[Parameter, ...]:
    return _parsed(path.read_text(encoding="utf-8"), path.name)


@cache
def _parsed(text: str, name: str) -> tuple[Parameter, ...]:
    try:
        said = tomllib.loads(text)
        return tuple(
            _parameter(kind, row, name) for kind, rows in said.items() for row in rows
        )
    except (tomllib.TOMLDecodeError, AttributeError, TypeError) as error:
        raise ParameterUnfit(
            "the file of parameters cannot be read", where=Place(file=name)
        ) from error


def _parameter(kind: str, row: Mapping[str, Any], name: str) -> Parameter:
    values = {key: value for key, value in row.items() if key not in _ABOUT}
    sound = (
        kind in _KINDS
        and isinstance(row.get("from"), date)
        and bool(row.get("document"))
        and bool(values)
        and all(type(v) is int and v >= 0 for v in values.values())
    )
    if not sound:
        raise ParameterUnfit(
            "{kind}: say from when, by which document, and whole numbers",
            where=Place(file=name),
            kind=kind,
        )
    region = str(row.get("region", ""))
    return Parameter(kind, row["from"], row["document"], region, values)
