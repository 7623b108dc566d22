"""A stable hash of what a pack means: rules and amounts, not labels or layout."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any

from xiuhua.core.standards.expressions import Type
from xiuhua.core.standards.model import Pack


def fingerprint(pack: Pack) -> str:
    """Return 16 hexadecimal digits that change when, and only when, the meaning does.

    Meaning is what a verdict can depend on: levels, expressions and the values and
    gaps of parameters with region and period. Labels, documents, notes, cases and the
    order of parameters do not count.
    """
    meaning = (
        pack.unit,
        sorted(
            (
                p.name,
                _canonical(p.type),
                sorted(
                    _canonical((v.region, v.period.start, v.period.end, v.value))
                    for v in p.values
                ),
                sorted(
                    _canonical((g.region, g.period.start, g.period.end)) for g in p.gaps
                ),
            )
            for p in pack.params.values()
        ),
        sorted((d.level, d.name, _canonical(d.node)) for d in pack.derived),
        sorted(
            (i.level, i.id, _canonical(i.applies), _canonical(i.met))
            for i in pack.indicators
        ),
    )
    return hashlib.sha256(repr(meaning).encode()).hexdigest()[:16]


def _canonical(value: Any) -> str:
    if isinstance(value, Type):
        return f"{value.kind.value}:{value.codes}"
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = (_canonical(getattr(value, f.name)) for f in fields(value))
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, tuple):
        return f"[{','.join(_canonical(v) for v in value)}]"
    if isinstance(value, Fraction | date):
        return str(value)
    return repr(value)
