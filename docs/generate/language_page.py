"""The page of the rule language; truth tables and examples are computed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from docs.generate.markdown import code, code_block, page, table
from docs.generate.rule_words import decimal_text

from xiuhua.core.standards.expressions import MAX_DIGITS
from xiuhua.core.standards.functions import FUNCTIONS
from xiuhua.core.standards.semantics import Bounds, arithmetic, compare
from xiuhua.core.standards.syntax import (
    AGGREGATES,
    COMPARISONS,
    KEYWORDS,
    MAX_DEPTH,
    MAX_LENGTH,
)
from xiuhua.core.truth import UNKNOWN, Truth, Verdict, all_, any_, not_, verdict


_VALUES: Final[tuple[Truth, ...]] = (True, UNKNOWN, False)
_WORDS: Final = {True: "true", False: "false", UNKNOWN: "unknown"}
_GRAMMAR: Final = """
rule       = condition
expression = conjunction { "or" conjunction }
conjunction= negation { "and" negation }
negation   = { "not" } predicate
predicate  = sum [ comparison sum
                 | ["not"] "between" sum "and" sum
                 | ["not"] "in" "(" text { "," text } ")"
                 | "is" ["not"] ( "known" | "unknown" ) ]
sum        = product { ("+" | "-") product }
product    = sign { ("*" | "/" | "%") sign }
sign       = ["-"] atom
atom       = number | text | "true" | "false" | "date" text
           | name [ "." name ] | function "(" expression { "," expression } ")"
           | aggregate "(" expression [ "over" level ] [ "where" expression ] ")"
           | "(" expression ")"
text       = "'" characters "'"          ('' stands for one quote)
number     = digits [ "." digits ]
"""
_AGGREGATES: Final = {
    "count": ("count(person)", "行数", "the number of rows of the level below"),
    "sum": ("sum(n_persons over household)", "各行数值之和", "the sum of a number"),
    "share": (
        "share(household.overall = 'unmet')",
        "满足条件的行所占比例",
        "the share of rows for which a condition holds",
    ),
    "any": ("any(school_stage = 'primary' over person)", "至少一行满足", "any row"),
    "all": ("all(basic_medical = 'met' over person)", "每一行都满足", "every row"),
}
_NAMES: Final = """\
A name is a field of the level the rule is judged at, a parameter of the pack, a
derived field of the level, or the verdict of an indicator (`overall` is the verdict
on the whole row). Inside an aggregate it is a name of the level below. `as_of` is the
day of judgement. Anything else is refused with file, line, column and the nearest
valid name.
"""
_EXACT: Final = f"""\
All numbers are exact. Money is whole fen, a decimal is a whole number with a fixed
scale, a quotient is compared crosswise and never divided. A result that could need
more than {MAX_DIGITS} digits is refused when the pack is checked. Division by zero is
unknown.
"""
_BOUNDS_TEXT: Final = """\
A count, sum or share over rows whose condition is unknown lies between a lower and an
upper bound. A comparison holds when it holds for both ends, fails when it fails for
both, and is unknown when the threshold lies between.
"""


def language_page() -> str:
    """Return the page of the rule language."""
    return page(
        "规则语言 · The rule language",
        "规则是带位置的短式子：比较、且或非、四则、少数函数，以及对下一级的计数。"
        "未知是一种值。\n\nA rule is one expression of the grammar below; "
        f"at most {MAX_LENGTH} characters, brackets at most {MAX_DEPTH} deep, no "
        "comments.",
        "## Grammar",
        code_block(_GRAMMAR.strip("\n")),
        f"Comparisons: {_listed(COMPARISONS)} (`<>` is `!=`). "
        f"Reserved words: {_listed(sorted(KEYWORDS))}.",
        "## Names",
        _NAMES.strip(),
        "## 函数 · Functions",
        table(
            ["function", "meaning", "含义"],
            ((code(f.signature), f.meaning_en, f.meaning_zh) for f in _functions()),
        ),
        "## 对下一级 · Over the level below",
        table(
            ["aggregate", "for example", "meaning", "含义"],
            ((code(name), code(a), en, zh) for name in AGGREGATES
             for a, zh, en in [_AGGREGATES[name]]),
        ),
        "`where` keeps the rows for which a condition holds.",
        *_logic(),
        "## 上下限 · Bounds",
        _BOUNDS_TEXT.strip(),
        _bounds(),
        "## 精确 · Exactness",
        _EXACT.strip(),
    )  # fmt: skip


def _functions() -> list[Any]:
    return [FUNCTIONS[name] for name in sorted(FUNCTIONS)]


def _listed(words: Any) -> str:
    return " ".join(code(word) for word in words)


def _logic() -> tuple[str, ...]:
    return (
        "## 三值逻辑 · Three-valued logic",
        "Strong Kleene logic. Computed from the program's own definition:",
        table(
            ["a", "b", "a and b", "a or b", "not a"],
            (
                [_WORDS[v] for v in (a, b, all_([a, b]), any_([a, b]), not_(a))]
                for a in _VALUES
                for b in _VALUES
            ),
        ),
        "### 判定 · Verdicts",
        "`applies` says to whom a rule applies, `met` what it asks:",
        table(
            ["applies \\ met", *(_WORDS[m] for m in _VALUES)],
            (
                [_WORDS[a], *(code(verdict(a, m).word) for m in _VALUES)]
                for a in _VALUES
            ),
        ),
        "All over a group is the least verdict in the order "
        + " < ".join(code(v.word) for v in sorted(Verdict, key=lambda v: v.value))
        + ".",
    )


def _bounds() -> str:
    low_high = Bounds(Fraction(18), Fraction(22))
    share = arithmetic("/", low_high, Fraction(1000))
    tries: list[tuple[str, Any, str, Any]] = [
        ("18 to 22", low_high, "<", Fraction(25)),
        ("18 to 22", low_high, "<", Fraction(20)),
        ("18 to 22", low_high, "<", Fraction(18)),
        ("(18 to 22) / 1000", share, "<", Fraction(2, 100)),
        ("(18 to 22) / 1000", share, "<", Fraction(3, 100)),
    ]
    return table(
        ["value", "comparison", "outcome"],
        (
            (
                name,
                code(f"{op} {decimal_text(limit)}"),
                _WORDS[compare(op, value, limit)],
            )
            for name, value, op, limit in tries
        ),
    )
