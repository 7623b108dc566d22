"""A syntax tree → typed expression nodes: names are looked up, types are checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.dictionary.model import CodeList, Dictionary
from xiuhua.core.standards import functions
from xiuhua.core.standards.expressions import (
    BOOLEAN,
    DATE,
    TEXT,
    VERDICT,
    Aggregate,
    And,
    Arithmetic,
    Call,
    Compare,
    Constant,
    FieldRef,
    In,
    IsKnown,
    Kind,
    Node,
    Not,
    Or,
    ParamRef,
    Type,
    VerdictRef,
)
from xiuhua.core.standards.syntax import AGGREGATES, Syntax, SyntaxFault
from xiuhua.core.standards.typing import (
    COUNT_DIGITS,
    TypeFault,
    arithmetic_type,
    check_comparable,
    field_type,
    number,
    summed_type,
)
from xiuhua.core.truth import Verdict


LEVEL_BELOW: Final = {
    "household": "person",
    "village": "household",
    "county": "village",
}
VERDICT_WORDS: Final = tuple(v.word for v in Verdict)
OVERALL: Final = "overall"


@dataclass(frozen=True)
class Names:
    """The names a pack declares, by what they are.

    `params` has the type of every parameter and the options of a choice; `derived`
    and `indicators` are by level.
    """

    dictionary: Dictionary
    params: Mapping[str, Type]
    options: Mapping[str, tuple[str, ...]]
    derived: Mapping[tuple[str, str], Node] = field(default_factory=dict)
    indicators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def verdicts(self, level: str) -> tuple[str, ...]:
        """Return the verdicts a row of a level has, seen from the level above.

        A household also has those over its persons; without any there is no overall.
        """
        found = self.indicators.get(level, ())
        if level == "household":
            found = (*self.indicators.get(LEVEL_BELOW[level], ()), *found)
        return (*found, OVERALL) if found else ()

    def code_options(self, name: str) -> tuple[str, ...]:
        """Return the codes of a code list or of a choice parameter."""
        if name in self.options:
            return self.options[name]
        return tuple(c.code for c in self.dictionary.code_lists[name].codes)


def bind(tree: Syntax, level: str, names: Names) -> Node:
    """Return the typed expression of a rule at a level.

    Raises:
        SyntaxFault: at the first unknown name or type that does not fit.
    """
    return _Binder(level, names, aggregated=False).bind(tree)


NEAREST: Final = "did you mean `{nearest}`?"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint naming the nearest known word, empty when none is near."""
    matches = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return NEAREST.format(nearest=matches[0]) if matches else ""


def suggestion(word: str, known: Iterable[str]) -> dict[str, Any]:
    """Return hint and value for an error that names the nearest known word.

    >>> suggestion("duckbd", ["duckdb", "memory"])["nearest"]
    'duckdb'
    """
    matches = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return {"hint": NEAREST, "nearest": matches[0]} if matches else {}


