"""What a pack is: documents, parameters, derived fields, indicators, cases.

Frozen dataclasses in the order they stand in the four files of a pack. Expressions
are bound (see `expressions`); every part remembers the place it was read from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any

from xiuhua.core.dictionary.model import Label
from xiuhua.core.errors import Place
from xiuhua.core.periods import Period
from xiuhua.core.standards.expressions import Node, Type, Value


class Status(Enum):
    """How sure a value is; doubtful ones are marked wherever they show."""

    SOURCED = "sourced"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Document:
    """A document a value or rule rests on."""

    id: str
    title: str
    number: str = ""
    date: str = ""
    note: str = ""
    status: Status = Status.SOURCED

    @property
    def citation(self) -> str:
        """The title with number and date, as it is cited in Chinese papers."""
        details = "，".join(part for part in (self.number, self.date) if part)
        return f"《{self.title}》（{details}）" if details else f"《{self.title}》"


@dataclass(frozen=True)
class Reference:
    """A document and the clause in it."""

    document: str
    clause: str = ""


@dataclass(frozen=True)
class ParamValue:
    """A value in force in a region for a period; `region` "" is the nation."""

    region: str
    period: Period
    value: Value
    reference: Reference
    status: Status
    note: str
    where: Place


@dataclass(frozen=True)
class ParamGap:
    """A declared period for which no value is known: judged as unknown."""

    region: str
    period: Period
    reason: Label
    where: Place


@dataclass(frozen=True)
class Param:
    """A dated, sourced amount, code or date a rule asks for by name.

    `candidates` are values seen without a document: shown, never in force.
    """

    name: str
    label: Label
    type: Type
    unit: str
    options: Mapping[str, Label]
    values: tuple[ParamValue, ...]
    gaps: tuple[ParamGap, ...]
    candidates: tuple[ParamValue, ...]
    last_checked: date | None
    note: str
    where: Place


@dataclass(frozen=True)
class DerivedField:
    """A named expression; `decimals` is set when it is written to results."""

    name: str
    level: str
    label: Label
    node: Node
    unit: str
    decimals: int | None
    where: Place


@dataclass(frozen=True)
class Indicator:
    """A requirement that holds for the rows of a level to whom it applies."""

    id: str
    level: str
    label: Label
    applies: Node
    met: Node
    references: tuple[Reference, ...]
    remedies: tuple[str, ...]
    unmet_text: Label
    status: Status
    note: str
    source_applies: str
    source_met: str
    where: Place


@dataclass(frozen=True)
class Case:
    """A worked example: input rows and the verdict that must come out."""

    indicator: str
    label: Label
    as_of: date
    region: str
    params: Mapping[str, Any]
    rows: Mapping[str, Any]
    expect: str
    where: Place


@dataclass(frozen=True)
class Pack:
    """A standard as read from its folder, bound but not yet resolved to a date."""

    id: str
    version: str
    title: Label
    summary: Label
    unit: str
    region: str
    in_force: Period
    draft: bool
    extends: str
    documents: Mapping[str, Document]
    params: Mapping[str, Param]
    derived: tuple[DerivedField, ...]
    indicators: tuple[Indicator, ...]
    cases: tuple[Case, ...] = field(default=(), repr=False)

    def indicators_of(self, level: str) -> tuple[Indicator, ...]:
        """Return the indicators judged at one level, in the pack's order."""
        return tuple(i for i in self.indicators if i.level == level)
