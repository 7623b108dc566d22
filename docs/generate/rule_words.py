"""A bound rule in words, for readers who know the field and no program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from xiuhua.core.dictionary.model import Label
from xiuhua.core.dictionary.reader import load_dictionary
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
    ParamRef,
    VerdictRef,
)
from xiuhua.core.standards.model import Pack
from xiuhua.core.truth import UNKNOWN
from xiuhua.messages import translator


PARAM_CODES: Final = "parameter "
_WORDS: Final = {
    "zh": {
        "and": " 且 ", "or": " 或 ", "not": "并非（{0}）", "yes": "{0}为是",
        "known": "{0}已填", "not_known": "{0}未填", "in": "{0}为{1}", "list": "、",
        "choice": "或", "quote": "“{0}”", "brackets": "（{0}）",
        "name": "{0}", "as_of": "评定之日",
        "=": "{0}等于{1}", "!=": "{0}不等于{1}", "<": "{0}低于{1}",
        "<=": "{0}不高于{1}", ">": "{0}高于{1}", ">=": "{0}不低于{1}",
        "code=": "{0}为{1}", "code!=": "{0}不为{1}",
        "+": "{0} ＋ {1}", "-": "{0} － {1}", "*": "{0} × {1}", "/": "{0} ÷ {1}",
        "%": "{0} 除以 {1} 的余数", "verdict": "{0}的判定", "overall": "综合判定",
        "count": "{level}数{where}", "sum": "各{level}{value}之和{where}",
        "share": "{level}中{value}的比例{where}",
        "any": "有{level}{value}{where}", "all": "所有{level}{value}{where}",
        "where": "（限{0}）", "full_years": "{0}至{1}的周岁数",
        "if": "（若{0}则取{1}，否则取{2}）", "year": "{0}的年", "month": "{0}的月",
        "day": "{0}的日", "date": "{0}年{1}月{2}日", "number": "{0}表示的整数",
        "length": "{0}的字数", "substring": "{0}自第{1}字起{2}个字",
        "round": "{0}（四舍五入至{1}位小数）", "has": "{0}含{1}",
    },
    "en": {
        "and": " and ", "or": " or ", "not": "not ({0})", "yes": "{0} is yes",
        "known": "{0} is filled in", "not_known": "{0} is not filled in",
        "in": "{0} is {1}", "list": ", ", "choice": " or ", "quote": "“{0}”",
        "brackets": "({0})", "name": "*{0}*", "as_of": "the day of judgement",
        "=": "{0} equals {1}", "!=": "{0} differs from {1}", "<": "{0} is below {1}",
        "<=": "{0} is at most {1}", ">": "{0} is above {1}",
        ">=": "{0} is at least {1}", "code=": "{0} is {1}", "code!=": "{0} is not {1}",
        "+": "{0} + {1}", "-": "{0} − {1}", "*": "{0} × {1}", "/": "{0} ÷ {1}",
        "%": "the remainder of {0} by {1}", "verdict": "the verdict on {0}",
        "overall": "the verdict on the whole",
        "count": "the number of rows of {level}{where}",
        "sum": "the sum of {value} over {level}{where}",
        "share": "the share of {level} where {value}{where}",
        "any": "any {level}: {value}{where}", "all": "every {level}: {value}{where}",
        "where": " (only where {0})", "full_years": "full years from {0} to {1}",
        "if": "({1} if {0}, else {2})", "year": "the year of {0}",
        "month": "the month of {0}", "day": "the day of {0}",
        "date": "the day {0}-{1}-{2}", "number": "the number written in {0}",
        "length": "the length of {0}", "substring": "{2} characters of {0} from {1}",
        "round": "{0} rounded to {1} decimals", "has": "{0} includes {1}",
    },
}  # fmt: skip


def decimal_text(value: Fraction) -> str:
    """Return a number whose denominator divides a power of ten, without noise.

    >>> decimal_text(Fraction(3, 100)), decimal_text(Fraction(3218))
    ('0.03', '3218')
    """
    return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"


@dataclass(frozen=True)
class RuleWords:
    """Words the rules of one pack in one language."""

    pack: Pack
    language: str

    def of(self, node: Node) -> str:
        """Return a rule in words."""
        by_type: dict[type[Node], Callable[..., str]] = {
            And: lambda n: self._joined(n, "and"),
            Or: lambda n: self._joined(n, "or"),
            Not: self._not,
            Compare: self._compare,
            In: self._in,
            IsKnown: lambda n: self._say("known", self._value(n.item)),
            FieldRef: self._yes,
            ParamRef: self._yes,
            Derived: self._yes,
        }
        return by_type.get(type(node), self._value)(node)

    def value_label(self, codes: str, code: str) -> str:
        """Return the label of a code of a list or of a choice parameter."""
        if codes.startswith(PARAM_CODES):
            label: Label = self.pack.params[codes.removeprefix(PARAM_CODES)].options[
                code
            ]
        else:
            label = load_dictionary().code_lists[codes].by_code[code].label
        return label.in_(self.language)

    def _say(self, key: str, *args: str, **named: str) -> str:
        return _WORDS[self.language][key].format(*args, **named)

    def _name(self, label: Label) -> str:
        # In Chinese a name reads on; in English its capital would break the sentence.
        return self._say("name", label.in_(self.language))

    def _joined(self, node: And | Or, word: str) -> str:
        parts = [
            self._say("brackets", self.of(i)) if isinstance(i, And | Or) else self.of(i)
            for i in node.items
        ]
        return self._say(word).join(parts)

    def _not(self, node: Not) -> str:
        if isinstance(node.item, IsKnown):
            return self._say("not_known", self._value(node.item.item))
        return self._say("not", self.of(node.item))

    def _yes(self, node: Node) -> str:
        text = self._value(node)
        return self._say("yes", text) if node.type.kind is Kind.BOOLEAN else text

    def _compare(self, node: Compare) -> str:
        coded = node.left.type.kind in (Kind.CODE, Kind.VERDICT, Kind.TEXT)
        key = f"code{node.op}" if coded and node.op in ("=", "!=") else node.op
        return self._say(key, self._value(node.left), self._value(node.right))

    def _in(self, node: In) -> str:
        item = self._value(node.item)
        codes = node.item.type.codes
        if node.order is not None:
            op, code = node.order
            return self._say(op, item, self._quoted(codes, code))
        quoted = [self._quoted(codes, option) for option in node.options]
        choice = self._say("choice")
        listed = self._say("list").join(quoted[:-1])
        return self._say("in", item, choice.join(filter(None, [listed, quoted[-1]])))

    def _quoted(self, codes: str, code: str) -> str:
        return self._say("quote", self.value_label(codes, code) if codes else code)

    def _value(self, node: Node) -> str:
        by_type: dict[type[Node], Callable[..., str]] = {
            Constant: self._constant,
            FieldRef: self._field,
            ParamRef: self._param,
            Derived: self._derived,
            VerdictRef: self._verdict,
            Arithmetic: self._arithmetic,
            Call: self._call,
            Aggregate: self._aggregate,
        }
        if type(node) in by_type:
            return by_type[type(node)](node)
        return self._say("brackets", self.of(node))

    def _constant(self, node: Constant) -> str:
        if node.value is UNKNOWN:
            return translator(self.language)("unknown")
        if isinstance(node.value, bool):
            words = {"zh": "否是", "en": ("no", "yes")}
            return words[self.language][node.value]
        if isinstance(node.value, Fraction):
            return decimal_text(node.value)
        if isinstance(node.value, date):
            return node.value.isoformat()
        if node.type.kind is Kind.VERDICT:
            return self._say("quote", translator(self.language)(str(node.value)))
        return self._quoted(node.type.codes, str(node.value))

    def _field(self, node: FieldRef) -> str:
        field = load_dictionary().level(node.level).by_name[node.name]
        return self._name(field.label)

    def _param(self, node: ParamRef) -> str:
        if node.name == "as_of":
            return self._say("as_of")
        return self._name(self.pack.params[node.name].label)

    def _derived(self, node: Derived) -> str:
        found = {(d.level, d.name): d.label for d in self.pack.derived}
        return self._name(found[node.level, node.name])

    def _verdict(self, node: VerdictRef) -> str:
        labels = {i.id: i.label for i in self.pack.indicators}
        if node.name in labels:
            return self._say("verdict", self._name(labels[node.name]))
        return self._say("overall")

    def _arithmetic(self, node: Arithmetic) -> str:
        strong = node.op in ("*", "/", "%")
        sides = []
        for side, is_right in ((node.left, False), (node.right, True)):
            text = self._value(side)
            inner = isinstance(side, Arithmetic)
            weak = isinstance(side, Arithmetic) and side.op in ("+", "-")
            needs = (strong and weak) or (
                inner and is_right and node.op in ("-", "/", "%")
            )
            sides.append(self._say("brackets", text) if needs else text)
        return self._say(node.op, *sides)

    def _call(self, node: Call) -> str:
        if node.function == "if":
            condition, *values = node.args
            return self._say("if", self.of(condition), *map(self._value, values))
        if node.function == "has":
            codes = node.args[0].type.codes
            option = node.args[1]
            assert isinstance(option, Constant)  # noqa: S101  the binder saw to it
            code = self._quoted(codes, str(option.value))
            return self._say("has", self._value(node.args[0]), code)
        return self._say(node.function, *map(self._value, node.args))

    def _aggregate(self, node: Aggregate) -> str:
        level = load_dictionary().level(node.level).label.in_(self.language)
        where = self._say("where", self.of(node.where)) if node.where else ""
        condition = node.function in ("share", "any", "all")
        word = self.of if condition else self._value
        value = word(node.value) if node.value else ""
        return self._say(node.function, level=level, value=value, where=where)
