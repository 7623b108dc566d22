"""Work out what is already decided: parts of a rule that hold only constants."""

from __future__ import annotations

from typing import Any, Final

from xiuhua.core.standards import semantics
from xiuhua.core.standards.expressions import (
    BOOLEAN,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    In,
    IsKnown,
    Kind,
    Node,
    Not,
    Or,
)
from xiuhua.core.truth import UNKNOWN, all_, any_, not_


def fold(node: Node) -> Node:
    """Return a node with its decided parts replaced; its children are folded already.

    The meaning does not change: a false part decides a conjunction, a true part a
    disjunction, in three-valued logic too.
    """
    if isinstance(node, And | Or):
        return _fold_junction(node)
    if isinstance(node, Call) and node.function == "if":
        return _fold_choice(node)
    children = tuple(node.children())
    if not children or not all(isinstance(c, Constant) for c in children):
        return node
    constants = tuple(c for c in children if isinstance(c, Constant))
    if isinstance(node, _FOLDABLE):
        value = _value(node, tuple(c.value for c in constants))
        # An unknown part remembers the parameter it is unknown for.
        origin = _origin(constants) if value is UNKNOWN else ""
        return Constant(node.type, value, origin)
    return node


def _origin(constants: tuple[Constant, ...]) -> str:
    return next((c.origin for c in constants if c.value is UNKNOWN), "")


_FOLDABLE: Final = (Arithmetic, Call, Compare, In, IsKnown, Not)


def _value(node: Node, values: tuple[Any, ...]) -> Any:
    if isinstance(node, Compare):
        return semantics.compare(node.op, *values)
    if isinstance(node, Arithmetic):
        return semantics.arithmetic(node.op, *values)
    if isinstance(node, Call):
        return semantics.call(node.function, values)
    if isinstance(node, Not):
        return not_(values[0])
    if isinstance(node, IsKnown):
        return values[0] is not UNKNOWN
    assert isinstance(node, In)  # noqa: S101  the last of _FOLDABLE
    return UNKNOWN if values[0] is UNKNOWN else values[0] in node.options


def _fold_junction(node: And | Or) -> Node:
    neutral = isinstance(node, And)
    items: list[Node] = []
    unknown: Constant | None = None
    for item in node.items:
        if not isinstance(item, Constant):
            items.append(item)
        elif item.value is UNKNOWN:
            unknown = unknown or item
        elif item.value is not neutral:
            return Constant(BOOLEAN, not neutral)
    if not items:
        return unknown or Constant(BOOLEAN, all_(()) if neutral else any_(()))
    if unknown is not None:
        items.append(unknown)
    return items[0] if len(items) == 1 else type(node)(BOOLEAN, tuple(items))


def _fold_choice(node: Call) -> Node:
    condition, first, second = node.args
    if not isinstance(condition, Constant):
        return node
    if condition.value is UNKNOWN:
        return Constant(node.type, UNKNOWN, condition.origin)
    chosen = first if condition.value else second
    # A number keeps the type the rest of the rule was checked with.
    if chosen.type == node.type or node.type.kind is not Kind.NUMBER:
        return chosen
    return (
        chosen
        if not isinstance(chosen, Constant)
        else Constant(node.type, chosen.value, chosen.origin)
    )
