"""What is wrong with a cell and what would be right, worded in Chinese or English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa

from xiuhua.core.dictionary.model import Field, FieldType
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.messages import translator


_FORMS: Final = {
    FieldType.CODE: "a code of digits and letters",
    FieldType.ID_NUMBER: "the characters on the card",
    FieldType.PHONE: "the digits of the number",
    FieldType.BANK_ACCOUNT: "the digits of the account",
    FieldType.TEXT: "a text",
    FieldType.BOOLEAN: "是 or 否",
    FieldType.CHOICE: "an entry of the list",
    FieldType.CHOICES: "entries of the list",
    FieldType.INTEGER: "a whole number",
    FieldType.YEAR: "a year such as 2019",
    FieldType.DECIMAL: "a number",
    FieldType.MONEY: "an amount in yuan",
    FieldType.DATE: "a date such as 2010-05-01",
    FieldType.MONTH: "a month such as 2010-05",
}
_DIGITS: Final = "{count} digits"
_FROM_TO: Final = "from {low} to {high}"
_AT_LEAST: Final = "of at least {low}"
_POSSIBLE: Final = "that is possible"


def worded(faults: pa.Table, language: str) -> pa.Table:
    """Return the faults with two more columns, `problem` and `remedy`.

    Raises:
        KeyError: when the language is neither `zh` nor `en`.
    """
    say = translator(language)
    words = [_words(fault, say, language) for fault in faults.to_pylist()]
    for at, name in enumerate(("problem", "remedy")):
        texts = pa.array([pair[at] for pair in words], pa.string())
        faults = faults.append_column(name, texts)
    return faults


def _words(
    fault: dict[str, Any], say: Callable[[str], str], language: str
) -> tuple[str, str]:
    kind = FAULT_KINDS[fault["kind"]]
    field = load_dictionary().level(fault["level"]).by_name[fault["field"]]
    values = {
        "column": fault["column"],
        "other": fault["other"] or "",
        "expected": _expected(fault, field, say, language),
    }
    return say(kind.problem).format(**values), say(kind.remedy).format(**values)


def _expected(
    fault: dict[str, Any], field: Field, say: Callable[[str], str], language: str
) -> str:
    if fault["kind"] == "bad_value":
        if field.digits is not None:
            return say(_DIGITS).format(count=field.digits)
        return say(_FORMS[field.type])
    if fault["kind"] == "out_of_range":
        return _range(field, say)
    codes = field.codes
    if codes is None:
        return fault["expected"] or ""
    if fault["kind"] == "unknown_code":
        separator = "、" if language == "zh" else ", "
        return separator.join(c.label.zh for c in codes.codes)
    found = codes.by_code.get(fault["expected"] or "")
    return found.label.in_(language) if found else ""


def _range(field: Field, say: Callable[[str], str]) -> str:
    if field.minimum is not None and field.maximum is not None:
        return say(_FROM_TO).format(low=field.minimum, high=field.maximum)
    if field.minimum is not None:
        return say(_AT_LEAST).format(low=field.minimum)
    return say(_POSSIBLE)
