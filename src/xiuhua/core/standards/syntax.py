"""The text of a rule → a syntax tree with positions; no names or types are looked up.

The language is a small subset of SQL expressions written out here in full, so that
nothing is accepted by accident: no comments, subqueries, casts or foreign functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from xiuhua.core.errors import XiuhuaError


MAX_LENGTH: Final = 4000
MAX_DEPTH: Final = 40
KEYWORDS: Final = frozenset(
    "and or not between in is known unknown true false where over date".split()
)
COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=")
AGGREGATES: Final = ("count", "sum", "share", "any", "all")

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<text>'(?:[^']|'')*')
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<op><=|>=|!=|<>|[=<>+\-*/%(),.])
    """,
    re.VERBOSE,
)


class SyntaxFault(XiuhuaError):
    """A rule that cannot be read; `offset` counts characters from its start."""

    code = "pack.syntax"

    def __init__(self, message: str, offset: int, hint: str = ""):
        super().__init__(message, hint=hint)
        self.offset = offset


@dataclass(frozen=True)
class Token:
    """A word of the language and where it starts."""

    kind: str
    text: str
    offset: int


@dataclass(frozen=True)
class Syntax:
    """One node of the syntax tree: an operator, its operands and where it stands.

    `head` is one of: name, number, text, date, boolean, and, or, not, compare, in,
    is_known, arithmetic, negative, call, aggregate.
    """

    head: str
    text: str
    items: tuple[Syntax, ...]
    offset: int
    where: Syntax | None = None


