"""Values, rules and reasons in words, in Chinese or English."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.dictionary.model import (
    Dictionary,
    Field,
    FieldType,
    Mask,
    unit_in,
)
from xiuhua.core.reasons import PARAM, Cause, Reason
from xiuhua.core.standards.expressions import (
    Compare,
    Constant,
    FieldRef,
    In,
    Kind,
    Node,
)
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.standards.semantics import Bounds, rounded
from xiuhua.core.truth import UNKNOWN, Verdict
from xiuhua.messages import translator


_COMPARISON: Final = {
    "=": "equal to {value}",
    "!=": "other than {value}",
    "<": "below {value}",
    "<=": "at most {value}",
    ">": "above {value}",
    ">=": "at least {value}",
}
_FLIPPED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
MASKED: Final = "***"


class Wording:
    """Words the reasons of one standard in one language."""

    def __init__(self, standard: Standard, dictionary: Dictionary, language: str):
        self._standard = standard
        self._dictionary = dictionary
        self._language = language
        self._say = translator(language)

    def label(self, level: str, name: str) -> str:
        """Return the label of a field, derived field or parameter."""
        if level == PARAM:
            params = (p.param for p in self._standard.params)
            return next(p for p in params if p.name == name).label.in_(self._language)
        field = self._field(level, name)
        if field is not None:
            return field.label.in_(self._language)
        for derived in self._standard.derived:
            if (derived.level, derived.name) == (level, name):
                return derived.label.in_(self._language)
        return name

    def value(self, level: str, name: str, value: Any) -> str:
        """Return a value as it is written in files, empty when unknown."""
        if value is UNKNOWN:
            return ""
        field = self._field(level, name)
        if field is not None:
            return field_text(field, value, self._language)
        decimals = self._decimals(level, name)
        if isinstance(value, Bounds):
            ends = (
                number_text(e, decimals) if e is not None else ""
                for e in (value.low, value.high)
            )
            return "–".join(ends)
        return plain_text(value, decimals, self._language)

    def unit(self, level: str, name: str) -> str:
        """Return the unit of a field or derived field, empty when it has none."""
        field = self._field(level, name)
        if field is not None:
            return unit_in(field.unit, self._language)
        for derived in self._standard.derived:
            if (derived.level, derived.name) == (level, name):
                return unit_in(derived.unit, self._language)
        return ""

    def cause(self, reason: Reason, cause: Cause) -> str:
        """Return one cause as a sentence: what is, and what the rule asks for.

        A value nobody can be blamed for (no persons to divide by) counts as missing.
        """
        if cause.condition is None:
            return self._say("the household has no rows of members")
        label = self.label(cause.level, cause.name)
        if cause.level == PARAM:
            text = self._say("the parameter {name} ({label}) has no value")
            return text.format(name=cause.name, label=label)
        if cause.value is UNKNOWN:
            return self._say("{field} is not filled in").format(field=label)
        shown = self.value(cause.level, cause.name, cause.value)
        fact = self._say("{field}: {value}").format(
            field=label, value=shown + self.unit(cause.level, cause.name)
        )
        wanted = self.requirement(cause)
        if reason.verdict is Verdict.UNMET and wanted:
            required = self._say("required: {requirement}").format(requirement=wanted)
            return self._say("{fact} ({required})").format(fact=fact, required=required)
        return fact

    def requirement(self, cause: Cause) -> str:
        """Return what an elementary condition asks of the value, empty if nothing."""
        node = cause.condition
        if isinstance(node, In):
            return self._in_text(node)
        if isinstance(node, Compare):
            return self._compare_text(node, cause)
        if isinstance(node, FieldRef) and node.type.kind is Kind.BOOLEAN:
            return self._say("yes")
        return ""

    def _in_text(self, node: In) -> str:
        level, name = _of(node.item)
        if node.order is not None:
            op, code = node.order
            return self._compared(op, self._code(level, name, code))
        options = [self._code(level, name, option) for option in node.options]
        return self._say(" or ").join(options)

    def _compare_text(self, node: Compare, cause: Cause) -> str:
        op, other = node.op, node.right
        if isinstance(node.left, Constant):
            op, other = _FLIPPED[op], node.left
        if not isinstance(other, Constant) or other.value is UNKNOWN:
            return ""
        return self._compared(op, self._constant(other, cause))

    def _constant(self, node: Constant, cause: Cause) -> str:
        if node.type.kind is Kind.NUMBER:
            unit = self.unit(cause.level, cause.name)
            shown = plain_text(node.value, None, self._language) + unit
        else:
            shown = self.value(cause.level, cause.name, node.value)
        found = (p for p in self._standard.params if p.param.name == node.origin)
        item = next(found, None)
        if item is None:
            return shown
        named = self._say("{value} ({parameter})")
        if item.doubtful:
            named = self._say("{value} ({parameter}, doubtful)")
        return named.format(value=shown, parameter=item.param.label.in_(self._language))

    def _compared(self, op: str, value: str) -> str:
        return self._say(_COMPARISON[op]).format(value=value)

    def _code(self, level: str, name: str, code: str) -> str:
        field = self._field(level, name)
        if field is None or field.codes is None:
            return code
        return field.codes.by_code[code].label.in_(self._language)

    def _field(self, level: str, name: str) -> Field | None:
        return self._dictionary.level(level).by_name.get(name)

    def _decimals(self, level: str, name: str) -> int | None:
        for derived in self._standard.derived:
            if (derived.level, derived.name) == (level, name):
                return derived.decimals
        return None


def field_text(field: Field, value: Any, language: str) -> str:
    """Return a field's value as it is written in files; secret ones are masked."""
    if value is UNKNOWN:
        return ""
    if field.mask is Mask.SECRET:
        return MASKED
    if field.codes is not None:
        codes = str(value).split(",") if field.type is FieldType.CHOICES else [value]
        labels = [field.codes.by_code[c].label.in_(language) for c in codes]
        return "、".join(labels) if language == "zh" else ", ".join(labels)
    if field.type is FieldType.MONEY:
        return number_text(value, 2)
    if field.type is FieldType.MONTH and isinstance(value, date):
        return value.strftime("%Y-%m")
    return plain_text(value, None, language)


def plain_text(value: Any, decimals: int | None, language: str) -> str:
    """Return a truth, number, date or text as it is written in files."""
    if isinstance(value, bool):
        return translator(language)("yes" if value else "no")
    if isinstance(value, Fraction | int):
        return number_text(value, decimals)
    return str(value)


def number_text(value: Fraction | int, decimals: int | None) -> str:
    """Return a number rounded half away from zero, or in full when decimals is None.

    >>> number_text(Fraction(321850, 100), None), number_text(Fraction(2, 3), 2)
    ('3218.5', '0.67')
    """
    if decimals is not None:
        scaled = rounded(value, decimals) * 10**decimals
        sign, digits = ("-" if scaled < 0 else ""), str(abs(int(scaled)))
        if decimals == 0:
            return sign + digits
        digits = digits.rjust(decimals + 1, "0")
        return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
    text = number_text(value, 8)
    return text.rstrip("0").rstrip(".")


def _of(node: Node) -> tuple[str, str]:
    """Return level and name of the field a condition looks at, empty when computed."""
    level, name = getattr(node, "level", ""), getattr(node, "name", "")
    return str(level), str(name)
