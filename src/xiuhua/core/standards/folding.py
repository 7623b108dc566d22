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
    values = tuple(c.value for c in children if isinstance(c, Constant))
    if isinstance(node, _FOLDABLE):
        return Constant(node.type, _value(node, values))
    return node


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
    unknown = False
    for item in node.items:
        if not isinstance(item, Constant):
            items.append(item)
        elif item.value is UNKNOWN:
            unknown = True
        elif item.value is not neutral:
            return Constant(BOOLEAN, not neutral)
    if not items:
        decided = (UNKNOWN,) if unknown else ()
        return Constant(BOOLEAN, all_(decided) if neutral else any_(decided))
    if unknown:
        items.append(Constant(BOOLEAN, UNKNOWN))
    return items[0] if len(items) == 1 else type(node)(BOOLEAN, tuple(items))


def _fold_choice(node: Call) -> Node:
    condition, first, second = node.args
    if not isinstance(condition, Constant):
        return node
    if condition.value is UNKNOWN:
        return Constant(node.type, UNKNOWN)
    chosen = first if condition.value else second
    # A number keeps the type the rest of the rule was checked with.
    if chosen.type == node.type or node.type.kind is not Kind.NUMBER:
        return chosen
    return (
        chosen
        if not isinstance(chosen, Constant)
        else Constant(node.type, chosen.value, chosen.origin)
    )
