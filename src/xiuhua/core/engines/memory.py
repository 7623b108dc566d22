"""The reference engine: expressions become Python closures over plain rows.

Obviously right before fast, and fast enough to judge one household while a form is
being saved. Judges whole registries too, to check the other engines.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any, Final

from xiuhua.core.standards import semantics
from xiuhua.core.standards.binder import LEVEL_BELOW, OVERALL
from xiuhua.core.standards.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    Derived,
    FieldRef,
    In,
    IsKnown,
    Kind,
    Node,
    Not,
    Or,
    VerdictRef,
)
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.standards.semantics import Bounds
from xiuhua.core.truth import UNKNOWN, Truth, Verdict, all_, any_, not_, verdict


@dataclass
class Judged:
    """A row under judgement with the rows below it.

    `values` holds fields by dictionary name (absent is unknown) and may hold derived
    fields, which then stand instead of their rule. `verdicts` is filled by the judge.
    """

    level: str
    values: Mapping[str, Any]
    below: Sequence[Judged] = ()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    derived: dict[str, Any] = field(default_factory=dict)


Closure = Callable[[Judged], Any]


class Judge:
    """A standard compiled to closures, ready to judge rows of any of its levels."""

    def __init__(self, standard: Standard):
        self.standard = standard
        self._rules: dict[str, list[tuple[str, Closure, Closure]]] = {}
        for item in standard.indicators:
            rule = (item.id, compile_node(item.applies), compile_node(item.met))
            self._rules.setdefault(item.level, []).append(rule)
        self._derived: dict[str, list[tuple[str, Closure]]] = {}
        for entry in standard.derived:
            closure = compile_node(entry.node)
            self._derived.setdefault(entry.level, []).append((entry.name, closure))

    def judge(self, row: Judged) -> Judged:
        """Fill the verdicts and results of a row and of all rows below it."""
        for child in row.below:
            self.judge(child)
        for name, closure in self._derived.get(row.level, ()):
            row.derived[name] = row.values.get(name, UNKNOWN)
            if name not in row.values:
                row.derived[name] = closure(row)
        for name, applies, met in self._rules.get(row.level, ()):
            row.verdicts[name] = verdict(applies(row), met(row))
        if row.level == "household":
            self._roll_up(row)
        shown = self.standard.shown_at(row.level)
        if shown:
            worst = min(row.verdicts[i.id].value for i in shown)
            row.verdicts[OVERALL] = Verdict(worst)
        return row

    def _roll_up(self, row: Judged) -> None:
        """A household meets a rule over persons when all to whom it applies do."""
        for name, _, _ in self._rules.get(LEVEL_BELOW[row.level], ()):
            found = [child.verdicts[name].value for child in row.below]
            row.verdicts[name] = Verdict(min(found)) if found else Verdict.UNKNOWN


@singledispatch
def compile_node(node: Node) -> Closure:
    """Return the closure that computes an expression on a judged row."""
    raise TypeError(f"no meaning for {type(node).__name__}")


@compile_node.register
def _constant(node: Constant) -> Closure:
    value = node.value
    return lambda row: value


@compile_node.register
def _field(node: FieldRef) -> Closure:
    name = node.name
    return lambda row: row.values.get(name, UNKNOWN)


@compile_node.register
def _derived(node: Derived) -> Closure:
    name, body = node.name, compile_node(node.body)

    def value(row: Judged) -> Any:
        if name in row.derived:
            return row.derived[name]
        return row.values[name] if name in row.values else body(row)

    return value


@compile_node.register
def _verdict(node: VerdictRef) -> Closure:
    name = node.name
    return lambda row: row.verdicts[name]


@compile_node.register
def _not(node: Not) -> Closure:
    item = compile_node(node.item)
    return lambda row: not_(item(row))


@compile_node.register
def _and(node: And) -> Closure:
    items = [compile_node(i) for i in node.items]
    return lambda row: all_(item(row) for item in items)


@compile_node.register
def _or(node: Or) -> Closure:
    items = [compile_node(i) for i in node.items]
    return lambda row: any_(item(row) for item in items)


@compile_node.register
def _compare(node: Compare) -> Closure:
    op, left, right = node.op, compile_node(node.left), compile_node(node.right)
    if node.left.type.kind is Kind.VERDICT:
        return lambda row: semantics.compare_verdict(op, left(row), right(row))
    return lambda row: semantics.compare(op, left(row), right(row))


@compile_node.register
def _in(node: In) -> Closure:
    item, options = compile_node(node.item), frozenset(node.options)

    def value(row: Judged) -> Truth:
        found = item(row)
        return UNKNOWN if found is UNKNOWN else found in options

    return value


@compile_node.register
def _is_known(node: IsKnown) -> Closure:
    item = compile_node(node.item)
    uncertain = node.item.type.uncertain

    def value(row: Judged) -> Truth:
        found = item(row)
        # A number within bounds that do not meet is not known.
        return found is not UNKNOWN and not (uncertain and isinstance(found, Bounds))

    return value


@compile_node.register
def _arithmetic(node: Arithmetic) -> Closure:
    op, left, right = node.op, compile_node(node.left), compile_node(node.right)
    return lambda row: semantics.arithmetic(op, left(row), right(row))


@compile_node.register
def _call(node: Call) -> Closure:
    function = node.function
    args = [compile_node(arg) for arg in node.args]
    return lambda row: semantics.call(function, tuple(arg(row) for arg in args))


@compile_node.register
def _aggregate(node: Aggregate) -> Closure:
    where = compile_node(node.where) if node.where is not None else None
    value = compile_node(node.value) if node.value is not None else None
    nonnegative = node.value is not None and node.value.type.nonnegative
    if node.function in ("any", "all"):
        combine = _COMBINE[node.function]
        condition: Closure = where or (lambda row: True)
        return lambda row: combine(condition(child) for child in row.below)
    if node.function == "sum":
        summed: Closure = value or (lambda row: 1)
        return lambda row: _sum(row.below, summed, where, nonnegative)
    if node.function == "count":
        return lambda row: _count(row.below, where)
    return lambda row: semantics.arithmetic(
        "/", _count(row.below, where), len(row.below)
    )


_COMBINE: Final = {"any": any_, "all": all_}


def _count(rows: Sequence[Judged], where: Closure | None) -> Any:
    if where is None:
        return len(rows)
    found = [where(row) for row in rows]
    sure = sum(1 for f in found if f is True)
    return semantics.narrowed(sure, sure + sum(1 for f in found if f is UNKNOWN))


def _sum(
    rows: Sequence[Judged], value: Closure, where: Closure | None, nonnegative: bool
) -> Any:
    """Sum with bounds: a row that may or may not count widens them by its value.

    An unknown value leaves the sum open upwards, and downwards too when values can
    be negative.
    """
    low: Any = 0
    high: Any = 0
    for row in rows:
        counts = True if where is None else where(row)
        if counts is False:
            continue
        amount = value(row)
        if amount is UNKNOWN:
            high = None
            low = low if nonnegative else None
            continue
        in_low = amount if counts is True else min(amount, 0)
        in_high = amount if counts is True else max(amount, 0)
        low = None if low is None else low + in_low
        high = None if high is None else high + in_high
    return semantics.narrowed(low, high)
