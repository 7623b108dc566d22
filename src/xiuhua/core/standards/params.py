"""`params.toml` → parameters: dated, sourced amounts by region, and declared gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xiuhua.core.dictionary.model import Label
from xiuhua.core.errors import Place
from xiuhua.core.periods import Period
from xiuhua.core.standards.expressions import (
    BOOLEAN,
    DATE,
    TEXT,
    Kind,
    Type,
    Value,
    unknown_of,
)
from xiuhua.core.standards.model import (
    Param,
    ParamGap,
    ParamValue,
    Reference,
    Status,
)
from xiuhua.core.standards.toml_places import TomlPlaces
from xiuhua.core.standards.typing import number
from xiuhua.core.standards.values import to_value


class ParamReader:
    """Reads the parameters of one file in their order; faults are told, not raised."""

    def __init__(self, places: TomlPlaces, fault: Callable[[Place, str], None]):
        self._places = places
        self._fault = fault
        self._seen = {"value": 0, "gap": 0, "candidate": 0}

    def read(
        self, item: dict[str, Any], index: int, inherited: Param | None
    ) -> Param | None:
        """Return a parameter with what it inherits; None when its type is unknown."""
        where = self._places.table("param", index)
        type_ = inherited.type if inherited else self._type(item, where)
        values = [(v, self._next("value")) for v in item.get("value", ())]
        gaps = [(g, self._next("gap")) for g in item.get("gap", ())]
        candidates = [(c, self._next("candidate")) for c in item.get("candidate", ())]
        if type_ is None:
            return None
        options = {o["code"]: label_of(o["label"]) for o in item.get("options", ())}
        own_values = (self._value(v, type_, item, spot) for v, spot in values)
        own_candidates = (self._value(c, type_, item, spot) for c, spot in candidates)
        own_gaps = (_gap(g, spot) for g, spot in gaps)
        return Param(
            name=item["name"],
            label=inherited.label if inherited else label_of(item.get("label")),
            type=type_,
            unit=inherited.unit if inherited else _unit(item),
            options=inherited.options if inherited else options,
            values=(*(inherited.values if inherited else ()), *own_values),
            gaps=(*(inherited.gaps if inherited else ()), *own_gaps),
            candidates=(*(inherited.candidates if inherited else ()), *own_candidates),
            last_checked=item.get("last_checked"),
            note=item.get("note", ""),
            where=where,
        )

    def _next(self, kind: str) -> Place:
        spot = self._places.table(f"param.{kind}", self._seen[kind])
        self._seen[kind] += 1
        return spot

    def _type(self, item: dict[str, Any], where: Place) -> Type | None:
        kind = item.get("type")
        nonnegative = item.get("min", 0) >= 0
        if kind == "money":
            return number(9, scale=2, nonnegative=nonnegative)
        if kind == "integer":
            return number(item.get("digits", 6), nonnegative=nonnegative)
        if kind == "decimal":
            scale = item.get("scale", 4)
            return number(
                item.get("digits", 4) + scale, scale=scale, nonnegative=nonnegative
            )
        if kind == "choice":
            return Type(Kind.CODE, codes=f"parameter {item['name']}")
        plain = {"boolean": BOOLEAN, "date": DATE, "text": TEXT}.get(str(kind))
        if plain is None:
            self._fault(where, f"unknown type of parameter: {kind}")
        return plain

    def _value(
        self, raw: dict[str, Any], type_: Type, item: dict[str, Any], where: Place
    ) -> ParamValue:
        value: Value | None = to_value(raw.get("amount"), type_)
        options = [o["code"] for o in item.get("options", ())]
        if options and value not in options:
            value = None
        if value is None:
            self._fault(
                where, f"{raw.get('amount')!r} is no value of {item.get('name')}"
            )
            value = unknown_of(type_).value
        return ParamValue(
            region=raw.get("region", ""),
            period=Period(raw.get("from"), raw.get("to")),
            value=value,
            reference=Reference(raw.get("document", ""), raw.get("clause", "")),
            status=Status(raw.get("status", "sourced")),
            note=raw.get("note", ""),
            where=where,
        )


def label_of(raw: dict[str, str] | None, default: str = "") -> Label:
    """Return a label as written, the default where a language is missing."""
    raw = raw or {}
    return Label(raw.get("zh", default), raw.get("en", default))


def _gap(raw: dict[str, Any], where: Place) -> ParamGap:
    period = Period(raw.get("from"), raw.get("to"))
    return ParamGap(raw.get("region", ""), period, label_of(raw.get("reason")), where)


def _unit(item: dict[str, Any]) -> str:
    return "元" if item.get("type") == "money" else str(item.get("unit", ""))
