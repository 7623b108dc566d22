"""Why a verdict is unmet or unknown: the persons and values that made it so.

The reason is data; `wording` renders it. A rule is walked from the top: of a
conjunction that fails only the failing parts count, of a disjunction that fails all
of them do, and of an unknown rule only what is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from xiuhua.core.engines.memory import Closure, Judged, compile_node
from xiuhua.core.standards.expressions import (
    Aggregate,
    And,
    Call,
    Constant,
    Derived,
    FieldRef,
    IsKnown,
    Kind,
    Node,
    Not,
    Or,
)
from xiuhua.core.standards.model import Indicator
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.standards.semantics import Bounds
from xiuhua.core.truth import UNKNOWN, Verdict


PARAM: Final = "param"


@dataclass(frozen=True)
class Cause:
    """One value behind a verdict.

    `row` is the row that holds it (a person for a rule over persons), `level` and
    `name` the field or derived field, or PARAM and a parameter without a value;
    `condition` is the part of the rule that asks for it, None when a household has no
    rows of persons at all.
    """

    row: Judged
    level: str
    name: str
    value: Any
    condition: Node | None


@dataclass(frozen=True)
class Reason:
    """The causes of one verdict of one row."""

    indicator: Indicator
    verdict: Verdict
    causes: tuple[Cause, ...]


class Explainer:
    """Finds the reasons of judged rows; compiled rules are kept between rows."""

    def __init__(self, standard: Standard):
        self._standard = standard
        self._closures: dict[int, Closure] = {}

    def reasons(self, row: Judged) -> Iterator[Reason]:
        """Yield the reason of every unmet or unknown verdict of a judged row."""
        for indicator in self._standard.shown_at(row.level):
            found = row.verdicts[indicator.id]
            if found in (Verdict.UNMET, Verdict.UNKNOWN):
                causes = tuple(_distinct(self._causes(indicator, found, row)))
                yield Reason(indicator, found, causes)

    def _causes(
        self, indicator: Indicator, verdict: Verdict, row: Judged
    ) -> Iterator[Cause]:
        if indicator.level == row.level:
            yield from self._row_causes(indicator, verdict, row)
            return
        if not row.below:
            yield Cause(row, row.level, "", UNKNOWN, None)
        for child in row.below:
            if child.verdicts[indicator.id] is verdict:
                yield from self._row_causes(indicator, verdict, child)

    def _row_causes(
        self, indicator: Indicator, verdict: Verdict, row: Judged
    ) -> Iterator[Cause]:
        yield from self._why(indicator.met, row)
        if (
            verdict is Verdict.UNKNOWN
            and self._value(indicator.applies, row) is UNKNOWN
        ):
            yield from self._why(indicator.applies, row)

    def _value(self, node: Node, row: Judged) -> Any:
        closure = self._closures.get(id(node))
        if closure is None:
            closure = self._closures[id(node)] = compile_node(node)
        return closure(row)

    def _why(self, node: Node, row: Judged) -> Iterator[Cause]:
        """Yield the values that make a condition what it is on a row."""
        if isinstance(node, And | Or):
            whole = self._value(node, row)
            for item in node.items:
                if self._value(item, row) is whole:
                    yield from self._why(item, row)
        elif isinstance(node, Not):
            yield from self._why(node.item, row)
        elif isinstance(node, Aggregate):
            yield from self._why_below(node, row)
        elif isinstance(node, Derived) and node.type.kind is Kind.BOOLEAN:
            yield from self._why(node.body, row)
        elif isinstance(node, Call) and node.function == "if":
            for part in node.args:
                yield from self._values(part, row, node)
        else:
            yield from self._values(node, row, node)

    def _why_below(self, node: Aggregate, row: Judged) -> Iterator[Cause]:
        if node.where is None:
            return
        whole = self._value(node, row)
        for child in row.below:
            if self._value(node.where, child) is whole:
                yield from self._why(node.where, child)

    def _values(self, node: Node, row: Judged, condition: Node) -> Iterator[Cause]:
        """Yield the fields an elementary condition looks at.

        A derived field that is known speaks for itself; an unknown one is followed
        to the fields that are missing.
        """
        if isinstance(node, FieldRef):
            yield Cause(row, node.level, node.name, self._value(node, row), condition)
        elif isinstance(node, Constant):
            if node.value is UNKNOWN and node.origin:
                yield Cause(row, PARAM, node.origin, UNKNOWN, condition)
        elif isinstance(node, Derived):
            value = self._value(node, row)
            missing = list(self._missing(node.body, row, condition))
            if value is not UNKNOWN and not isinstance(value, Bounds):
                yield Cause(row, node.level, node.name, value, condition)
            elif missing:
                yield from missing
            else:
                yield Cause(row, node.level, node.name, value, condition)
        elif not isinstance(node, Aggregate):
            for child in node.children():
                yield from self._values(child, row, condition)

    def _missing(self, node: Node, row: Judged, condition: Node) -> Iterator[Cause]:
        return (
            cause
            for cause in self._values(node, row, condition)
            if cause.value is UNKNOWN
        )


def _distinct(causes: Iterator[Cause]) -> Iterator[Cause]:
    """Each field of a row once; a test of its value says more than one of its being."""
    best: dict[tuple[int, str], Cause] = {}
    for cause in causes:
        key = (id(cause.row), cause.name)
        if key not in best or isinstance(best[key].condition, IsKnown):
            best[key] = cause
    yield from best.values()
