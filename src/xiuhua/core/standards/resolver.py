"""Pack + date + region + given parameters → the rules and amounts in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from xiuhua.core.dictionary.model import Label
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import contains
from xiuhua.core.standards.binder import suggestion
from xiuhua.core.standards.expressions import (
    DATE,
    Constant,
    Node,
    ParamRef,
    Value,
)
from xiuhua.core.standards.fingerprint import fingerprint
from xiuhua.core.standards.folding import fold
from xiuhua.core.standards.model import (
    DerivedField,
    Indicator,
    Pack,
    Param,
    ParamValue,
    Status,
)
from xiuhua.core.standards.reader import AS_OF, LEVELS
from xiuhua.core.standards.values import to_value
from xiuhua.core.truth import UNKNOWN


class ParamRefused(XiuhuaError):
    """A given parameter does not exist or cannot have that value."""

    code = "standard.param"


class OutOfForce(XiuhuaError):
    """The pack does not cover the date asked for."""

    code = "standard.out_of_force"


class StandardsClash(XiuhuaError):
    """Two standards to be judged together give one name two meanings."""

    code = "standard.clash"


@dataclass(frozen=True)
class ParamInForce:
    """What a parameter is on the day: its value, where it comes from, how sure it is.

    `source` is None when the value was given by the user or is unknown; a value is
    doubtful when it, or the document it rests on, is marked so.
    """

    param: Param
    value: Value
    source: ParamValue | None
    given: bool = False
    doubtful: bool = False


@dataclass(frozen=True)
class Standard:
    """Rules ready to be compiled: parameters are constants, no name is left open."""

    packs: tuple[Pack, ...]
    as_of: date
    region: str
    params: tuple[ParamInForce, ...]
    derived: tuple[DerivedField, ...]
    indicators: tuple[Indicator, ...]
    fingerprint: str

    @property
    def top_level(self) -> str:
        """The highest level judged."""
        return max((i.level for i in self.indicators), key=LEVELS.index)

    def indicators_of(self, level: str) -> tuple[Indicator, ...]:
        """Return the indicators judged at one level."""
        return tuple(i for i in self.indicators if i.level == level)

    def shown_at(self, level: str) -> tuple[Indicator, ...]:
        """Return the indicators with a verdict at a level.

        A person indicator of a household standard is judged per person and shown at
        the household as *all* over its persons.
        """
        below = LEVELS[LEVELS.index(level) - 1] if level == "household" else ""
        return tuple(i for i in self.indicators if i.level in (level, below))

    def results_of(self, level: str) -> tuple[DerivedField, ...]:
        """Return the derived fields written to the results of a level."""
        return tuple(
            d for d in self.derived if d.level == level and d.decimals is not None
        )

    def label_of(self, indicator: str) -> Label:
        """Return an indicator's label by id."""
        return next(i.label for i in self.indicators if i.id == indicator)


def resolve(
    pack: Pack, *, as_of: date, region: str, given: Mapping[str, Any] | None = None
) -> Standard:
    """Return the standard in force on a day in a region.

    `given` values replace those of the pack; they are on record as given.

    Raises:
        ParamRefused: when a given parameter is unknown or has no such value.
        OutOfForce: when the pack is not in force on the day.
    """
    if as_of not in pack.in_force:
        raise OutOfForce(
            "pack {pack} is in force from {start} to {end}, not on {day}",
            pack=pack.id,
            start=pack.in_force.start or "…",
            end=pack.in_force.end or "…",
            day=as_of,
        )
    given = given or {}
    params = tuple(
        _given(param, given[param.name])
        if param.name in given
        else _in_force(param, pack, as_of, region)
        for param in pack.params.values()
    )
    constants: dict[str, Constant] = {
        p.param.name: Constant(p.param.type, p.value, p.param.name) for p in params
    }
    constants[AS_OF] = Constant(DATE, as_of, AS_OF)

    def substitute(node: Node) -> Node:
        return constants[node.name] if isinstance(node, ParamRef) else fold(node)

    return Standard(
        packs=(pack,),
        as_of=as_of,
        region=region,
        params=params,
        derived=tuple(
            replace(d, node=rewrite(d.node, substitute)) for d in pack.derived
        ),
        indicators=tuple(
            replace(
                i,
                applies=rewrite(i.applies, substitute),
                met=rewrite(i.met, substitute),
            )
            for i in pack.indicators
        ),
        fingerprint=fingerprint(pack),
    )


def check_given(packs: Iterable[Pack], given: Mapping[str, Any]) -> None:
    """Check that every given parameter belongs to one of the packs.

    Raises:
        ParamRefused: naming the nearest known parameter.
    """
    known = [name for pack in packs for name in pack.params]
    for name in given:
        if name not in known:
            raise ParamRefused(
                "there is no parameter `{name}`",
                name=name,
                **suggestion(name, known),
            )


def join(first: Standard, second: Standard) -> Standard:
    """Return one standard that judges two at once, in one pass over the tables.

    Raises:
        StandardsClash: when a name means two things.
    """
    derived = {(d.level, d.name): d for d in first.derived}
    for item in second.derived:
        same = derived.setdefault((item.level, item.name), item)
        if same.node != item.node:
            raise StandardsClash(
                "both standards derive {level}.{name}",
                level=item.level,
                name=item.name,
            )
        if same.decimals is None:
            derived[item.level, item.name] = item
    indicators = {i.id: i for i in first.indicators}
    for added in second.indicators:
        if added.id in indicators:
            raise StandardsClash("both standards judge {name}", name=added.id)
        indicators[added.id] = added
    return Standard(
        packs=first.packs + second.packs,
        as_of=first.as_of,
        region=first.region,
        params=first.params + second.params,
        derived=tuple(derived.values()),
        indicators=tuple(indicators.values()),
        fingerprint=f"{first.fingerprint}+{second.fingerprint}",
    )


def rewrite(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return an expression with `change` applied to every node, leaves first."""
    updates: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            updates[item.name] = rewrite(value, change)
        elif isinstance(value, tuple) and value and isinstance(value[0], Node):
            updates[item.name] = tuple(rewrite(v, change) for v in value)
    return change(replace(node, **updates) if updates else node)


def _given(param: Param, raw: Any) -> ParamInForce:
    value = to_value(raw, param.type)
    if value is None or (param.options and value not in param.options):
        hint = " | ".join(param.options)
        raise ParamRefused(
            "`{value}` is no value of parameter {name}",
            hint=hint,
            value=raw,
            name=param.name,
        )
    return ParamInForce(param, value, None, given=True)


def _in_force(param: Param, pack: Pack, as_of: date, region: str) -> ParamInForce:
    """The value of the smallest region that has one on the day, else unknown."""
    found = [
        v
        for v in param.values
        if as_of in v.period and (v.region == "" or contains(v.region, region))
    ]
    gaps = [
        g
        for g in param.gaps
        if as_of in g.period and (g.region == "" or contains(g.region, region))
    ]
    if not found:
        return ParamInForce(param, UNKNOWN, None)
    best = max(found, key=lambda v: len(v.region))
    if any(len(g.region) > len(best.region) for g in gaps):
        return ParamInForce(param, UNKNOWN, None)
    document = pack.documents.get(best.reference.document)
    doubtful = Status.DOUBTFUL in (best.status, document and document.status)
    return ParamInForce(param, best.value, best, doubtful=doubtful)