class _Binder:
    """Binds one rule; `aggregated` rules stand inside count(), sum() and the like."""

    def __init__(self, level: str, names: Names, *, aggregated: bool):
        self._level = level
        self._names = names
        self._aggregated = aggregated
        self._by_head: dict[str, Callable[[Syntax], Node]] = {
            "name": self._name,
            "number": self._number,
            "text": lambda s: Constant(TEXT, s.text),
            "date": self._date,
            "boolean": lambda s: Constant(BOOLEAN, s.text == "true"),
            "and": lambda s: And(BOOLEAN, self._conditions(s)),
            "or": lambda s: Or(BOOLEAN, self._conditions(s)),
            "not": lambda s: Not(BOOLEAN, self._conditions(s)[0]),
            "compare": self._compare,
            "in": self._in,
            "is_known": self._is_known,
            "arithmetic": self._arithmetic,
            "negative": self._negative,
            "call": self._call,
            "aggregate": self._aggregate,
        }

    def bind(self, tree: Syntax) -> Node:
        try:
            return self._by_head[tree.head](tree)
        except TypeFault as fault:
            raise SyntaxFault(str(fault), tree.offset) from fault

    def _conditions(self, tree: Syntax) -> tuple[Node, ...]:
        return tuple(self._condition(item) for item in tree.items)

    def _condition(self, tree: Syntax) -> Node:
        node = self.bind(tree)
        if node.type.kind is not Kind.BOOLEAN:
            raise SyntaxFault(
                f"a condition is expected, this is a {node.type.kind.value}",
                tree.offset,
            )
        return node

    def _name(self, tree: Syntax) -> Node:
        text = tree.text
        if "." in text:
            level, text = text.split(".", 1)
            if level != self._level:
                raise SyntaxFault(
                    f"{tree.text} is not of level {self._level}",
                    tree.offset,
                    "reach the level below with count(), sum(), share(), any(), all()",
                )
        found = self._find(text)
        if len(found) == 1:
            return found[0]
        if found:
            raise SyntaxFault(f"`{text}` has more than one meaning", tree.offset)
        raise SyntaxFault(
            f"unknown name `{text}`", tree.offset, nearest(text, self._known_names())
        )

    def _find(self, text: str) -> list[Node]:
        names = self._names
        found: list[Node] = []
        if (self._level, text) in names.derived:
            found.append(names.derived[self._level, text])
        entry = names.dictionary.level(self._level).by_name.get(text)
        if entry is not None:
            found.append(FieldRef(field_type(entry), self._level, text))
        if text in names.params:
            found.append(ParamRef(names.params[text], text))
        if self._aggregated and text in names.verdicts(self._level):
            found.append(VerdictRef(VERDICT, self._level, text))
        return found

    def _known_names(self) -> list[str]:
        names = self._names
        known = list(names.dictionary.level(self._level).by_name) + list(names.params)
        known += [name for level, name in names.derived if level == self._level]
        if self._aggregated:
            known += names.verdicts(self._level)
        return known

    def _number(self, tree: Syntax) -> Node:
        whole, _, decimals = tree.text.partition(".")
        digits = len((whole + decimals).lstrip("0")) or 1
        type_ = number(digits, scale=len(decimals), nonnegative=True)
        return Constant(type_, Fraction(tree.text))

    def _date(self, tree: Syntax) -> Node:
        try:
            return Constant(DATE, date.fromisoformat(tree.text))
        except ValueError as error:
            raise SyntaxFault(
                f"no such date: {tree.text}", tree.offset, "write date '2019-12-31'"
            ) from error

    def _is_known(self, tree: Syntax) -> Node:
        item = self.bind(tree.items[0])
        if item.type.kind is Kind.VERDICT:
            unknown = Constant(VERDICT, Verdict.UNKNOWN.word)
            return Compare(BOOLEAN, "!=", item, unknown)
        return IsKnown(BOOLEAN, item)

    def _compare(self, tree: Syntax) -> Node:
        left, right = (self.bind(item) for item in tree.items)
        if _is_written_text(left) and not _is_written_text(right):
            left, right = right, left
            flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
            tree = Syntax(
                "compare",
                flipped.get(tree.text, tree.text),
                (tree.items[1], tree.items[0]),
                tree.offset,
            )
        kinds = (left.type.kind, right.type.kind)
        if _is_written_text(right) and left.type.kind in (Kind.CODE, Kind.VERDICT):
            return self._compare_code(tree, left, right)
        if kinds == (Kind.NUMBER, Kind.NUMBER):
            check_comparable(left.type, right.type)
        elif kinds != (Kind.DATE, Kind.DATE):
            self._check_equality(tree, left.type, right.type)
        return Compare(BOOLEAN, tree.text, left, right)

    def _check_equality(self, tree: Syntax, left: Type, right: Type) -> None:
        if left.kind is not right.kind or left.codes != right.codes:
            raise TypeFault(
                f"a {left.kind.value} cannot be compared with a {right.kind.value}"
            )
        if tree.text not in ("=", "!="):
            raise TypeFault(f"`{tree.text}` takes numbers, dates or an ordered code")
        if left.kind is Kind.VERDICT:
            words = ", ".join(VERDICT_WORDS)
            raise TypeFault(f"a verdict is compared with one of {words}")
        if left.kind is Kind.CODES:
            raise TypeFault("several codes are asked with has(field, 'code')")

    def _compare_code(self, tree: Syntax, left: Node, right: Node) -> Node:
        code = str(right.value) if isinstance(right, Constant) else ""
        position = tree.items[1].offset
        if left.type.kind is Kind.VERDICT:
            self._check_option(code, VERDICT_WORDS, position)
            if tree.text not in ("=", "!="):
                raise TypeFault("verdicts are compared with = and !=")
            return Compare(BOOLEAN, tree.text, left, Constant(VERDICT, code))
        self._check_option(code, self._names.code_options(left.type.codes), position)
        if tree.text in ("=", "!="):
            return Compare(BOOLEAN, tree.text, left, Constant(left.type, code))
        codes = self._names.dictionary.code_lists.get(left.type.codes)
        if codes is None or codes.by_code[code].rank is None:
            raise TypeFault(f"'{code}' has no rank in its list: use = or in")
        return In(
            BOOLEAN, left, _codes_by_rank(codes, tree.text, code), (tree.text, code)
        )

    def _check_option(self, code: str, options: tuple[str, ...], offset: int) -> None:
        if code not in options:
            raise SyntaxFault(
                f"'{code}' is not in the list", offset, nearest(code, options)
            )

    def _in(self, tree: Syntax) -> Node:
        item = self.bind(tree.items[0])
        if item.type.kind is Kind.CODE:
            for option in tree.items[1:]:
                options = self._names.code_options(item.type.codes)
                self._check_option(option.text, options, option.offset)
        elif item.type.kind is not Kind.TEXT:
            raise TypeFault(
                f"`in` takes a code or a text, not a {item.type.kind.value}"
            )
        return In(BOOLEAN, item, tuple(o.text for o in tree.items[1:]))

    def _arithmetic(self, tree: Syntax) -> Node:
        left, right = (self.bind(item) for item in tree.items)
        type_ = arithmetic_type(tree.text, left.type, right.type)
        return Arithmetic(type_, tree.text, left, right)

    def _negative(self, tree: Syntax) -> Node:
        zero = Constant(number(1, nonnegative=True), Fraction(0))
        item = self.bind(tree.items[0])
        return Arithmetic(arithmetic_type("-", zero.type, item.type), "-", zero, item)

    def _call(self, tree: Syntax) -> Node:
        function = functions.FUNCTIONS.get(tree.text)
        if function is None:
            known = (*functions.FUNCTIONS, *AGGREGATES)
            raise SyntaxFault(
                f"unknown function `{tree.text}`",
                tree.offset,
                nearest(tree.text, known),
            )
        args = tuple(self.bind(item) for item in tree.items)
        type_ = function.check(args)
        if tree.text == "has":
            options = self._names.code_options(args[0].type.codes)
            code = args[1].value if isinstance(args[1], Constant) else ""
            self._check_option(str(code), options, tree.items[1].offset)
        return Call(type_, tree.text, args)

    def _aggregate(self, tree: Syntax) -> Node:
        if self._aggregated:
            raise SyntaxFault(
                f"`{tree.text}` cannot stand inside another",
                tree.offset,
                "give the inner one a name with [[derive]]",
            )
        level = self._level_of(tree)
        inner = _Binder(level, self._names, aggregated=True)
        where = inner._condition(tree.where) if tree.where is not None else None
        if tree.text == "sum":
            return self._sum(tree, level, inner, where)
        if tree.text in ("any", "all", "share") and where is None:
            raise SyntaxFault(f"`{tree.text}` needs a condition: where …", tree.offset)
        return Aggregate(
            _count_type(tree.text, level, where), tree.text, level, None, where
        )

    def _sum(
        self, tree: Syntax, level: str, inner: _Binder, where: Node | None
    ) -> Node:
        value = inner.bind(tree.items[0])
        type_ = summed_type(value.type, level, uncertain=True)
        return Aggregate(type_, "sum", level, value, where)

    def _level_of(self, tree: Syntax) -> str:
        below = LEVEL_BELOW.get(self._level)
        named = tree.items[-1]
        if tree.text == "sum" and len(tree.items) == 1:
            raise SyntaxFault("`sum` is written sum(number over level)", tree.offset)
        if named.head != "name" or below is None or named.text != below:
            raise SyntaxFault(
                f"`{tree.text}` at level {self._level} is over `{below or 'nothing'}`",
                named.offset,
            )
        return below


def _count_type(function: str, level: str, where: Node | None) -> Type:
    if function in ("any", "all"):
        return BOOLEAN
    digits = COUNT_DIGITS[level]
    uncertain = where is not None
    if function == "count":
        return number(digits, nonnegative=True, uncertain=uncertain)
    return Type(
        Kind.NUMBER,
        digits=digits,
        divisor_digits=digits,
        nonnegative=True,
        uncertain=uncertain,
    )


def _is_written_text(node: Node) -> bool:
    return isinstance(node, Constant) and node.type.kind is Kind.TEXT


def _codes_by_rank(codes: CodeList, op: str, code: str) -> tuple[str, ...]:
    limit = codes.by_code[code].rank or 0
    holds: dict[str, Callable[[int], bool]] = {
        "<": lambda rank: rank < limit,
        "<=": lambda rank: rank <= limit,
        ">": lambda rank: rank > limit,
        ">=": lambda rank: rank >= limit,
    }
    return tuple(
        c.code for c in codes.codes if c.rank is not None and holds[op](c.rank)
    )
