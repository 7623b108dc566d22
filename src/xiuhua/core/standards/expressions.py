"""The expression nodes: the only thing compilers and engines see of a rule.

Frozen and hashable. Every node knows its type; a number also knows how many decimals
and digits it can have, so that all arithmetic is whole and exact on every engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final

from xiuhua.core.truth import UNKNOWN, Unknown


class Kind(Enum):
    """What a value is."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    CODE = "code"  # one code of a list
    CODES = "codes"  # several codes of a list
    VERDICT = "verdict"


@dataclass(frozen=True)
class Type:
    """The type of a value.

    For a number: `scale` decimals of the stored numerator, at most `digits` digits in
    it, a divisor of at most `divisor_digits` digits (0: none), whether it can be
    negative and whether it is `uncertain`, that is, may be known only within bounds
    because it counts over unknowns.
    """

    kind: Kind
    codes: str = ""
    scale: int = 0
    digits: int = 0
    divisor_digits: int = 0
    nonnegative: bool = False
    uncertain: bool = False

    @property
    def exact_whole(self) -> bool:
        """Whether a number has no divisor and no bounds."""
        return self.divisor_digits == 0 and not self.uncertain


MAX_DIGITS: Final = 18
"""Whole numbers of 18 digits fit 64 bits on every engine; more is refused."""

BOOLEAN: Final = Type(Kind.BOOLEAN)
TEXT: Final = Type(Kind.TEXT)
DATE: Final = Type(Kind.DATE)
VERDICT: Final = Type(Kind.VERDICT)

Value = bool | Fraction | str | date | Unknown


@dataclass(frozen=True)
class Node:
    """An expression with its type."""

    type: Type

    def children(self) -> Iterator[Node]:
        """Yield the expressions this one is made of."""
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Node):
                yield value
            elif isinstance(value, tuple):
                yield from (v for v in value if isinstance(v, Node))

    def walk(self) -> Iterator[Node]:
        """Yield this expression and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True)
class Constant(Node):
    """A value written in the rule or given by a parameter; UNKNOWN is possible.

    `origin` names the parameter it came from, empty when it was written out.
    """

    value: Value
    origin: str = ""


@dataclass(frozen=True)
class FieldRef(Node):
    """A dictionary field of the row under judgement."""

    level: str
    name: str


@dataclass(frozen=True)
class ParamRef(Node):
    """A parameter of the pack; the resolver replaces it by a `Constant`."""

    name: str


@dataclass(frozen=True)
class Derived(Node):
    """A derived field: an expression with a name, computed where it is used."""

    level: str
    name: str
    body: Node


@dataclass(frozen=True)
class VerdictRef(Node):
    """The verdict of an indicator, or `overall`, of the row under judgement."""

    level: str
    name: str


@dataclass(frozen=True)
class Not(Node):
    """Kleene negation."""

    item: Node


@dataclass(frozen=True)
class And(Node):
    """Kleene conjunction."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    """Kleene disjunction."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Compare(Node):
    """A comparison; `op` is one of = != < <= > >=."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class In(Node):
    """Whether a text or code is one of those listed.

    `order` keeps the comparison an ordered code was written with, for wording.
    """

    item: Node
    options: tuple[str, ...]
    order: tuple[str, str] | None = None


@dataclass(frozen=True)
class IsKnown(Node):
    """Whether a value is known; itself never unknown."""

    item: Node


@dataclass(frozen=True)
class Arithmetic(Node):
    """A sum, difference, product, quotient or remainder: + - * / %."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    """A declared function of the language."""

    function: str
    args: tuple[Node, ...]


@dataclass(frozen=True)
class Aggregate(Node):
    """count, sum, share, any or all over the rows of the level below.

    `value` is what is summed, `where` the condition; None takes every row.
    """

    function: str
    level: str
    value: Node | None
    where: Node | None


MAX_NODES: Final = 2000
"""A rule with its derived fields written out is refused beyond: SQL would burst."""


def count_nodes(node: Node, known: dict[int, int] | None = None) -> int:
    """Return how many nodes an expression has, derived fields written out.

    Parts that stand in several places are looked at once.
    """
    counts = {} if known is None else known
    if id(node) not in counts:
        below = (count_nodes(child, counts) for child in node.children())
        counts[id(node)] = 1 + sum(below)
    return counts[id(node)]


def unknown_of(type_: Type, origin: str = "") -> Constant:
    """Return the unknown value of a type."""
    return Constant(type_, UNKNOWN, origin)