def parse(source: str) -> Syntax:
    """Return the syntax tree of a rule.

    Raises:
        SyntaxFault: at the first character that does not fit.

    >>> parse("age between 6 and 15").head
    'and'
    """
    if len(source) > MAX_LENGTH:
        raise SyntaxFault(f"a rule is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    parser = _Parser(_tokenize(source), len(source))
    tree = parser.expression()
    parser.expect_end()
    return tree


def _tokenize(source: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if match is None:
            raise SyntaxFault(
                f"unexpected character {source[position]!r}",
                position,
                "text stands in single quotes; comments are not allowed",
            )
        kind = str(match.lastgroup)
        if kind != "space":
            text = match.group()
            if kind == "name" and text.lower() in KEYWORDS:
                kind, text = "keyword", text.lower()
            tokens.append(Token(kind, "!=" if text == "<>" else text, position))
        position = match.end()
    _refuse_comments(tokens)
    return tokens


def _refuse_comments(tokens: list[Token]) -> None:
    # `--` would be two signs and `/*` a division and a product: SQL reads comments.
    for first, second in pairwise(tokens):
        pair = first.text + second.text
        adjacent = second.offset == first.offset + len(first.text)
        if adjacent and pair in ("--", "/*", "*/"):
            raise SyntaxFault("comments are not allowed in a rule", first.offset)


class _Parser:
    """Recursive descent, one method per strength of binding."""

    def __init__(self, tokens: list[Token], length: int):
        self._tokens = tokens
        self._index = 0
        self._depth = 0
        self._end = Token("end", "end of the rule", length)

    def expect_end(self) -> None:
        if self._peek.kind != "end":
            raise SyntaxFault(f"unexpected {self._peek.text!r}", self._peek.offset)

    def expression(self) -> Syntax:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise SyntaxFault(
                f"brackets are nested deeper than {MAX_DEPTH}", self._peek.offset
            )
        tree = self._joined("or", self._conjunction)
        self._depth -= 1
        return tree

    def _conjunction(self) -> Syntax:
        return self._joined("and", self._negation)

    def _joined(self, word: str, operand: Callable[[], Syntax]) -> Syntax:
        first = operand()
        items = [first]
        while self._take("keyword", word):
            items.append(operand())
        if len(items) == 1:
            return items[0]
        return Syntax(word, word, tuple(items), first.offset)

    def _negation(self) -> Syntax:
        negations = 0
        start = self._peek.offset
        while self._take("keyword", "not"):
            negations += 1
        tree = self._predicate()
        return tree if negations % 2 == 0 else Syntax("not", "not", (tree,), start)

    def _predicate(self) -> Syntax:
        left = self._sum()
        token = self._peek
        if token.kind == "op" and token.text in COMPARISONS:
            self._index += 1
            return Syntax("compare", token.text, (left, self._sum()), token.offset)
        negated = self._word_after_not(("between", "in"))
        if self._take("keyword", "between"):
            tree = self._between(left, token)
        elif self._take("keyword", "in"):
            tree = self._in(left, token)
        elif self._take("keyword", "is"):
            tree = self._is(left, token)
        else:
            return left
        return Syntax("not", "not", (tree,), token.offset) if negated else tree

    def _word_after_not(self, words: tuple[str, ...]) -> bool:
        following = self._tokens[self._index + 1 : self._index + 2]
        if self._peek.text == "not" and following and following[0].text in words:
            self._index += 1
            return True
        return False

    def _between(self, left: Syntax, token: Token) -> Syntax:
        low = self._sum()
        self._expect("keyword", "and")
        high = self._sum()
        bounds = (
            Syntax("compare", ">=", (left, low), token.offset),
            Syntax("compare", "<=", (left, high), token.offset),
        )
        return Syntax("and", "between", bounds, token.offset)

    def _in(self, left: Syntax, token: Token) -> Syntax:
        self._expect("op", "(")
        options = [self._option()]
        while self._take("op", ","):
            options.append(self._option())
        self._expect("op", ")")
        return Syntax("in", "in", (left, *options), token.offset)

    def _option(self) -> Syntax:
        token = self._peek
        if token.kind != "text":
            raise SyntaxFault("`in` takes a list of quoted texts", token.offset)
        return self._atom()

    def _is(self, left: Syntax, token: Token) -> Syntax:
        negated = self._take("keyword", "not")
        word = self._peek
        if word.text not in ("known", "unknown"):
            raise SyntaxFault(
                "`is` is followed by `known` or `unknown`",
                word.offset,
                "write `x = 'code'` to compare",
            )
        self._index += 1
        tree = Syntax("is_known", "is known", (left,), token.offset)
        if negated != (word.text == "unknown"):
            return Syntax("not", "not", (tree,), token.offset)
        return tree

    def _sum(self) -> Syntax:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Syntax:
        return self._chain(("*", "/", "%"), self._sign)

    def _chain(self, ops: tuple[str, ...], operand: Callable[[], Syntax]) -> Syntax:
        tree = operand()
        length = 0
        while self._peek.kind == "op" and self._peek.text in ops:
            token = self._peek
            length += 1
            if length > MAX_DEPTH:
                raise SyntaxFault(
                    f"more than {MAX_DEPTH} operators stand in a row", token.offset
                )
            self._index += 1
            tree = Syntax("arithmetic", token.text, (tree, operand()), token.offset)
        return tree

    def _sign(self) -> Syntax:
        token = self._peek
        if self._take("op", "-"):
            return Syntax("negative", "-", (self._atom(),), token.offset)
        return self._atom()

    def _atom(self) -> Syntax:
        token = self._peek
        self._index += 1
        if token.kind == "number":
            return Syntax("number", token.text, (), token.offset)
        if token.kind == "text":
            text = token.text[1:-1].replace("''", "'")
            return Syntax("text", text, (), token.offset)
        if token.kind == "keyword":
            return self._keyword(token)
        if token.kind == "op" and token.text == "(":
            tree = self.expression()
            self._expect("op", ")")
            return tree
        if token.kind == "name":
            return self._name(token)
        raise SyntaxFault(f"unexpected {token.text!r}", token.offset)

    def _keyword(self, token: Token) -> Syntax:
        if token.text in ("true", "false"):
            return Syntax("boolean", token.text, (), token.offset)
        if token.text == "date":
            if self._peek.kind == "text":
                day = self._atom()
                return Syntax("date", day.text, (), token.offset)
            return self._call(token)
        raise SyntaxFault(f"unexpected word {token.text!r}", token.offset)

    def _name(self, token: Token) -> Syntax:
        if self._peek.text == "(":
            return self._call(token)
        if self._take("op", "."):
            part = self._peek
            if part.kind != "name":
                raise SyntaxFault("a name is expected after the dot", part.offset)
            self._index += 1
            return Syntax("name", f"{token.text}.{part.text}", (), token.offset)
        return Syntax("name", token.text, (), token.offset)

    def _call(self, token: Token) -> Syntax:
        self._expect("op", "(")
        if token.text in AGGREGATES:
            return self._aggregate(token)
        args = [self.expression()]
        while self._take("op", ","):
            args.append(self.expression())
        self._expect("op", ")")
        return Syntax("call", token.text, tuple(args), token.offset)

    def _aggregate(self, token: Token) -> Syntax:
        items = [self.expression()]
        if self._take("keyword", "over"):
            items.append(self._atom())
        where = self.expression() if self._take("keyword", "where") else None
        self._expect("op", ")")
        return Syntax("aggregate", token.text, tuple(items), token.offset, where)

    @property
    def _peek(self) -> Token:
        return (
            self._tokens[self._index] if self._index < len(self._tokens) else self._end
        )

    def _take(self, kind: str, text: str) -> bool:
        if self._peek.kind == kind and self._peek.text == text:
            self._index += 1
            return True
        return False

    def _expect(self, kind: str, text: str) -> None:
        if not self._take(kind, text):
            raise SyntaxFault(
                f"{text!r} is expected before {self._peek.text!r}", self._peek.offset
            )
